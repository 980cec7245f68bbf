"""Owns the processes of a script that are real ones: each begins with its first action, and tells what it did.

So it meets the world as it is then. What a script does beside its processes is the matter of whoever plays it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from wandb_testkit import actions
from wandb_testkit.observation import TIME_KEYS, InitSeen
from wandb_testkit.targets.client_service import ANSWER_TIMEOUT_S, Channel, Service

Answer = dict[str, Any]


class ClientProcess:
    """One process of a script.

    Attributes:
        directory: The one it runs in.
        output: The file that it prints to.
        channel: The way to it, None before its first action.
    """

    def __init__(self, action: actions.StartProcess, directory: Path, output: Path) -> None:
        self.action = action
        self.directory = directory
        self.output = output
        self.channel: Channel | None = None

    def remembered(self) -> str | None:
        """The run id in the resume file of its directory, None where there is no such file."""
        path = self.directory / "wandb" / "wandb-resume.json"
        try:
            run_id: str | None = json.loads(path.read_text(encoding="utf-8")).get("run_id")
        except (FileNotFoundError, ValueError, AttributeError):
            return None
        return run_id


P = TypeVar("P", bound=ClientProcess)


class ClientProcesses(Generic[P]):
    """The processes of one script.

    Args:
        folder: Where their home and their directories are.
        kind: Makes one.
        variables: Tells the environment that a process begins with, but for what every program needs.
        patience_s: How long one may take for an action.

    Attributes:
        home: The home directory of all.
        begun: Every one there was, in order.
        now: Those that are there now, by the name that the script gave them.
    """

    def __init__(
        self,
        service: Service,
        folder: Path,
        kind: Callable[[actions.StartProcess, Path, Path], P],
        variables: Callable[[P], Mapping[str, str]],
        patience_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._service = service
        self._folder = folder
        self._kind = kind
        self._variables = variables
        self._patience_s = patience_s
        self._present = ""
        self.home = folder / "home"
        self.home.mkdir()
        self.begun: list[P] = []
        self.now: dict[str, P] = {}

    @property
    def present(self) -> P:
        """The one that acts now; the nameless one is there as soon as it is needed."""
        if self._present not in self.now:
            self.enter(actions.StartProcess(self._present))
        return self.now[self._present]

    @property
    def variables(self) -> Mapping[str, str]:
        """Those that the script gave to the one that acts now."""
        return self.now[self._present].action.env if self._present in self.now else {}

    def enter(self, action: actions.StartProcess) -> None:
        """Let a process act from now on."""
        if action.name not in self.now:
            self.now[action.name] = self._new(action)
        self._present = action.name

    def ask(self, told: Mapping[str, Any]) -> Answer:
        """Let the present process do something, and wait for what it tells of it."""
        process = self.present
        if process.channel is None:
            needed = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
            process.channel = self._service.fork(
                {
                    "name": process.action.name,
                    "env": {**needed, "HOME": str(self.home), **self._variables(process), **process.action.env},
                    "directory": str(process.directory),
                    "output": str(process.output),
                    "notebook": process.action.notebook,
                }
            )
            process.channel.be_patient(self._patience_s)
        return process.channel.ask(told)

    def ask_for_init(self, action: actions.Init) -> tuple[Answer, InitSeen]:
        """Let the present process call init(): its answer, and what is seen of it beside requests and warnings."""
        process = self.present
        before = process.remembered()
        answer = self.ask({"action": "init", "run": action.run, "kwargs": repr(dict(action.kwargs))})
        return answer, InitSeen(
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
            resume_file=(before, process.remembered()),
            warnings=frozenset(),
        )

    def ask_for(self, action: Any) -> tuple[Answer, Mapping[str, Any]]:
        """Let the present process do something to a run: its answer, and what a Look saw."""
        verb = re.sub(r"(?<!^)(?=[A-Z])", "_", type(action).__name__).lower()
        told = {field.name: _sendable(getattr(action, field.name)) for field in dataclasses.fields(action)}
        answer = self.ask({"action": verb, **told})
        shown = answer.get("shown", {})
        if isinstance(shown.get("tags"), list):
            shown["tags"] = tuple(shown["tags"])
        if isinstance(shown.get("summary"), dict):
            shown["summary"] = {key: value for key, value in shown["summary"].items() if key not in TIME_KEYS}
        return answer, shown

    def begin_again(self, told: Mapping[str, Any]) -> None:
        """The present process ends in the way that it is told, and the same program is ready to start again."""
        process = self.present
        if process.channel is not None:
            process.channel.tell(told)
            process.channel.wait_for_end()
            process.channel.close()
        self.now[self._present] = self._new(process.action)

    def close(self) -> None:
        """End all of them."""
        for process in self.now.values():
            if process.channel is not None:
                process.channel.kill()
                process.channel.close()

    def _new(self, action: actions.StartProcess) -> P:
        directory = self._folder / "places" / action.directory
        directory.mkdir(parents=True, exist_ok=True)
        self.begun.append(self._kind(action, directory, self._folder / f"output{len(self.begun) + 1}"))
        return self.begun[-1]


def _sendable(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
