"""Owns what becomes of a table: its file in a run, what a row says of it, and the JSON that it is in an artifact.

Source: observed with 0.31.0.
"""

from __future__ import annotations

import datetime
import io
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import Error
from wandb_testkit.records import Row
from wandb_testkit.sdk import present
from wandb_testkit.sdk.data_types import dtypes, dtypes_composed
from wandb_testkit.sdk.data_types.cells import in_artifact as cell_in_artifact
from wandb_testkit.sdk.data_types.cells import in_file
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.data_types.wb_value import WBValue

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.data_types.table import Table


def file_of(table: Table) -> bytes:
    """The file of a table in a run."""
    return table._json(in_file({"columns": table.columns, "data": _rows(table, table.MAX_ROWS, warns=False)}))


def facts(table: Table) -> Row:
    """What a row says of a table beside its file."""
    row: Row = {"_type": "table-file", "ncols": len(table.columns), "nrows": len(table.data)}
    if table._tells_log_mode:
        row["log_mode"] = table.log_mode
    if table.log_mode == "INCREMENTAL":
        row.update(_increments(table), _type="incremental-table-file")
    return row


def in_artifact(table: Table, artifact: Artifact, said: dict[str, Any]) -> dict[str, Any]:
    """The form of a table in an artifact; arrays of numpy become a file of their own."""
    rows = _rows(table, table.MAX_ARTIFACT_ROWS, warns=True)
    stored = {at for at, name in enumerate(table.columns) if _store_arrays(table, artifact, name)}
    data = [
        [
            None if at in stored else cell_in_artifact(cell, lambda value: value.to_json(artifact))
            for at, cell in enumerate(row)
        ]
        for row in rows
    ]
    if table.log_mode == "INCREMENTAL":
        said.update(_increments(table))
    if table._tells_log_mode:
        said["log_mode"] = table.log_mode
    return {
        **said,
        "_type": table._log_type,
        "columns": table.columns,
        "data": data,
        "ncols": len(table.columns),
        "nrows": len(data),
        "column_types": table._column_types.to_json(artifact),
    }


def read(said: Mapping[str, Any], artifact: Artifact) -> dict[str, Any]:
    """The arguments that make the table that an artifact holds."""
    types: dict[Any, dtypes.Type] = {}
    if said.get("column_types") is not None:
        types = dtypes.type_from_json(said["column_types"], artifact).params["type_map"]
    columns = said["columns"]
    moments = {at for at, name in enumerate(columns) if _member(types.get(str(name)), dtypes.Timestamp)}
    arrays = {
        at: found for at, name in enumerate(columns) if (found := _arrays(types.get(str(name)), artifact)) is not None
    }
    rows = _rows_of_increments(said, artifact) if said.get("log_mode") == "INCREMENTAL" else said["data"]
    data = [
        [
            arrays[at][number] if at in arrays else _cell(cell, artifact, is_moment=at in moments)
            for at, cell in enumerate(row)
        ]
        for number, row in enumerate(rows)
    ]
    given = {"columns": columns, "data": data, "dtype": [types[str(name)] for name in columns] if types else None}
    return {**given, **({"log_mode": said["log_mode"]} if "log_mode" in said else {})}


def _rows(table: Table, limit: int, *, warns: bool) -> list[list[Any]]:
    if warns and len(table.data) > limit:
        run = present.session().run
        asked = {} if run is None else run.__dict__.get("_given", {})
        if asked.get("table_raise_on_max_row_limit_exceeded") or asked.get("strict"):
            raise ValueError(
                f"Table row limit exceeded: table has {len(table.data)} rows, limit is {limit}. To increase the "
                "maximum number of allowed rows in a wandb.Table, override the limit with "
                "`wandb.Table.MAX_ARTIFACT_ROWS = X` and try again. Note: this may cause slower queries in the W&B UI."
            )
        logging.warning("Truncating wandb.Table object to %s rows.", limit)
    first = 0 if table.log_mode != "INCREMENTAL" or table._last_logged_idx is None else table._last_logged_idx + 1
    return table.data[first : first + limit]


def _increments(table: Table) -> Row:
    if table._previous_increments_paths is None:
        table._previous_increments_paths = []
    if table._increment_num is None:
        table._increment_num = 0
    return {
        "increment_num": table._increment_num,
        "previous_increments_paths": list(table._previous_increments_paths),
    }


def _store_arrays(table: Table, artifact: Artifact, name: Any) -> bool:
    """Put a column of arrays into a file of an artifact; short vectors stay in the table."""
    types = table._column_types.types
    kind = _member(types[name], dtypes_composed.NDArray)
    if not isinstance(kind, dtypes_composed.NDArray):
        return False
    shape = kind.params["shape"]
    if len(shape) == 1 and shape[0] <= table._MAX_EMBEDDING_DIMENSIONS:
        types[name] = dtypes_composed.List(dtypes.Number, shape[0])
        return False
    numpy = needed("numpy", "a table with arrays")
    content = io.BytesIO()
    numpy.savez_compressed(content, **{str(name): table.get_column(name, convert_to="numpy")})
    entry = artifact.add_content(f"media/serialized_data/{name}.npz", content.getvalue(), is_tmp=True)
    kind.stored = {"path": entry.path, "key": str(name)}
    return True


def _arrays(kind: dtypes.Type | None, artifact: Artifact) -> Any:
    member = _member(kind, dtypes_composed.NDArray)
    if not isinstance(member, dtypes_composed.NDArray) or member.stored is None:
        return None
    loaded = needed("numpy", "a table with arrays").load(artifact.get_entry(member.stored["path"]).download())
    return loaded[member.stored["key"]]


def _member(kind: dtypes.Type | None, wanted: type[dtypes.Type]) -> dtypes.Type | None:
    members = kind.members if isinstance(kind, dtypes_composed.Union) else [kind]
    return next((one for one in members if isinstance(one, wanted)), None)


def _cell(cell: Any, artifact: Artifact, *, is_moment: bool) -> Any:
    if is_moment and isinstance(cell, (int, float)):
        return datetime.datetime.fromtimestamp(cell / 1000, tz=datetime.timezone.utc)
    if isinstance(cell, dict) and "_type" in cell:
        return WBValue.init_from_json(cell, artifact) or cell
    return cell


def _rows_of_increments(said: Mapping[str, Any], artifact: Artifact) -> list[list[Any]]:
    """All rows of a table that was logged in increments, in their order."""
    names = [name for name in artifact.manifest.entries if name.endswith(".table.json")]
    rows: list[list[Any]] = []
    for name in sorted(names, key=_number_and_time):
        with open(artifact.get_entry(name).download(), encoding="utf-8") as file:
            try:
                rows += json.load(file)["data"]
            except (ValueError, KeyError) as cause:
                raise Error(f"Invalid table file {name}") from cause
    return rows if said.get("increment_num") is not None else []


def _number_and_time(name: str) -> tuple[int, int]:
    """Of `<number>-<milliseconds>.<key>.table.json`; anything else comes first."""
    number, _, moment = name.partition(".")[0].partition("-")
    return (int(number), int(moment or 0)) if number.isdigit() and (moment or "0").isdigit() else (0, 0)
