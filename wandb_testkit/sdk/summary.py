"""Owns the summary of a run: the last committed value of each key, or what define_metric() asks to be kept instead.

Source: SUMMARY-1, SUMMARY-2; the None and NaN rules of a profile come in with `keeps` (current drops some values).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wandb_testkit.records import MetricRecord, Row
from wandb_testkit.sdk.values import copied


class SummaryDict:
    """A dict inside the summary: items by key or attribute; what is set here is set in the summary."""

    __slots__ = ("_changed", "_read", "_values")

    def __init__(self, values: dict[str, Any], read: Callable[[Any], Any], changed: Callable[[], None]) -> None:
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_read", read)
        object.__setattr__(self, "_changed", changed)

    def __getitem__(self, key: str) -> Any:
        value = self._values[key]
        return SummaryDict(value, self._read, self._changed) if isinstance(value, dict) else value

    def __setitem__(self, key: str, value: Any) -> None:
        self._values[key] = self._read(value)
        self._changed()

    def __delitem__(self, key: str) -> None:
        del self._values[key]
        self._changed()

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._values))

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default`."""
        return self[key] if key in self._values else default

    def keys(self) -> list[str]:
        """The keys there are."""
        return list(self._values)

    def update(self, values: Mapping[str, Any]) -> None:
        """Set several keys."""
        for key, value in values.items():
            self[key] = value


class Summary(SummaryDict):
    """The summary of a run.

    Args:
        before_read: Closes the open batch of history, whose rows belong to the summary.
        changed: Is told that the server's summary is out of date.
        read: Makes a JSON value of what is set by hand.
        keeps: Whether a value that is set by hand stays; otherwise the key is taken out.
    """

    __slots__ = ("_before_read", "_keeps")

    def __init__(
        self,
        before_read: Callable[[], None],
        changed: Callable[[], None],
        read: Callable[[Any], Any],
        keeps: Callable[[Any], bool],
    ) -> None:
        super().__init__({}, read, changed)
        object.__setattr__(self, "_before_read", before_read)
        object.__setattr__(self, "_keeps", keeps)

    def __getitem__(self, key: str) -> Any:
        self._before_read()
        return super().__getitem__(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self._before_read()  # rows logged earlier must not overwrite what is set by hand now
        plain = self._read(value)
        if self._keeps(plain):
            self._values[key] = plain
        else:
            self._values.pop(key, None)
        self._changed()

    def __delitem__(self, key: str) -> None:
        self._before_read()
        super().__delitem__(key)

    def __contains__(self, key: object) -> bool:
        self._before_read()
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._before_read()
        return super().__iter__()

    def __len__(self) -> int:
        self._before_read()
        return super().__len__()

    def __repr__(self) -> str:
        self._before_read()
        return super().__repr__()

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default`."""
        self._before_read()
        return super().get(key, default)

    def keys(self) -> list[str]:
        """The keys there are."""
        self._before_read()
        return super().keys()


Fold = Callable[[Any, Any], Any]

FOLDS: dict[str, Fold] = {
    "min": lambda old, new: new if old is None else min(old, new),
    "max": lambda old, new: new if old is None else max(old, new),
    "first": lambda old, new: new if old is None else old,
    "last": lambda old, new: new,
}
"""How a summary of define_metric() takes in one more value; "mean" and "best" need more than the last result."""


class Folding:
    """Keeps the summaries that define_metric() asked for: min, max, mean, best, first, last; none and copy."""

    __slots__ = ("_counts", "_exact", "_globs")

    def __init__(self) -> None:
        self._exact: dict[str, MetricRecord] = {}
        self._globs: dict[str, MetricRecord] = {}
        self._counts: dict[str, tuple[int, float]] = {}

    def __bool__(self) -> bool:
        return bool(self._exact or self._globs)

    def define(self, metric: MetricRecord) -> None:
        """Take a definition into account from the next row on; a trailing `*` makes it a pattern."""
        if metric.name.endswith("*"):
            self._globs[metric.name[:-1]] = metric
        else:
            self._exact[metric.name] = metric

    def of(self, key: str) -> MetricRecord | None:
        """The definition that holds for a key: its own, else the first pattern that matches."""
        found = self._exact.get(key)
        if found is None:
            found = next((metric for prefix, metric in self._globs.items() if key.startswith(prefix)), None)
        return found

    def fold(self, values: dict[str, Any], row: Row) -> None:
        """Take one row into the summary."""
        for key, value in row.items():
            metric = self.of(key)
            if metric is None or not metric.summary or "copy" in metric.summary:
                values[key] = value
            elif "none" not in metric.summary and isinstance(value, (int, float)):
                old = values.get(key)
                kept: dict[str, Any] = dict(old) if isinstance(old, dict) else {}
                for word in metric.summary:
                    kept[word] = self._one(word, key, kept.get(word), value, metric.goal)
                values[key] = kept

    def _one(self, word: str, key: str, old: Any, new: float, goal: str | None) -> Any:
        if word == "mean":
            count, total = self._counts.get(key, (0, 0.0))
            self._counts[key] = (count + 1, total + new)
            return (total + new) / (count + 1)
        if word == "best":
            word = "max" if goal == "maximize" else "min"
        return FOLDS[word](old, new)


def fold_rows(values: dict[str, Any], rows: Sequence[Row], keys: set[str], folding: Folding) -> None:
    """Take a batch of rows into the summary (SUMMARY-1).

    Args:
        keys: Every key that some row has, but for `_step`, which all have.
    """
    if folding:
        for row in rows:
            folding.fold(values, copied(row))
    else:
        values.update(copied(_last_values(rows, keys)))


def _last_values(rows: Sequence[Row], keys: set[str]) -> Row:
    """The last value of each key, found from the end: most often the last row has them all."""
    found: Row = {}
    missing = {"_step", *keys}
    for row in reversed(rows):
        if not missing.isdisjoint(row):
            found = {**row, **found}
            missing.difference_update(row)
            if not missing:
                break
    return found
