"""Owns the oracle: predict(script, profile), a model of W&B that carries out each action on plain data.

What an init() does is asked of the decision tables. Times are not predicted; ids, names and accounts that W&B makes up
have placeholders, which `same()` reads as such. What spec.md leaves open raises Unspecified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit import actions
from wandb_testkit.observation import ActionSeen, History, InitSeen, Observation, RunState, RunView
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile, to_profile
from wandb_testkit.spec import call, config, history, summary
from wandb_testkit.spec.decision import Decision, decide
from wandb_testkit.spec.model import Machine, Process, Record, RunObject, Unspecified, World
from wandb_testkit.spec.outcome import ERROR_CLASSES
from wandb_testkit.spec.start import carry_out, check_is_specified, finish
from wandb_testkit.spec.table import Facts, Rule

OPEN = "open"
"""Key of a predicted view's `client`: the fields that spec.md leaves open for this run."""

MESSAGES: Mapping[str, str] = {
    "LOGIN": "not logged in: there is no API key that the server accepts; call login()",
    "MUST_ABSENT": "resume='must', but the run does not exist",
    "NEVER_EXISTS": "resume='never' does not allow resuming a run that exists",
    "DELETED": "the run was deleted",
    "VALIDATION": "resume: not one of its words",
    "ACTIVE_MUST": "resume='must' cannot be met while a run is active",
    "ID_IN_USE": "the run id is in use in this process",
    "COMM_REJECTED": "401: the API key is not accepted",
    "COMM_UNREACHABLE": "the server cannot be reached",
}
"""Error of an outcome -> the text that stands for what its message says."""

PROBLEM = "problem"
"""The whole text of what classic raises instead of anything but a UsageError (ERR-2)."""

BAD_ARGUMENT = "an argument has a value that is not allowed"


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

    def observation(self) -> Observation:
        """What can be seen now."""
        runs = tuple(_view(record) for record in self.world.records if not record.is_deleted)
        return Observation(tuple(self._inits), runs, tuple(self._actions))

    # ------------------------------------------------------------------ init

    def _init(self, action: actions.Init) -> None:
        world, process = self.world, self.world.process
        before = process.machine.remembered
        read = call.read(action.kwargs, process.env, world.profile, notebook=process.notebook)
        if read.error:
            message = PROBLEM if read.error == "Exception" else BAD_ARGUMENT
            self._inits.append(self._seen(action.run, None, before, read.error, message))
            return
        decision = decide(world, read, action.kwargs.get("resume"))
        check_is_specified(world, decision)
        asked = _asked(world, decision)
        run = carry_out(world, action.run, read, decision)
        if run is not None:
            process.variables[action.run] = run
        error = decision.facts["error"]
        self.rules[action.run] = decision.rules
        self._inits.append(
            self._seen(
                action.run,
                run,
                before,
                error="" if error == "-" else _error_class(world.profile, error),
                message="" if error == "-" else MESSAGES[error],
                asked=asked,
                warnings=_warnings(decision),
            )
        )

    def _seen(
        self,
        name: str,
        run: RunObject | None,
        before: str | None,
        error: str,
        message: str,
        asked: tuple[tuple[str, str, str], ...] = (),
        warnings: frozenset[str] = frozenset(),
    ) -> InitSeen:
        process = self.world.process
        return InitSeen(
            run=name,
            error=error,
            message=message,
            returned="" if run is None else run.name,
            is_dummy=run is not None and run.is_dummy,
            run_id="" if run is None else run.run_id,
            resumed=run is not None and run.resumed,
            starting_step=0 if run is None else run.starting_step,
            mode="-" if run is None else run.mode,
            entity="" if run is None else run.entity,
            wandb_run="" if process.wandb_run is None else process.wandb_run.name,
            asked=asked,
            resume_file=(before, process.machine.remembered),
            warnings=warnings,
        )

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
            self._note(config.update(run, action.values, action.allow_val_change, self.world.profile))

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
        if run.is_finished and self.world.profile is CURRENT:
            self._note("UsageError")  # LOG-6
        elif run.is_finished:
            raise Unspecified("define_metric() after finish() in classic")
        else:
            summary.define(run, action.name, action.summary)

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

    def _look(self, action: actions.Look) -> None:
        run = self.world.process.variables.get(action.run)
        if run is None:
            return
        shown = {"config": config.plain(run.config), "summary": config.plain(run.summary)}
        if not run.is_dummy:
            reads_zero = run.resumed and not run.has_logged and self.world.profile is CURRENT  # RESUME-7c
            shown |= {**run.shown, "resumed": run.resumed, "step": 0 if reads_zero else run.step}
        self._note(shown=shown)

    def _finish(self, action: actions.Finish) -> None:
        run = self._run(action.run)
        if run is not None:
            finish(self.world, self.world.process, run, action.exit_code or 0)

    # ------------------------------------------------------------------ processes, accounts, the server

    def _enter(self, action: actions.StartProcess) -> None:
        world = self.world
        if action.name not in world.processes:
            machine: Machine = world.machine(action.directory)
            world.processes[action.name] = Process(machine, action.env, action.notebook)
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
        world.user_keys.append(world.api_key)

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


def _error_class(profile: Profile, error: str) -> str:
    # ERR-3: in classic whatever the server side reports is a UsageError, also what no cell can show.
    return ERROR_CLASSES[profile].get(error, "UsageError")


def _warnings(decision: Decision) -> frozenset[str]:
    facts = decision.facts
    kinds = {name for name in ("offline_fallback", "anonymous_ignored", "reinit_bool") if facts[name] == "yes"}
    names_another = decision.remembered not in (None, decision.run_id) and facts["effective_resume"] == "auto"
    if names_another and decision.run_id:
        kinds.add("other_id_remembered")  # AUTO-4
    return frozenset(kinds)


def _asked(world: World, decision: Decision) -> tuple[tuple[str, str, str], ...]:
    """The requests that init() makes: at most those about accounts (LOGIN-2), exactly those about the run."""
    facts = decision.facts
    asked = []
    if facts["network"] != "forbidden":
        asked.append(("viewer", "", ""))
        if world.profile is CLASSIC:
            asked.append(("anonymous", "", ""))
    if facts["network"] == "full":
        about = (decision.entity, decision.run_id)
        if facts["effective_resume"] != "none":
            asked.append(("status", *about))
        is_unanswered = facts["error"] in ("COMM_REJECTED", "COMM_UNREACHABLE")
        ends_there = facts["error"] in ("MUST_ABSENT", "NEVER_EXISTS") or (is_unanswered and asked[-1][0] == "status")
        if not ends_there:
            asked.append(("run", *about))
    return tuple(asked)


def _view(record: Record) -> RunView:
    return RunView(
        id=record.run_id,
        entity=record.entity,
        project=record.project,
        name=record.name,
        state=record.state,
        exit_code=record.exit_code,
        config=record.config,
        summary={key: value for key, value in record.summary.items() if key not in ("_timestamp", "_runtime")},
        history=History(record.rows, run_id=record.run_id),
        tags=record.tags,
        group=record.group,
        job_type=record.job_type,
        notes=record.notes,
        resumed_from=record.resumed_from,
        files={},
        artifacts={},
        output=[],
        alerts=[],
        warnings=[],
        requests=[],
        mode=record.mode,
        client={OPEN: ("history",)} if record.rows_are_open else {},
    )
