"""Owns the streams of a run: history, console and samples of the machine, each a list that is written by line number.

A line that is there already is replaced, so a body that is delivered twice changes nothing (protocol.md 4.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from wandb_testkit.records import HistoryRecord, OutputRecord, Refusal, StatsRecord
from wandb_testkit.server.stored_run import StoredRun, Stream

MAX_GAP_LINES = 100_000
"""Console lines need not be contiguous; a gap is filled with empty ones, but no client leaves a greater one."""

_T = TypeVar("_T")


def append_history(run: StoredRun, record: HistoryRecord) -> Refusal | None:
    """Write rows at their line; lines that are there already are replaced (protocol.md 4.5)."""
    at = record.first_line
    if record.may_repeat and _is_in(run.past, record):
        return None  # a late delivery of what an overwriting start, or a rewind, has put aside
    if run.awaits_first_row:
        now = Stream(run.rows, run.timestamps, run.runtimes)
        if record.may_repeat and _is_in(now, record):
            return None  # one from before the start that overwrites: the new stream has not begun
        run.awaits_first_row = False
        if at == 0 and run.rows:  # the first write of an overwriting start begins the stream anew (RESUME-1)
            run.past = now
            run.rows, run.timestamps, run.runtimes = [], [], []
    if at > len(run.rows):
        return Refusal(400, f"history of {run.path} has {len(run.rows)} lines; there is no line {at} to write at")
    if at < len(run.rows):
        run.rows = _replaced(run.rows, at, record.rows)
        run.timestamps = _replaced(run.timestamps, at, record.timestamps)
        run.runtimes = _replaced(run.runtimes, at, record.runtimes)
    else:
        run.timestamps.extend(record.timestamps)
        run.runtimes.extend(record.runtimes)
        run.rows.extend(record.rows)  # last: a view takes its length from the rows
    return None


def write_output(run: StoredRun, record: OutputRecord) -> Refusal | None:
    """Write console lines at their line; lines that were passed over are empty for now."""
    gap = record.first_line - len(run.output)
    if gap > MAX_GAP_LINES:
        return Refusal(400, f"console of {run.path} has {len(run.output)} lines; line {record.first_line} is too far")
    run.output = _replaced([*run.output, *[""] * gap], record.first_line, record.lines)
    return None


def write_stats(run: StoredRun, record: StatsRecord) -> Refusal | None:
    """Write samples of the machine at their line."""
    if record.first_line > len(run.stats):
        have = len(run.stats)
        return Refusal(400, f"events of {run.path} have {have} lines; there is no line {record.first_line} to write at")
    run.stats = _replaced(run.stats, record.first_line, record.rows)
    return None


def _replaced(stream: Sequence[_T], at: int, lines: Sequence[_T]) -> list[_T]:
    return [*stream[:at], *lines, *stream[at + len(lines) :]]


def _is_in(stream: Stream, record: HistoryRecord) -> bool:
    """Whether these very lines, times included, are in a stream: no two rows of two processes have the same times."""
    at = record.first_line
    end = at + len(record.rows)
    return (
        at < len(stream.rows)
        and stream.timestamps[at:end] == list(record.timestamps)
        and stream.runtimes[at:end] == list(record.runtimes)
        and stream.rows[at:end] == list(record.rows)
    )
