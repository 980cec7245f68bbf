"""Table: rows that are checked against types, files that can be read cell by cell, and the artifact beside it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from wandb_testkit.world import World

pd: Any = import_module("pandas")  # without types: not everybody who checks types has it


def file_of(world: World, row: Any) -> Any:
    return json.loads(world.run.files[row["path"]])


def test_a_table_is_a_file_of_columns_and_data(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    row = logged(wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, None]]))

    assert file_of(world, row) == {"columns": ["a", "b"], "data": [[1, "x"], [2, None]]}
    assert (row["_type"], row["ncols"], row["nrows"], row["log_mode"]) == ("table-file", 2, 2, "IMMUTABLE")
    assert row["path"] == f"media/table/x_0_{row['sha256'][:20]}.table.json"


def test_tables_can_be_read_from_the_run_cell_by_cell(wandb: Any, run: Any, world: World) -> None:
    run.log({"preds": wandb.Table(columns=["id", "ok"], data=[[1, True], [2, False]])})
    run.log({"preds": wandb.Table(columns=["id", "ok"], data=[[3, True]])})

    last = world.run.tables["preds"]
    assert (last.columns, last.data) == (["id", "ok"], [[3, True]])
    assert last.rows == [{"id": 3, "ok": True}]
    assert last.column("id") == [3]
    assert [table.data for table in world.run.tables.logged("preds")] == [[[1, True], [2, False]], [[3, True]]]
    assert last == world.run.tables.logged("preds")[1]
    assert last != world.run.tables.logged("preds")[0]


def test_a_table_that_is_not_there_is_refused_with_those_that_are(wandb: Any, run: Any, world: World) -> None:
    run.log({"preds": wandb.Table(columns=["id"], data=[[1]])})

    with pytest.raises(KeyError, match="'pred': the run has logged 'preds'"):
        _ = world.run.tables["pred"]
    with pytest.raises(KeyError, match="'nr': the table has columns 'id'"):
        world.run.tables["preds"].column("nr")


def test_a_table_is_an_artifact_as_well(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    row = logged(wandb.Table(columns=["a"], data=[[1]]))

    artifact = world.run.artifacts["run-r-x"]
    assert (artifact.type, artifact.version, list(artifact.files)) == ("run_table", "v0", ["x.table.json"])
    said = json.loads(artifact.files["x.table.json"])
    assert (said["columns"], said["data"], said["ncols"], said["nrows"]) == (["a"], [[1]], 1, 1)
    assert row["artifact_path"].startswith("wandb-client-artifact://")
    assert row["_latest_artifact_path"].endswith(":latest/x.table.json")


def test_a_row_with_more_or_fewer_cells_is_refused(wandb: Any) -> None:
    table = wandb.Table(columns=["a", "b"])

    with pytest.raises(ValueError, match=r"This table expects 2 columns: \['a', 'b'\], found 1"):
        table.add_data(1)
    assert table.data == []


@pytest.mark.parametrize(
    ("first", "other", "why"),
    [
        (1, "x", "String not assignable to None or Number"),
        ("x", 1, "Number not assignable to None or String"),
        (True, 1, "Number not assignable to Boolean or None"),
        ([1], ["x"], r"String\[\] not assignable to None or Number\[\]"),
        ({"a": 1}, {"a": "x"}, "Key 'a'"),
    ],
)
def test_a_cell_of_another_type_than_its_column_is_refused(wandb: Any, first: Any, other: Any, why: str) -> None:
    table = wandb.Table(columns=["c"], data=[[first]])

    with pytest.raises(TypeError, match=f"Data row contained incompatible types:\n(.|\n)*{why}"):
        table.add_data(other)
    assert table.data == [[first]]


def test_mixed_types_are_allowed_where_they_are_asked_for(wandb: Any) -> None:
    table = wandb.Table(columns=["c"], data=[[1], ["x"], [None]], allow_mixed_types=True)

    assert table.get_column("c") == [1, "x", None]


def test_columns_can_be_given_types_and_be_without_none(wandb: Any) -> None:
    table = wandb.Table(columns=["n", "s"], dtype=[int, str], optional=[False, True])
    table.add_data(1, None)

    with pytest.raises(TypeError, match="not assignable"):
        table.add_data(None, "x")
    with pytest.raises(TypeError, match="cannot be cast to String"):
        table.cast("n", str)


def test_columns_are_added_and_read(wandb: Any) -> None:
    table = wandb.Table(columns=["a"], data=[[1], [2]])
    table.add_column("b", ["x", "y"])
    table.add_computed_columns(lambda index, row: {"c": row["a"] * 10 + index})

    assert table.columns == ["a", "b", "c"]
    assert table.data == [[1, "x", 10], [2, "y", 21]]
    assert table.get_column("a", convert_to="numpy").tolist() == [1, 2]
    assert table.get_dataframe().to_dict("list") == {"a": [1, 2], "b": ["x", "y"], "c": [10, 21]}
    assert [(int(index), row) for index, row in table.iterrows()] == [(0, [1, "x", 10]), (1, [2, "y", 21])]
    with pytest.raises(AssertionError, match="Expected length 2, found 1"):
        table.add_column("d", [1])
    with pytest.raises(AssertionError, match="'a'"):
        table.add_column("a", [1, 2])


def test_a_column_of_several_types_leaves_the_table_as_it_was(wandb: Any) -> None:
    table = wandb.Table(columns=["a"], data=[[1], [2]])

    with pytest.raises(TypeError, match="cannot be cast to"):
        table.add_column("b", [1, "x"])
    assert (table.columns, table.data) == (["a"], [[1], [2]])


def test_data_frames_and_arrays_are_tables(wandb: Any, run: Any, world: World) -> None:
    frame = pd.DataFrame({"i": [1, 2], "f": [0.5, float("nan")]})
    run.log({"frame": frame, "table": wandb.Table(dataframe=frame)})
    run.log({"array": wandb.Table(columns=["x", "y"], data=np.arange(4).reshape(2, 2))})

    assert world.run.tables["frame"] == world.run.tables["table"]
    assert world.run.tables["frame"].columns == ["i", "f"]
    assert world.run.tables["frame"].data[0] == [1, 0.5]
    assert world.run.tables["array"].data == [[0, 1], [2, 3]]


def test_media_in_cells_are_part_of_the_artifact(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    pixels = np.zeros((2, 2, 3), dtype=np.uint8)

    row = logged(wandb.Table(columns=["im", "n"], data=[[wandb.Image(pixels), 1]]))

    assert file_of(world, row)["data"] == [["Image", 1]]
    artifact = world.run.artifacts["run-r-x"]
    ((picture, _),) = json.loads(artifact.files["x.table.json"])["data"]
    assert picture["_type"] == "image-file"
    assert artifact.files[picture["path"]].startswith(b"\x89PNG")


def test_a_table_comes_back_out_of_its_artifact(wandb: Any, run: Any) -> None:
    moment = datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)
    pixels = np.full((2, 2, 3), 7, dtype=np.uint8)
    table = wandb.Table(columns=["w", "arr", "im"], data=[[moment, np.ones((2, 2)), wandb.Image(pixels)]])
    artifact = wandb.Artifact("a", "data")
    artifact.add(table, "t")
    run.log_artifact(artifact).wait()

    back = run.use_artifact("a:v0").get("t")

    assert back.columns == table.columns
    assert back.data[0][0] == moment
    assert (back.data[0][1] == np.ones((2, 2))).all()
    assert back.data[0][2] == wandb.Image(pixels)


def test_an_immutable_table_is_logged_once_and_says_so(wandb: Any, run: Any, world: World) -> None:
    table = wandb.Table(columns=["a"], data=[[1]])
    run.log({"t": table})

    table.add_data(2)
    run.log({"t": table})

    assert [one.data for one in world.run.tables.logged("t")] == [[[1]], [[1]]]
    assert any("log_mode='IMMUTABLE'" in notice.message for notice in world.recorder.warnings)


def test_a_mutable_table_is_logged_again_after_each_change(wandb: Any, run: Any, world: World) -> None:
    table = wandb.Table(columns=["a"], data=[[1]], log_mode="MUTABLE")
    run.log({"t": table})
    table.add_data(2)
    run.log({"t": table})

    assert [one.data for one in world.run.tables.logged("t")] == [[[1]], [[1], [2]]]
    assert [view.version for view in world.run.artifacts.versions("run-r-t")] == ["v0", "v1"]


def test_an_incremental_table_is_logged_row_by_row_and_read_as_a_whole(wandb: Any, run: Any, world: World) -> None:
    table = wandb.Table(columns=["a"], log_mode="INCREMENTAL")
    for number in range(3):
        table.add_data(number)
        run.log({"t": table})

    rows = world.run.history["t"]
    assert [(row["_type"], row["increment_num"]) for row in rows] == [("incremental-table-file", n) for n in range(3)]
    assert [len(row["previous_increments_paths"]) for row in rows] == [0, 1, 2]
    assert [one.data for one in world.run.tables.logged("t")] == [[[0]], [[1]], [[2]]]
    assert len(world.run.artifacts["run-r-incr-t"].files) == 3
    with pytest.raises(wandb.Error, match="'add_column' is not supported"):
        table.add_column("b", [1, 2, 3])


def test_keys_point_to_the_rows_of_other_tables(wandb: Any) -> None:
    people = wandb.Table(columns=["name"], data=[["ann"], ["bob"]])
    people.set_pk("name")
    marks = wandb.Table(columns=["who", "row"], data=[["ann", people.index_ref(1)]])
    marks.set_fk("who", people, "name")

    assert marks.data[0][1].get_row() == {"name": "bob"}
    people.add_column("nick", ["a", "b"])
    with pytest.raises(AssertionError, match="Cannot have multiple primary keys"):
        people.set_pk("nick")


def test_joined_tables_stand_in_artifacts(wandb: Any, run: Any, world: World) -> None:
    left = wandb.Table(columns=["id", "l"], data=[[1, "x"]])
    right = wandb.Table(columns=["id", "r"], data=[[1, "y"]])
    artifact = wandb.Artifact("joined", "data")
    artifact.add(wandb.JoinedTable(left, right, "id"), "j")
    run.log_artifact(artifact).wait()

    back = run.use_artifact("joined:v0").get("j")

    assert back == wandb.JoinedTable(left, right, "id")
    with pytest.raises(ValueError, match="join_key should be a string or a list of two strings"):
        wandb.JoinedTable(left, right, 3)
    run.log({"x": wandb.JoinedTable(left, right, "id")})
    assert world.run.history["x"][0]["_type"] == "joined-table"
    assert list(world.run.artifacts["run-r-x"].files)[-1] == "x.joined-table.json"


def test_a_table_in_parts_is_read_part_by_part(wandb: Any, run: Any) -> None:
    artifact = wandb.Artifact("parts", "data")
    for number in (1, 0):
        artifact.add(wandb.Table(columns=["n"], data=[[number]]), f"parts/{number}")
    artifact.add(wandb.data_types.PartitionedTable("parts"), "whole")
    run.log_artifact(artifact).wait()

    whole = run.use_artifact("parts:v0").get("whole")

    assert list(whole.iterrows()) == [(0, [0]), (1, [1])]


def test_more_rows_than_there_may_be_are_cut(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    table = wandb.Table(columns=["n"], data=[[n] for n in range(10_001)])

    row = logged(table)

    assert (row["nrows"], len(file_of(world, row)["data"])) == (10_001, 10_000)
    assert len(json.loads(world.run.artifacts["run-r-x"].files["x.table.json"])["data"]) == 10_001


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"log_mode": "SOMETIMES"}, "Invalid log_mode: SOMETIMES"),
        ({"columns": ("a",)}, "columns argument expects a `list`"),
        ({"columns": [1.5]}, "list of strings or ints"),
        ({"data": "abc"}, "data argument expects a `list`"),
    ],
)
def test_arguments_that_make_no_table_are_refused(wandb: Any, given: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        wandb.Table(**given)
