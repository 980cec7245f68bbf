"""Owns the oracle: predict(script, profile), a model of W&B that carries out each action on plain data.

What an init() does is asked of the decision tables. Times are not predicted; ids, names and accounts that W&B makes up
have placeholders, which `same()` reads as such. What spec.md leaves open raises Unspecified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit import actions
from wandb_testkit.observation import ActionSeen, InitSeen, Observation, RunState
from wandb_testkit.profiles import CURRENT, Profile, to_profile
from wandb_testkit.spec import call, config, history, sight, summary
from wandb_testkit.spec.decision import decide
from wandb_testkit.spec.model import USER, Process, Record, RunObject, Unspecified, World
from wandb_testkit.spec.start import carry_out, check_is_specified, finish
from wandb_testkit.spec.table import Facts, Rule

NO_STEP = "raises"
"""What a Look shows in the place of the step that a shared run cannot tell (SHARED-1)."""


def predict(script: actions.Script, profile: Profile | str) -> Observation:
    """What can be seen when a script is carried out.

    Raises:
        Unspecified: spec.md leaves open what an action leads to; the message names the action.
    Source: spec.md sections B to E.
    """
    return played(script, profile).observation()


def story(script: actions.Script, profile: Profile | str) -> dict[str, tuple[Rule[Facts], ...]]:
    """Name of an Init -> the rules that answered, in order: what `explain` is to a cell."""
    return dict(played(script, profile).rules)


def played(script: actions.Script, profile: Profile | str) -> Prediction:
    """The oracle after a whole script."""
    prediction = Prediction(profile)
    for at, action in enumerate(script):
        try:
            prediction.take(action)
        except Unspecified as why:
            raise Unspecified(f"action {at}, {action}: {why}") from None
    return prediction


class Prediction:
    """The oracle, action by action.

    Attributes:
        world: The world as it is now.
        rules: Name of an Init -> the rules that answered.
    """

    def __init__(self, profile: Profile | str) -> None:
        self.world = World(to_profile(profile))
        self.rules: dict[str, tuple[Rule[Facts], ...]] = {}
        self._at = -1
        self._inits: list[InitSeen] = []
        self._actions: list[ActionSeen] = []
        self._enter(actions.StartProcess(""))

    def take(self, action: actions.Action) -> None:
        """Carry out one action.

        Raises:
            Unspecified: The text leaves open what it leads to; nothing has changed then.
        """
        PLAY[type(action)](self, action)
        self._at += 1

    @property
    def init_count(self) -> int:
        """How many Inits there were."""
        return len(self._inits)

    def observation(self) -> Observation:
        """What can be seen now."""
        runs = tuple(sight.of_run(record) for record in self.world.records if not record.is_deleted)
        return Observation(tuple(self._inits), runs, tuple(self._actions))

    # ------------------------------------------------------------------ init

    def _init(self, action: actions.Init) -> None:
        world, process = self.world, self.world.process
        before = process.machine.remembered
        read = call.read(action.kwargs, process.env, world.profile, notebook=process.notebook, sweep=process.sweep)
        if read.error:
            self._inits.append(sight.of_bad_argument(world, action.run, read.error))
            return
        decision = decide(world, read, action.kwargs.get("resume"))
        check_is_specified(world, decision)
        asked = sight.requests(world, decision)
        run = carry_out(world, action.run, read, decision)
        if run is not None:
            process.variables[action.run] = run
        self.rules[action.run] = decision.rules
        self._inits.append(sight.of_init(world, action.run, run, decision, asked, remembered_before=before))

    # ------------------------------------------------------------------ what is done with a run

    def _run(self, name: str) -> RunObject | None:
        """The run that the present process calls so, None if there is none: the action is passed over.

        Raises:
            Unspecified: It writes to a server that does not take it.
        """
        run = self.world.process.variables.get(name)
        why = "" if run is None else self.world.why_open(run)
        if why:
            raise Unspecified(why)
        return run

    def _note(self, error: str = "", warning: str = "", shown: Mapping[str, Any] | None = None) -> None:
        if error or warning or shown:
            kinds = frozenset({warning}) if warning else frozenset[str]()
            self._actions.append(ActionSeen(self._at + 1, error, kinds, shown or {}))

    def _log(self, action: actions.Log) -> None:
        run = self._run(action.run)
        if run is not None:
            self._note(*history.log(run, action.data, action.step, action.commit, self.world.profile))

    def _update_config(self, action: actions.UpdateConfig) -> None:
        run = self._run(action.run)
        if run is not None:
            self._note(*config.update(run, action.values, action.allow_val_change, self.world.profile))

    def _set_summary(self, action: actions.SetSummary) -> None:
        run = self._run(action.run)
        if run is not None:
            if run.is_finished:
                raise Unspecified("setting a summary value after finish()")
            summary.set_by_hand(run, action.values, self.world.profile)

    def _define_metric(self, action: actions.DefineMetric) -> None:
        run = self._run(action.run)
        if run is None or run.is_dummy:
            return
        if action.goal is not None and self.world.profile is CURRENT:
            raise Unspecified("define_metric(goal=...) in current, which has no such argument")
        if run.is_finished and self.world.profile is CURRENT:
            self._note("UsageError")  # LOG-6
        elif run.is_finished:
            raise Unspecified("define_metric() after finish() in classic")
        else:
            summary.define(run, action, self.world.profile)

    def _edit_run(self, action: actions.EditRun) -> None:
        run = self._run(action.run)
        if run is None or run.record is None:
            return
        if run.is_finished:
            raise Unspecified("editing a run after finish()")
        for name in ("name", "notes", "tags"):
            value = getattr(action, name)
            if value is not None:
                run.shown[name] = value
                setattr(run.record, name, value)

    def _tell(self, what: str, run: RunObject | None) -> Record | None:
        """The record that a notice of the run goes to, None if it goes nowhere (DISABLED-7, LOG-6)."""
        if run is None or run.record is None:
            return None
        if run.is_finished and self.world.profile is CURRENT:
            self._note("UsageError")
            return None
        if run.is_finished:
            raise Unspecified(f"{what} after finish() in classic")
        return run.record

    def _save_file(self, action: actions.SaveFile) -> None:
        record = self._tell("save()", self._run(action.run))
        if record is not None:
            record.files = {**record.files, action.name: action.content.encode()}

    def _alert(self, action: actions.Alert) -> None:
        if action.level not in (None, "INFO", "WARN", "ERROR"):
            raise Unspecified(f"alert(level={action.level!r})")
        record = self._tell("alert()", self._run(action.run))
        if record is not None:
            alert = {"title": action.title, "text": action.text, "level": action.level or "INFO"}
            record.alerts = [*record.alerts, alert]

    def _mark_preempting(self, action: actions.MarkPreempting) -> None:
        run = self._run(action.run)
        if run is not None and run.is_finished:
            raise Unspecified("mark_preempting() after finish()")
        if run is not None and run.record is not None and run.record.state is RunState.RUNNING:
            run.record.state = RunState.PREEMPTING

    def _look(self, action: actions.Look) -> None:
        run = self.world.process.variables.get(action.run)
        if run is None:
            return
        wandb_run = self.world.process.wandb_run
        shown = {
            "wandb_run": "" if wandb_run is None else wandb_run.name,
            "config": config.plain(run.config),
            "summary": config.plain(run.summary),
        }
        if not run.is_dummy:
            shown |= {**run.shown, "resumed": run.resumed}
        if not (run.is_dummy or run.is_finished):
            goes_on = run.is_branched or (run.resumed and self.world.profile is CURRENT)
            reads_zero = goes_on and not run.has_logged  # RESUME-7c
            shown["step"] = NO_STEP if run.is_shared else 0 if reads_zero else run.step
        self._note(shown=shown)

    def _finish(self, action: actions.Finish) -> None:
        run = self._run(action.run)
        if run is not None:
            finish(self.world, self.world.process, run, action.exit_code or 0)

    # ------------------------------------------------------------------ processes, accounts, the server

    def _enter(self, action: actions.StartProcess) -> None:
        world = self.world
        if action.name not in world.processes:
            machine = world.machine(action.directory)
            world.processes[action.name] = Process(machine, action.env, action.notebook, action.sweep)
        world.present = action.name

    def _end_process(self, action: actions.EndProcess) -> None:
        world, process = self.world, self.world.process
        open_ends = [why for run in process.active if (why := world.why_open(run))]
        if open_ends:
            raise Unspecified(open_ends[0])
        for run in list(process.active):
            finish(world, process, run, action.exit_code, by_process_end=True)
        world.processes[world.present] = process.again()

    def _kill(self, action: actions.Kill) -> None:
        world, process = self.world, self.world.process
        for run in process.active:
            if run.record is not None and run.record.writer is run:
                run.record.writer = None
                if run.record.files:
                    run.record.open_fields.add("files")  # they may have been on their way (FINISH-5)
        world.processes[world.present] = process.again()

    def _delete_run(self, action: actions.DeleteRun) -> None:
        for record in self.world.records:
            if record.run_id == action.run_id and record.mode == "online":
                record.state = RunState.DELETED

    def _log_out(self, action: actions.LogOut) -> None:
        self.world.api_key = None
        self.world.key_is_anonymous = False

    def _log_in(self, action: actions.LogIn) -> None:
        world = self.world
        world.api_key = f"user-key-{len(world.user_keys) + 1}"
        world.key_is_anonymous = False
        world.user_keys[world.api_key] = action.user or USER

    def _revoke_key(self, action: actions.RevokeKey) -> None:
        self.world.refused_keys.update(self.world.user_keys)

    def _cut_network(self, action: actions.CutNetwork) -> None:
        self.world.network_is_up = False

    def _restore_network(self, action: actions.RestoreNetwork) -> None:
        self.world.network_is_up = True


PLAY: Mapping[type, Callable[[Prediction, Any], None]] = {
    actions.StartProcess: Prediction._enter,
    actions.Init: Prediction._init,
    actions.Log: Prediction._log,
    actions.UpdateConfig: Prediction._update_config,
    actions.SetSummary: Prediction._set_summary,
    actions.DefineMetric: Prediction._define_metric,
    actions.EditRun: Prediction._edit_run,
    actions.SaveFile: Prediction._save_file,
    actions.Alert: Prediction._alert,
    actions.MarkPreempting: Prediction._mark_preempting,
    actions.Look: Prediction._look,
    actions.Finish: Prediction._finish,
    actions.EndProcess: Prediction._end_process,
    actions.Kill: Prediction._kill,
    actions.DeleteRun: Prediction._delete_run,
    actions.LogOut: Prediction._log_out,
    actions.LogIn: Prediction._log_in,
    actions.RevokeKey: Prediction._revoke_key,
    actions.CutNetwork: Prediction._cut_network,
    actions.RestoreNetwork: Prediction._restore_network,
}
"""What each action does to the world."""
