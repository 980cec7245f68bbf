"""Owns Table: columns with types, rows that are checked against them, and how it is changed after it was logged.

What becomes of it in runs and artifacts is in table_forms. Source: observed with 0.31.0.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from wandb_testkit.errors import Error
from wandb_testkit.records import Row
from wandb_testkit.sdk import present
from wandb_testkit.sdk.data_types import dtypes, dtypes_composed, table_forms
from wandb_testkit.sdk.data_types.libraries import is_data_frame, is_numpy_array
from wandb_testkit.sdk.data_types.table_columns import TableColumns
from wandb_testkit.sdk.data_types.table_keys import TableIndex, TableKey

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run

LOG_MODES = ("IMMUTABLE", "MUTABLE", "INCREMENTAL")
MAX_INCREMENTS = 100


class Table(TableColumns):
    """A table.

    Args:
        columns: Their names; None means "Input", "Output" and "Expected".
        data: Rows, an array of numpy, or a data frame, whose columns then count.
        rows: An old name of `data`.
        dataframe: A data frame; neither `columns` nor `data` counts then.
        dtype: What cells may be: a class, a type, a value, or a list of these for the columns one by one. None: as the
            first cell of the column.
        optional: Whether cells may be None; or a list of that.
        allow_mixed_types: Every cell may be anything.
        log_mode: "IMMUTABLE": logged once. "MUTABLE": again after each change. "INCREMENTAL": rows added since.
    Attributes:
        columns, data: Names, and rows as lists of cells.
    Raises:
        AssertionError: There is no such mode, or names of columns are neither str nor int.
        TypeError: A cell has another type than its column.
        ValueError: A row has more or fewer cells than there are columns.
    """

    MAX_ROWS: ClassVar[int] = 10_000
    MAX_ARTIFACT_ROWS: ClassVar[int] = 200_000
    _MAX_EMBEDDING_DIMENSIONS: ClassVar[int] = 150
    _log_type = "table"
    _subdir = "table"
    _tells_log_mode: ClassVar[bool] = True

    def __init__(
        self,
        columns: Any = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: Any = True,
        allow_mixed_types: bool = False,
        log_mode: str | None = "IMMUTABLE",
    ) -> None:
        super().__init__()
        if log_mode not in LOG_MODES:
            raise AssertionError(f"Invalid log_mode: {log_mode}. Must be one of {list(LOG_MODES)}")
        self.log_mode = log_mode
        self._increment_num: int | None = None
        self._last_logged_idx: int | None = None
        self._previous_increments_paths: list[str] | None = None
        self._run_target_for_increments: Run | None = None
        self._pk_col: Any = None
        self._fk_cols: set[Any] = set()
        if dataframe is None and is_data_frame(data):
            dataframe, data = data, None
        if dataframe is not None:
            if not is_data_frame(dataframe):
                raise AssertionError(
                    f"Table(dataframe={dataframe!r}): expected a data frame of pandas; give rows as data="
                )
            columns = list(dataframe.columns)
            given: Any = zip(*(dataframe[name].values for name in columns), strict=True)
        else:
            given = data if data is not None else rows if rows is not None else []
            if not isinstance(given, list) and not is_numpy_array(given):
                raise AssertionError(f"data argument expects a `list` object, not {type(given).__name__}")
        self.columns: list[Any] = _checked(["Input", "Output", "Expected"] if columns is None else columns)
        self.data: list[list[Any]] = []
        self._column_types = dtypes_composed.TypedDict()
        self._cast_all(dtypes.Any_ if allow_mixed_types else dtypes.Unknown() if dtype is None else dtype, optional)
        for row in given:
            self.add_data(*row)

    # ------------------------------------------------------------------ rows and columns

    def add_data(self, *data: Any) -> None:
        """Add a row.

        Raises:
            TypeError: A cell has another type than its column.
            ValueError: There are more or fewer cells than columns.
        """
        self._before_change()
        if len(data) != len(self.columns):
            raise ValueError(f"This table expects {len(self.columns)} columns: {self.columns}, found {len(data)}")
        for name, cell in zip(self.columns, data, strict=True):
            if isinstance(cell, (TableKey, TableIndex)):
                self.cast(name, dtypes.type_of(cell))
        cells = dict(zip(self.columns, data, strict=True))
        assigned = self._column_types.assign(cells)
        if not isinstance(assigned, dtypes_composed.TypedDict):
            raise TypeError(f"Data row contained incompatible types:\n{self._column_types.explain(cells)}")
        self._column_types = assigned
        self.data.append(list(data))
        self._wrap_keys(only_last=True)
        if self.log_mode == "INCREMENTAL" and self._artifact_target is not None:
            self._begin_increment()

    def add_row(self, *row: Any) -> None:
        """An old name of add_data()."""
        logging.warning("add_row is deprecated, use add_data")
        self.add_data(*row)

    def add_column(self, name: Any, data: Any, optional: bool = False) -> None:
        """Add a column.

        Raises:
            AssertionError: The name is taken, or there are more or fewer cells than rows.
            Error: The table is logged in increments.
            TypeError: The cells are not of one type.
        """
        self._must_not_be_incremental("add_column")
        self._before_change()
        if not isinstance(name, str) or name in self.columns:
            raise AssertionError(f"add_column({name!r}): expected the name of a new column; there are {self.columns}")
        if not (isinstance(data, list) or is_numpy_array(data)):
            raise AssertionError(f"add_column(data=...): expected a list or an array, not {type(data).__name__}")
        is_first = not self.columns
        if not is_first and len(data) != len(self.data):
            raise AssertionError(f"Expected length {len(self.data)}, found {len(data)}")
        before = ([row[:] for row in self.data], self.columns[:])
        if is_first:
            self.data = [[] for _ in data]
        for row, cell in zip(self.data, data, strict=True):
            row.append(cell)
        self.columns.append(name)
        try:
            self.cast(name, dtypes.Unknown(), optional=optional)
        except TypeError:
            self.data, self.columns = before
            raise

    def add_computed_columns(self, fn: Callable[[Any, dict[Any, Any]], Mapping[str, Any]]) -> None:
        """Add the columns that a function makes of each row, given its number and its cells by column."""
        self._must_not_be_incremental("add_computed_columns")
        self._before_change()
        columns: dict[str, list[Any]] = {}
        for index, row in self.iterrows():
            for name, cell in fn(index, dict(zip(self.columns, row, strict=True))).items():
                columns.setdefault(name, []).append(cell)
        for name, cells in columns.items():
            self.add_column(name, cells)

    # ------------------------------------------------------------------ being logged

    def has_been_logged(self) -> bool:
        """Whether it was."""
        return self._run is not None or self._artifact_target is not None

    def bind_to_run(self, run: Run, key: int | str, step: int | str, id_: int | str | None = None) -> None:
        """Make it a file of a run."""
        self._set_content(table_forms.file_of(self), ".table.json")
        super().bind_to_run(run, key, step, id_)

    def _in_row(self, run: Run) -> Row:
        return {**super()._in_row(run), **table_forms.facts(self)}

    def _in_artifact(self, artifact: Artifact) -> dict[str, Any]:
        return table_forms.in_artifact(self, artifact, super()._in_artifact(artifact))

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> Table:
        """Read the form in an artifact."""
        given = table_forms.read(json_obj, source_artifact)
        table = cls(**given)
        if json_obj.get("column_types") is not None:
            types = dtypes.type_from_json(json_obj["column_types"], source_artifact)
            assert isinstance(types, dtypes_composed.TypedDict)
            table._column_types = types
        table._wrap_keys(only_last=False)
        return table

    def _before_change(self) -> None:
        if self.log_mode == "MUTABLE":
            self._forget_where_it_is()
        elif self.log_mode == "IMMUTABLE" and self.has_been_logged():
            present.session().warn(
                "table_changed",
                "You are mutating a Table with log_mode='IMMUTABLE' that has been logged already. Subsequent log() "
                "calls will have no effect. Set log_mode='MUTABLE' to enable re-logging after mutations",
            )

    def _begin_increment(self) -> None:
        """The rows from here on are logged apart from those before."""
        reference = self._reference()
        if reference is not None and self._previous_increments_paths is not None:
            self._previous_increments_paths.append(reference)
        self._forget_where_it_is()
        self._increment_num = (self._increment_num or 0) + 1
        if self._increment_num >= MAX_INCREMENTS:
            text = (
                "You have exceeded 100 increments for this table. Only the latest 100 increments will be visualized in "
                "the run workspace."
            )
            present.session().warn("table_increments", text)

    def _forget_where_it_is(self) -> None:
        self._run = self._artifact_target = self._file = self._sha256 = None

    def _must_not_be_incremental(self, what: str) -> None:
        if self.log_mode == "INCREMENTAL":
            raise Error(
                f"Operation '{what}' is not supported for tables with log_mode='INCREMENTAL'. Use a different log mode "
                "like 'MUTABLE' or 'IMMUTABLE'."
            )

    # ------------------------------------------------------------------ comparing

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Table)
            and self.columns == other.columns
            and len(self.data) == len(other.data)
            and self._column_types == other._column_types
            and all(_same(mine, theirs) for mine, theirs in zip(self.data, other.data, strict=True))
        )

    __hash__ = object.__hash__


class TableType(dtypes.Type):
    """A table in a cell."""

    name = "table"

    def __init__(self, column_types: Any = None) -> None:
        super().__init__(
            column_types=dtypes.Unknown() if column_types is None else dtypes.type_from_dtype(column_types)
        )

    def assign_type(self, other: dtypes.Type) -> dtypes.Type:
        """The table type that takes the columns of another."""
        if not isinstance(other, TableType):
            return dtypes.Invalid()
        columns = self.params["column_types"].assign_type(other.params["column_types"])
        return columns if isinstance(columns, dtypes.Invalid) else TableType(columns)


dtypes.register(TableType, Table, lambda table: TableType(table._column_types))


def _checked(columns: Any) -> list[Any]:
    if not isinstance(columns, list):
        raise AssertionError(f"columns argument expects a `list` object, not {type(columns).__name__}")
    if any(type(name) not in (str, int) for name in columns):
        raise AssertionError(f"columns argument expects list of strings or ints, not {columns}")
    return columns


def _same(mine: list[Any], theirs: list[Any]) -> bool:
    for one, other in zip(mine, theirs, strict=True):
        equal = one == other
        if not (bool(equal.all()) if hasattr(equal, "all") else equal):
            return False
    return True
