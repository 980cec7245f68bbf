"""What can be seen afterwards: runs as plain, frozen values, and how to tell two of them apart.

What a client writes of its own accord (times, telemetry) is kept out of rows and summary and is found in
`RunView.client` and `History.with_times()`. Rows, artifacts and tables are in `history_view`, `artifact_view` and
`table_view`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.frozen import dataclass

if TYPE_CHECKING:
    from wandb_testkit.artifact_view import Artifacts
    from wandb_testkit.history_view import History
    from wandb_testkit.table_view import Tables

TIME_KEYS = ("_timestamp", "_runtime")


class RunState(str, Enum):
    """Where a run stands; compares equal to its own text (spec.md 0.3; protocol.md 4.9 for preemption)."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CRASHED = "crashed"
    DELETED = "deleted"
    PREEMPTING = "preempting"
    PREEMPTED = "preempted"
    PENDING = "pending"
    KILLED = "killed"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class RunView:
    """One run, as the world's server (or the log of an offline run) has it.

    Attributes:
        id, entity, project: Its key. `entity` is "" for an offline run that named none.
        name: Display name, None for an offline run without one (NAME-2).
        state: A RunState; `exit_code` is None until the end was reported.
        config, summary: Plain dicts, without what the client writes of its own accord.
        history: A History: rows in order, columns by key.
        resumed_from: The first `_step` of the latest resumption, None if the run was never resumed.
        files: Name below the run's files directory -> content.
        artifacts: Name -> ArtifactView of what the run logged or used; an Artifacts, which also finds "model:v0".
        output: Console lines, of runs that were asked to record them (setting `console`, or WANDB_CONSOLE).
        warnings: What the client warned about, and every row it dropped.
        requests: Kinds of the records that spoke of this run, in order.
        mode: "online" or "offline".
        sweep: The id of the sweep that it is a run of, None outside of sweeps.
        client: What the client writes by itself: `_wandb` of the config, times of the summary, metric definitions,
            samples of the machine, files such as metadata and requirements, facts such as host and program.
    """

    id: str
    entity: str
    project: str
    name: str | None
    state: RunState
    exit_code: int | None
    config: dict[str, Any]
    summary: dict[str, Any]
    history: History
    tags: tuple[str, ...]
    group: str | None
    job_type: str | None
    notes: str | None
    resumed_from: int | None
    files: dict[str, bytes]
    artifacts: Artifacts
    output: list[str]
    alerts: list[dict[str, Any]]
    warnings: list[str]
    requests: list[str] = field(compare=False)
    mode: str = "online"
    sweep: str | None = None
    client: dict[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        end = "" if self.exit_code is None else f", exit code {self.exit_code}"
        return f"<RunView {self.entity}/{self.project}/{self.id}: {self.state}{end}, {len(self.history)} rows>"

    @property
    def path(self) -> str:
        """`entity/project/id`."""
        return f"{self.entity}/{self.project}/{self.id}"

    @property
    def tables(self) -> Tables:
        """The tables that the run logged in rows, by key: `run.tables["preds"].data`, `.columns`, `.rows`."""
        from wandb_testkit.table_view import Tables  # only who has tables pays for them

        return Tables(list(self.history), self.files)

    @property
    def forked_from(self) -> tuple[str, float] | None:
        """Id and step of the run that this one is a fork of, None for any other (FORK-1).

        `history` has the run's own rows; W&B shows those of the other up to that step before them.
        """
        point = self.client.get("config", {}).get("branch_point")
        if not isinstance(point, dict) or point.get("run_id") in (None, self.id):
            return None
        return str(point["run_id"]), point["step"]


class Exchange(NamedTuple):
    """One request over HTTP and how it was answered.

    Attributes:
        method, path: As sent, without the query (it may hold a signature).
        operation: For GraphQL the name of the operation, else "".
        status: The HTTP status; 0 means that the connection was cut.
        agent: The User-Agent of the client.
    """

    method: str
    path: str
    operation: str
    status: int
    agent: str


@dataclass(frozen=True, slots=True)
class InitSeen:
    """What one init() of a script showed.

    Attributes:
        run: The name the script gave the result.
        error: Name of the exception's class, "" if none was raised; `message` is its text.
        returned: The name of the run whose very object came back (its own name for a new object, "" after an error).
        is_dummy: The disabled run came back.
        run_id, resumed, starting_step, mode, entity: Read from the object; mode is online, offline or disabled.
        wandb_run: The name of the run that wandb.run is afterwards, "" if None.
        asked: Kind, entity and run id of each record that the server got meanwhile, refused ones too ("" for none).
        resume_file: The run id in the resume file before and after, None where there is no file.
        warnings: Kinds of warnings shown.
    """

    run: str
    error: str
    message: str
    returned: str
    is_dummy: bool
    run_id: str
    resumed: bool
    starting_step: int
    mode: str
    entity: str
    wandb_run: str
    asked: tuple[tuple[str, str, str], ...]
    resume_file: tuple[str | None, str | None]
    warnings: frozenset[str]


@dataclass(frozen=True, slots=True)
class ActionSeen:
    """What an action other than Init showed; noted only where there is something to tell.

    Attributes:
        at: Its place in the script, from 0.
        error: Name of the exception's class, "" if none was raised.
        warnings: Kinds of warnings shown.
        shown: What a Look saw, by name; empty for other actions.
    """

    at: int
    error: str = ""
    warnings: frozenset[str] = frozenset()
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """What a whole script showed: each init(), the runs there are at the end, and what other actions had to tell."""

    inits: tuple[InitSeen, ...]
    runs: tuple[RunView, ...]
    actions: tuple[ActionSeen, ...] = ()


def diff(expected: object, got: object) -> list[str]:
    """The fields in which two observations, views or outcomes differ: one line each, expected first."""
    if type(expected) is not type(got):
        return [f"expected {expected!r}, got {got!r}"]
    names: Sequence[str]
    if hasattr(expected, "_fields"):
        names = expected._fields
    else:
        names = [f.name for f in fields(expected) if f.compare]  # type: ignore[arg-type]
    return [
        f"{name}: expected {getattr(expected, name)!r}, got {getattr(got, name)!r}"
        for name in names
        if getattr(expected, name) != getattr(got, name)
    ]
