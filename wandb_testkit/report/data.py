"""Owns the form in which runs are shown and stored: plain JSON, bounded in size, without secrets or control characters.

Every way of showing runs (text, terminal, page) reads this form and nothing else, so that a run looks the same in a
failing test, in another process of the same pytest session, and in a page opened a year later.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from wandb_testkit.artifact_view import ArtifactView
from wandb_testkit.observation import RunView

RunData = dict[str, Any]
"""What to_data() returns."""

Entry = Mapping[str, Any]
"""One test: `{"test": node id, "outcome": "passed", "failed" ..., "runs": [RunData]}`."""

MAX_POINTS = 400  # of one metric: more than a chart has pixels across
MAX_ITEMS = 300  # of one mapping or list
MAX_TEXT = 2_000  # characters of one string
MAX_LINES = 200  # of console output, warnings, alerts
MAX_DEPTH = 12
MAX_BITS = 1_000  # of one int: what a float can hold, and so a chart can draw

# Keys are 40 or more letters and digits, since 0.17 with a prefix, or a JWT (protocol.md 1). Underscores end the run of
# characters, because names of metrics get as long.
_SECRET = re.compile(r"wandb_v\d+_\w{20,}|(?:[0-9A-Za-z]+-)?[0-9A-Za-z]{40,}|eyJ[\w-]{10,}\.[\w-]+(?:\.[\w-]+)?")

# Neither a terminal nor a page may be steered by what was logged: control characters, and those that turn text around.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def to_data(run: RunView) -> RunData:
    """Put a run into plain JSON.

    Returns:
        A dict of None, bool, int, float, str, list and dict only. Numbers that JSON does not know are the strings
        "NaN", "Infinity" and "-Infinity"; what is no plain value is its repr. `metrics` holds the numeric columns of
        the history (at most 400 points each, extremes kept), `values` the last value of the others, `files` sizes and
        digests.
    """
    metrics, values = _columns(run.history)
    return {
        "path": clean("/".join(part for part in (run.entity, run.project, run.id) if part)),
        "id": clean(run.id),
        "entity": clean(run.entity),
        "project": clean(run.project),
        "name": plain(run.name),
        "state": clean(run.state),
        "exit_code": plain(run.exit_code),
        "mode": clean(run.mode),
        "resumed_from": plain(run.resumed_from),
        "group": plain(run.group),
        "job_type": plain(run.job_type),
        "notes": plain(run.notes),
        "tags": plain(run.tags),
        "rows": len(run.history),
        "config": plain(run.config),
        "summary": plain(run.summary),
        "metrics": metrics,
        "values": values,
        "files": {clean(name): _digest(content) for name, content in run.files.items()},
        "artifacts": {clean(name): _artifact(artifact) for name, artifact in run.artifacts.items()},
        "alerts": plain(run.alerts[:MAX_LINES]),
        "warnings": plain(run.warnings[:MAX_LINES]),
        "output": plain(run.output[-MAX_LINES:]),
        "requests": {clean(kind): number for kind, number in Counter(run.requests).items()},
    }


def _artifact(artifact: ArtifactView) -> dict[str, Any]:
    """What is told of an artifact; of its files no more than of those of the run."""
    return {
        "version": clean(artifact.version),
        "type": clean(artifact.type),
        "aliases": plain(artifact.aliases),
        "logged": artifact.logged,
        "used": artifact.used,
        "description": plain(artifact.description),
        "metadata": plain(artifact.metadata),
        "tags": plain(artifact.tags),
        "digest": clean(artifact.digest),
        "size": artifact.size,
        "files": {clean(path): _digest(content) for path, content in islice(artifact.files.items(), MAX_ITEMS)},
        "file_count": len(artifact.files),
        "references": plain(artifact.references),
    }


def plain(value: object, depth: int = 0) -> Any:
    """The nearest JSON value; never raises, whatever the value does."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if value.bit_length() <= MAX_BITS else f"an int of {value.bit_length()} bits"
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, str):
        return clean(value)
    if depth < MAX_DEPTH:
        if isinstance(value, Mapping):
            return _plain_mapping(value, depth)
        if isinstance(value, (list, tuple)):
            items = [plain(item, depth + 1) for item in value[:MAX_ITEMS]]
            return items if len(value) <= MAX_ITEMS else [*items, f"... {len(value) - MAX_ITEMS} more"]
    return clean(_repr(value))


def clean(text: str, *, most: int = MAX_TEXT) -> str:
    """Text that is safe to show: no secret, no character that steers a terminal, and not much more than `most`."""
    text = str.__str__(text)  # of a str subclass, an Enum for one, its plain text
    if len(text) > most:
        # The cut could leave a part of a key that is no longer recognised as one: look at twice as much first.
        shown = _SECRET.sub("[redacted]", text[: 2 * most])[:most]
        text = f"{shown}... ({len(text)} characters)"
    text = _SECRET.sub("[redacted]", text)
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def finite(value: object) -> float | None:
    """A value of this form as a number to draw; None if it is none."""
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value)
    return None


def _plain_mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in value.items():
        if len(result) == MAX_ITEMS:
            result["..."] = f"{len(value) - MAX_ITEMS} more"
            break
        result[clean(key if isinstance(key, str) else _repr(key))] = plain(item, depth + 1)
    return result


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # a report must be written whatever was logged
        return f"<{type(value).__name__}, whose repr() raised {type(error).__name__}>"


def _digest(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _columns(history: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    cells: dict[str, list[tuple[int, Any]]] = {}
    for row in history:
        step = plain(row["_step"])
        for key, value in _leaves(row):
            cells.setdefault(key, []).append((step, value))
    cells.pop("_step", None)
    metrics, values = {}, {}
    for key, column in cells.items():
        if any(isinstance(value, (int, float)) for _, value in column):
            metrics[clean(key)] = _metric(column)
        else:
            values[clean(key)] = {"count": len(column), "last": plain(column[-1][1])}
    return metrics, values


def _leaves(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        # A mapping with a _type is one value: an image, a histogram, a table.
        if isinstance(value, Mapping) and "_type" not in value and value and prefix.count(".") < MAX_DEPTH:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _metric(column: Sequence[tuple[int, Any]]) -> dict[str, Any]:
    points = [(step, plain(value) if isinstance(value, (int, float)) else None) for step, value in column]
    numbers = [number for _, value in points if (number := finite(value)) is not None]
    shown = _thinned(points)
    return {
        "count": len(points),
        "first": points[0][1],
        "last": points[-1][1],
        "min": min(numbers, default=None),
        "max": max(numbers, default=None),
        "steps": [step for step, _ in shown],
        "values": [value for _, value in shown],
    }


def _thinned(points: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """At most MAX_POINTS of the points: the first, the last, and of each stretch its lowest and its highest."""
    if len(points) <= MAX_POINTS:
        return points
    stretches = MAX_POINTS // 2 - 1
    kept = {0, len(points) - 1}
    for i in range(stretches):
        stretch = range(i * len(points) // stretches, (i + 1) * len(points) // stretches)
        numbers = [at for at in stretch if finite(points[at][1]) is not None]
        if numbers:
            kept.add(min(numbers, key=lambda at: points[at][1]))
            kept.add(max(numbers, key=lambda at: points[at][1]))
        else:
            kept.add(stretch[0])  # a gap stays a gap
    return [points[at] for at in sorted(kept)]
