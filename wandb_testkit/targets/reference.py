"""Runs scripts in the reference implementation: a fresh world for each, and an observation of what could be seen.

An action on a run whose init() raised is passed over, as a user's program would not come that far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit import actions
from wandb_testkit.observation import InitSeen, Observation
from wandb_testkit.profiles import Profile
from wandb_testkit.recorder import path_of
from wandb_testkit.records import KINDS
from wandb_testkit.sdk import init as init_steps
from wandb_testkit.sdk import resume_file
from wandb_testkit.sdk.session import Session
from wandb_testkit.server.accounts import DEFAULT_USER
from wandb_testkit.surroundings import WorldDisk
from wandb_testkit.world import BEHAVIOURS, World

WANDB_DIR = "wandb"
WARNINGS = frozenset({"offline_fallback", "anonymous_ignored", "reinit_bool"})
"""The kinds of warnings that spec.md C.2 knows."""


class ReferenceTarget:
    """The reference implementation with the memory transport."""

    name = "reference"
    user = DEFAULT_USER

    def run(self, script: actions.Script, profile: Profile) -> Observation:
        """Carry out a whole script in a fresh world and tell what could be seen."""
        playing = _Playing(profile)
        for action in script:
            PLAY[type(action)](playing, action)
        return playing.observation()


class _Playing:
    """One script on its way."""

    def __init__(self, profile: Profile) -> None:
        self.world = World(profile, environ={}, notebook=False)
        self.behaviour = BEHAVIOURS[self.world.profile]
        self.processes: dict[str, Session] = {}
        self.disks = {"here": self.world.disk}
        self.session = self.world.session
        self.runs: dict[str, Any] = {}
        self.inits: list[InitSeen] = []

    def observation(self) -> Observation:
        return Observation(tuple(self.inits), tuple(self.world.runs))

    def name_of(self, run: object) -> str:
        """The first name that the script gave to this very object, "" for None."""
        return next((name for name, known in self.runs.items() if known is run), "")

    def remembered(self) -> str | None:
        return resume_file.read(self.session.disk, WANDB_DIR)

    def start_process(self, action: actions.StartProcess) -> None:
        session = self.processes.get(action.name)
        if session is None:
            disk = self.disks.setdefault(action.directory, WorldDisk())
            session = self.world.process(environ=action.env, notebook=action.notebook, disk=disk)
            self.processes[action.name] = session
        self.session = session

    def init(self, action: actions.Init) -> None:
        session, recorder = self.session, self.world.recorder
        before = self.remembered()
        told = len(session.told)
        accepted, refused = len(recorder.records), len(recorder.refusals)
        error: Exception | None = None
        run: Any = None
        try:
            run = init_steps.init(session, self.behaviour.arguments(**action.kwargs))
        except Exception as raised:
            error = raised
        else:
            if not self.name_of(run):
                self.runs[action.run] = run
        heard = [*recorder.records[accepted:], *(refusal.record for refusal in recorder.refusals[refused:])]
        paths = [(KINDS[type(record)], path_of(record)) for record in heard]
        self.inits.append(
            InitSeen(
                run=action.run,
                error="" if error is None else type(error).__name__,
                message=str(error or ""),
                returned=self.name_of(run),
                is_dummy=run is not None and bool(run.disabled),
                run_id="" if run is None else run.id,
                resumed=run is not None and bool(run.resumed),
                starting_step=getattr(run, "starting_step", 0),
                mode=_mode(run),
                entity="" if run is None else run.entity,
                wandb_run=self.name_of(session.run),
                asked=tuple((kind, path.entity if path else "", path.run_id if path else "") for kind, path in paths),
                resume_file=(before, self.remembered()),
                warnings=WARNINGS.intersection(session.told[told:]),
            )
        )

    def log(self, action: actions.Log) -> None:
        run = self.runs.get(action.run)
        if run is not None:
            run.log(dict(action.data), step=action.step, commit=action.commit)

    def finish(self, action: actions.Finish) -> None:
        run = self.runs.get(action.run)
        if run is not None:
            run.finish(action.exit_code)

    def kill(self, action: actions.Kill) -> None:
        self.session.flush()
        self.session.active.clear()
        self.session.run = None

    def delete_run(self, action: actions.DeleteRun) -> None:
        self.world.server.delete_run(action.run_id)

    def log_out(self, action: actions.LogOut) -> None:
        self.world.home.api_key = None

    def revoke_key(self, action: actions.RevokeKey) -> None:
        self.world.recorder.flush()
        self.world.server.accounts.revoke(self.world.api_key)

    def cut_network(self, action: actions.CutNetwork) -> None:
        self.world.server.fail("any", reply=0)


def _mode(run: Any) -> str:
    if run is None:
        return "-"
    return "disabled" if run.disabled else "offline" if run.offline else "online"


PLAY: Mapping[type, Callable[[_Playing, Any], None]] = {
    actions.StartProcess: _Playing.start_process,
    actions.Init: _Playing.init,
    actions.Log: _Playing.log,
    actions.Finish: _Playing.finish,
    actions.Kill: _Playing.kill,
    actions.DeleteRun: _Playing.delete_run,
    actions.LogOut: _Playing.log_out,
    actions.RevokeKey: _Playing.revoke_key,
    actions.CutNetwork: _Playing.cut_network,
}
"""How each action is carried out."""
