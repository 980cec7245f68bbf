"""What can be seen of rows afterwards: in order, and by key.

A view copies nothing: streams only grow, so a view is the stream and a length.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from wandb_testkit.errors import UnknownMetricError

if TYPE_CHECKING:
    from wandb_testkit.records import Row


class History(Sequence["Row"]):
    """The rows that a run logged, in order: a sequence of dicts, and by key a list of values.

    Rows hold `_step` and what the user logged. `history["loss"]` is the list of all values of a key; a dotted key
    reaches into nested values; `_timestamp` and `_runtime` (seconds) can be asked for by name. Compares equal to a list
    of rows.
    """

    __slots__ = ("_length", "_rows", "_runtimes", "_timestamps", "run_id")

    def __init__(
        self,
        rows: Sequence[Row] = (),
        timestamps: Sequence[float] = (),
        runtimes: Sequence[float] = (),
        run_id: str = "",
    ) -> None:
        self._rows = rows
        self._timestamps = timestamps
        self._runtimes = runtimes
        self._length = len(rows)
        self.run_id = run_id

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    @overload
    def __getitem__(self, index: str) -> list[Any]: ...
    def __getitem__(self, index: int | slice | str) -> Row | list[Row] | list[Any]:
        __tracebackhide__ = True  # a failing test is to end at the line that asked
        if isinstance(index, str):
            return self.column(index)
        if isinstance(index, slice):
            return [self._rows[i].copy() for i in range(*index.indices(self._length))]
        at = index + self._length if index < 0 else index
        if not 0 <= at < self._length:
            raise IndexError(f"row {index} of run {self.run_id!r}: it has {self._length} rows")
        return self._rows[at].copy()

    def __iter__(self) -> Iterator[Row]:
        return map(dict.copy, itertools.islice(self._rows, self._length))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, History):
            other = list(other)
        if isinstance(other, (list, tuple)):
            return len(other) == self._length and all(mine == theirs for mine, theirs in zip(self, other, strict=True))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))

    def column(self, key: str) -> list[Any]:
        """Every value of one key, in order; rows without it are passed over.

        Raises:
            UnknownMetricError: No row has the key; the message lists the keys there are.
        """
        __tracebackhide__ = True
        if key == "_timestamp":
            return list(self._timestamps[: self._length])
        if key == "_runtime":
            return list(self._runtimes[: self._length])
        return [value for _, value in self._cells(key)]

    def steps(self, key: str) -> list[int]:
        """The `_step` of every row that has the key."""
        return [step for step, _ in self._cells(key)]

    def last(self, key: str) -> Any:
        """The last value of a key."""
        return self.column(key)[-1]

    def keys(self) -> list[str]:
        """Every key that some row has, in order of appearance, without `_step`."""
        seen: dict[str, None] = {}
        for i in range(self._length):
            seen.update(dict.fromkeys(self._rows[i]))
        seen.pop("_step", None)
        return list(seen)

    def with_times(self) -> list[Row]:
        """Whole rows as the server keeps them, with `_timestamp` (seconds since the epoch) and `_runtime` (seconds)."""
        return [
            {**self._rows[i], "_runtime": self._runtimes[i], "_timestamp": self._timestamps[i]}
            for i in range(self._length)
        ]

    def to_pandas(self) -> Any:
        """The rows as a data frame, one column a key.

        Raises:
            ImportError: pandas is not installed.
        """
        from wandb_testkit.table_view import pandas_for  # only who asks for one pays for it

        return pandas_for("history.to_pandas()").DataFrame(list(self))

    def _cells(self, key: str) -> list[tuple[int, Any]]:
        __tracebackhide__ = True
        rows = self._rows
        cells = [(rows[i]["_step"], rows[i][key]) for i in range(self._length) if key in rows[i]]
        if not cells and "." in key:
            path = key.split(".")
            for i in range(self._length):
                found, value = _at_path(rows[i], path)
                if found:
                    cells.append((rows[i]["_step"], value))
        if not cells:
            raise UnknownMetricError(self._unknown(key))
        return cells

    def _nested_names(self) -> list[str]:
        rows = self._rows[: self._length]
        cells = (cell for row in rows for cell in row.items() if isinstance(cell[1], Mapping))
        return list(dict.fromkeys(name for key, value in cells for name in _dotted(value, key)))

    def _unknown(self, key: str) -> str:
        known = self.keys()
        if not known:
            logged = "has logged no rows" if not self._length else "has only empty rows"
            return f"history[{key!r}]: run {self.run_id!r} {logged}"
        import difflib

        near = difflib.get_close_matches(key, [*known, *self._nested_names()] if "." in key else known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return (
            f"history[{key!r}]: no row of run {self.run_id!r} has that key; its keys are "
            f"{', '.join(map(repr, known))}.{hint}"
        )


def _dotted(value: Any, above: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _dotted(item, f"{above}.{key}")
    else:
        yield above


def _at_path(value: Any, path: Sequence[str]) -> tuple[bool, Any]:
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return False, None
        value = value[part]
    return True, value
