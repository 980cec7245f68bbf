"""What a user does: the nouns a Script is made of.

No rules here. `spec` says what a script leads to, a target carries it out, and the two observations are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Union


@dataclass(frozen=True, slots=True)
class StartProcess:
    """A new Python process begins; what follows happens in it, until the next one starts.

    Args:
        name: Its name in this script; a name used before means "go back to that process", which then still runs.
        directory: The working directory; another directory stands for another machine (AUTO-2).
        env: WANDB_* variables it is started with.
        notebook: True if an IPython shell runs it (REINIT-4).
    """

    name: str
    directory: str = "here"
    env: Mapping[str, str] = field(default_factory=dict)
    notebook: bool = False


@dataclass(frozen=True, slots=True)
class Init:
    """`run = wandb.init(**kwargs)`; `run` is the name that later actions use."""

    run: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Log:
    """`run.log(data)`."""

    run: str
    data: Mapping[str, Any]
    step: int | None = None
    commit: bool | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """`run.finish(exit_code)`."""

    run: str
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Kill:
    """The present process is killed: nothing is reported (FINISH-5)."""


@dataclass(frozen=True, slots=True)
class DeleteRun:
    """Somebody deletes the run on the server."""

    run_id: str


@dataclass(frozen=True, slots=True)
class LogOut:
    """The credentials are taken away."""


@dataclass(frozen=True, slots=True)
class RevokeKey:
    """The server refuses the key from now on."""


@dataclass(frozen=True, slots=True)
class CutNetwork:
    """The server cannot be reached from now on."""


Action = Union[StartProcess, Init, Log, Finish, Kill, DeleteRun, LogOut, RevokeKey, CutNetwork]  # noqa: UP007

Script = tuple[Action, ...]
