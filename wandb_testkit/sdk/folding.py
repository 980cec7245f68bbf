"""Owns what rows become on their way into the summary: last values, what define_metric() asks for, steps that join.

The specification has no clause on define_metric(): what happens here was observed with 0.10.33 and 0.31.0.
Source: SUMMARY-1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from wandb_testkit.records import MetricRecord, Row
from wandb_testkit.sdk.values import Fallback

Path = tuple[str, ...]

ABSENT: Any = object()
"""Stands for a value that is not there, or has no place in the summary."""


class SummaryRules(NamedTuple):
    """What a profile decides about the summary.

    Attributes:
        words: What define_metric() may ask to be kept.
        fallback: Makes JSON of values that are set by hand and that JSON does not know.
        keeps: Whether a value that is set by hand stays; otherwise the key is taken out (SUMMARY-1).
        is_tree: Dicts that are logged are merged leaf by leaf, None and empty dicts are no leaves, and a dict that is
            set by hand is one leaf as a whole (SUMMARY-1); deleting what is not there is no error.
        is_plain: Whether words of define_metric() ask for the last value itself.
        is_number: Whether min, max, mean and best take a value into account.
        first_and_last_are_numbers: Whether first and last pass over what is_number() does not take.
        counts_earlier_rows: Rows that were logged before a definition count, too.
        hand_ends_definition: Once a key is set by hand its last value is kept, until it is defined anew.
        unknown_step: What joins a row in the place of a step that was not logged since it was defined; None means that
            nothing does.
        unsent: Words of define_metric() that the server is not told.
        expands_patterns: A pattern reaches the server as a definition of each name that it matched.
        shows_values_after_finish: Whether the summary can still be read after the end (SUMMARY-2).
    """

    words: tuple[str, ...]
    fallback: Fallback
    keeps: Callable[[Any], bool]
    is_tree: bool
    is_plain: Callable[[tuple[str, ...]], bool]
    is_number: Callable[[Any], bool]
    first_and_last_are_numbers: bool
    counts_earlier_rows: bool
    hand_ends_definition: bool
    unknown_step: int | None
    unsent: frozenset[str]
    expands_patterns: bool
    shows_values_after_finish: bool


class Folding:
    """Takes rows into a summary.

    Attributes:
        opaque: Paths of dicts that were set by hand and are one leaf as a whole.
        has_nested: Whether a row with a dict in it was logged, where that matters.
    """

    __slots__ = (
        "_by_hand",
        "_counts",
        "_exact",
        "_globs",
        "_matched",
        "_past",
        "_recounted",
        "_rules",
        "_steps",
        "has_nested",
        "opaque",
    )

    def __init__(self, rules: SummaryRules) -> None:
        self._rules = rules
        self._exact: dict[str, MetricRecord] = {}
        self._globs: dict[str, MetricRecord] = {}
        self._matched: dict[str, MetricRecord] = {}
        self._counts: dict[str, tuple[int, float]] = {}
        self._steps: dict[str, Any] = {}
        self._past: list[Sequence[Row]] = []
        self._recounted: dict[Path, Any] = {}
        self._by_hand: set[Path] = set()
        self.opaque: set[Path] = set()
        self.has_nested = False

    def __bool__(self) -> bool:
        """Whether more is to be done than to keep the last value of each key."""
        return bool(self._exact or self._globs or (self._rules.is_tree and (self.has_nested or self.opaque)))

    # ------------------------------------------------------------------ definitions

    def define(self, metric: MetricRecord, *, overwrites: bool) -> MetricRecord:
        """Take a definition into account, and return it as it is now: joined with the earlier one of that name.

        The summary stays as it is until the next value comes; then earlier ones count too, where the profile says so.
        """
        known, name = (self._globs, metric.name[:-1]) if metric.name.endswith("*") else (self._exact, metric.name)
        earlier = known.get(name)
        if earlier is not None and not overwrites:
            metric = _joined(earlier, metric)
        known[name] = metric
        step = metric.step_metric
        if step is not None and metric.step_sync:
            self._steps.setdefault(step, self._rules.unknown_step)
        if (
            self._rules.counts_earlier_rows
            and not self._rules.is_plain(metric.summary)
            and "none" not in metric.summary
        ):
            self._recount(metric)
        return metric

    def metrics(self) -> list[tuple[MetricRecord, bool]]:
        """The definitions as the server is to have them, and whether the user made each for that very name."""
        patterns = self._matched if self._rules.expands_patterns else self._globs
        made = [
            *((metric, True) for metric in self._exact.values()),
            *((metric, False) for metric in patterns.values()),
        ]
        unsent = self._rules.unsent
        return [(replace(m, summary=tuple(w for w in m.summary if w not in unsent)), is_own) for m, is_own in made]

    def of(self, name: str) -> MetricRecord | None:
        """The definition that holds for a name: its own, else the first pattern that matches; `_` is the client's."""
        found = self._exact.get(name)
        if found is None and not name.startswith("_"):
            found = next((metric for start, metric in self._globs.items() if name.startswith(start)), None)
        return found

    def set_by_hand(self, path: Path) -> None:
        """Take note that an item was set by hand."""
        metric = self.of(".".join(path)) if self._rules.hand_ends_definition else None
        if metric is not None and "none" not in metric.summary:
            self._by_hand.add(path)
            self._recounted.pop(path, None)

    def deleted_by_hand(self, path: Path, value: Any) -> None:
        """Take note that an item was deleted by hand; what was kept of it goes on with the next value."""
        metric = self.of(".".join(path)) if self._rules.hand_ends_definition else None
        if metric is not None and type(value) is dict and path not in self._by_hand:
            self._recounted[path] = value

    def _recount(self, metric: MetricRecord) -> None:
        logged: dict[Path, list[Any]] = {}
        for row in (row for rows in self._past for row in rows):
            for path, value in _leaves(row):
                if self.of(".".join(path)) is metric:
                    logged.setdefault(path, []).append(value)
        for path, leaves in logged.items():
            self._counts.pop(".".join(path), None)
            self._recounted.pop(path, None)
            self._by_hand.discard(path)
            kept = ABSENT
            for value in leaves:
                kept = self._folded(path, kept, value)
            self._recounted[path] = kept

    # ------------------------------------------------------------------ rows

    def complete(self, rows: Sequence[Row]) -> bool:
        """Give each row the last value of every step that it lacks, and keep rows that may have to be counted again.

        Returns:
            Whether the definitions are others than before: a pattern has matched a new name.
        """
        if self._rules.counts_earlier_rows:
            self._past.append(rows)
        has_new = self._globs and self._rules.expands_patterns and self._match(rows)
        if self._steps:
            self._join_steps(rows)
        return bool(has_new)

    def _match(self, rows: Sequence[Row]) -> bool:
        before = len(self._matched)
        for name in dict.fromkeys(".".join(path) for row in rows for path, _ in _leaves(row)):
            metric = self.of(name)
            is_known = name in self._matched or name in self._exact or name in self._steps
            if metric is not None and not is_known:
                self._matched[name] = replace(metric, name=name)
        return len(self._matched) > before

    def _join_steps(self, rows: Sequence[Row]) -> None:
        for row in rows:
            metrics = [self.of(".".join(path)) for path, _ in _leaves(row)]
            for step in {metric.step_metric for metric in metrics if metric is not None and metric.step_sync}:
                if step is not None and step not in row and self._steps[step] is not None:
                    row[step] = self._steps[step]
            for step in self._steps.keys() & row.keys():
                self._steps[step] = row[step]

    def fold(self, values: dict[str, Any], row: Row) -> None:
        """Take one row into the summary."""
        for key, value in row.items():
            _put(values, key, self._folded((key,), values.get(key, ABSENT), value))

    def _folded(self, path: Path, old: Any, value: Any) -> Any:
        rules = self._rules
        if type(value) is dict:
            was = old if type(old) is dict and path not in self.opaque else {}
            self.opaque.discard(path)
            kept = dict(was) if rules.is_tree else {}
            for key, item in value.items():
                _put(kept, key, self._folded((*path, key), was.get(key, ABSENT), item))
            return kept if kept or not rules.is_tree else ABSENT
        self.opaque.discard(path)
        name = ".".join(path)
        metric = self.of(name)
        if metric is None or rules.is_plain(metric.summary) or path in self._by_hand:
            return ABSENT if value is None and rules.is_tree else value
        if self._recounted:
            old = self._recounted.pop(path, old)
        if "none" in metric.summary:
            return old
        kept = dict(old) if type(old) is dict else {}
        for word in (word for word in metric.summary if word != "copy"):
            if rules.is_number(value) or (word in ("first", "last") and not rules.first_and_last_are_numbers):
                kept[word] = self._kept(word, name, kept.get(word, ABSENT), value, metric.goal)
        return kept or old

    def _kept(self, word: str, name: str, old: Any, new: Any, goal: str | None) -> Any:
        if word == "mean":
            count, total = self._counts.get(name, (0, 0.0))
            self._counts[name] = (count + 1, total + new)
            return (total + new) / (count + 1)
        if word == "best":
            word = "max" if goal == "maximize" else "min"
        return new if old is ABSENT else KEPT[word](old, new)


def _least(old: float, new: float) -> float:
    return old if old != old or new >= old else new  # NaN, which is not itself, spoils the rest (current)


def _greatest(old: float, new: float) -> float:
    return old if old != old or new <= old else new


KEPT: Mapping[str, Callable[[Any, Any], Any]] = {
    "min": _least,
    "max": _greatest,
    "first": lambda old, new: old,
    "last": lambda old, new: new,
}
"""What is kept of an old value and a new one; mean and best need to know more."""


def _joined(earlier: MetricRecord, later: MetricRecord) -> MetricRecord:
    def either(name: str) -> Any:
        value = getattr(later, name)
        return getattr(earlier, name) if value is None else value

    return MetricRecord(
        later.path,
        later.name,
        step_metric=either("step_metric"),
        step_sync=either("step_sync"),
        hidden=either("hidden"),
        summary=tuple(dict.fromkeys((*earlier.summary, *later.summary))),
        goal=either("goal"),
    )


def _leaves(values: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, value in values.items():
        if type(value) is dict:
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    if value is ABSENT:
        values.pop(key, None)
    else:
        values[key] = value
