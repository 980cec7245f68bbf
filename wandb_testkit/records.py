"""What crosses from client to server: records, and the one Result that answers them.

A record is what a client has to say; a `...Request` is a record that wants an answer. The words are those of W&B's own
transaction log. Mappings and rows are handed over with the record: who sends one does not touch them again.
Those about artifacts are in artifact_records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Union

from wandb_testkit.artifact_records import ARTIFACT_KINDS, AboutArtifact, ArtifactInfo
from wandb_testkit.frozen import dataclass, ready

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
class FileRequest:
    """What is in this file of a run? (restore)"""

    path: RunPath
    name: str


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """A document of the public API: a question about what the server has, or an edit of it (protocol.md 3.6, 9)."""

    document: str
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RewindRequest:
    """Forget the rows of a run after a step, and tell where it stands then (FORK-2, protocol.md 5.4)."""

    path: RunPath
    last_step: float


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Create a run, start it again, or edit it; None means "leave as it is" (META-1).

    `starts` tells an init() from an edit, None where the way it came cannot tell: it starts a run that is not running.
    `resumed` tells a start that continues the streams from one that replaces config and summary (RESUME-1, RESUME-7);
    None leaves that to the server: a start that asked about the run before continues it. `facts` are what a client
    tells of itself: host, program, commit ...
    """

    path: RunPath
    starts: bool | None = False
    resumed: bool | None = False
    display_name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] | None = None
    group: str | None = None
    job_type: str | None = None
    config: Mapping[str, Any] | None = None
    started_at: float | None = None
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """Rows of history, from line `first_line` on.

    `rows` carry `_step` and the user's keys; `timestamps` and `runtimes` (seconds) are as long as `rows` and are kept
    apart because the client writes them of its own accord (LOG-1). `may_repeat`: the way it came may deliver twice.
    """

    path: RunPath
    first_line: int
    rows: Sequence[Row]
    timestamps: Sequence[float]
    runtimes: Sequence[float]
    may_repeat: bool = False


@dataclass(frozen=True, slots=True)
class StatsRecord:
    """Samples of the machine (system metrics), from line `first_line` on (protocol.md 4.4)."""

    path: RunPath
    first_line: int
    rows: Sequence[Row]


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
    """Files of the run: name below the run's files directory -> content.

    `by_client` are those that a client writes of its own accord: metadata, requirements ... (protocol.md 4.7).
    """

    path: RunPath
    files: Mapping[str, bytes]
    by_client: bool = False


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """One alert(): `level` is INFO, WARN or ERROR; `wait_s` is how long a next one of the same title is held back."""

    path: RunPath
    title: str
    text: str
    level: str
    wait_s: float


@dataclass(frozen=True, slots=True)
class PreemptingRecord:
    """The machine of the run is about to be taken away (protocol.md 4.9)."""

    path: RunPath


@dataclass(frozen=True, slots=True)
class ExitRecord:
    """The end of a run: exit code and seconds of run time (FINISH-1)."""

    path: RunPath
    exit_code: int
    runtime: float


@dataclass(frozen=True, slots=True)
class UnknownRequest:
    """A request over HTTP that the server does not model: method and route, or the operation of a document.

    No transport of ours sends it; the server makes it of what it refuses, so that the test is told.
    """

    request: str


RunScopedRecord = Union[  # noqa: UP007 - a runtime value: isinstance and tables use the members
    RunRecord,
    HistoryRecord,
    SummaryRecord,
    ConfigRecord,
    MetricRecord,
    WatchRecord,
    OutputRecord,
    FilesRecord,
    ExitRecord,
    StatsRecord,
    AlertRecord,
    PreemptingRecord,
]

Record = Union[  # noqa: UP007 - as above
    ViewerRequest,
    AnonymousAccountRequest,
    RunStatusRequest,
    RewindRequest,
    FileRequest,
    GraphQLRequest,
    UnknownRequest,
    AboutArtifact,
    RunScopedRecord,
]

KINDS: dict[type, str] = {
    ViewerRequest: "viewer",
    AnonymousAccountRequest: "anonymous",
    RunStatusRequest: "status",
    FileRequest: "file",
    GraphQLRequest: "query",
    RewindRequest: "rewind",
    RunRecord: "run",
    HistoryRecord: "history",
    SummaryRecord: "summary",
    ConfigRecord: "config",
    MetricRecord: "metric",
    WatchRecord: "watch",
    OutputRecord: "output",
    FilesRecord: "files",
    ExitRecord: "exit",
    StatsRecord: "stats",
    AlertRecord: "alert",
    PreemptingRecord: "preempting",
    **ARTIFACT_KINDS,
    UnknownRequest: "unknown",
}
"""The short name of each record: what faults are set on, and what `RunView.requests` lists."""

SENT = tuple(kind for record, kind in KINDS.items() if record is not UnknownRequest)
"""The short names of what clients send."""


class Account(NamedTuple):
    """Who a key belongs to, and what it is to others.

    Attributes:
        entity: Where it writes unless told otherwise: a user's own, the team of a service account.
        teams: Other entities that it belongs to; `admin_of` and `viewer_of` are those in which it is more or less.
        strangers: Registered entities that it does not belong to.
        code_saving: What the user prefers of it, None if the account does not say (CODE-1).
        service: The name of a service account, "" for a user.
        acts_for: The user on whose behalf a service account writes, "" for its own.
    """

    entity: str
    api_key: str
    anonymous: bool = False
    teams: tuple[str, ...] = ()
    strangers: frozenset[str] = frozenset()
    code_saving: bool | None = None
    admin_of: tuple[str, ...] = ()
    viewer_of: tuple[str, ...] = ()
    service: str = ""
    acts_for: str = ""

    @property
    def name(self) -> str:
        """Who it is: of a service account, not the team."""
        return self.service or self.entity


class RunStatus(NamedTuple):
    """What the server knows of a run that might be resumed (RESUME-7, protocol.md 5).

    `unreadable` names what it keeps in a form that nobody can read: "config", "summary", then empty here (RESUME-12).
    """

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
    unreadable: tuple[str, ...] = ()


class RunInfo(NamedTuple):
    """What the server answers to a RunRecord; `history_lines` is 0 where the server does not report it (RESUME-1)."""

    path: RunPath
    display_name: str
    inserted: bool
    history_lines: int


class Refusal(NamedTuple):
    """Why a record was not accepted: an HTTP status (0: no connection) and a text.

    Attributes:
        on_purpose: A Fault or a limit of the test's did it.
        how: The fault's; "limit" where a limit did it.
        retry_after: Seconds that the server asks a client to wait before it tries again.
    """

    status: int
    message: str
    on_purpose: bool = False
    how: str = "refuse"
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a record: at most one of these but the refusal, or a refusal; empty means "done".

    `data` is what a document of the public API asked for.
    """

    account: Account | None = None
    status: RunStatus | None = None
    run: RunInfo | None = None
    file: bytes | None = None
    data: Mapping[str, Any] | None = None
    refusal: Refusal | None = None
    artifact: ArtifactInfo | None = None


ready(ViewerRequest, RunStatusRequest, RunRecord, HistoryRecord, SummaryRecord, ConfigRecord, ExitRecord, Result)

DONE = Result()
