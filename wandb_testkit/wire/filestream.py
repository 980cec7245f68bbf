"""Owns the body of a file_stream request: which records it is, and which body a record is (protocol.md 4.5).

Lines are JSON inside JSON. A history row carries the times that the client wrote; records keep them apart.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wandb_testkit.records import (
    ExitRecord,
    HistoryRecord,
    OutputRecord,
    PreemptingRecord,
    Row,
    RunPath,
    RunScopedRecord,
    StatsRecord,
    SummaryRecord,
)
from wandb_testkit.wire.http import WireError, as_object, decode_json

MAX_LINE_NUMBER = 2**53
"""JSON numbers are exact up to here."""

_CONSOLE_PREFIX = re.compile(r"(?:ERROR )?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)? ")
"""What clients write before a plain console line: the stream if it is stderr, and the time."""


HISTORY, SUMMARY, EVENTS, OUTPUT = "wandb-history.jsonl", "wandb-summary.json", "wandb-events.jsonl", "output.log"
"""The streams; clients call each by the name of a file."""


def history_body(record: HistoryRecord) -> dict[str, Any]:
    """Rows with the times that the client wrote; a time that the user logged under that name stays."""
    rows = zip(record.rows, record.timestamps, record.runtimes, strict=True)
    lines = [{"_timestamp": timestamp, "_runtime": runtime, **row} for row, timestamp, runtime in rows]
    return lines_body(HISTORY, record.first_line, map(json.dumps, lines))


def summary_body(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The whole summary, as it is now."""
    return lines_body(SUMMARY, 0, [json.dumps(summary)])


def stats_body(record: StatsRecord) -> dict[str, Any]:
    """Samples of the machine."""
    return lines_body(EVENTS, record.first_line, map(json.dumps, record.rows))


def lines_body(stream: str, first_line: int, lines: Iterable[str]) -> dict[str, Any]:
    """Lines of one stream, as they are."""
    return {"files": {stream: {"offset": first_line, "content": list(lines)}}}


def exit_body(exit_code: int, uploaded: Sequence[str]) -> dict[str, Any]:
    """The end of a run, and which files were stored meanwhile."""
    return {"uploaded": list(uploaded), "complete": True, "exitcode": exit_code}


def records_of(body: Mapping[str, Any], path: RunPath, *, may_repeat: bool = True) -> list[RunScopedRecord]:
    """The records of one body, in the order in which they are to be carried out: the end of the run comes last.

    Args:
        may_repeat: The body may be one that was delivered before.
    Raises:
        WireError: A part of the body has another shape than protocol.md 4.5 says, or is not modelled; it is named.
    """
    records: list[RunScopedRecord] = []
    files = as_object(body.get("files") or {}, "files")
    for name, chunk in files.items():
        decode = STREAMS.get(name)
        if decode is None:
            raise WireError(f"file_stream of {name!r} is not part of the fake; it knows {', '.join(STREAMS)}")
        chunk = as_object(chunk, f"files[{name!r}]")
        record = decode(path, _first_line(name, chunk), _lines(name, chunk))
        if isinstance(record, HistoryRecord) and not may_repeat:
            record = dataclasses.replace(record, may_repeat=False)
        records.append(record)
    if body.get("preempting"):
        records.append(PreemptingRecord(path))
    if body.get("complete"):
        records.append(ExitRecord(path, _exit_code(body), 0.0))
    return records


def _history(path: RunPath, first_line: int, lines: list[str]) -> HistoryRecord:
    rows: list[Row] = []
    timestamps: list[float] = []
    runtimes: list[float] = []
    for number, line in enumerate(lines, first_line):
        what = f"history line {number}"
        row = as_object(decode_json(line, what), what)
        step = row.setdefault("_step", number)  # before 0.31 the server counts the rows of a shared run
        if type(step) is not int or abs(step) > MAX_LINE_NUMBER:
            raise WireError(f"{what}: _step should be an int, not {step!r}")
        timestamps.append(_seconds(row.pop("_timestamp", 0.0), f"{what}: _timestamp"))
        runtimes.append(_seconds(row.pop("_runtime", 0.0), f"{what}: _runtime"))
        rows.append(row)
    return HistoryRecord(path, first_line, rows, timestamps, runtimes, may_repeat=True)


def _summary(path: RunPath, first_line: int, lines: list[str]) -> SummaryRecord:
    if not lines:
        raise WireError("wandb-summary.json has no line")
    return SummaryRecord(path, as_object(decode_json(lines[-1], "the summary"), "the summary"))


def _events(path: RunPath, first_line: int, lines: list[str]) -> StatsRecord:
    what = "events line"
    return StatsRecord(path, first_line, [as_object(decode_json(line, what), what) for line in lines])


def _output(path: RunPath, first_line: int, lines: list[str]) -> OutputRecord:
    return OutputRecord(path, first_line, [_console_text(line) for line in lines])


STREAMS: dict[str, Callable[[RunPath, int, list[str]], RunScopedRecord]] = {
    HISTORY: _history,
    SUMMARY: _summary,
    EVENTS: _events,
    OUTPUT: _output,
}
"""How each stream is read."""


def _console_text(line: str) -> str:
    """What the user saw, from a structured line (19+, with the feature on) or a plain one."""
    if line.startswith('{"'):
        try:
            structured = decode_json(line, "console line")
        except WireError:
            structured = None  # the user printed something that begins like an object
        if isinstance(structured, dict) and isinstance(structured.get("content"), str) and "ts" in structured:
            return str(structured["content"])
    return _CONSOLE_PREFIX.sub("", line, count=1).removesuffix("\n")


def _first_line(name: str, chunk: Mapping[str, Any]) -> int:
    offset = chunk.get("offset", 0)
    if type(offset) is not int or not 0 <= offset <= MAX_LINE_NUMBER:
        raise WireError(f"files[{name!r}].offset should be a line number, not {offset!r}")
    return offset


def _lines(name: str, chunk: Mapping[str, Any]) -> list[str]:
    content = chunk.get("content", [])
    if not isinstance(content, list) or not all(isinstance(line, str) for line in content):
        raise WireError(f"files[{name!r}].content should be a list of strings")
    if "encoding" in chunk:
        raise WireError(f"files[{name!r}].encoding is not part of the fake")
    return content


def _exit_code(body: Mapping[str, Any]) -> int:
    exit_code = body.get("exitcode", 0)
    if type(exit_code) is not int or abs(exit_code) >= 2**31:
        raise WireError(f"exitcode should be an int, not {exit_code!r}")
    return exit_code


def _seconds(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WireError(f"{what} should be a number, not {value!r}")
    try:
        seconds = float(value)
    except OverflowError:
        seconds = math.inf
    if not math.isfinite(seconds):
        raise WireError(f"{what} should be finite")
    return seconds
