"""Owns the run records: what a server keeps of each run, and every rule that changes it.

Dicts and lists that a view may hold are never changed in place, but for growing at the end: config and summary are
replaced whole, and a stream that must change its past becomes a new list.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, cast

from wandb_testkit.observation import TIME_KEYS, History, RunState, RunView
from wandb_testkit.records import (
    DONE,
    Account,
    AlertRecord,
    ConfigRecord,
    ExitRecord,
    FilesRecord,
    HistoryRecord,
    MetricRecord,
    OutputRecord,
    Refusal,
    Result,
    Row,
    RunInfo,
    RunPath,
    RunRecord,
    RunScopedRecord,
    RunStatus,
    StatsRecord,
    SummaryRecord,
    WatchRecord,
)
from wandb_testkit.server.files import name_refusal
from wandb_testkit.server.names import two_words
from wandb_testkit.server.streams import append_history, write_output, write_stats
from wandb_testkit.wire.metrics import defined_metrics

CLIENT_KEY = "_wandb"
"""The config and summary key in which clients keep what no user wrote (CONFIG-12)."""

LOCAL = "local"


class StoredRun:
    """One run record; `owner` is "user", "anonymous" or "local" (spec.md 0.3)."""

    __slots__ = (
        "alerts",
        "asked_about",
        "awaits_first_row",
        "client_files",
        "config",
        "created_at",
        "display_name",
        "exit_code",
        "facts",
        "files",
        "group",
        "job_type",
        "metrics",
        "notes",
        "output",
        "owner",
        "path",
        "resumed_from",
        "rows",
        "runtimes",
        "started",
        "state",
        "stats",
        "stop_is_requested",
        "summary",
        "tags",
        "timestamps",
        "watched",
    )

    def __init__(self, path: RunPath, display_name: str | None, owner: str) -> None:
        self.path = path
        self.display_name = display_name
        self.owner = owner
        self.state = RunState.RUNNING
        self.exit_code: int | None = None
        self.config: dict[str, Any] = {}
        self.summary: dict[str, Any] = {}
        self.rows: list[Row] = []
        self.timestamps: list[float] = []
        self.runtimes: list[float] = []
        self.output: list[str] = []
        self.tags: tuple[str, ...] = ()
        self.group: str | None = None
        self.job_type: str | None = None
        self.notes: str | None = None
        self.files: dict[str, bytes] = {}
        self.client_files: dict[str, bytes] = {}
        self.facts: dict[str, Any] = {}
        self.stats: list[Row] = []
        self.alerts: list[dict[str, Any]] = []
        self.created_at = time.time()
        self.metrics: dict[str, MetricRecord] = {}
        self.watched: list[dict[str, Any]] = []
        self.resumed_from: int | None = None
        self.started = False
        self.awaits_first_row = False
        self.asked_about = False
        self.stop_is_requested = False

    def next_step(self) -> int:
        """`_step` of the last row + 1, 0 without rows (RESUME-7a)."""
        return cast(int, self.rows[-1]["_step"]) + 1 if self.rows else 0

    def rewind(self, last_step: float) -> None:
        """Forget the rows after a step (protocol.md 5.4)."""
        kept = [number for number, row in enumerate(self.rows) if row["_step"] <= last_step]
        self.timestamps = [self.timestamps[number] for number in kept]
        self.runtimes = [self.runtimes[number] for number in kept]
        self.rows = [self.rows[number] for number in kept]
        self.asked_about = True

    def view(self, requests: list[str], warnings: list[str]) -> RunView:
        """The run as a frozen value; the recorder adds what it saw pass by."""
        config, summary = self.config, self.summary
        return RunView(
            id=self.path.run_id,
            entity=self.path.entity,
            project=self.path.project,
            name=self.display_name,
            state=self.state,
            exit_code=self.exit_code,
            config={key: value for key, value in config.items() if key != CLIENT_KEY},
            summary={key: value for key, value in summary.items() if key not in TIME_KEYS and key != CLIENT_KEY},
            history=History(self.rows, self.timestamps, self.runtimes, self.path.run_id),
            tags=self.tags,
            group=self.group,
            job_type=self.job_type,
            notes=self.notes,
            resumed_from=self.resumed_from,
            files=self.files,
            artifacts={},
            output=self.output,
            alerts=self.alerts,
            warnings=warnings,
            requests=requests,
            mode="offline" if self.owner == LOCAL else "online",
            client={
                "config": config.get(CLIENT_KEY, {}),
                "summary": {key: summary[key] for key in (*TIME_KEYS, CLIENT_KEY) if key in summary},
                "metrics": self.metrics or defined_metrics(config.get(CLIENT_KEY), self.path),
                "watched": self.watched,
                "stats": self.stats,
                "files": self.client_files,
                "facts": self.facts,
            },
        )


class Runs:
    """Every run of one server (or one log of offline runs).

    Args:
        on_new: Is told each run record when it is made.
        reports_history_length: Whether an answer to a start without resume tells the length of the old history: decides
            between "appended" and "overwritten" for current clients (RESUME-1; spec.md F.4.1).
    """

    def __init__(self, on_new: Callable[[StoredRun], None], *, reports_history_length: bool = True) -> None:
        self._runs: dict[RunPath, StoredRun] = {}
        self._on_new = on_new
        self._made_in: dict[tuple[str, str], int] = {}  # how many runs each (entity, project) has had
        self.reports_history_length = reports_history_length

    def __iter__(self) -> Iterator[StoredRun]:
        return iter(self._runs.values())

    def find(self, path: RunPath) -> StoredRun | None:
        """The run that is visible under a path: deleted ones are not."""
        run = self._runs.get(path)
        return None if run is None or run.state is RunState.DELETED else run

    def status(self, path: RunPath) -> Result:
        """Tell whether a run exists and where it stopped (RESUME-7)."""
        run = self.find(path)
        if run is None:
            return DONE
        run.asked_about = run.started
        return Result(
            status=RunStatus(
                display_name=run.display_name or "",
                config=run.config,
                summary=run.summary,
                tags=run.tags,
                notes=run.notes,
                last_step=run.next_step() - 1 if run.rows else None,
                last_runtime=max(run.runtimes[-1] if run.runtimes else 0.0, run.summary.get("_runtime", 0.0)),
                history_lines=len(run.rows),
                output_lines=len(run.output),
                started=run.started,
            )
        )

    def upsert(self, record: RunRecord, path: RunPath, account: Account | None) -> Result:
        """Create a run, start it again, or edit it (META-1, RESUME-1, RESUME-7).

        Args:
            path: The path of the record with entity and project filled in.
            account: Who does it; None for an offline run.
        """
        run = self._runs.get(path)
        inserted = run is None
        if run is None:
            run = self._make(path, account)
        elif run.state is RunState.DELETED:
            return Result(refusal=Refusal(410, f"run {path} was deleted; the id of a deleted run cannot be used again"))
        starts = inserted or run.state is not RunState.RUNNING if record.starts is None else record.starts
        if starts:
            self._start(run, record)
        elif record.config is not None:
            run.config = dict(record.config)
        if record.display_name is not None:
            run.display_name = record.display_name
        if record.notes is not None:
            run.notes = record.notes
        if record.tags is not None:
            run.tags = record.tags
        if record.group is not None:
            run.group = record.group
        if record.job_type is not None:
            run.job_type = record.job_type
        if record.facts is not None:
            run.facts = {**run.facts, **record.facts}
        lines = len(run.rows) if self.reports_history_length else 0
        return Result(run=RunInfo(run.path, run.display_name or "", inserted, lines))

    def _make(self, path: RunPath, account: Account | None) -> StoredRun:
        where = (path.entity, path.project)
        number = self._made_in[where] = self._made_in.get(where, 0) + 1
        owner = LOCAL if account is None else "anonymous" if account.anonymous else "user"
        run = StoredRun(path, None if account is None else two_words(number), owner)
        self._runs[path] = run
        self._on_new(run)
        return run

    def _start(self, run: StoredRun, record: RunRecord) -> None:
        run.state = RunState.RUNNING
        run.exit_code = None
        run.started = True
        run.stop_is_requested = False
        run.config = dict(record.config or {})
        resumed = run.asked_about if record.resumed is None else record.resumed
        run.asked_about = False
        if resumed:
            run.resumed_from = run.next_step()
        else:
            run.summary = {}
            run.metrics = {}
            run.resumed_from = None
            run.awaits_first_row = True

    def write(self, record: RunScopedRecord) -> Result:
        """Carry out a record about a run that exists already."""
        run = self.find(record.path)
        if run is None:
            return Result(refusal=Refusal(404, f"run {record.path} does not exist"))
        verb: Callable[[StoredRun, Any], Refusal | None] = WRITES[type(record)]
        refusal = verb(run, record)
        return DONE if refusal is None else Result(refusal=refusal)


def set_summary(run: StoredRun, record: SummaryRecord) -> None:
    """Replace the summary."""
    run.summary = dict(record.summary)


def set_config(run: StoredRun, record: ConfigRecord) -> None:
    """Replace the config."""
    run.config = dict(record.config)


def define_metric(run: StoredRun, record: MetricRecord) -> None:
    """Keep a metric definition; a later one of the same name replaces it."""
    run.metrics = {**run.metrics, record.name: record}


def add_watched(run: StoredRun, record: WatchRecord) -> None:
    """Keep what watch() was given."""
    run.watched = [*run.watched, {"model": record.model, "log": record.log, "log_freq": record.log_freq}]


def store_files(run: StoredRun, record: FilesRecord) -> Refusal | None:
    """Keep files; the last upload of a name wins (protocol.md 4.7)."""
    for name in record.files:
        if refusal := name_refusal(name):
            return refusal
    if record.by_client:
        run.client_files = {**run.client_files, **record.files}
    else:
        run.files = {**run.files, **record.files}
    return None


def add_alert(run: StoredRun, record: AlertRecord) -> None:
    """Keep an alert; whom it would reach is not modelled."""
    alert = {"title": record.title, "text": record.text, "level": record.level, "wait_s": record.wait_s}
    run.alerts = [*run.alerts, alert]


def end(run: StoredRun, record: ExitRecord) -> None:
    """Take note of the end: finished for exit code 0, failed for another (FINISH-1)."""
    run.exit_code = record.exit_code
    run.state = RunState.FINISHED if record.exit_code == 0 else RunState.FAILED


WRITES: dict[type, Callable[[StoredRun, Any], Refusal | None]] = {
    HistoryRecord: append_history,
    SummaryRecord: set_summary,
    ConfigRecord: set_config,
    MetricRecord: define_metric,
    WatchRecord: add_watched,
    OutputRecord: write_output,
    FilesRecord: store_files,
    ExitRecord: end,
    StatsRecord: write_stats,
    AlertRecord: add_alert,
}
"""The verb of each record about a run that exists."""
