"""Owns how each kind of record is said in wandb's own messages, and heard from them.

To say something is to tell which fields of the record were said exactly: a field has no way to tell None from "", is
UTF-8, is no more than 32 or 64 bits wide. The rest is `record_codec`'s to carry.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wandb_testkit.artifact_records import ArtifactRecord
from wandb_testkit.records import (
    AlertRecord,
    ConfigRecord,
    ExitRecord,
    FilesRecord,
    HistoryRecord,
    MetricRecord,
    OutputRecord,
    Row,
    RunRecord,
    StatsRecord,
    SummaryRecord,
    WatchRecord,
)
from wandb_testkit.wire import said_artifacts
from wandb_testkit.wire.http import decode_json
from wandb_testkit.wire.json_text import json_text
from wandb_testkit.wire.metrics import GOALS

STDOUT = 1
BY_CLIENT = 1
"""The type of files that a client writes of its own accord (FilesItem)."""

TIMES = ("_timestamp", "_runtime")


class Words(NamedTuple):
    """How one kind of record is said, and heard.

    Attributes:
        put: Say a record; returns the names of the fields that were said exactly.
        take: What a message says, by field.
    """

    put: Callable[[Any, Any], frozenset[str]]
    take: Callable[[Any], Mapping[str, Any]]


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


# ---------------------------------------------------------------------- parts


def utf8(text: str) -> str:
    """The text, with "?" for what UTF-8 has no word for: half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def _is_utf8(text: str) -> bool:
    return text.isascii() or utf8(text) == text


def put_items(items: Any, values: Mapping[str, Any]) -> bool:
    """Say keys and values; returns whether every key was said exactly."""
    is_exact = True
    for key, value in values.items():
        if not _is_utf8(key):
            is_exact, key = False, utf8(key)
        items.add(key=key, value_json=json_text(value))
    return is_exact


def take_items(items: Any) -> dict[str, Any]:
    """Keys and values; wandb 0.31 says a key in parts, and then the values are nested again."""
    values: dict[str, Any] = {}
    for item in items:
        put_at(values, key_of(item), decode_json(item.value_json, "a value"))
    return values


def key_of(item: Any) -> list[str]:
    """The key of an item, in parts."""
    return list(item.nested_key) or [item.key]


def put_at(values: dict[str, Any], key: Sequence[str], value: Any) -> None:
    """Set a value at a key in parts; what is in the way is replaced."""
    for part in key[:-1]:
        inner = values.get(part)
        if not isinstance(inner, dict):
            inner = values[part] = {}
        values = inner
    values[key[-1]] = value


def put_time(timestamp: Any, seconds: float) -> None:
    """Say a time, as near as whole nanoseconds of 64 bits are."""
    if math.isfinite(seconds) and abs(seconds) < 2**62:
        whole = math.floor(seconds)
        nanos = round((seconds - whole) * 1e9)
        timestamp.seconds, timestamp.nanos = (whole, nanos) if nanos < 10**9 else (whole + 1, 0)


def take_time(timestamp: Any) -> float:
    """Seconds since the epoch."""
    return float(timestamp.seconds + timestamp.nanos / 1e9)


def _put_text(message: Any, name: str, text: str | None) -> bool:
    """Say a text that may be missing; returns whether it was said exactly: "" is how a message says that it is."""
    if text:
        setattr(message, name, utf8(text))
    return text is None or (text != "" and _is_utf8(text))


def _put_int(message: Any, name: str, number: float, bits: int) -> bool:
    """Say a whole number, or as near as the field comes to it; returns whether it was said exactly."""
    limit = 2 ** (bits - 1)
    is_number = number == number
    nearest = max(-limit, min(limit - 1, number)) if is_number else 0
    setattr(message, name, int(nearest))
    return type(number) is int and nearest == number


def _said(*parts: tuple[str, bool]) -> frozenset[str]:
    return frozenset(name for name, is_exact in parts if is_exact)


def _texts(message: Any, names: Mapping[str, str]) -> dict[str, str]:
    return {ours: getattr(message, theirs) for ours, theirs in names.items() if getattr(message, theirs)}


# ---------------------------------------------------------------------- records of one message


_RUN_TEXTS = {"display_name": "display_name", "notes": "notes", "group": "run_group", "job_type": "job_type"}


def _put_run(message: Any, record: RunRecord) -> frozenset[str]:
    run = message.run
    run.run_id, run.entity, run.project = (
        utf8(record.path.run_id),
        utf8(record.path.entity),
        utf8(record.path.project),
    )
    parts = [(ours, _put_text(run, theirs, getattr(record, ours))) for ours, theirs in _RUN_TEXTS.items()]
    run.tags.extend(map(utf8, record.tags or ()))
    parts.append(("tags", record.tags is None or (record.tags != () and all(map(_is_utf8, record.tags)))))
    if record.config is not None:
        run.config.SetInParent()
        parts.append(("config", put_items(run.config.update, record.config)))
    if record.started_at is not None:
        put_time(run.start_time, record.started_at)  # the exact one is carried beside it
    host = (record.facts or {}).get("host")
    if isinstance(host, str):
        run.host = utf8(host)
    run.resumed = record.resumed is True
    return _said(*parts)


