"""Owns cells of a table that point to another table: keys and row numbers, and the types of their columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.data_types import dtypes

if TYPE_CHECKING:
    from wandb_testkit.sdk.data_types.table import Table


class TableKey(str):
    """A text that is a key of a table, in one column of it."""

    _table: Any = None
    _col_name: Any = None

    def set_table(self, table: Table, col_name: Any) -> None:
        """Say which table and column."""
        if col_name not in table.columns:
            raise AssertionError(f"{col_name!r} is no column of the table; they are {table.columns}")
        self._table, self._col_name = table, col_name


class TableIndex(int):
    """The number of a row of a table."""

    _table: Any = None

    def set_table(self, table: Table) -> None:
        """Say which table."""
        self._table = table

    def get_row(self) -> dict[Any, Any]:
        """The row: column -> cell."""
        return dict(zip(self._table.columns, self._table.data[self], strict=True)) if self._table else {}


class PrimaryKey(dtypes.Type):
    """A column of keys of its own table."""

    name = "primaryKey"

    def assign_type(self, other: dtypes.Type) -> dtypes.Type:
        """Itself, for text and keys."""
        return self if isinstance(other, (dtypes.String, PrimaryKey)) else dtypes.Invalid()


class _Foreign(dtypes.Type):
    """A column that points to another table."""

    @property
    def table(self) -> Table:
        """That table."""
        table: Table = self.params["table"]
        return table

    def to_json(self, artifact: Any = None) -> dict[str, Any]:
        """How an artifact says it: the other table is part of it."""
        if artifact is None:
            raise AssertionError(f"a {self.name} column can only be said in an artifact")
        entry = artifact.add(self.table, f"media/tables/t_{artifact.new_id()}")
        return {"wb_type": self.name, "params": {**self.params, "table": entry.path}}

    @classmethod
    def from_json(cls, said: Mapping[str, Any], artifact: Any = None) -> dtypes.Type:
        """The type that to_json() said."""
        table = None if artifact is None else artifact.get(said["params"]["table"])
        if table is None:
            raise AssertionError(f"table {said['params']['table']!r} cannot be found")
        return cls(**{**said["params"], "table": table})


class ForeignKey(_Foreign):
    """A column of keys of another table."""

    name = "foreignKey"

    def __init__(self, table: Table, col_name: Any) -> None:
        super().__init__(table=table, col_name=col_name)

    def assign_type(self, other: dtypes.Type) -> dtypes.Type:
        """Itself, for text and for keys of the same column."""
        is_same = (
            isinstance(other, ForeignKey)
            and other.table is self.table
            and other.params["col_name"] == self.params["col_name"]
        )
        return self if is_same or isinstance(other, dtypes.String) else dtypes.Invalid()


class ForeignIndex(_Foreign):
    """A column of row numbers of another table."""

    name = "foreignIndex"

    def __init__(self, table: Table) -> None:
        super().__init__(table=table)

    def assign_type(self, other: dtypes.Type) -> dtypes.Type:
        """Itself, for numbers and for rows of the same table."""
        is_same = isinstance(other, ForeignIndex) and other.table is self.table
        return self if is_same or isinstance(other, dtypes.Number) else dtypes.Invalid()


dtypes.register(PrimaryKey)
dtypes.register(ForeignKey, TableKey, lambda key: ForeignKey(key._table, key._col_name))
dtypes.register(ForeignIndex, TableIndex, lambda index: ForeignIndex(index._table))
