"""Runs scripts in the reference implementation: a fresh world for each, and an observation of what could be seen.

An action on a run that the present process does not have is passed over: a user's program would not come that far.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wandb_testkit import actions
from wandb_testkit.observation import TIME_KEYS, ActionSeen, InitSeen, Observation, RunState
from wandb_testkit.profiles import Profile
from wandb_testkit.recorder import path_of
from wandb_testkit.records import KINDS
from wandb_testkit.sdk import init as init_steps
from wandb_testkit.sdk import resume_file
from wandb_testkit.sdk.session import Session
from wandb_testkit.server.accounts import DEFAULT_USER
from wandb_testkit.spec.predict import NO_STEP
from wandb_testkit.surroundings import WorldDisk
from wandb_testkit.wiring import LineOf
from wandb_testkit.world import BEHAVIOURS, World

WANDB_DIR = "wandb"
WARNINGS = frozenset(
    {
        *("offline_fallback", "anonymous_ignored", "reinit_bool", "other_id_remembered", "row_dropped"),
        *("locked_key", "shared_experimental"),
    }
)
"""The kinds of warnings that spec.md knows: C.2, AUTO-4, LOG-3, CONFIG-10, SHARED-1."""


class ReferenceTarget:
    """The reference implementation.

    Args:
        transport: How its records travel, as fake() takes it.
        line_of: Makes the way itself, for instance one that shares a service process among scripts.
    """

    user = DEFAULT_USER

    def __init__(self, transport: str = "memory", *, line_of: LineOf | None = None) -> None:
        self.transport = line_of or transport
        self.name = "reference" if transport == "memory" else f"reference over {transport}"

    def run(self, script: actions.Script, profile: Profile) -> Observation:
        """Carry out a whole script in a fresh world and tell what could be seen."""
        with self.open(profile) as playing:
            for action in script:
                playing.take(action)
            return playing.observation()

    @contextmanager
    def open(self, profile: Profile) -> Iterator[Playing]:
        """A fresh world that is handed actions one by one."""
        playing = Playing(profile, self.transport)
        try:
            yield playing
        finally:
            playing.world.close()


class _Process:
    """One process: its session, how to start it again, and its variables."""

    def __init__(self, world: World, action: actions.StartProcess, disk: WorldDisk) -> None:
        self.world = world
        self.action = action
        self.disk = disk
        environ = action.env
        if action.sweep:
            path = f"sweep of {action.name or 'the first process'}.yaml"
            parameters = {key: {"value": value} for key, value in action.sweep.items()}
            disk.write(path, json.dumps({"wandb_version": 1, **parameters}).encode())  # JSON is YAML
            environ = {**environ, "WANDB_SWEEP_PARAM_PATH": path}
        self.session: Session = world.process(environ=environ, notebook=action.notebook, disk=disk)
        self.runs: dict[str, Any] = {}

    def again(self) -> _Process:
        """The same program, started anew."""
        return _Process(self.world, self.action, self.disk)

    def name_of(self, run: object) -> str:
        """The first name that the script gave to this very object, "" for None."""
        return next((name for name, known in self.runs.items() if known is run), "")


class Playing:
    """One script on its way."""

    def __init__(self, profile: Profile, transport: str | LineOf = "memory") -> None:
        self.world = World(profile, transport=transport, environ={}, notebook=False, directory="")
        self.behaviour = BEHAVIOURS[self.world.profile]
        self.disks = {"here": self.world.disk}
        self.processes: dict[str, _Process] = {}
        self.present = ""
        self.keys = [self.world.api_key]
        self.place = -1
        self.inits: list[InitSeen] = []
        self.seen: list[ActionSeen] = []

    def take(self, action: actions.Action) -> None:
        """Carry out one action, and note what it raises and warns of."""
        self.place += 1
        if isinstance(action, actions.Init):
            self.init(action)
            return
        session = self.process.session
        told = len(session.told)
        error = ""
        shown = None
        try:
            shown = PLAY[type(action)](self, action)
        except Exception as raised:
            error = type(raised).__name__
        warnings = WARNINGS.intersection(session.told[told:])
        if error or warnings or shown:
            self.seen.append(ActionSeen(self.place, error, warnings, shown or {}))

    def observation(self) -> Observation:
        """What could be seen so far."""
        return Observation(tuple(self.inits), tuple(self.world.runs), tuple(self.seen))

    @property
    def process(self) -> _Process:
        """The process that acts now; the nameless one is there as soon as it is needed."""
        if self.present not in self.processes:
            self.enter(actions.StartProcess(self.present))
        return self.processes[self.present]

    def enter(self, action: actions.StartProcess) -> None:
        if action.name not in self.processes:
            disk = self.disks.setdefault(action.directory, WorldDisk())
            self.processes[action.name] = _Process(self.world, action, disk)
        self.present = action.name

    def init(self, action: actions.Init) -> None:
        process, recorder = self.process, self.world.recorder
        session = process.session
        before = resume_file.read(session.disk, WANDB_DIR)
        told = len(session.told)
        mark = recorder.mark()
        error, message = "", ""
        run: Any = None
        try:
            run = init_steps.init(session, self.behaviour.arguments(**action.kwargs))
        except Exception as raised:  # the exception itself is not kept: its traceback has this frame
            error, message = type(raised).__name__, str(raised)
        else:
            process.runs[action.run] = run
        paths = [(KINDS[type(record)], path_of(record)) for record in recorder.since(mark)]
        self.inits.append(
            InitSeen(
                run=action.run,
                error=error,
                message=message,
                returned=process.name_of(run),
                is_dummy=run is not None and bool(run.disabled),
                run_id="" if run is None else run.id,
                resumed=run is not None and bool(run.resumed),
                starting_step=getattr(run, "starting_step", 0),
                mode=_mode(run),
                entity="" if run is None else run.entity,
                wandb_run=process.name_of(session.run),
                asked=tuple((kind, path.entity if path else "", path.run_id if path else "") for kind, path in paths),
                resume_file=(before, resume_file.read(session.disk, WANDB_DIR)),
                warnings=WARNINGS.intersection(session.told[told:]),
            )
        )

    def end_process(self, action: actions.EndProcess) -> None:
        self.process.session.end_process(action.exit_code)
        self.processes[self.present] = self.process.again()

    def kill(self, action: actions.Kill) -> None:
        session = self.process.session
        session.flush()
        session.kill()
        self.processes[self.present] = self.process.again()

    def delete_run(self, action: actions.DeleteRun) -> None:
        self.world.server.settle()
        for run in list(self.world.server.runs):
            if run.path.run_id == action.run_id and run.state is not RunState.DELETED:
                self.world.server.delete_run(action.run_id, entity=run.path.entity, project=run.path.project)

    def log_out(self, action: actions.LogOut) -> None:
        self.world.home.api_key = None
        self.world.home.anonymous = False

    def log_in(self, action: actions.LogIn) -> None:
        self.keys.append(f"key{len(self.keys)}x".ljust(40, "0"))  # the server takes it for the user's (accounts.py)
        if action.user:
            if self.world.server.accounts.user(action.user) is None:
                self.world.server.add_user(action.user, api_key=self.keys[-1])
            else:
                self.world.server.add_api_key(action.user, self.keys[-1])
        self.world.home.api_key = self.keys[-1]
        self.world.home.anonymous = False

    def revoke_key(self, action: actions.RevokeKey) -> None:
        self.world.recorder.flush()
        for key in self.keys:
            self.world.server.accounts.revoke(key)

    def cut_network(self, action: actions.CutNetwork) -> None:
        self.world.server.fail("any", reply=0)

    def restore_network(self, action: actions.RestoreNetwork) -> None:
        self.world.server.heal()

    def look(self, action: actions.Look) -> Mapping[str, Any] | None:
        process = self.process
        run = process.runs.get(action.run)
        if run is None:
            return None
        shown = {
            "wandb_run": process.name_of(process.session.run),
            "config": {key: _plain(value) for key, value in run.config.items()},
            "summary": {key: _plain(run.summary[key]) for key in run.summary.keys() if key not in TIME_KEYS},  # noqa: SIM118
        }
        if run.disabled:
            return shown
        names = ("name", "notes", "tags", "group", "job_type", "resumed")
        return {**shown, **{name: getattr(run, name) for name in names}, "step": _step(run)}


def _on_run(do: Callable[[Any, Any], Mapping[str, Any] | None]) -> Callable[[Playing, Any], Mapping[str, Any] | None]:
    """An action on a run: passed over where the present process has none of that name."""

    def play(playing: Playing, action: Any) -> Mapping[str, Any] | None:
        run = playing.process.runs.get(action.run)
        return None if run is None else do(run, action)

    return play


def _log(run: Any, action: actions.Log) -> None:
    run.log(dict(action.data), step=action.step, commit=action.commit)


def _update_config(run: Any, action: actions.UpdateConfig) -> None:
    run.config.update(dict(action.values), allow_val_change=action.allow_val_change)


def _set_summary(run: Any, action: actions.SetSummary) -> None:
    run.summary.update(dict(action.values))


def _define_metric(run: Any, action: actions.DefineMetric) -> None:
    names = ("summary", "step_metric", "hidden", "goal")
    given = {name: getattr(action, name) for name in names}
    run.define_metric(action.name, **{name: value for name, value in given.items() if value is not None})


def _save_file(run: Any, action: actions.SaveFile) -> None:
    with tempfile.TemporaryDirectory(prefix="wandb-testkit-") as folder:
        path = Path(folder, action.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(action.content.encode())
        run.save(str(path), folder, "now")


def _alert(run: Any, action: actions.Alert) -> None:
    run.alert(action.title, action.text, **({} if action.level is None else {"level": action.level}))


def _mark_preempting(run: Any, action: actions.MarkPreempting) -> None:
    run.mark_preempting()


def _step(run: Any) -> Any:
    try:
        return run.step
    except Exception:  # a shared run cannot tell (SHARED-1)
        return NO_STEP


def _edit_run(run: Any, action: actions.EditRun) -> None:
    for name in ("name", "notes", "tags"):
        value = getattr(action, name)
        if value is not None:
            setattr(run, name, value)


def _plain(value: Any) -> Any:
    """What a summary shows of a nested dict is an object of its own."""
    return {key: _plain(value[key]) for key in value.keys()} if hasattr(value, "keys") else value  # noqa: SIM118


def _finish(run: Any, action: actions.Finish) -> None:
    run.finish(action.exit_code)


def _mode(run: Any) -> str:
    if run is None:
        return "-"
    return "disabled" if run.disabled else "offline" if run.offline else "online"


PLAY: Mapping[type, Callable[[Playing, Any], Mapping[str, Any] | None]] = {
    actions.StartProcess: Playing.enter,
    actions.Log: _on_run(_log),
    actions.UpdateConfig: _on_run(_update_config),
    actions.SetSummary: _on_run(_set_summary),
    actions.DefineMetric: _on_run(_define_metric),
    actions.EditRun: _on_run(_edit_run),
    actions.SaveFile: _on_run(_save_file),
    actions.Alert: _on_run(_alert),
    actions.MarkPreempting: _on_run(_mark_preempting),
    actions.Look: Playing.look,
    actions.Finish: _on_run(_finish),
    actions.EndProcess: Playing.end_process,
    actions.Kill: Playing.kill,
    actions.DeleteRun: Playing.delete_run,
    actions.LogOut: Playing.log_out,
    actions.LogIn: Playing.log_in,
    actions.RevokeKey: Playing.revoke_key,
    actions.CutNetwork: Playing.cut_network,
    actions.RestoreNetwork: Playing.restore_network,
}
"""How each action but Init is carried out."""
