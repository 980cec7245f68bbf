"""Image: encoded pictures, what a row says of them, what lies over them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures

from wandb_testkit.profiles import Profile
from wandb_testkit.world import World

PIXELS = np.arange(8 * 6 * 3, dtype=np.uint8).reshape(8, 6, 3)
BOX = {"position": {"minX": 0.1, "maxX": 0.2, "minY": 0.3, "maxY": 0.4}, "class_id": 1, "scores": {"acc": 0.5}}


def pixels_of(content: bytes) -> Any:
    return np.asarray(Pictures.open(io.BytesIO(content)))


def test_an_array_becomes_a_png_whose_check_sum_and_size_stand_in_the_row(
    wandb: Any, logged: Callable[[Any], Any], world: World
) -> None:
    row = logged(wandb.Image(PIXELS, caption="first"))

    (content,) = world.run.files.values()
    sha256 = hashlib.sha256(content).hexdigest()
    assert row == {
        "_type": "image-file",
        "caption": "first",
        "format": "png",
        "height": 8,
        "width": 6,
        "path": f"media/images/x_0_{sha256[:20]}.png",
        "sha256": sha256,
        "size": len(content),
    }
    assert list(world.run.files) == [row["path"]]
    assert (pixels_of(content) == PIXELS).all()


@pytest.mark.parametrize(
    ("array", "mode"),
    [(PIXELS[:, :, 0], "L"), (PIXELS[:, :, :1], "L"), (PIXELS, "RGB"), (np.zeros((4, 4, 4)), "RGBA")],
    ids=["two dimensions", "one channel", "three channels", "four channels"],
)
def test_the_mode_is_guessed_from_the_channels(wandb: Any, array: Any, mode: str) -> None:
    assert wandb.Image(array).image.mode == mode


def test_an_array_with_another_number_of_channels_is_no_image(wandb: Any) -> None:
    with pytest.raises(ValueError, match=r"Un-supported shape for image conversion \[3, 3, 7\]"):
        wandb.Image(np.zeros((3, 3, 7)))


def test_pictures_of_pil_paths_and_other_images_are_taken(wandb: Any, tmp_path: Path) -> None:
    picture = Pictures.fromarray(PIXELS)
    picture.save(tmp_path / "p.png")

    assert wandb.Image(picture) == wandb.Image(tmp_path / "p.png") == wandb.Image(wandb.Image(PIXELS))
    assert wandb.Image(picture, file_type="jpg").format == "jpg"
    with pytest.raises(ValueError, match=r"file_type must be one of .*not 'tiff'"):
        wandb.Image(picture, file_type="tiff")


def test_a_torch_tensor_has_its_channels_first(wandb: Any) -> None:
    class Tensor:  # stands for torch.Tensor, which no test of ours imports
        ndim, shape = 3, (3, 8, 6)

        def detach(self) -> Tensor:
            return self

        def permute(self, *axes: int) -> Tensor:
            assert axes == (1, 2, 0)
            return self

        cpu = detach

        def numpy(self) -> Any:
            return PIXELS

    Tensor.__module__ = "torch"

    assert wandb.Image(Tensor()) == wandb.Image(PIXELS)


def test_several_images_are_one_value_with_all_their_files(wandb: Any, logged: Callable[[Any], Any]) -> None:
    row = logged([wandb.Image(PIXELS, caption="a"), wandb.Image(PIXELS + 1)])

    assert {key: value for key, value in row.items() if key != "filenames"} == {
        "_type": "images/separated",
        "captions": ["a", None],
        "count": 2,
        "format": "png",
        "height": 8,
        "width": 6,
    }
    assert len(set(row["filenames"])) == 2


def test_only_so_many_images_of_a_list_are_kept(wandb: Any, logged: Callable[[Any], Any]) -> None:
    row = logged([wandb.Image(PIXELS[:2, :2] + number) for number in range(110)])

    assert row["count"] == wandb.Image.MAX_ITEMS == 108


def test_boxes_are_a_file_and_their_labels_are_told_to_the_config(
    wandb: Any, logged: Callable[[Any], Any], world: World
) -> None:
    row = logged(wandb.Image(PIXELS, boxes={"pred": {"box_data": [BOX], "class_labels": {1: "car"}}}))

    said = row["boxes"]["pred"]
    assert (said["_type"], said["path"][:31]) == ("boxes2D", "media/metadata/boxes2D/x_0_" + said["sha256"][:4])
    assert b'"minX":0.1' in world.run.files[said["path"]]
    assert world.run.client["config"]["bounding_box/class_labels"] == {
        "x_wandb_delimeter_pred": {
            "key": "x_wandb_delimeter_pred",
            "type": "bounding_box/class_labels",
            "value": {"1": "car"},
        }
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position": {"minX": 1}}, "Each box must contain a position"),
        ({"scores": [1]}, "Box scores must be a dictionary"),
        ({"scores": {1: 1}}, "A score key must be a string"),
        ({"scores": {"a": "b"}}, "A score value must be a number"),
        ({"class_id": "car"}, "class_id must be an integer"),
        ({"box_caption": 3}, "caption must be a string"),
    ],
)
def test_a_box_that_is_none_is_refused_with_the_part_that_is_wrong(
    wandb: Any, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        wandb.Image(PIXELS, boxes={"p": {"box_data": [{**BOX, **change}]}})


def test_a_mask_is_a_picture_of_class_ids(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    mask = np.array([[0, 1], [2, 2]])

    row = logged(wandb.Image(PIXELS, masks={"m": {"mask_data": mask}}))

    assert (pixels_of(world.run.files[row["masks"]["m"]["path"]]) == mask).all()
    labels = world.run.client["config"]["mask/class_labels"]["x_wandb_delimeter_m"]["value"]
    assert labels == {"0": "class_0", "1": "class_1", "2": "class_2"}


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        ({}, "Missing key"),
        ({"mask_data": np.zeros(3)}, "must be a 2D array"),
        ({"mask_data": np.full((2, 2), 300)}, "between 0 and 255"),
        ({"mask_data": np.zeros((2, 2)), "class_labels": {"a": 1}}, "numbers to string"),
    ],
)
def test_a_mask_that_is_none_is_refused(wandb: Any, mask: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        wandb.Image(PIXELS, masks={"m": mask})


def test_an_image_elsewhere_cannot_be_logged_in_a_row(wandb: Any, run: Any) -> None:
    image = wandb.Image("https://example.invalid/a.png")

    assert image.format == "png"
    with pytest.raises(ValueError, match="reference to external storage"):
        run.log({"x": image})


def test_files_of_images_are_in_the_directory_of_the_run_whenever_it_is_asked_for(wandb: Any, run: Any) -> None:
    run.log({"before": wandb.Image(PIXELS)})
    directory = Path(run.dir)
    run.log({"after": wandb.Image(PIXELS)})

    names = sorted(path.name.partition("_")[0] for path in (directory / "media" / "images").iterdir())
    assert names == ["after", "before"]


def test_what_is_in_the_directory_already_is_not_sent_again_at_the_end(wandb: Any, run: Any, world: World) -> None:
    assert run.dir
    run.log({"x": wandb.Image(PIXELS)})

    run.finish()

    assert world.run.requests.count("files") == 1


def test_a_missing_library_is_named_with_what_to_install(wandb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)

    with pytest.raises(wandb.Error, match=r"wandb\.Image needs PIL, which is not installed: pip install pillow"):
        wandb.Image(PIXELS)


def test_an_image_in_a_nested_dict_and_in_the_summary_is_a_file_too(wandb: Any, run: Any, world: World) -> None:
    run.log({"a": {"b": wandb.Image(PIXELS)}})
    run.summary["best"] = wandb.Image(PIXELS)

    paths = [world.run.history[0]["a"]["b"]["path"], world.run.summary["best"]["path"]]
    assert [path.rpartition("_")[0] for path in paths] == ["media/images/b_0", "media/images/best_summary"]
    assert set(paths) == set(world.run.files)


def test_names_of_files_tell_the_step_that_the_run_was_at(wandb: Any, run: Any, world: World) -> None:
    run.log({"x": wandb.Image(PIXELS)}, step=7)
    run.log({"y": wandb.Image(PIXELS)})

    assert [name[:17] for name in world.run.files] == ["media/images/x_0_", "media/images/y_7_"]


def test_profiles_have_the_names_that_their_wandb_has(profile: Profile, wandb: Any) -> None:
    from wandb.data_types import BoundingBoxes2D, ImageMask, Media, WBValue  # type: ignore[import-not-found]

    assert isinstance(wandb.Image(PIXELS), (Media, WBValue))
    assert {BoundingBoxes2D({"box_data": [BOX]}, "k").type_name(), ImageMask.type_name()} == {"boxes2D", "mask"}
