"""Owns what lies over an image: bounding boxes and masks, what they may be, and the files that they are."""

from __future__ import annotations

import io
from collections.abc import Mapping
from numbers import Number
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types.libraries import is_tensor, needed
from wandb_testkit.sdk.data_types.wb_value import Media

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run

WRONG_POSITION = "Each box must contain a position with: middle, width, and height or minX, maxX, minY, maxY."


class BoundingBoxes2D(Media):
    """Boxes over an image.

    Args:
        val: "box_data": one dict a box, with "position" and if wanted "class_id", "scores", "box_caption", "domain";
            and if wanted "class_labels": id -> name.
        key: What this set of boxes is called.
    Raises:
        TypeError: A part of it is not what it should be.
    """

    _log_type = "bounding-boxes"
    _subdir = "metadata/boxes2D"

    def __init__(self, val: Mapping[str, Any], key: str) -> None:
        super().__init__()
        for box in val.get("box_data", []):
            middle = box.get("position", {}).get("middle")
            if is_tensor(middle):
                box["position"]["middle"] = middle.tolist()
        _check_labels(val)
        _check_boxes(val["box_data"])
        self._val: list[dict[str, Any]] = val["box_data"]
        self._key = key
        self._class_labels: Mapping[Any, str] = val.get("class_labels") or {
            one: f"class_{one}" for one in sorted({int(box["class_id"]) for box in self._val})
        }
        self._set_content(self._json(val), ".boxes2D.json")

    @classmethod
    def type_name(cls) -> str:
        """Its `_type` in a row."""
        return "boxes2D"

    def bind_to_run(self, run: Run, key: int | str, step: int | str, id_: int | str | None = None) -> None:
        """Make it a file of a run, whose config is told the labels."""
        super().bind_to_run(run, key, step, id_)
        run._add_singleton("bounding_box/class_labels", f"{key}_wandb_delimeter_{self._key}", self._class_labels)

    def _in_row(self, run: Run) -> Row:
        return {**super()._in_row(run), "_type": self.type_name()}

    def to_json(self, run_or_artifact: Any) -> Any:
        """The form in a row, or the boxes themselves in an artifact."""
        return self._val if getattr(run_or_artifact, "is_artifact", False) else super().to_json(run_or_artifact)

    @classmethod
    def from_json(cls, json_obj: Any, source_artifact: Artifact) -> BoundingBoxes2D:
        """Read the form in an artifact."""
        return cls({"box_data": json_obj}, "")


class ImageMask(Media):
    """A mask over an image.

    Args:
        val: "mask_data", an array of two dimensions with a class for each pixel, or "path", an image of it; and if
            wanted "class_labels": id -> name.
        key: What the mask is called.
    Raises:
        TypeError: A part of it is not what it should be.
    """

    _log_type = "mask"
    _subdir = "images/mask"

    def __init__(self, val: dict[str, Any], key: str) -> None:
        super().__init__()
        self._key = key
        self._class_labels: Mapping[Any, str] | None = None
        if "path" in val:
            self._set_path(val["path"])
            return
        numpy = needed("numpy", "wandb.ImageMask")
        if "mask_data" not in val:
            raise TypeError(
                'Missing key "mask_data": An image mask requires mask data: a 2D array representing the predictions'
            )
        data = val["mask_data"].cpu().numpy() if is_tensor(val["mask_data"]) else val["mask_data"]
        _check_labels(val)
        if len(data.shape) != 2:
            raise TypeError(f"mask_data must be a 2D array, not one of shape {data.shape}")
        if not ((data >= 0).all() and (data <= 255).all()):
            raise TypeError("Mask data must be integers between 0 and 255")
        self._class_labels = val.get("class_labels") or {
            one: f"class_{one}" for one in numpy.unique(data).astype(numpy.int32).tolist()
        }
        self._val = {**val, "mask_data": data, "class_labels": self._class_labels}
        pictures = needed("PIL.Image", "wandb.ImageMask")
        content = io.BytesIO()
        pictures.fromarray(data.astype(numpy.uint8)).convert("L").save(content, format="PNG", transparency=None)
        self._set_content(content.getvalue(), ".mask.png")

    @classmethod
    def type_name(cls) -> str:
        """Its `_type` in a row."""
        return "mask"

    def bind_to_run(self, run: Run, key: int | str, step: int | str, id_: int | str | None = None) -> None:
        """Make it a file of a run, whose config is told the labels."""
        super().bind_to_run(run, key, step, id_)
        if self._class_labels is not None:
            run._add_singleton("mask/class_labels", f"{key}_wandb_delimeter_{self._key}", self._class_labels)

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> ImageMask:
        """Read the form in an artifact."""
        return cls({"path": source_artifact.get_entry(json_obj["path"]).download()}, key="")


def _check_labels(val: Mapping[str, Any]) -> None:
    for number, name in val.get("class_labels", {}).items():
        if not isinstance(number, Number) or not isinstance(name, str):
            raise TypeError(f"Class labels must be a dictionary of numbers to string, not {number!r} to {name!r}")


def _check_boxes(boxes: Any) -> None:
    if not isinstance(boxes, list):
        raise TypeError(f"Boxes must be a list, not {type(boxes).__name__}")
    for box in boxes:
        position = box.get("position")
        if position is None or not (_is_centered(position) or _has_numbers(position, "minX", "maxX", "minY", "maxY")):
            raise TypeError(f"{WRONG_POSITION} Got {position!r}")
        scores = box.get("scores", {})
        if not isinstance(scores, dict):
            raise TypeError(f"Box scores must be a dictionary, not {scores!r}")
        for name, score in scores.items():
            if not isinstance(name, str):
                raise TypeError(f"A score key must be a string, not {name!r}")
            if not isinstance(score, Number):
                raise TypeError(f"A score value must be a number, not {score!r}")
        if not isinstance(box.get("class_id", 0), int):
            raise TypeError(f"A box's class_id must be an integer, not {box['class_id']!r}")
        if not isinstance(box.get("box_caption", ""), str):
            raise TypeError(f"A box's caption must be a string, not {box['box_caption']!r}")


def _is_centered(position: Mapping[str, Any]) -> bool:
    return "middle" in position and len(position["middle"]) == 2 and _has_numbers(position, "width", "height")


def _has_numbers(position: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(position.get(name), Number) for name in names)
