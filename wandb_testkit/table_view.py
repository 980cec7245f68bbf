"""What can be seen of tables afterwards: each as columns and rows, and those of a run by key."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TABLE_TYPES = ("table-file", "incremental-table-file")
"""The `_type` of a value of history that is a table."""


@dataclass(frozen=True)
class TableView:
    """One table, as its file has it: media in cells are the names of their classes.

    Attributes:
        columns, data: Names, and rows as lists of cells.
    """

    columns: list[Any]
    data: list[list[Any]]

    @property
    def rows(self) -> list[dict[Any, Any]]:
        """The rows as dicts: column -> cell."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.data]

    def column(self, name: Any) -> list[Any]:
        """The cells of one column.

        Raises:
            KeyError: There is no such column; the message lists those there are.
        """
        __tracebackhide__ = True  # a failing test is to end at the line that asked
        if name not in self.columns:
            raise KeyError(f"column {name!r}: the table has columns {', '.join(map(repr, self.columns))}")
        at = self.columns.index(name)
        return [row[at] for row in self.data]

    def to_pandas(self) -> Any:
        """The table as a data frame.

        Raises:
            ImportError: pandas is not installed.
        """
        return pandas_for("TableView.to_pandas()").DataFrame(self.data, columns=self.columns)


class Tables(Mapping[Any, TableView]):
    """The tables that a run logged in rows, by key: of several under one key, the last one.

    A table in a nested dict has the dotted key. `logged("t")` gives every one, in order.

    Args:
        rows: The history.
        files: Those of the run.
    """

    __slots__ = ("_files", "_paths")

    def __init__(self, rows: Sequence[Mapping[str, Any]], files: Mapping[str, bytes]) -> None:
        self._files = files
        self._paths: dict[str, list[str]] = {}
        for row in rows:
            for key, value in row.items():
                for name, path in _tables_in(key, value):
                    if path in files:
                        self._paths.setdefault(name, []).append(path)

    def __getitem__(self, key: str) -> TableView:
        __tracebackhide__ = True  # a failing test is to end at the line that asked
        if key not in self._paths:
            raise KeyError(f"table {key!r}: the run has logged {', '.join(map(repr, self._paths)) or 'none'}")
        return self._read(self._paths[key][-1])

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __repr__(self) -> str:
        return repr({key: self[key] for key in self})

    def logged(self, key: str) -> list[TableView]:
        """Every table that was logged under a key, in order; none if there is none."""
        return [self._read(path) for path in self._paths.get(key, ())]

    def _read(self, path: str) -> TableView:
        said = json.loads(self._files[path])
        return TableView(said["columns"], said["data"])


def _tables_in(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        return
    if value.get("_type") in TABLE_TYPES and isinstance(value.get("path"), str):
        yield key, value["path"]
        return
    for name, item in value.items():
        yield from _tables_in(f"{key}.{name}", item)


def pandas_for(what: str) -> Any:
    """The library that makes data frames; imported when somebody asks for one.

    Raises:
        ImportError: It is not installed; the message says what needs it.
    """
    try:
        return importlib.import_module("pandas")
    except ImportError as cause:
        raise ImportError(f"{what} needs pandas: pip install pandas") from cause
