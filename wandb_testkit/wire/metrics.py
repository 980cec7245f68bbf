"""Owns metric definitions on the wire: dicts with numbers for keys, in `_wandb.m` of the config (protocol.md 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wandb_testkit.records import MetricRecord, RunPath

_NAME, _GLOB, _STEP_NAME, _STEP_INDEX, _OPTIONS, _SUMMARY, _GOAL = "1", "2", "4", "5", "6", "7", "8"
_STEP_SYNC, _HIDDEN, _DEFINED = 1, 2, 3

SUMMARIES = {1: "min", 2: "max", 3: "mean", 4: "best", 5: "last", 6: "none", 7: "copy", 8: "first"}
GOALS = {1: "minimize", 2: "maximize"}


def defined_metrics(client_config: Any, path: RunPath) -> dict[str, MetricRecord]:
    """The definitions that the user made, by name; those that a client makes for the step metric are left out.

    Args:
        client_config: `_wandb` of the config: anything, it was read from outside.
    """
    definitions = client_config.get("m") if isinstance(client_config, dict) else None
    if not isinstance(definitions, list):
        return {}
    records = (_record(one, definitions, path) for one in definitions if isinstance(one, dict))
    return {record.name: record for record in records if record is not None}


def with_definition(definitions: Sequence[dict[str, Any]], record: MetricRecord) -> list[dict[str, Any]]:
    """The definitions and one more; one of the same name is replaced in its place.

    A step metric that nobody defined gets an entry of its own, for others refer to it by its place.
    """
    known = list(definitions)
    if record.step_metric is not None and _place(known, record.step_metric) is None:
        known.append({_NAME: record.step_metric})
    options = [_STEP_SYNC] * bool(record.step_sync) + [_HIDDEN] * bool(record.hidden) + [_DEFINED]
    numbers = {word: number for number, word in SUMMARIES.items()}
    made: dict[str, Any] = {_GLOB if record.name.endswith("*") else _NAME: record.name}
    if record.step_metric is not None:
        made[_STEP_INDEX] = (_place(known, record.step_metric) or 0) + 1
    made[_OPTIONS] = options
    if record.summary:
        made[_SUMMARY] = [numbers[word] for word in record.summary]
    if record.goal is not None:
        made[_GOAL] = next(number for number, word in GOALS.items() if word == record.goal)
    at = _place(known, record.name)
    if at is None:
        return [*known, made]
    return [*known[:at], made, *known[at + 1 :]]


def _place(definitions: Sequence[dict[str, Any]], name: str) -> int | None:
    return next(
        (at for at, known in enumerate(definitions) if name in (known.get(_NAME), known.get(_GLOB))),
        None,
    )


def encoded_metrics(definitions: Sequence[tuple[MetricRecord, bool]]) -> list[dict[str, Any]]:
    """The list that stands for definitions; a step metric that has no definition gets an entry, too.

    Args:
        definitions: Each with whether the user made it for that very name.
    """
    entries: dict[str, dict[str, Any]] = {}
    for record, is_exact in definitions:
        step = record.step_metric
        if step is not None and step not in entries and not any(step == other.name for other, _ in definitions):
            entries[step] = {_NAME: step}
        entries[record.name] = _entry(record, is_exact)
    places = {name: number for number, name in enumerate(entries, 1)}
    for record, _ in definitions:
        if record.step_metric is not None:
            entries[record.name][_STEP_INDEX] = places[record.step_metric]
    return list(entries.values())


def _entry(record: MetricRecord, is_exact: bool) -> dict[str, Any]:
    options = [(_STEP_SYNC, record.step_sync), (_HIDDEN, record.hidden), (_DEFINED, is_exact)]
    entry: dict[str, Any] = {_GLOB if record.name.endswith("*") else _NAME: record.name}
    if on := [number for number, is_on in options if is_on]:
        entry[_OPTIONS] = on
    if summary := sorted(number for number, word in SUMMARIES.items() if word in record.summary):
        entry[_SUMMARY] = summary
    if goal := next((number for number, word in GOALS.items() if word == record.goal), None):
        entry[_GOAL] = goal
    return entry


def _record(definition: dict[str, Any], definitions: list[Any], path: RunPath) -> MetricRecord | None:
    name = definition.get(_NAME) or definition.get(_GLOB)
    options = _numbers(definition.get(_OPTIONS))
    if not isinstance(name, str) or (_DEFINED not in options and _GLOB not in definition):
        return None
    step_metric = definition.get(_STEP_NAME) or _name_at(definitions, definition.get(_STEP_INDEX))
    goal = definition.get(_GOAL)
    return MetricRecord(
        path,
        name,
        step_metric if isinstance(step_metric, str) else None,
        True if _STEP_SYNC in options else None,
        True if _HIDDEN in options else None,
        tuple(SUMMARIES[number] for number in _numbers(definition.get(_SUMMARY)) if number in SUMMARIES),
        GOALS.get(goal) if isinstance(goal, int) else None,
    )


def _name_at(definitions: Sequence[Any], number: Any) -> Any:
    """The name of the definition that is number `number` of the list, from 1."""
    if isinstance(number, int) and 1 <= number <= len(definitions) and isinstance(definitions[number - 1], dict):
        return definitions[number - 1].get(_NAME)
    return None


def _numbers(value: Any) -> tuple[int, ...]:
    return tuple(number for number in value if isinstance(number, int)) if isinstance(value, list) else ()
