"""Owns the Mongo-like filters and the orders by which clients choose among things, and what they may ask of runs.

protocol.md 9.1. A chooser is told how a thing answers a key: `value(thing, key)`, MISSING if it has no such key.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from wandb_testkit.records import Refusal
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.ids import date_time
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.wire.http import as_object, decode_json

MAX_PATTERN_LENGTH = 256
MAX_DEPTH = 20

MAX_REPETITIONS = 4
MAX_TEXT_LENGTH = 256
"""A repeated group, or many repetitions on a long text, can take Python's `re` longer than the universe has."""

_REPETITION = re.compile(r"(?<!\()[*+?{]")
_REPEATED_GROUP = re.compile(r"\)[*+?{]")

MISSING = object()

Thing = TypeVar("Thing")

Value = Callable[[Any, str], Any]


def matching(runs: Sequence[StoredRun], filters: str | None) -> list[StoredRun]:
    """The runs that a filter lets through; None and "" let through all.

    Args:
        filters: A JSON object such as `{"config.lr": 1, "tags": {"$in": ["a"]}}`.
    Raises:
        Refused: 400: a key or an operator that is not known; it is named.
        WireError: 400: it is no JSON object.
    """
    return chosen(runs, filters, _value)


def chosen(things: Sequence[Thing], filters: str | None, value: Value) -> list[Thing]:
    """The things that a filter lets through, as for runs."""
    if not filters:
        return list(things)
    wanted = as_object(decode_json(filters, "filters") or {}, "filters")
    return [thing for thing in things if _fits(thing, wanted, value)]


def ordered(runs: Sequence[StoredRun], order: str | None) -> list[StoredRun]:
    """The runs in an order such as "-created_at" or "+summary_metrics.loss"; those without the key come last.

    Raises:
        Refused: 400: there is no such key.
    """
    return in_order(runs, order or "+created_at", _value)


def in_order(things: Sequence[Thing], order: str, value: Value) -> list[Thing]:
    """The things in an order, as for runs; they are given in order of creation."""
    key, is_descending = order.lstrip("+-"), order.startswith("-")
    if key in ("created_at", "createdAt"):
        return list(reversed(things)) if is_descending else list(things)
    having = [(found, thing) for thing in things if (found := value(thing, key)) is not MISSING and found is not None]
    having.sort(key=lambda pair: _rank(pair[0]), reverse=is_descending)
    first = [thing for _, thing in having]
    kept = {id(thing) for thing in first}
    return [*first, *(thing for thing in things if id(thing) not in kept)]


def _fits(thing: object, wanted: Mapping[str, Any], value: Value, depth: int = 0) -> bool:
    if depth > MAX_DEPTH:
        raise Refused(Refusal(400, f"filters are nested more than {MAX_DEPTH} levels deep"))
    return all(_fits_one(thing, key, condition, value, depth) for key, condition in wanted.items())


def _fits_one(thing: object, key: str, condition: Any, value: Value, depth: int) -> bool:
    if key in ("$and", "$or", "$nor"):
        if not isinstance(condition, list):
            raise Refused(Refusal(400, f"{key} in filters should have a list"))
        answers = [_fits(thing, as_object(part, f"{key} in filters"), value, depth + 1) for part in condition]
        return all(answers) if key == "$and" else any(answers) is (key == "$or")
    found = value(thing, key)
    if isinstance(condition, dict) and any(name.startswith("$") for name in condition):
        return all(_holds(name, found, expected) for name, expected in condition.items())
    return _equals(found, condition)


def _holds(name: str, value: Any, expected: Any) -> bool:
    check = OPERATORS.get(name)
    if check is None:
        raise Refused(
            Refusal(400, f"operator {name!r} in filters is not part of the fake; it knows {', '.join(OPERATORS)}")
        )
    return check(value, expected)


