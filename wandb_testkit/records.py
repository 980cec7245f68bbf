"""What crosses from client to server: records, and the one Result that answers them.

A record is what a client has to say; a `...Request` is a record that wants an answer. The words are those of W&B's own
transaction log. Mappings and rows are handed over with the record: who sends one does not touch them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Union

Row = dict[str, Any]


class RunPath(NamedTuple):
    """The key of a run record; entity and project may be "" where the server is to fill them in (ENT-1, PROJ-1)."""

    entity: str
    project: str
    run_id: str

    def __str__(self) -> str:
        return f"{self.entity}/{self.project}/{self.run_id}"


@dataclass(frozen=True, slots=True)
class ViewerRequest:
    """Whose API key is this?"""


@dataclass(frozen=True, slots=True)
class AnonymousAccountRequest:
    """Make an account on the fly and tell its key (ANON-2, ANON-3)."""


@dataclass(frozen=True, slots=True)
class RunStatusRequest:
    """Does this run exist, and where did it stop? (RESUME-11)"""

    path: RunPath


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Create a run, start it again, or edit it; None means "leave as it is" (META-1).

    `starts` tells an init() from an edit; `resumed` tells a start that continues the streams from one that replaces
    config and summary (RESUME-1, RESUME-7).
    """

    path: RunPath
    starts: bool = False
    resumed: bool = False
    display_name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] | None = None
    group: str | None = None
    job_type: str | None = None
    config: Mapping[str, Any] | None = None
    started_at: float | None = None


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """Rows of history, from line `first_line` on.

    `rows` carry `_step` and the user's keys; `timestamps` and `runtimes` (seconds) are as long as `rows` and are kept
    apart because the client writes them of its own accord (LOG-1).
    """

    path: RunPath
    first_line: int
    rows: Sequence[Row]
    timestamps: Sequence[float]
    runtimes: Sequence[float]


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """The whole summary, as it is now (protocol.md 4.3)."""

    path: RunPath
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ConfigRecord:
    """The whole config, as it is now (protocol.md 4.1)."""

    path: RunPath
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MetricRecord:
    """One define_metric() call."""

    path: RunPath
    name: str
    step_metric: str | None = None
    step_sync: bool | None = None
    hidden: bool | None = None
    summary: tuple[str, ...] = ()
    goal: str | None = None


@dataclass(frozen=True, slots=True)
class WatchRecord:
    """One watch() call: class name of the model, what is to be logged, and how often."""

    path: RunPath
    model: str
    log: str | None
    log_freq: int


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """Console lines, from line `first_line` on."""

    path: RunPath
    first_line: int
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class FilesRecord:
    """Files of the run: name below the run's files directory -> content."""

    path: RunPath
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class ExitRecord:
    """The end of a run: exit code and seconds of run time (FINISH-1)."""

    path: RunPath
    exit_code: int
    runtime: float


Record = Union[  # noqa: UP007 - a runtime value: isinstance and tables use the members
    ViewerRequest,
    AnonymousAccountRequest,
    RunStatusRequest,
    RunRecord,
    HistoryRecord,
    SummaryRecord,
    ConfigRecord,
    MetricRecord,
    WatchRecord,
    OutputRecord,
    FilesRecord,
    ExitRecord,
]

RunScopedRecord = Union[  # noqa: UP007 - as above
    RunRecord,
    HistoryRecord,
    SummaryRecord,
    ConfigRecord,
    MetricRecord,
    WatchRecord,
    OutputRecord,
    FilesRecord,
    ExitRecord,
]


KINDS: dict[type, str] = {
    ViewerRequest: "viewer",
    AnonymousAccountRequest: "anonymous",
    RunStatusRequest: "status",
    RunRecord: "run",
    HistoryRecord: "history",
    SummaryRecord: "summary",
    ConfigRecord: "config",
    MetricRecord: "metric",
    WatchRecord: "watch",
    OutputRecord: "output",
    FilesRecord: "files",
    ExitRecord: "exit",
}
"""The short name of each record: what faults are set on, and what `RunView.requests` lists."""


class Account(NamedTuple):
    """Who a key belongs to; `teams` are entities the account may also write to."""

    entity: str
    api_key: str
    anonymous: bool = False
    teams: tuple[str, ...] = ()


class RunStatus(NamedTuple):
    """What the server knows of a run that might be resumed (RESUME-7, protocol.md 5)."""

    display_name: str
    config: Mapping[str, Any]
    summary: Mapping[str, Any]
    tags: tuple[str, ...]
    notes: str | None
    last_step: int | None
    last_runtime: float
    history_lines: int
    output_lines: int
    started: bool


class RunInfo(NamedTuple):
    """What the server answers to a RunRecord; `history_lines` is 0 where the server does not report it (RESUME-1)."""

    path: RunPath
    display_name: str
    inserted: bool
    history_lines: int


class Refusal(NamedTuple):
    """Why a record was not accepted: an HTTP status (0: no connection) and a text."""

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a record: at most one of the first three, or a refusal; empty means "done"."""

    account: Account | None = None
    status: RunStatus | None = None
    run: RunInfo | None = None
    refusal: Refusal | None = None


DONE = Result()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong on purpose.

    Args:
        on: The kind of record that meets it, one of KINDS' names, or "any".
        nth: The how many-th such record fails, from 1; None means every one.
        reply: The HTTP status to refuse with; 0 means that no connection comes about.
        message: The text of the refusal; a standard text if empty.
    """

    on: str = "any"
    nth: int | None = None
    reply: int = 500
    message: str = ""

    def __post_init__(self) -> None:
        known = ("any", *KINDS.values())
        if self.on not in known:
            raise ValueError(f"Fault(on={self.on!r}): there is no such record; expected one of {', '.join(known)}")
        if self.nth is not None and self.nth < 1:
            raise ValueError(f"Fault(nth={self.nth!r}): records are counted from 1; use None for every one")
