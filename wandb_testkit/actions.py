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

    A script begins in a process without a name or variables. What a run is called is known in its own process only.

    Args:
        name: Its name in this script; a name used before means "go back to that process", which then still runs, and
            the other arguments count for nothing.
        directory: The working directory; another directory stands for another machine (AUTO-2).
        env: WANDB_* variables it is started with.
        notebook: True if an IPython shell runs it (REINIT-4).
        sweep: Parameters of a sweep that it is part of: what the file of WANDB_SWEEP_PARAM_PATH holds (SWEEP-1).
    """

    name: str
    directory: str = "here"
    env: Mapping[str, str] = field(default_factory=dict)
    notebook: bool = False
    sweep: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Init:
    """`run = wandb.init(**kwargs)`; `run` is the name that later actions use, and no other Init of the script.

    Nothing that is done with `run` has an effect where init() raised, or in another process: it is passed over.
    """

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
class UpdateConfig:
    """`run.config.update(values, allow_val_change=...)` (CONFIG-7)."""

    run: str
    values: Mapping[str, Any]
    allow_val_change: bool | None = None


@dataclass(frozen=True, slots=True)
class SetSummary:
    """`run.summary.update(values)`: values set by hand (SUMMARY-1)."""

    run: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DefineMetric:
    """`run.define_metric(name, ...)`; several words of `summary` are separated by commas; None is not passed on."""

    run: str
    name: str
    summary: str | None = None
    step_metric: str | None = None
    hidden: bool | None = None
    goal: str | None = None


@dataclass(frozen=True, slots=True)
class EditRun:
    """`run.name = ...`, `run.notes = ...`, `run.tags = ...`; None leaves it as it is (GLOBAL-4)."""

    run: str
    name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SaveFile:
    """The program writes a file of this name and content, and saves it: `run.save(name, policy="now")`."""

    run: str
    name: str
    content: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """`run.alert(title, text, level)`; None is not passed on."""

    run: str
    title: str
    text: str = ""
    level: str | None = None


@dataclass(frozen=True, slots=True)
class MarkPreempting:
    """`run.mark_preempting()`: the machine is about to be taken away (protocol.md 4.9)."""

    run: str


@dataclass(frozen=True, slots=True)
class Look:
    """The program reads what wandb.run is, and config, summary, name, notes, tags, group, job_type, step of its run."""

    run: str


@dataclass(frozen=True, slots=True)
class Finish:
    """`run.finish(exit_code)`."""

    run: str
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class EndProcess:
    """The present process ends with this exit code, whatever runs are active (FINISH-5).

    If the script goes on without a StartProcess, the same program has been started again.
    """

    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Kill:
    """The present process is killed: nothing is reported (FINISH-5). What was logged before has been handed over.

    If the script goes on without a StartProcess, the same program has been started again.
    """


@dataclass(frozen=True, slots=True)
class DeleteRun:
    """Somebody deletes the runs of this id on the server, in whatever project; there may be none."""

    run_id: str


@dataclass(frozen=True, slots=True)
class LogOut:
    """The credentials are taken away."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """A user logs in with a new key, which is kept for every process from now on.

    Args:
        user: Whose account it is: "" for the user whom the script finds logged in, any other name for somebody else,
            whose runs are others (ID-4).
    """

    user: str = ""


@dataclass(frozen=True, slots=True)
class RevokeKey:
    """The server refuses the keys of all users from now on; one of a later LogIn is accepted."""


@dataclass(frozen=True, slots=True)
class CutNetwork:
    """The server cannot be reached from now on."""


@dataclass(frozen=True, slots=True)
class RestoreNetwork:
    """The server can be reached again."""


RunAction = Union[  # noqa: UP007 - as below
    Log, UpdateConfig, SetSummary, DefineMetric, EditRun, SaveFile, Alert, MarkPreempting, Look, Finish
]
"""What is done with a run."""

Action = Union[  # noqa: UP007 - a runtime value: tables use the members
    StartProcess,
    Init,
    Log,
    UpdateConfig,
    SetSummary,
    DefineMetric,
    EditRun,
    SaveFile,
    Alert,
    MarkPreempting,
    Look,
    Finish,
    EndProcess,
    Kill,
    DeleteRun,
    LogOut,
    LogIn,
    RevokeKey,
    CutNetwork,
    RestoreNetwork,
]

Script = tuple[Action, ...]
