"""What data types, charts and artifacts of 0.10.33 do otherwise than those of 0.31.0; the values were observed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wandb_testkit.profiles import CLASSIC, Profile
from wandb_testkit.world import World

PIXELS = np.zeros((2, 2, 3), dtype=np.uint8)


@pytest.fixture
def profile() -> Profile:
    return CLASSIC


def test_numbers_up_to_one_are_stretched(wandb: Any) -> None:
    assert wandb.Image(np.array([[0.0, 0.5], [1.0, 1.0]])).to_data_array() == [[0, 127], [255, 255]]
    assert wandb.Image(np.array([[-1.0, 0.0], [1.0, 1.0]])).to_data_array() == [[0, 127], [255, 255]]
    assert wandb.Image(np.array([[0, 300]])).to_data_array() == [[0, 255]]


def test_files_of_a_list_are_numbered_and_not_listed(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    row = logged([wandb.Image(PIXELS), wandb.Image(PIXELS, masks={"m": {"mask_data": np.zeros((2, 2))}})])

    assert "filenames" not in row
    assert sorted(world.run.files) == [
        "media/images/mask/x_0_10.mask.png",
        "media/images/x_0_0.png",
        "media/images/x_0_1.png",
    ]


def test_names_of_files_tell_the_step_that_was_given(wandb: Any, run: Any, world: World) -> None:
    run.log({"x": wandb.Image(PIXELS)}, step=7)

    assert [name[:17] for name in world.run.files] == ["media/images/x_7_"]


def test_a_table_tells_no_mode_and_refers_to_its_artifact_by_the_id_of_the_server(
    wandb: Any, logged: Callable[[Any], Any], world: World
) -> None:
    row = logged(wandb.Table(columns=["im", "n"], data=[[wandb.Image(PIXELS), 1]]))

    assert "log_mode" not in row
    assert row["artifact_path"].startswith("wandb-artifact://")
    assert world.run.files[row["path"]] == b'{"columns": ["im", "n"], "data": [["Image", 1]]}'
    said = json.loads(world.run.artifacts["run-r-x"].files["x.table.json"])
    kinds = said["column_types"]["params"]["type_map"]["im"]["params"]["allowed_types"]
    assert [sorted(kind.get("params", ())) for kind in kinds] == [["box_keys", "mask_keys"], []]


def test_a_table_comes_back_as_a_table_of_the_profile(wandb: Any, run: Any) -> None:
    artifact = wandb.Artifact("a", "data")
    table = wandb.Table(columns=["im"], data=[[wandb.Image(PIXELS)]])
    artifact.add(table, "t")
    run.log_artifact(artifact).wait()

    back = run.use_artifact("a:v0").get("t")

    assert isinstance(back, wandb.Table)
    assert isinstance(back.data[0][0], wandb.Image)
    assert back == table


def test_a_sound_has_a_caption_even_if_it_has_none(wandb: Any, logged: Callable[[Any], Any]) -> None:
    assert logged(wandb.Audio(np.zeros(8), sample_rate=8))["caption"] is None


def test_points_are_written_line_by_line(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    row = logged(wandb.Object3D(np.zeros((1, 3))))

    assert world.run.files[row["path"]].startswith(b"[\n    [\n        0.0,\n")


def test_charts_without_a_title_have_none(wandb: Any, run: Any, world: World) -> None:
    table = wandb.Table(columns=["x"], data=[[1]])
    run.log({"a": wandb.plot.histogram(table, "x"), "b": wandb.plot_table("me/spec", table, {"x": "x"})})
    run.log({"c": wandb.plot.confusion_matrix(y_true=[0, 1], preds=[0, 1])})
    run.log({"d": wandb.plot.line_series([0, 1], [[5, 6]])})
    run.log({"e": wandb.plot.pr_curve([0, 1], [[0.9, 0.1], [0.2, 0.8]], labels=["n", "y"])})

    panels = world.run.client["config"]["visualize"]
    titles = {key: panels[key]["panel_config"]["stringSettings"].get("title", "-") for key in panels}
    assert titles == {"a": None, "b": "-", "c": "", "d": None, "e": "Precision v. Recall"}
    assert world.run.tables["d_table"].column("lineKey") == ["key_0", "key_0"]
    assert len(world.run.tables["e_table"].data) == 40
    with pytest.raises(AssertionError, match="Must provide probabilties or predictions"):
        wandb.plot.confusion_matrix()


def test_an_artifact_that_comes_too_early_or_too_late_is_a_value_error(wandb: Any, run: Any) -> None:
    artifact = wandb.Artifact("a", "t")
    with artifact.new_file("f") as file:
        file.write("1")
    with pytest.raises(ValueError, match="Cannot call version on an artifact before it has been logged"):
        _ = artifact.version
    with pytest.raises(ValueError, match='File with name "f" already exists'), artifact.new_file("f"):
        pass

    assert run.log_artifact(artifact, aliases="best").wait().aliases == ["best", "latest"]
    with pytest.raises(ValueError, match="Can't add to finalized artifact"):
        artifact.add_reference("s3://b/k")
    with pytest.raises(ValueError, match="You must pass an instance of"):
        run.log_artifact(3)


def test_names_of_the_other_profile_are_not_there(wandb: Any, run: Any) -> None:
    for name in ("log_model", "use_model", "link_model", "ArtifactTTL", "box3d"):
        assert not hasattr(wandb, name), name
    for name in ("log_model", "link_artifact"):
        assert not hasattr(run, name), name
    assert callable(run.plot_table)
