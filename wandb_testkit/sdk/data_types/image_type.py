"""Owns the type of a column of images: which layers and classes they have, which is merged over the whole column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wandb_testkit.sdk.data_types import dtypes


class ImageType(dtypes.Type):
    """A column of images."""

    name = "image-file"

    def __init__(
        self,
        box_layers: Any = None,
        box_score_keys: Any = None,
        mask_layers: Any = None,
        box_class_maps: Any = None,
        mask_class_maps: Any = None,
        class_map: Any = None,
        **others: Any,
    ) -> None:
        layers = {"box_layers": _value(box_layers), "mask_layers": _value(mask_layers)}
        maps = {"box_class_maps": _value(box_class_maps), "mask_class_maps": _value(mask_class_maps)}
        super().__init__(
            box_layers=dtypes.Const({key: set(ids) for key, ids in layers["box_layers"].items()}),
            box_score_keys=dtypes.Const(set(_value(box_score_keys))),
            mask_layers=dtypes.Const({key: set(ids) for key, ids in layers["mask_layers"].items()}),
            **{
                name: dtypes.Const({str(key): _texts(one) for key, one in value.items()})
                for name, value in maps.items()
            },
            class_map=dtypes.Const(_value(class_map)),
        )

    @classmethod
    def from_json(cls, said: Mapping[str, Any], artifact: Any = None) -> dtypes.Type:
        """The type that to_json() said, in either generation's way."""
        params = said.get("params", {})
        if "box_keys" in params:
            return ClassicImageType(params["box_keys"]["params"]["val"], params["mask_keys"]["params"]["val"])
        return super().from_json(said, artifact)

    def assign_type(self, other: dtypes.Type) -> dtypes.Type:
        """The type of a column with the layers and classes of both."""
        if not isinstance(other, ImageType):
            return dtypes.Invalid()
        mine = {name: one.params["val"] for name, one in self.params.items()}
        theirs = {name: one.params["val"] for name, one in other.params.items()}
        merged: dict[str, Any] = {"box_score_keys": mine["box_score_keys"] | theirs["box_score_keys"]}
        for name in ("box_layers", "mask_layers"):
            keys = {**mine[name], **theirs[name]}
            merged[name] = {str(key): {*mine[name].get(key, ()), *theirs[name].get(key, ())} for key in keys}
        for name in ("box_class_maps", "mask_class_maps"):
            keys = {**mine[name], **theirs[name]}
            merged[name] = {key: {**theirs[name].get(key, {}), **mine[name].get(key, {})} for key in keys}
        merged["class_map"] = _texts({**theirs["class_map"], **mine["class_map"]})
        return ImageType(**merged)


class ClassicImageType(dtypes.Type):
    """A column of images of 0.10.33: all have the same sets of boxes."""

    name = "image-file"

    def __init__(self, box_keys: Iterable[str] = (), mask_keys: Iterable[str] = ()) -> None:
        super().__init__(box_keys=dtypes.Const(set(box_keys)), mask_keys=dtypes.Const(set(mask_keys)))


def register_classic(images: type) -> None:
    """Tell the type of the images of a class, in the way of 0.10.33."""
    dtypes.KINDS[images] = lambda image: ClassicImageType(image._boxes or ())
    dtypes.CLASSES[images] = ClassicImageType


def register(images: type) -> None:
    """Tell the type of the images of a class."""
    dtypes.register(ImageType, images, _type_of)


def _type_of(image: Any) -> dtypes.Type:
    boxes, masks = image._boxes or {}, image._masks or {}
    labels = {key: mask._class_labels or {} for key, mask in masks.items()}
    return ImageType(
        box_layers={str(key): set(box._class_labels) for key, box in boxes.items()},
        box_score_keys={name for box in boxes.values() for one in box._val for name in one.get("scores", {})},
        mask_layers={str(key): set(one) for key, one in labels.items()},
        box_class_maps={str(key): box._class_labels for key, box in boxes.items()},
        mask_class_maps={str(key): one for key, one in labels.items() if one},
        class_map={} if image._classes is None else _texts(image._classes.names),
    )


def _value(given: Any) -> Any:
    value = given.params["val"] if isinstance(given, dtypes.Const) else given
    return value or {}


def _texts(names: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(number): name for number, name in names.items()}
