"""Owns one script on its way in a module with an API like wandb's: its processes, and what it shows.

There is no server to look at: what is seen is objects, exceptions, the resume file, and what the module has stored.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from wandb_testkit import actions
from wandb_testkit.observation import TIME_KEYS, ActionSeen, InitSeen, Observation, RunState, RunView
from wandb_testkit.targets.client_service import Channel, Service


class _Process:
    """One process of a script: it begins with its first action."""

    def __init__(self, action: actions.StartProcess, directory: Path, output: Path) -> None:
        self.action = action
        self.directory = directory
        self.output = output
        self.channel: Channel | None = None
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
        self.service = service
        self.folder = folder
        self.environ = environ
        self.stored = stored
        self.home = folder / "home"
        self.home.mkdir()
        self.processes: dict[str, _Process] = {}
        self.present = ""
        self.place = -1
        self.inits: list[InitSeen] = []
        self.seen: list[ActionSeen] = []
        self._outputs = 0

    def take(self, action: actions.Action) -> None:
        """Carry out one action, and note what it raises.

        Raises:
            ValueError: It is done to a server or an account, which a module does not have.
        """
        self.place += 1
        if isinstance(action, actions.Init):
            self._init(action)
        elif isinstance(action, actions.StartProcess):
            self._enter(action)
        elif isinstance(action, actions.EndProcess):
            self._again({"action": "end", "exit_code": action.exit_code})
        elif isinstance(action, actions.Kill):
            self._again({"action": "kill"})
        elif hasattr(action, "run"):
            self._on_run(action)
        else:
            raise ValueError(f"{action!r} is done to a server, which a module does not have")

    def settled(self) -> Observation:
        """What could be seen, once every run has stored what it logged; the states are those from before."""
        before = {(run.project, run.id): run for run in self.stored()}
        active: set[str] = set()
        for process in self.processes.values():
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
        for process in self.processes.values():
            if process.channel is not None:
                with suppress(OSError):
                    process.channel.tell({"action": "kill"})
                process.channel.close()

    # ------------------------------------------------------------------ processes

    @property
    def process(self) -> _Process:
        """The process that acts now; the nameless one is there as soon as it is needed."""
        if self.present not in self.processes:
            self._enter(actions.StartProcess(self.present))
        return self.processes[self.present]

    def _enter(self, action: actions.StartProcess) -> None:
        if action.name not in self.processes:
            self.processes[action.name] = self._new(action)
        self.present = action.name

    def _new(self, action: actions.StartProcess) -> _Process:
        directory = self.folder / "places" / action.directory
        directory.mkdir(parents=True, exist_ok=True)
        self._outputs += 1
        return _Process(action, directory, self.folder / f"output{self._outputs}")

    def _channel(self) -> Channel:
        process = self.process
        if process.channel is None:
            needed = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
            process.channel = self.service.fork(
                {
                    "name": process.action.name,
                    "env": {**needed, "HOME": str(self.home), **self.environ, **process.action.env},
                    "directory": str(process.directory),
                    "output": str(process.output),
                    "notebook": process.action.notebook,
                }
            )
        return process.channel

    def _again(self, told: Mapping[str, Any]) -> None:
        """The present process ends, and the same program is ready to start again."""
        process = self.process
        if process.channel is not None:
            process.channel.tell(told)
            process.channel.wait_for_end()
            process.channel.close()
        self.processes[self.present] = self._new(process.action)

    # ------------------------------------------------------------------ actions

    def _init(self, action: actions.Init) -> None:
        process = self.process
        before = self._remembered()
        answer = self._channel().ask({"action": "init", "run": action.run, "kwargs": repr(dict(action.kwargs))})
        if not answer["error"]:
            process.runs.add(action.run)
        self.inits.append(
            InitSeen(
                run=action.run,
                error=answer["error"],
                message=answer["message"],
                returned=answer.get("returned", ""),
                is_dummy=answer.get("is_dummy", False),
                run_id=answer.get("run_id", ""),
                resumed=answer.get("resumed", False),
                starting_step=answer.get("starting_step", 0),
                mode=answer.get("mode", "-"),
                entity=answer.get("entity", ""),
                wandb_run=answer["wandb_run"],
                asked=(),
                resume_file=(before, self._remembered()),
                warnings=frozenset(),
            )
        )

    def _on_run(self, action: Any) -> None:
        """An action on a run: passed over where the present process has none of that name."""
        if action.run not in self.process.runs:
            return
        told = {field.name: _sendable(getattr(action, field.name)) for field in dataclasses.fields(action)}
        verb = re.sub(r"(?<!^)(?=[A-Z])", "_", type(action).__name__).lower()
        answer = self._channel().ask({"action": verb, **told})
        shown = answer.get("shown", {})
        if isinstance(shown.get("tags"), list):
            shown["tags"] = tuple(shown["tags"])
        if isinstance(shown.get("summary"), dict):
            shown["summary"] = {key: value for key, value in shown["summary"].items() if key not in TIME_KEYS}
        if answer["error"] or shown:
            self.seen.append(ActionSeen(self.place, answer["error"], frozenset(), shown))

    def _remembered(self) -> str | None:
        try:
            path = self.process.directory / "wandb" / "wandb-resume.json"
            remembered: str | None = json.loads(path.read_text(encoding="utf-8")).get("run_id")
        except (FileNotFoundError, ValueError, AttributeError):
            return None
        return remembered


def _sendable(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
