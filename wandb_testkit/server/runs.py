"""Owns the run records: which there are, and every rule that changes one (but for its streams)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wandb_testkit.observation import RunState
from wandb_testkit.ports import Clock
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
    PreemptingRecord,
    Refusal,
    Result,
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
from wandb_testkit.server.stored_run import ALIVE, LOCAL, StoredRun
from wandb_testkit.server.streams import append_history, write_output, write_stats


class Runs:
    """Every run of one server (or one log of offline runs).

    Args:
        on_new: Is told each run record when it is made.
        clock: Tells when that is.
        reports_history_length: Whether an answer to a start without resume tells the length of the old history: decides
            between "appended" and "overwritten" for current clients (RESUME-1; spec.md F.4.1).
    """

    def __init__(
        self, on_new: Callable[[StoredRun], None], clock: Clock, *, reports_history_length: bool = True
    ) -> None:
        self._clock = clock
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

    def is_taken(self, path: RunPath) -> bool:
        """Whether there is or was a run under a path: the id of a deleted one is never free again."""
        return path in self._runs

    def add_pending(self, path: RunPath, account: Account | None, config: Mapping[str, Any]) -> StoredRun:
        """Make a run that no client has started yet (protocol.md 4.9)."""
        run = self._make(path, account)
        run.state = RunState.PENDING
        run.config = dict(config)
        return run

    def stored_bytes(self, entity: str) -> int:
        """How many bytes the files of an entity's runs have."""
        return sum(
            len(content)
            for run in self._runs.values()
            if run.path.entity == entity and run.state is not RunState.DELETED
            for files in (run.files, run.client_files)
            for content in files.values()
        )

    def status(self, path: RunPath) -> Result:
        """Tell whether a run exists and where it stopped (RESUME-7)."""
        run = self.find(path)
        if run is None:
            return DONE
        run.asked_about = run.started
        return _where_it_stands(run)

    def rewind(self, path: RunPath, last_step: float) -> Result:
        """Forget the rows after a step, and tell where the run stands then (FORK-2)."""
        run = self.find(path)
        if run is None:
            return Result(refusal=Refusal(404, f"run {path} does not exist"))
        run.rewind(last_step)
        return _where_it_stands(run)

    def file(self, path: RunPath, name: str) -> Result:
        """Tell what is in a file; nothing where the run has no such file."""
        run = self.find(path)
        if run is None:
            return Result(refusal=Refusal(404, f"Could not find run {path}"))
        content = run.files.get(name)
        return Result(file=run.client_files.get(name) if content is None else content)

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
        starts = inserted or run.state not in ALIVE if record.starts is None else record.starts
        if starts and _is_repeated(run, record):
            pass  # the answer to the first one got lost, and nothing has been logged since
        elif starts:
            self._start(run, record)
        elif record.config is not None:
            set_config(run, ConfigRecord(path, record.config))
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
        run = StoredRun(path, None if account is None else two_words(number), owner, self._clock.time())
        if account is not None:
            run.user = account.acts_for or account.name
        self._runs[path] = run
        self._on_new(run)
        return run

    def _start(self, run: StoredRun, record: RunRecord) -> None:
        run.state = RunState.RUNNING
        run.exit_code = None
        run.started = True
        run.started_by = record
        run.stop_is_requested = False
        set_config(run, ConfigRecord(run.path, record.config or {}))
        resumed = run.asked_about if record.resumed is None else record.resumed
        run.asked_about = False
        rewound_to, run.rewound_to = run.rewound_to, None
        if resumed:
            run.resumed_from = run.next_step() if rewound_to is None else rewound_to
        else:
            set_summary(run, SummaryRecord(run.path, {}))
            run.metrics = {}
            run.resumed_from = None
            run.awaits_first_row = True

    def write(self, record: RunScopedRecord) -> Result:
        """Carry out a record about a run that exists already."""
        run = self.find(record.path)
        if run is None:
            return Result(refusal=Refusal(404, f"run {record.path} does not exist"))
        run.started_by = None
        verb: Callable[[StoredRun, Any], Refusal | None] = WRITES[type(record)]
        refusal = verb(run, record)
        return DONE if refusal is None else Result(refusal=refusal)


def _where_it_stands(run: StoredRun) -> Result:
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
            unreadable=tuple(run.unreadable),
        )
    )


def _is_repeated(run: StoredRun, record: RunRecord) -> bool:
    """Whether this is the very start of the run that is alive, delivered again by a client that cannot say so."""
    return (
        record.resumed is None
        and run.state in ALIVE
        and not (run.asked_about or run.stop_is_requested)
        and run.started_by == record
    )


def set_summary(run: StoredRun, record: SummaryRecord) -> None:
    """Replace the summary."""
    run.summary = dict(record.summary)
    run.is_written("summary")


def set_config(run: StoredRun, record: ConfigRecord) -> None:
    """Replace the config."""
    run.config = dict(record.config)
    run.is_written("config")


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
    """Take note of the end: finished for exit code 0, failed for another (FINISH-1), or preempted; killed stays."""
    run.exit_code = record.exit_code
    if run.state is RunState.KILLED:
        return
    if record.exit_code == 0:
        run.state = RunState.FINISHED
    else:
        run.state = RunState.PREEMPTED if run.state is RunState.PREEMPTING else RunState.FAILED


def mark_preempting(run: StoredRun, record: PreemptingRecord) -> None:
    """Take note that a running run is about to be preempted (protocol.md 4.9)."""
    if run.state is RunState.RUNNING:
        run.state = RunState.PREEMPTING


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
    PreemptingRecord: mark_preempting,
}
"""The verb of each record about a run that exists."""
