"""Owns the summary: the last committed value of each key, what is set by hand, what define_metric() keeps instead.

Source: spec.md SUMMARY-1, SUMMARY-2, DISABLED-4; protocol.md 4.3 for the shape that define_metric() gives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from wandb_testkit.actions import DefineMetric
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec.config import plain
from wandb_testkit.spec.model import RunObject, Unspecified, Values

KEPT: Mapping[Profile, tuple[str, ...]] = {
    CLASSIC: ("min", "max", "mean", "last"),
    CURRENT: ("min", "max", "mean", "first", "last"),
}
"""The words of define_metric() that keep a number of their own; "none" keeps nothing, "copy" the last value."""

GOALS = ("minimize", "maximize")


def take_row(run: RunObject, row: Values, profile: Profile) -> None:
    """Fold a row that was committed into the summary."""
    for key, value in row.items():
        words = run.definitions.get(key, ())
        if words and "copy" not in words:
            if "none" not in words:
                _count_earlier(run, key, words)
                run.summary[key] = _kept(run, key, words, value)
            continue
        run.logged.setdefault(key, []).append(value)
        if value is None and profile is not CLASSIC:
            run.summary.pop(key, None)
        else:
            run.summary[key] = value
    _hand_over(run)


def _count_earlier(run: RunObject, key: str, words: tuple[str, ...]) -> None:
    """What was logged before the definition counts, too; null is a first or a last value, and no number (o31)."""
    for at, value in enumerate(run.earlier.pop(key, ())):
        if at == 0:
            run.summary.pop(key, None)
        kept = run.summary.get(key, {}) if value is None else _kept(run, key, words, value)
        ends = {"first": kept.get("first", value), "last": value}
        run.summary[key] = {**kept, **{word: end for word, end in ends.items() if word in words}}


def _kept(run: RunObject, key: str, words: tuple[str, ...], value: float) -> dict[str, Any]:
    kept = run.summary.get(key)
    old: dict[str, Any] = kept if isinstance(kept, dict) else {}
    count, total = run.means.get(key, (0, 0.0))
    run.means[key] = (count + 1, total + value)
    now = {
        "min": min(old.get("min", value), value),
        "max": max(old.get("max", value), value),
        "mean": (total + value) / (count + 1),
        "first": old.get("first", value),
        "last": value,
    }
    if "best" in words:
        is_least = run.goals[key] == "minimize"
        now["best"] = min(old.get("best", value), value) if is_least else max(old.get("best", value), value)
    return {word: now[word] for word in words}


def set_by_hand(run: RunObject, values: Mapping[str, Any], profile: Profile) -> None:
    """Carry out `run.summary.update(values)`; in current that ends what define_metric() asked for the key (o31)."""
    for key, value in values.items():
        if profile is CURRENT and "none" not in run.definitions.get(key, ("none",)):
            run.definitions[key] = ("copy",)
        if profile is not CLASSIC and (value is None or (isinstance(value, float) and math.isnan(value))):
            run.summary.pop(key, None)
        else:
            run.summary[key] = plain(value)
    _hand_over(run)


def define(run: RunObject, asked: DefineMetric, profile: Profile) -> None:
    """Carry out `run.define_metric(name, summary=..., step_metric=..., hidden=..., goal=...)`.

    `hidden` and `step_metric` are for those who draw; what a step metric does to rows that lack it is not told.

    Raises:
        Unspecified: A pattern, "best" without a goal, a key that was defined or summarised before.
    """
    key = asked.name
    words = tuple(word.strip() for word in asked.summary.split(",")) if asked.summary else ()
    known = (*KEPT[profile], "best") if profile is CLASSIC and asked.goal in GOALS else KEPT[profile]
    has_goal = asked.goal is None or (profile is CLASSIC and asked.goal in GOALS)
    if "*" in key or not has_goal or not (set(words) <= set(known) or words in (("none",), ("copy",))):
        raise Unspecified(f"{asked} is not part of the model")
    if key in run.definitions or (run.record is not None and key in run.record.defined):
        raise Unspecified(f"{key!r} is defined a second time")
    if key in (run.pending or ()):
        raise Unspecified(f"{key!r} waits for its commit while it is defined")
    was_null = run.record is not None and any(row.get(key, key) is None for row in run.record.rows)
    logged = run.logged.get(key, []) if profile is CURRENT else []
    counts = bool(logged) and all(value is None or _is_number(value) for value in logged)
    if words and (key in run.summary or was_null or logged) and not counts:
        raise Unspecified(f"{key!r} had a value before it was defined")
    if words and counts:
        run.earlier[key] = logged
    run.definitions[key] = words
    if asked.goal is not None:
        run.goals[key] = asked.goal
    if asked.step_metric is not None:
        run.steps[key] = asked.step_metric
    if run.record is not None:
        run.record.defined.add(key)


def check_is_specified(run: RunObject, row: Values) -> None:
    """Refuse what the text leaves open of a row, before it is taken.

    Raises:
        Unspecified: No number where a number is kept, a row without the step that it is drawn against, or a definition
            of an earlier start that may hold or not.
    """
    for key in row.keys() & run.steps.keys():
        if run.steps[key] not in row:
            raise Unspecified(f"whether a row with {key!r} is given the step metric {run.steps[key]!r} that it lacks")
    for key, value in row.items():
        is_kept = set(run.definitions.get(key, ())) - {"none", "copy"}
        if is_kept and not _is_number(value):
            raise Unspecified(f"what define_metric() makes of {key}={value!r}")
    if run.resumed and run.record is not None and run.record.defined & (row.keys() - run.definitions.keys()):
        raise Unspecified("whether a definition of an earlier start holds after a resumption")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)


def _hand_over(run: RunObject) -> None:
    if run.record is not None:
        run.record.summary = plain(run.summary)
