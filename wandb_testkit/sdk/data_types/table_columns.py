"""Owns the columns of a table: their types, the keys in them, and how they are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from wandb_testkit.sdk.data_types import dtypes, dtypes_composed
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.data_types.table_keys import ForeignIndex, ForeignKey, PrimaryKey, TableIndex, TableKey
from wandb_testkit.sdk.data_types.wb_value import Media, WBValue

if TYPE_CHECKING:
    from wandb_testkit.sdk.data_types.table import Table


class TableColumns(Media):
    """The columns of a table; `Table` adds rows.

    Attributes:
        columns, data: Names, and rows as lists of cells.
    """

    columns: list[Any]
    data: list[list[Any]]
    _column_types: dtypes_composed.TypedDict
    _pk_col: Any
    _fk_cols: set[Any]

    def _before_change(self) -> None: ...

    def get_column(self, name: Any, convert_to: str | None = None) -> Any:
        """The cells of a column, as a list or with convert_to="numpy" as an array."""
        if name not in self.columns:
            raise AssertionError(f"get_column({name!r}): there is no such column; there are {self.columns}")
        if convert_to not in (None, "numpy"):
            raise AssertionError(f"get_column(convert_to={convert_to!r}): expected 'numpy' or None")
        at = self.columns.index(name)
        cells = [row[at] for row in self.data]
        if convert_to is None:
            return cells
        numbers = [cell.to_data_array() if isinstance(cell, WBValue) else cell for cell in cells]
        return needed("numpy", "get_column(convert_to='numpy')").array(numbers)

    def iterrows(self) -> Iterator[tuple[TableIndex, list[Any]]]:
        """Number and cells of each row; the number can stand in another table, and points here."""
        for index in range(len(self.data)):
            yield self.index_ref(index), self.data[index]

    def get_index(self) -> list[TableIndex]:
        """The number of each row."""
        return [self.index_ref(index) for index in range(len(self.data))]

    def index_ref(self, index: int) -> TableIndex:
        """The number of one row, to be put into another table."""
        if index >= len(self.data):
            raise AssertionError(f"index_ref({index}): the table has {len(self.data)} rows")
        reference = TableIndex(index)
        reference.set_table(cast("Table", self))
        return reference

    def get_dataframe(self) -> Any:
        """The table as a data frame of pandas."""
        return needed("pandas", "get_dataframe()").DataFrame.from_records(self.data, columns=self.columns)

    def cast(self, col_name: Any, dtype: Any, optional: bool = False) -> dtypes.Type:
        """Give a column a type.

        Raises:
            AssertionError: There is no such column, or a key cannot be one.
            TypeError: A cell has another type.
        """
        self._before_change()
        if col_name not in self.columns:
            raise AssertionError(f"cast({col_name!r}): there is no such column; there are {self.columns}")
        wanted = dtypes.type_from_dtype(dtype)
        if optional:
            wanted = dtypes_composed.Optional(wanted)
        at = self.columns.index(col_name)
        for row in self.data:
            taken = wanted.assign(row[at])
            if isinstance(taken, dtypes.Invalid):
                raise TypeError(
                    f"Existing data {row[at]}, of type {dtypes.type_of(row[at])} cannot be cast to {wanted}"
                )
            wanted = taken
        if isinstance(wanted, (ForeignKey, ForeignIndex)) and wanted.table is self:
            raise AssertionError("Cannot set a foreign table reference to same table.")
        if isinstance(wanted, PrimaryKey) and self._pk_col is not None:
            raise AssertionError(
                f"Cannot have multiple primary keys - {self._pk_col} is already set as the primary key."
            )
        self._column_types.types[col_name] = wanted
        self._wrap_keys(only_last=False)
        return wanted

    def set_pk(self, col_name: Any) -> None:
        """Make a column the keys of the rows."""
        self.cast(col_name, PrimaryKey())

    def set_fk(self, col_name: Any, table: Table, table_col: str) -> None:
        """Make a column keys of another table."""
        if col_name == self._pk_col:
            raise AssertionError(f"set_fk({col_name!r}): the column is the primary key of its own table")
        self.cast(col_name, ForeignKey(table, table_col))

    def _cast_all(self, dtype: Any, optional: Any) -> None:
        wanted = dtype if isinstance(dtype, list) else [dtype] * len(self.columns)
        nullable = optional if isinstance(optional, list) else [optional] * len(self.columns)
        for name, one, may_be_none in zip(self.columns, wanted, nullable, strict=False):
            self.cast(name, one, may_be_none)

    def _wrap_keys(self, *, only_last: bool) -> None:
        """Make cells of key columns point where their column points."""
        types = self._column_types.types
        primary = next((name for name, one in types.items() if isinstance(one, PrimaryKey)), None)
        foreign = {name for name, one in types.items() if isinstance(one, (ForeignKey, ForeignIndex))}
        if self._pk_col is not None and primary is None:
            raise AssertionError(f"Cannot unset primary key (column {self._pk_col})")
        if gone := self._fk_cols - foreign:
            raise AssertionError(f"Cannot unset foreign key. Attempted to unset ({gone})")
        has_news = (primary, foreign) != (self._pk_col, self._fk_cols)
        self._pk_col, self._fk_cols = primary, foreign
        if primary is None and not foreign:
            return
        for row in self.data[-1:] if only_last and not has_news else self.data:
            for name in foreign:
                at = self.columns.index(name)
                row[at] = _pointing(row[at], types[name])
            if primary is not None:
                at = self.columns.index(primary)
                row[at] = TableKey(row[at])
                row[at].set_table(self, primary)


def _pointing(cell: Any, kind: dtypes.Type) -> Any:
    if isinstance(kind, ForeignKey) and not isinstance(cell, TableKey):
        cell = TableKey(cell)
        cell.set_table(kind.table, kind.params["col_name"])
    elif isinstance(kind, ForeignIndex) and not isinstance(cell, TableIndex):
        cell = TableIndex(cell)
        cell.set_table(kind.table)
    return cell
