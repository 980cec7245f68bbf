"""Owns the sweeps: which there are, their states, and what their agents are told to do (protocol.md 10).

How parameters are chosen is not decided here but in `sweep_search`. An agent has one run at a time. A run that it was
given is there before its client starts it, in state pending.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from wandb_testkit.observation import RunState
from wandb_testkit.ports import Clock
from wandb_testkit.records import Account, Refusal, RunPath
from wandb_testkit.server import local_controller, sweep_search
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.runs import Runs
from wandb_testkit.server.stored_run import CLIENT_KEY, StoredRun
from wandb_testkit.server.stored_sweep import OVER, StoredAgent, StoredSweep, SweepState

Command = dict[str, Any]

CHANGES: dict[SweepState, tuple[SweepState, ...]] = {
    SweepState.PAUSED: (SweepState.PENDING, SweepState.RUNNING, SweepState.PAUSED),
    SweepState.RUNNING: (SweepState.PENDING, SweepState.RUNNING, SweepState.PAUSED),
    SweepState.FINISHED: (SweepState.PENDING, SweepState.RUNNING, SweepState.PAUSED),
    SweepState.CANCELED: (SweepState.PENDING, SweepState.RUNNING, SweepState.PAUSED),
}
"""A state that users may ask for -> the states in which they may."""

UNDER_WAY = (RunState.PENDING, RunState.RUNNING, RunState.PREEMPTING)
"""States of a run that its agent still has."""

_ID_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Sweeps:
    """Every sweep of one server, in order of creation.

    Args:
        runs: The runs of the server.
        clock: Tells when sweeps and agents are made, and heard of.
    """

    def __init__(self, runs: Runs, clock: Clock) -> None:
        self._clock = clock
        self._runs = runs
        self._sweeps: dict[tuple[str, str, str], StoredSweep] = {}
        self._agents: dict[str, StoredAgent] = {}
        self._made: dict[StoredSweep, float] = {}  # when (time.monotonic), of those that this process has made

    def __iter__(self) -> Iterator[StoredSweep]:
        return iter(list(self._sweeps.values()))

    def __len__(self) -> int:
        return len(self._sweeps)

    def __getitem__(self, which: int | str) -> StoredSweep:
        """A sweep by its place or by its id.

        Raises:
            IndexError, KeyError: There is none; the message lists those there are.
        """
        sweeps = list(self)
        if isinstance(which, int):
            return sweeps[which]
        found = [sweep for sweep in sweeps if sweep.id == which]
        if len(found) != 1:
            known = ", ".join(repr(sweep) for sweep in sweeps) or "none"
            raise KeyError(f"there is not exactly one sweep {which!r} on this server; there are: {known}")
        return found[0]

    def __repr__(self) -> str:
        return f"{list(self)!r}"

    def find(self, entity: str, project: str, name: str) -> StoredSweep | None:
        """The sweep, or None where there is none."""
        return self._sweeps.get((entity, project, name))

    def of_project(self, entity: str, project: str) -> list[StoredSweep]:
        """The sweeps of a project, in order of creation."""
        return [sweep for sweep in self if (sweep.entity, sweep.project) == (entity, project)]

    def made_since(self, began: float, entity: str, project: str, yaml: str) -> StoredSweep | None:
        """The sweep of this very text that was made after a moment (time.monotonic), None where there is none."""
        sweeps = (sweep for sweep in self.of_project(entity, project) if sweep.yaml == yaml)
        return next((sweep for sweep in sweeps if self._made.get(sweep, began) > began), None)

    def agent(self, name: str) -> StoredAgent:
        """An agent by name.

        Raises:
            Refused: 404: there is none, or its sweep was deleted.
        """
        agent = self._agents.get(name)
        if agent is None:
            raise Refused(Refusal(404, f"agent {name!r} does not exist, or its sweep was deleted"))
        return agent

    # ------------------------------------------------------------------ what users do

    def create(self, entity: str, project: str, config: Mapping[str, Any], yaml: str) -> StoredSweep:
        """Make a sweep.

        Args:
            config: What `yaml`, the text that the client sent, means.
        Raises:
            Refused: 400: by this config no parameters could be chosen.
        """
        said = sweep_search.violations(config)
        name = _new_id(lambda name: (entity, project, name) in self._sweeps)
        sweep = StoredSweep(name, entity, project, self._clock.time())
        sweep.warnings = said
        sweep.config, sweep.yaml = dict(config), yaml
        sweep.display_name, sweep.description = config.get("name"), config.get("description")
        self._sweeps[entity, project, sweep.id] = sweep
        self._made[sweep] = time.monotonic()
        return sweep

    def take_in(self, sweep: StoredSweep, runs: Iterable[StoredRun]) -> None:
        """Make runs that are there already part of a sweep: its search knows them, and they count among its runs."""
        for run in runs:
            run.facts = {**run.facts, "sweep": sweep.id}
            sweep.parameters[run.path.run_id] = {key: value for key, value in run.config.items() if key != CLIENT_KEY}
            self.join(run)

    def configure(self, sweep: StoredSweep, config: Mapping[str, Any], yaml: str) -> None:
        """Give a sweep another config; runs that were made by the old one stay.

        Raises:
            Refused: 400: by this config no parameters could be chosen.
        """
        sweep.warnings = sweep_search.violations(config)
        sweep.config, sweep.yaml, sweep.updated_at = dict(config), yaml, self._clock.time()

    def change(self, sweep: StoredSweep, state: SweepState) -> None:
        """Pause, resume, stop (FINISHED: what runs may end) or cancel (what runs is stopped).

        Raises:
            Refused: 400: a sweep in its state cannot be changed so.
        """
        if sweep.state is state:
            return
        allowed = CHANGES.get(state, ())
        if sweep.state not in allowed:
            may = ", ".join(allowed) or "none"
            raise Refused(
                Refusal(400, f"sweep {sweep.path} is {sweep.state}; it can become {state} from these states: {may}")
            )
        sweep.state, sweep.updated_at = state, self._clock.time()
        if state is SweepState.CANCELED:
            sweep.stopping.update(run.path.run_id for run in sweep.runs if run.state in UNDER_WAY)
            for run in sweep.runs:
                if run.state is RunState.PENDING and not self._is_with_agent(sweep, run):
                    run.state = RunState.KILLED

    def delete(self, sweep: StoredSweep) -> None:
        """Remove a sweep with its agents; its runs stay."""
        del self._sweeps[sweep.entity, sweep.project, sweep.id]
        self._made.pop(sweep, None)
        for agent in sweep.agents:
            del self._agents[agent.name]

    def control(self, sweep: StoredSweep, controller: Mapping[str, Any], account: Account | None) -> None:
        """Do what a local controller has written: schedule runs, stop others (protocol.md 10).

        Raises:
            Refused: 400: it cannot be read.
        """
        schedule, stop = local_controller.read(controller)
        sweep.controller = dict(controller)
        known = {entry["id"] for entry in sweep.scheduler.get("scheduled", ())}
        for entry in schedule:
            if entry.id in known:
                continue
            if entry.parameters is None:  # it has no more to try
                self.change(sweep, SweepState.FINISHED)
                continue
            run = self._new_run(sweep, entry.parameters, account)
            scheduled = {"id": entry.id, "runid": run.path.run_id}
            sweep.scheduler = {"scheduled": [*sweep.scheduler.get("scheduled", ()), scheduled]}
        sweep.stopping.update(run.path.run_id for run in sweep.runs if run.path.run_id in stop)

    # ------------------------------------------------------------------ what agents do

    def register_agent(self, sweep: StoredSweep, host: str) -> StoredAgent:
        """Let an agent take part; the first one sets the sweep going."""
        agent = StoredAgent(_new_id(self._agents.__contains__), host, sweep, self._clock.time())
        self._agents[agent.name] = agent
        sweep.agents.append(agent)
        if sweep.state is SweepState.PENDING:
            sweep.state = SweepState.RUNNING
        return agent

    def heartbeat(self, agent: StoredAgent, alive: set[str], account: Account | None) -> list[Command]:
        """What an agent is to do next.

        Args:
            alive: The ids of the runs that it has queued, or that are running.
            account: Who it works for; the runs are theirs.
        Raises:
            Refused: 400: by the config of the sweep no parameters can be chosen.
        """
        sweep = agent.sweep
        agent.heartbeat_at = self._clock.time()
        self._take_note_of_ends(agent, alive)
        self._stop_early(sweep)
        stops: list[Command] = [
            {"type": "stop", "run_id": name} for name in agent.run_ids if name in alive & sweep.stopping
        ]
        if stops or alive:
            return stops
        if sweep.state is SweepState.PAUSED:
            return []
        command = None if sweep.state in OVER else self._next(sweep, agent, account)
        if command is not None:
            return [command]
        if sweep.is_controlled_by_client and sweep.state not in OVER:
            return []  # its controller may schedule more
        if sweep.state not in OVER and not any(run.state in UNDER_WAY for run in sweep.runs):
            sweep.state = SweepState.FINISHED
        agent.has_left = True
        return [{"type": "exit"}]

    def join(self, run: StoredRun) -> None:
        """Take note that a run says it is part of a sweep."""
        name = run.facts.get("sweep")
        sweep = self.find(run.path.entity, run.path.project, name) if isinstance(name, str) else None
        if sweep is not None and all(known is not run for known in sweep.runs):
            sweep.runs.append(run)

    # ------------------------------------------------------------------ inside

    def _take_note_of_ends(self, agent: StoredAgent, alive: set[str]) -> None:
        """A run that an agent no longer has was never started, or was killed; other ends are told by the run itself."""
        sweep = agent.sweep
        sweep.runs[:] = [run for run in sweep.runs if run.state is not RunState.DELETED]
        for run in sweep.runs:
            name = run.path.run_id
            if name not in agent.run_ids or name in alive:
                continue
            if name in sweep.stopping and run.state in (*UNDER_WAY, RunState.FAILED, RunState.CRASHED):
                run.state = RunState.KILLED
            elif run.state is RunState.PENDING:
                run.state = RunState.CRASHED

    def _stop_early(self, sweep: StoredSweep) -> None:
        if not sweep.config.get("early_terminate") or sweep.is_controlled_by_client or sweep.metric is None:
            return
        if any(run.state is RunState.RUNNING and run.path.run_id not in sweep.stopping for run in sweep.runs):
            sweep.stopping.update(sweep_search.runs_to_stop(sweep.config, sweep.runs))

    def _next(self, sweep: StoredSweep, agent: StoredAgent, account: Account | None) -> Command | None:
        """The command to carry out a run that waits, or a new one; None if there is none to come."""
        for run in sweep.runs:
            if run.state is RunState.PREEMPTED and run.path.run_id in sweep.parameters:
                return self._given("resume", run, agent)
        for run in sweep.runs:
            if run.state is RunState.PENDING and not self._is_with_agent(sweep, run):
                return self._given("run", run, agent)
        if sweep.is_controlled_by_client:
            return None
        if sweep.run_cap is not None and len(sweep.runs) >= sweep.run_cap:
            return None
        parameters = sweep_search.next_parameters(sweep.config, sweep.runs)
        return None if parameters is None else self._given("run", self._new_run(sweep, parameters, account), agent)

    def _given(self, kind: str, run: StoredRun, agent: StoredAgent) -> Command:
        for other in agent.sweep.agents:
            if run.path.run_id in other.run_ids:
                other.run_ids.remove(run.path.run_id)
        agent.run_ids.append(run.path.run_id)
        parameters = agent.sweep.parameters[run.path.run_id]
        return {
            "type": kind,
            "run_id": run.path.run_id,
            "program": agent.sweep.config.get("program"),
            "args": {name: {"value": value} for name, value in parameters.items()},
            "logs": [],
        }

    def _new_run(self, sweep: StoredSweep, parameters: Mapping[str, Any], account: Account | None) -> StoredRun:
        def path_of(name: str) -> RunPath:
            return RunPath(sweep.entity, sweep.project, name)

        name = _new_id(lambda name: self._runs.is_taken(path_of(name)))
        values = {key: item["value"] for key, item in parameters.items()}
        run = self._runs.add_pending(path_of(name), account, config=values)
        run.facts = {"sweep": sweep.id}
        sweep.parameters[name] = values
        self.join(run)
        return run

    def _is_with_agent(self, sweep: StoredSweep, run: StoredRun) -> bool:
        return any(run.path.run_id in agent.run_ids for agent in sweep.agents)


def _new_id(is_taken: Callable[[str], bool]) -> str:
    """8 characters, as ids of runs and sweeps have (protocol.md 4.8)."""
    while True:
        name = "".join(secrets.choice(_ID_CHARACTERS) for _ in range(8))
        if not is_taken(name):
            return name
