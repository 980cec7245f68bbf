"""Owns the summary of a run as its user sees it: items by path, and what becomes of values that are set by hand.

Source: SUMMARY-1, SUMMARY-2; what a profile decides is in its SummaryRules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import Row
from wandb_testkit.sdk.folding import Folding, Path, SummaryRules
from wandb_testkit.sdk.values import NoJsonError, copied, placed, to_json, without_nan

if TYPE_CHECKING:
    from wandb_testkit.sdk.history import OpenHistory
    from wandb_testkit.sdk.outgoing import Outgoing


class ItemsByAttribute:
    """Items that are attributes as well, but for the names that Python itself asks for."""

    __slots__ = ()

    def __getattr__(self: Any, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return self[key]

    def __setattr__(self: Any, key: str, value: Any) -> None:
        self[key] = value

    def __delattr__(self: Any, key: str) -> None:
        del self[key]


class SummaryDict(ItemsByAttribute):
    """A dict inside the summary: items by key or attribute; what is set here is set in the summary.

    In neither generation it is a whole mapping: `in`, len(), items() and iteration do not work.
    """

    __slots__ = ("_path", "_root")

    def __init__(self, root: SummaryValues, path: Path) -> None:
        object.__setattr__(self, "_root", root)
        object.__setattr__(self, "_path", path)

    def __getitem__(self, key: object) -> Any:
        if not isinstance(key, str):  # `in` and iteration ask for item 0
            raise KeyError(f"{key}: a summary has no `in` and no iteration, in wandb either; use keys() or get()")
        value = self._here()[key]
        return SummaryDict(self._root, (*self._path, key)) if isinstance(value, dict) else copied(value)

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"summary keys must be str; got {key!r} of type {type(key).__name__} [SUMMARY-1]")
        self._root.set((*self._path, key), value)

    def __delitem__(self, key: str) -> None:
        self._root.delete((*self._path, key))

    def __repr__(self) -> str:
        return repr(self._here())

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default`."""
        return self[key] if key in self._here() else default

    def keys(self) -> list[str]:
        """The keys there are."""
        return list(self._here())

    def update(self, d: Mapping[str, Any]) -> None:
        """Set several keys.

        Raises:
            AttributeError: It is no dict, nor anything else with keys and values.
        """
        if not hasattr(d, "items"):
            raise AttributeError(
                f"summary.update({d!r}): expected a dict, got {type(d).__name__}; give {{name: value}}"
            )
        for key, value in d.items():
            self[key] = value

    def _here(self) -> dict[str, Any]:
        here: dict[str, Any] = self._root.at(self._path)
        return here


class Summary(SummaryDict):
    """The summary of a run: the dict that all others are in."""

    __slots__ = ()

    def __init__(self, root: SummaryValues) -> None:
        super().__init__(root, ())


class SummaryValues:
    """What is in a summary, and what becomes of values that are set.

    Args:
        rules: What the profile decides.
        folding: What takes rows into it.
        outgoing: Says whether it may be changed, is told when it was, and has the values.
        history: Has the open batch, whose rows belong to the summary; its lock is held while values change.
        of_media: Is given what is set, under which key, and returns what to keep in the place of media.
    """

    __slots__ = ("_folding", "_lock", "_of_media", "_outgoing", "_rules", "history")

    def __init__(
        self,
        rules: SummaryRules,
        folding: Folding,
        outgoing: Outgoing,
        history: OpenHistory,
        of_media: Callable[[str, Any], Any],
    ) -> None:
        self._rules = rules
        self._folding = folding
        self._outgoing = outgoing
        self._lock = history.lock
        self._of_media = of_media
        self.history = history

    def _before_read(self) -> None:
        self.history.flush()
        if self._outgoing.is_finished and not self._rules.shows_values_after_finish:
            self._outgoing.summary_after_finish()

    def at(self, path: Path) -> dict[str, Any]:
        """The dict at a path, with every row that was logged."""
        self._before_read()
        here: dict[str, Any] = self._outgoing.values
        for key in path:
            here = here[key]
        return here

    def set(self, path: Path, value: Any) -> None:
        """Set the value at a path."""
        with self._lock:
            self._set_alone(path, value)

    def _set_alone(self, path: Path, value: Any) -> None:
        self._outgoing.must_be_active("summary")
        self._before_read()  # rows logged earlier must not overwrite what is set by hand now
        value = self._of_media(".".join(path), value)
        try:
            plain = without_nan(to_json(value, self._rules.fallback), in_lists=False)
        except NoJsonError as error:
            raise placed(error, "summary", path, value, self._rules.fallback) from None
        opaque = self._folding.opaque
        here = self._outgoing.values
        for depth, key in enumerate(path[:-1], 1):
            if path[:depth] in opaque:
                opaque.discard(path[:depth])
                here[key] = {}
            here = here.setdefault(key, {})
        if self._rules.keeps(plain):
            here[path[-1]] = plain
        else:
            here.pop(path[-1], None)
        opaque.discard(path)
        self._folding.set_by_hand(path)
        if self._rules.is_tree:
            if isinstance(plain, dict):
                opaque.add(path)
            self._prune(path[:-1])
        self._outgoing.summary_changed()

    def delete(self, path: Path) -> None:
        """Take out the value at a path."""
        with self._lock:
            self._delete_alone(path)

    def _delete_alone(self, path: Path) -> None:
        self._outgoing.must_be_active("summary")
        here = self.at(path[:-1])
        if any(path[:depth] in self._folding.opaque for depth in range(1, len(path))):
            return  # current has no way into a dict that was set by hand
        if self._rules.is_tree and path[-1] not in here:
            return
        self._folding.deleted_by_hand(path, here.pop(path[-1]))
        self._folding.opaque.discard(path)
        if self._rules.is_tree:
            self._prune(path[:-1])
        self._outgoing.summary_changed()

    def _prune(self, path: Path) -> None:
        for depth in range(len(path), 0, -1):
            here = self.at(path[: depth - 1])
            if not here[path[depth - 1]]:
                del here[path[depth - 1]]


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
