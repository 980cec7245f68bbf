"""Owns one script on its way in a module with an API like wandb's: its processes, and what it shows.

There is no server to look at: what is seen is objects, exceptions, the resume file, and what the module has stored.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from wandb_testkit import actions
from wandb_testkit.observation import ActionSeen, InitSeen, Observation, RunState, RunView
from wandb_testkit.targets.client_processes import ClientProcess, ClientProcesses
from wandb_testkit.targets.client_service import Service


class _Process(ClientProcess):
    """One process of a script.

    Attributes:
        runs: The names of its runs.
    """

    def __init__(self, action: actions.StartProcess, directory: Path, output: Path) -> None:
        super().__init__(action, directory, output)
        self.runs: set[str] = set()


class ModulePlaying:
    """One script on its way.

    Args:
        folder: Where its home and its directories are.
        environ: Variables of every process.
        stored: Reads the runs that are stored now.
    """

    def __init__(
        self, service: Service, folder: Path, environ: Mapping[str, str], stored: Callable[[], list[RunView]]
    ) -> None:
        self.stored = stored
        self.processes = ClientProcesses(service, folder, _Process, lambda process: environ)
        self.place = -1
        self.inits: list[InitSeen] = []
        self.seen: list[ActionSeen] = []

    def take(self, action: actions.Action) -> None:
        """Carry out one action, and note what it raises.

        Raises:
            ValueError: It is done to a server or an account, which a module does not have.
        """
        self.place += 1
        if isinstance(action, actions.Init):
            self._init(action)
        elif isinstance(action, actions.StartProcess):
            self.processes.enter(action)
        elif isinstance(action, actions.EndProcess):
            self.processes.begin_again({"action": "end", "exit_code": action.exit_code})
        elif isinstance(action, actions.Kill):
            self.processes.begin_again({"action": "kill"})
        elif hasattr(action, "run"):
            self._on_run(action)
        else:
            raise ValueError(f"{action!r} is done to a server, which a module does not have")

    def settled(self) -> Observation:
        """What could be seen, once every run has stored what it logged; the states are those from before."""
        before = {(run.project, run.id): run for run in self.stored()}
        active: set[str] = set()
        for process in self.processes.now.values():
            if process.channel is not None:
                with suppress(EOFError):
                    active |= set(process.channel.ask({"action": "settle"})["active"])
        runs = []
        for run in self.stored():
            earlier = before.get((run.project, run.id))
            if earlier is not None:
                run = dataclasses.replace(run, state=earlier.state, exit_code=earlier.exit_code)
            elif run.id in active:
                run = dataclasses.replace(run, state=RunState.RUNNING, exit_code=None)
            runs.append(run)
        made = {seen.run_id: number for number, seen in reversed(list(enumerate(self.inits)))}
        runs.sort(key=lambda run: made.get(run.id, len(made)))
        return Observation(tuple(self.inits), tuple(runs), tuple(self.seen))

    def close(self) -> None:
        """End every process."""
        self.processes.close()

    def _init(self, action: actions.Init) -> None:
        answer, seen = self.processes.ask_for_init(action)
        if not answer["error"]:
            self.processes.present.runs.add(action.run)
        self.inits.append(seen)

    def _on_run(self, action: Any) -> None:
        """An action on a run: passed over where the present process has none of that name."""
        if action.run not in self.processes.present.runs:
            return
        answer, shown = self.processes.ask_for(action)
        if answer["error"] or shown:
            self.seen.append(ActionSeen(self.place, answer["error"], frozenset(), shown))
