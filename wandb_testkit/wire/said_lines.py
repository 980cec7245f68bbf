"""Owns how those records are said and heard that are a message for each of their lines: history, console, samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from wandb_testkit.records import HistoryRecord, OutputRecord, Row, StatsRecord
from wandb_testkit.wire.http import decode_json
from wandb_testkit.wire.json_text import json_text
from wandb_testkit.wire.said_parts import is_utf8, put_int, put_items, put_time, take_items, utf8

STDOUT = 1

TIMES = ("_timestamp", "_runtime")


class Stream(NamedTuple):
    """How a record is said that is a message for each of its lines.

    Attributes:
        fields: The fields of the record that its lines make up.
        lines: The lines of a record, each of them JSON.
        put: Say one line; returns whether it was said exactly.
        is_in: Whether a message says such a line.
        take: The line that a message says.
        gather: Lines -> fields.
    """

    fields: frozenset[str]
    lines: Callable[[Any], Iterable[Any]]
    put: Callable[[Any, Any], bool]
    is_in: Callable[[Any], bool]
    take: Callable[[Any], Any]
    gather: Callable[[list[Any]], Mapping[str, Any]]


def _history_lines(record: HistoryRecord) -> Iterable[list[Any]]:
    return map(list, zip(record.rows, record.timestamps, record.runtimes, strict=True))


def _put_row(message: Any, line: list[Any]) -> bool:
    row, timestamp, runtime = line
    items = message.history.item
    is_exact = put_items(items, {key: value for key, value in row.items() if key not in TIMES})
    put_items(items, {"_timestamp": timestamp, "_runtime": runtime})
    step = row.get("_step")
    message.history.step.SetInParent()
    if type(step) is int:
        put_int(message.history.step, "num", step, 64)
    return is_exact and "_step" in row and not any(key in row for key in TIMES)


def take_row(message: Any) -> list[Any]:
    """A row without its times, its timestamp, its runtime."""
    row: Row = take_items(message.history.item)
    row.setdefault("_step", message.history.step.num)
    return [row, row.pop("_timestamp", 0.0), row.pop("_runtime", 0.0)]


def _gather_rows(lines: list[Any]) -> dict[str, Any]:
    return {
        "rows": [line[0] for line in lines],
        "timestamps": [line[1] for line in lines],
        "runtimes": [line[2] for line in lines],
    }


def _put_line(message: Any, line: str) -> bool:
    message.output_raw.output_type = STDOUT
    message.output_raw.line = f"{utf8(line)}\n"
    return is_utf8(line)


def _take_line(message: Any) -> str:
    return str(message.output_raw.line).removesuffix("\n")


def _put_sample(message: Any, row: Row) -> bool:
    stats = message.stats
    timestamp = row.get("_timestamp")
    if isinstance(timestamp, (int, float)):
        put_time(stats.timestamp, timestamp)
    stats.SetInParent()
    is_exact = True
    for key, value in row.items():
        is_exact = is_exact and is_utf8(key)
        stats.item.add(key=utf8(key), value_json=json_text(value))
    return is_exact


def _take_sample(message: Any) -> Row:
    return {item.key: decode_json(item.value_json, "a sample") for item in message.stats.item}


STREAMS: dict[type, Stream] = {
    HistoryRecord: Stream(
        frozenset({"rows", "timestamps", "runtimes"}),
        _history_lines,
        _put_row,
        lambda message: bool(message.HasField("history")),
        take_row,
        _gather_rows,
    ),
    OutputRecord: Stream(
        frozenset({"lines"}),
        lambda record: record.lines,
        _put_line,
        lambda message: bool(message.HasField("output_raw")),
        _take_line,
        lambda lines: {"lines": lines},
    ),
    StatsRecord: Stream(
        frozenset({"rows"}),
        lambda record: record.rows,
        _put_sample,
        lambda message: bool(message.HasField("stats")),
        _take_sample,
        lambda lines: {"rows": lines},
    ),
}
