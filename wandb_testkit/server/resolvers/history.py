"""Resolves the streams of a run: history, whole, in pages and sampled; console; samples of the machine.

The bounds of pages are those of protocol.md 9.2, where no two generations agree.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from wandb_testkit.records import Refusal, Row
from wandb_testkit.server.context import Context
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.connection import connection
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.wire.http import as_object, decode_json

MAX_LOG_LINES = 10_000

_T = TypeVar("_T")


def history(
    run: StoredRun, context: Context, min_step: Any = None, max_step: Any = None, samples: int | None = None
) -> list[str]:
    """Whole rows with `min_step <= _step < max_step`, evenly fewer if there are more than `samples`."""
    low, high = _whole(min_step, "minStep"), _whole(max_step, "maxStep")
    rows = [row for row in _rows(run, context) if _lies(row["_step"], low, high, is_inclusive=False)]
    return [json.dumps(row) for row in _sampled(rows, samples)]


def sampled_history(run: StoredRun, context: Context, specs: list[str]) -> list[list[Row]]:
    """For each spec the rows that have all its keys, evenly fewer if there are more than its `samples`."""
    return [_of_spec(run, context, as_object(decode_json(spec, "a spec"), "a spec")) for spec in specs]


def _of_spec(run: StoredRun, context: Context, spec: dict[str, Any]) -> list[Row]:
    keys = spec.get("keys") or []
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Refused(Refusal(400, "keys of a spec should be a list of strings"))
    low, high = _whole(spec.get("minStep"), "minStep"), _whole(spec.get("maxStep"), "maxStep")
    rows = [row for row in _rows(run, context) if _lies(row["_step"], low, high, is_inclusive="_step" in keys)]
    if keys:
        flat = (_flat(row) for row in rows)
        rows = [{key: row[key] for key in keys} for row in flat if all(key in row for key in keys)]
    return _sampled(rows, _whole(spec.get("samples"), "samples"))


def events(run: StoredRun, context: Context, samples: int | None = None) -> list[str]:
    context.spend(len(run.stats))
    return [json.dumps(row) for row in _sampled(run.stats, samples)]


def history_keys(run: StoredRun, context: Context) -> dict[str, Any]:
    """What kinds of values each key has, for those who choose what to ask for."""
    keys: dict[str, dict[str, Any]] = {}
    for row in _rows(run, context):
        for key, value in _flat(row).items():
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            kind = "number" if is_number else "string" if isinstance(value, str) else "other"
            known = keys.setdefault(key, {"counts": {}, "monotonic": True, "previousValue": None})
            known["counts"][kind] = known["counts"].get(kind, 0) + 1
            if is_number and known["previousValue"] is not None:
                known["monotonic"] = known["monotonic"] and value >= known["previousValue"]
            known["previousValue"] = value if is_number else known["previousValue"]
    told = {
        key: {
            "typeCounts": [{"type": kind, "count": count} for kind, count in known["counts"].items()],
            "monotonic": known["monotonic"],
            "previousValue": known["previousValue"],
        }
        for key, known in keys.items()
    }
    return {"sets": [], "keys": told, "lastStep": run.next_step() - 1}


def parquet_history(run: StoredRun, context: Context, live_keys: list[str]) -> dict[str, Any]:
    """No file holds history here: the rows are all live, which sends clients of 28+ to the other queries."""
    rows = [{key: row[key] for key in live_keys if key in row} for row in _rows(run, context)]
    return {"parquetUrls": [], "liveData": rows}


def history_tail(run: StoredRun, context: Context) -> str:
    return json.dumps([json.dumps(row) for row in _rows(run, context)[-1:]])


def events_tail(run: StoredRun, context: Context) -> str:
    return json.dumps([json.dumps(row) for row in run.stats[-1:]])


def log_lines(
    run: StoredRun,
    context: Context,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    use_improved_pagination: bool | None = None,
) -> dict[str, Any]:
    """Console lines in pages from the beginning, or the `last` ones."""
    context.spend(len(run.output))
    lines = [
        {"number": number, "timestamp": None, "level": None, "label": None, "line": line}
        for number, line in enumerate(run.output)
    ]
    if last is not None:
        lines = lines[-last:] if last > 0 else []
    return connection(lines, MAX_LOG_LINES if first is None else first, after)


def _rows(run: StoredRun, context: Context) -> list[Row]:
    context.spend(len(run.rows))
    times = zip(run.rows, run.timestamps, run.runtimes, strict=False)
    return [{**row, "_timestamp": timestamp, "_runtime": runtime} for row, timestamp, runtime in times]


def _flat(row: Row) -> Row:
    """The row with a dotted key for each nested value; media, which have a type, stay whole."""
    flat: Row = {}
    for key, value in row.items():
        if isinstance(value, dict) and value and "_type" not in value:
            flat.update({f"{key}.{inner}": one for inner, one in _flat(value).items()})
        else:
            flat[key] = value
    return flat


def _lies(step: int, low: int | None, high: int | None, *, is_inclusive: bool) -> bool:
    return (low is None or low <= step) and (high is None or step < high or (is_inclusive and step == high))


def _sampled(items: Sequence[_T], samples: int | None) -> list[_T]:
    if samples is None or len(items) <= samples:
        return list(items)
    if samples < 2:
        return list(items[: max(samples, 0)])
    return [items[number * (len(items) - 1) // (samples - 1)] for number in range(samples)]


def _whole(value: Any, what: str) -> int | None:
    """A number that a scalar of the schema let through unread."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.isascii() and value.lstrip("-").isdigit() and len(value) < 20:
        return int(value)
    if type(value) is int:
        return value
    raise Refused(Refusal(400, f"{what} should be a whole number, not {value!r}"))


RUN: Fields = {
    "history": history,
    "sampledHistory": sampled_history,
    "events": events,
    "historyKeys": history_keys,
    "parquetHistory": parquet_history,
    "historyTail": history_tail,
    "eventsTail": events_tail,
    "logLines": log_lines,
    "historyLineCount": lambda run, context: len(run.rows) if context.tells_history_length else 0,
    "eventsLineCount": lambda run, context: len(run.stats),
    "logLineCount": lambda run, context: len(run.output),
}