def _equals(value: Any, expected: Any) -> bool:
    if isinstance(value, tuple) and not isinstance(expected, list):
        return expected in value
    if isinstance(value, tuple):
        return bool(list(value) == expected)
    return expected is None if value is MISSING else bool(value == expected)


def _is_in(value: Any, expected: Any) -> bool:
    if not isinstance(expected, list):
        raise Refused(Refusal(400, "$in in filters should have a list"))
    return any(_equals(value, one) for one in expected)


def _matches(value: Any, pattern: Any) -> bool:
    if not isinstance(pattern, str) or len(pattern) > MAX_PATTERN_LENGTH:
        raise Refused(Refusal(400, f"$regex in filters should be a string of at most {MAX_PATTERN_LENGTH} characters"))
    if _REPEATED_GROUP.search(pattern) or len(_REPETITION.findall(pattern)) > MAX_REPETITIONS:
        raise Refused(Refusal(400, f"$regex {pattern!r} in filters repeats so much that it could take forever"))
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Refused(Refusal(400, f"$regex {pattern!r} in filters cannot be read: {error}")) from None
    values = value if isinstance(value, tuple) else (value,)
    return any(isinstance(one, str) and compiled.search(one[:MAX_TEXT_LENGTH]) is not None for one in values)


def _compared(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def check(value: Any, expected: Any) -> bool:
        return _is_comparable(value, expected) and compare(value, expected)

    return check


def _is_comparable(value: Any, expected: Any) -> bool:
    numbers = (int, float)
    return (isinstance(value, numbers) and isinstance(expected, numbers)) or (
        isinstance(value, str) and isinstance(expected, str)
    )


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": _equals,
    "$ne": lambda value, expected: not _equals(value, expected),
    "$in": _is_in,
    "$nin": lambda value, expected: not _is_in(value, expected),
    "$lt": _compared(operator.lt),
    "$lte": _compared(operator.le),
    "$gt": _compared(operator.gt),
    "$gte": _compared(operator.ge),
    "$exists": lambda value, expected: (value is not MISSING) is bool(expected),
    "$regex": _matches,
}

FIELDS: dict[str, Callable[[StoredRun], Any]] = {
    "name": lambda run: run.path.run_id,
    "state": lambda run: str(run.state),
    "display_name": lambda run: run.display_name,
    "displayName": lambda run: run.display_name,
    "tags": lambda run: run.tags,
    "group": lambda run: run.group,
    "job_type": lambda run: run.job_type,
    "jobType": lambda run: run.job_type,
    "notes": lambda run: run.notes,
    "created_at": lambda run: date_time(run.created_at),
    "createdAt": lambda run: date_time(run.created_at),
    "heartbeat_at": lambda run: date_time(run.created_at),
    "heartbeatAt": lambda run: date_time(run.created_at),
    "sweep": lambda run: run.facts.get("sweep"),
}


def _value(run: StoredRun, key: str) -> Any:
    field = FIELDS.get(key)
    if field is not None:
        return field(run)
    where, _, name = key.partition(".")
    if where == "config" and name:
        return inside(run.config, name.removesuffix(".value"))
    if where in ("summary_metrics", "summaryMetrics") and name:
        return inside(run.summary, name)
    known = ", ".join((*FIELDS, "config.<key>", "summary_metrics.<key>"))
    raise Refused(Refusal(400, f"key {key!r} of runs is not part of the fake; it knows {known}"))


def inside(values: Mapping[str, Any], name: str) -> Any:
    """The value of a dotted name; a key that has dots itself goes first."""
    if name in values:
        return values[name]
    first, _, rest = name.partition(".")
    inner = values.get(first)
    return inside(inner, rest) if rest and isinstance(inner, Mapping) else MISSING


def _rank(value: Any) -> tuple[int, float, str]:
    """A key that sorts values of any types: numbers before texts."""
    if isinstance(value, (int, float)):
        return (0, float("-inf") if value != value else value, "")
    return (1, 0.0, str(value))