def _take_run(message: Any) -> dict[str, Any]:
    run = message.run
    heard: dict[str, Any] = _texts(run, _RUN_TEXTS)
    if run.tags:
        heard["tags"] = tuple(run.tags)
    if run.HasField("config"):
        heard["config"] = take_items(run.config.update)
    return heard


def _put_summary(message: Any, record: SummaryRecord) -> frozenset[str]:
    message.summary.SetInParent()
    return _said(("summary", put_items(message.summary.update, record.summary)))


def _take_summary(message: Any) -> dict[str, Any]:
    return {"summary": take_items(message.summary.update)}


def _put_config(message: Any, record: ConfigRecord) -> frozenset[str]:
    message.config.SetInParent()
    return _said(("config", put_items(message.config.update, record.config)))


def _take_config(message: Any) -> dict[str, Any]:
    return {"config": take_items(message.config.update)}


_GOAL_NUMBERS = {goal: number for number, goal in GOALS.items()}


def _put_metric(message: Any, record: MetricRecord) -> frozenset[str]:
    metric = message.metric
    name = "glob_name" if record.name.endswith("*") else "name"
    metric.options.defined = True
    metric.options.step_sync = record.step_sync is True
    metric.options.hidden = record.hidden is True
    metric.summary.SetInParent()
    known = metric.summary.DESCRIPTOR.fields_by_name
    for word in record.summary:
        if word in known:
            setattr(metric.summary, word, True)
    metric.goal = _GOAL_NUMBERS.get(record.goal or "", 0)
    return _said(
        ("name", _put_text(metric, name, record.name)),
        ("step_metric", _put_text(metric, "step_metric", record.step_metric)),
        ("step_sync", record.step_sync is not False),
        ("hidden", record.hidden is not False),
        ("summary", record.summary == _summary_words(metric)),
        ("goal", record.goal is None or record.goal in _GOAL_NUMBERS),
    )


def _summary_words(metric: Any) -> tuple[str, ...]:
    return tuple(field.name for field, is_on in metric.summary.ListFields() if is_on)


def take_metric(message: Any) -> dict[str, Any]:
    """What a definition says, by field of MetricRecord."""
    metric = message.metric
    heard: dict[str, Any] = _texts(metric, {"step_metric": "step_metric"})
    heard["name"] = metric.name or metric.glob_name
    heard["step_sync"] = metric.options.step_sync or None
    heard["hidden"] = metric.options.hidden or None
    heard["summary"] = _summary_words(metric)
    heard["goal"] = GOALS.get(metric.goal)
    return heard


def _put_watch(message: Any, record: WatchRecord) -> frozenset[str]:
    message.telemetry.feature.watch = True  # all that wandb's log says of a watch()
    return frozenset()


def _put_files(message: Any, record: FilesRecord) -> frozenset[str]:
    message.files.SetInParent()
    for name in record.files:
        message.files.files.add(path=utf8(name), type=BY_CLIENT if record.by_client else 0)
    return frozenset()


def _put_alert(message: Any, record: AlertRecord) -> frozenset[str]:
    alert = message.alert
    _put_int(alert, "wait_duration", record.wait_s * 1000, 64)  # the exact one is carried beside it
    parts = [(name, _put_text(alert, name, getattr(record, name))) for name in ("title", "text", "level")]
    return _said(*parts)


def take_alert(message: Any) -> dict[str, Any]:
    """What an alert says, by field of AlertRecord."""
    alert = message.alert
    heard: dict[str, Any] = _texts(alert, {name: name for name in ("title", "text", "level")})
    heard["wait_s"] = alert.wait_duration / 1000
    return heard


def _put_exit(message: Any, record: ExitRecord) -> frozenset[str]:
    message.exit.SetInParent()
    return _said(
        ("exit_code", _put_int(message.exit, "exit_code", record.exit_code, 32)),
        ("runtime", _put_int(message.exit, "runtime", record.runtime, 32)),
    )


def _take_exit(message: Any) -> dict[str, Any]:
    return {"exit_code": message.exit.exit_code, "runtime": message.exit.runtime}


def _nothing(message: Any) -> dict[str, Any]:
    return {}


WORDS: dict[type, Words] = {
    RunRecord: Words(_put_run, _take_run),
    SummaryRecord: Words(_put_summary, _take_summary),
    ConfigRecord: Words(_put_config, _take_config),
    MetricRecord: Words(_put_metric, take_metric),
    WatchRecord: Words(_put_watch, _nothing),
    FilesRecord: Words(_put_files, _nothing),
    AlertRecord: Words(_put_alert, take_alert),
    ExitRecord: Words(_put_exit, _take_exit),
    ArtifactRecord: Words(said_artifacts.put_artifact, said_artifacts.take_artifact),
}


# ---------------------------------------------------------------------- records of a message for each line


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
        _put_int(message.history.step, "num", step, 64)
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
    return _is_utf8(line)


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
        is_exact = is_exact and _is_utf8(key)
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
