"""Owns tables of tables in artifacts: two that are joined, and one in parts. Source: observed with 0.31.0."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types import dtypes
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.sdk.data_types.wb_value import Media

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run


class _OfTables(Media):
    """A table that is only an entry of an artifact."""

    def bind_to_run(self, run: Run, key: int | str, step: int | str, id_: int | str | None = None) -> None:
        """Refuse: it is no file of a run."""
        raise ValueError(f"{type(self).__name__}s cannot be bound to runs")

    def _in_row(self, run: Run) -> Row:
        reference = self._reference()
        if reference is None:
            raise ValueError(f"{type(self).__name__}s must first be added to an Artifact before logging to a Run")
        return {"_type": self._log_type, "artifact_path": reference}


class PartitionedTable(_OfTables):
    """A table in parts.

    Args:
        parts_path: The directory of the artifact in which its parts are.
    """

    _log_type = "partitioned-table"

    def __init__(self, parts_path: str) -> None:
        super().__init__()
        self.parts_path = parts_path
        self._parts: dict[str, Artifact] = {}

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Number and cells of each row of all parts, in order of their paths."""
        index = 0
        columns = None
        for path in sorted(self._parts):
            part = self._parts[path].get(path)
            assert isinstance(part, Table), f"{path!r} is no table"
            if columns not in (None, part.columns):
                raise AssertionError(f"Table parts have different columns. Found {part.columns}, expected {columns}")
            columns = part.columns
            for _, row in part.iterrows():
                yield index, row
                index += 1

    def _in_artifact(self, artifact: Artifact) -> dict[str, Any]:
        return {"_type": self._log_type, "parts_path": self.parts_path}

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> PartitionedTable:
        """Read the form in an artifact."""
        table = cls(json_obj["parts_path"])
        for entry in source_artifact.manifest.get_entries_in_directory(json_obj["parts_path"]):
            table._parts[entry.path] = source_artifact
        return table

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartitionedTable) and self.parts_path == other.parts_path

    __hash__ = object.__hash__


class JoinedTable(_OfTables):
    """Two tables side by side.

    Args:
        table1, table2: Tables, entries of artifacts, or paths in the artifact that it will be added to.
        join_key: A column, or a list of one of each.
    Raises:
        ValueError: A table is none of these, or the key is none.
    """

    _log_type = "joined-table"

    def __init__(self, table1: Any, table2: Any, join_key: Any) -> None:
        super().__init__()
        if not isinstance(join_key, str) and not (isinstance(join_key, list) and len(join_key) == 2):
            raise ValueError(f"JoinedTable join_key should be a string or a list of two strings, not {join_key!r}")
        for name, table in (("table1", table1), ("table2", table2)):
            if not _is_table(table):
                raise ValueError(f"JoinedTable {name} should be an artifact path to a table or wandb.Table object")
        self._table1, self._table2, self._join_key = table1, table2, join_key

    def _in_artifact(self, artifact: Artifact) -> dict[str, Any]:
        return {
            "_type": self._log_type,
            "table1": self._path_of(self._table1, artifact, 1),
            "table2": self._path_of(self._table2, artifact, 2),
            "join_key": self._join_key,
        }

    def _path_of(self, table: Any, artifact: Artifact, number: int) -> str:
        if isinstance(table, (Table, PartitionedTable)):
            source = table._artifact_source
            name = f"t{number}_{id(self)}" if source is None or not source.name else os.path.basename(source.name)
            table = artifact.add(table, name).path
        elif hasattr(table, "ref_url"):
            name = base64.b64decode(table.digest).hex()[:20]
            table = artifact.add_reference(table.ref_url(), f"{name}.{table.path.split('.')[-2]}.json")[0].path
        if table not in artifact.manifest.entries:
            raise ValueError(
                f"JoinedTable table:{table} not found in artifact. Add a table to the artifact using "
                f"Artifact#add(<table>, {table}) before adding this JoinedTable"
            )
        return str(table)

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> JoinedTable:
        """Read the form in an artifact."""
        first, second = (source_artifact.get(json_obj[name]) or json_obj[name] for name in ("table1", "table2"))
        return cls(first, second, json_obj["join_key"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JoinedTable) and (self._join_key, self._table1, self._table2) == (
            other._join_key,
            other._table1,
            other._table2,
        )

    __hash__ = object.__hash__


class JoinedTableType(dtypes.Type):
    """A column of joined tables."""

    name = "joined-table"


class PartitionedTableType(dtypes.Type):
    """A column of tables in parts."""

    name = "partitioned-table"


dtypes.register(JoinedTableType, JoinedTable)
dtypes.register(PartitionedTableType, PartitionedTable)


def _is_table(table: Any) -> bool:
    if isinstance(table, str):
        return table.endswith(".table.json")
    if isinstance(table, (Table, PartitionedTable)):
        return True
    return hasattr(table, "ref_url") and table.ref_url().endswith(".table.json")
