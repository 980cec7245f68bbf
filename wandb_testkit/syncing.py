"""Owns the upload of offline runs: the records of a log are said again, to whatever a transport leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from wandb_testkit.artifact_records import ArtifactRecord
from wandb_testkit.errors import SyncRefusedError
from wandb_testkit.offline_runs import OfflineLog
from wandb_testkit.ports import Transport
from wandb_testkit.records import KINDS, FilesRecord, HistoryRecord, RunPath, RunRecord, RunScopedRecord


class Synced(NamedTuple):
    """What was uploaded: the run as the server calls it, and how much of it."""

    path: RunPath
    display_name: str
    rows: int
    files: int


def replay(log: OfflineLog, transport: Transport, *, on_record: Callable[[str], None] = lambda kind: None) -> Synced:
    """Upload the run of a log.

    A run that the server has already goes on behind its rows, as with `wandb sync` (RESUME-1 of current).

    Args:
        on_record: Is told the kind of each record that was accepted.
    Raises:
        SyncRefusedError: The server refused a record, or was not reached; what came before is there.
    """
    path: RunPath | None = None
    name, lines, rows, files = "", 0, 0, 0
    for logged in log.records():
        record: RunScopedRecord | ArtifactRecord = logged if path is None else replace(logged, path=path)
        if isinstance(record, HistoryRecord):
            record = replace(record, first_line=record.first_line + lines)
            rows += len(record.rows)
        elif isinstance(record, FilesRecord):
            files += len(record.files)
        result = transport.deliver(record)
        if result.refusal is not None:
            status = f" (HTTP {result.refusal.status})" if result.refusal.status else ""
            raise SyncRefusedError(
                f"{log.file}: the {KINDS[type(record)]} record was not accepted: {result.refusal.message}{status}"
            )
        if isinstance(record, RunRecord) and result.run is not None:
            name = result.run.display_name
            if path is None:
                path, lines = result.run.path, result.run.history_lines
        on_record(KINDS[type(record)])
    return Synced(path or RunPath("", "", log.run_id), name, rows, files)
