"""Owns Image: what it is made of, its picture as a file, and what lies over it. Source: observed with 0.31.0."""

from __future__ import annotations

import hashlib
import io
import logging
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from wandb_testkit.records import Row
from wandb_testkit.sdk import present
from wandb_testkit.sdk.data_types import image_type
from wandb_testkit.sdk.data_types.classes import Classes
from wandb_testkit.sdk.data_types.figures import figure_of
from wandb_testkit.sdk.data_types.image_layers import BoundingBoxes2D, ImageMask
from wandb_testkit.sdk.data_types.libraries import is_of_matplotlib, is_tensor, needed
from wandb_testkit.sdk.data_types.wb_value import BatchableMedia, Media

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run

FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "bmp": "BMP"}
"""File type -> the name that PIL has for it."""

WHY = "wandb.Image"


class Image(BatchableMedia):
    """An image.

    Args:
        data_or_path: An array (height, width, channels), a torch tensor (channels, height, width), an image of PIL, a
            figure of matplotlib, another Image, a path, or a URI.
        mode: That of PIL; None: guessed from the channels.
        grouping: How many images of a list go together.
        classes: Names of classes, for what lies over it.
        boxes, masks: Name -> BoundingBoxes2D or ImageMask, or the dict that makes one.
        file_type: "png", "jpg", "jpeg" or "bmp"; for anything but files.
    Raises:
        Error: PIL or numpy is not there.
        ValueError: There is no such file type, or the array has the shape of no image.
    """

    MAX_ITEMS: ClassVar[int] = 108
    MAX_DIMENSION: ClassVar[int] = 65_500
    _log_type = "image-file"
    _subdir = "images"
    _lists_files: ClassVar[bool] = True
    _layers_name_classes: ClassVar[bool] = True
    _boxes_class: ClassVar[type[BoundingBoxes2D]] = BoundingBoxes2D
    _mask_class: ClassVar[type[ImageMask]] = ImageMask

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Any = None,
        boxes: Any = None,
        masks: Any = None,
        file_type: str | None = None,
    ) -> None:
        super().__init__(caption)
        self.format: str | None = None
        self._grouping: int | None = None
        self._width: int | None = None
        self._height: int | None = None
        self._classes: Classes | None = None
        self._boxes: dict[str, BoundingBoxes2D] | None = None
        self._masks: dict[str, ImageMask] | None = None
        if isinstance(data_or_path, Image):
            self._take_over(data_or_path, caption)
        elif isinstance(data_or_path, (str, os.PathLike)):
            self._read(os.fspath(data_or_path))
        else:
            self._draw(data_or_path, mode, file_type)
        if grouping is not None:
            self._grouping = grouping
        self._lay_over(classes, boxes, masks)

    @property
    def image(self) -> Any:
        """The picture as an image of PIL; None for one elsewhere."""
        if self._file is None:
            return None
        picture = needed("PIL.Image", WHY).open(io.BytesIO(self._file.content))
        picture.load()
        return picture

    @classmethod
    def guess_mode(cls, data: Any, file_type: str | None = None) -> str:
        """The mode of PIL for an array: by how many channels it has.

        Raises:
            ValueError: It is no image.
        """
        channels = data.shape[0] if is_tensor(data) else data.shape[-1]
        if data.ndim == 2 or channels == 1:
            return "L"
        if channels == 3:
            return "RGB"
        if channels == 4:
            if file_type not in ("jpg", "jpeg"):
                return "RGBA"
            text = "JPEG format does not support transparency. Ignoring alpha channel."
            present.session().warn("no_alpha", text)
            return "RGB"
        raise ValueError(f"Un-supported shape for image conversion {list(data.shape)}")

    def to_data_array(self) -> list[Any]:
        """The pixels, row by row."""
        picture = self.image
        if picture is None:
            return []
        pixels, width = _pixels(picture), picture.width
        return [pixels[row * width : (row + 1) * width] for row in range(picture.height)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Image):
            return False
        if self._uri is not None and other._uri is not None:
            return self._uri == other._uri
        return (
            (self._grouping, self._caption, self._width, self._height, self._classes)
            == (other._grouping, other._caption, other._width, other._height, other._classes)
        ) and self.to_data_array() == other.to_data_array()

    __hash__ = object.__hash__

    # ------------------------------------------------------------------ what it is made of

    def _take_over(self, other: Image, caption: str | None) -> None:
        self._file, self._sha256, self._size, self._uri = other._file, other._sha256, other._size, other._uri
        self._caption = other._caption if caption is None else caption
        self.format, self._grouping, self._classes = other.format, other._grouping, other._classes
        self._width, self._height = other._width, other._height
        self._artifact_source, self._artifact_target = other._artifact_source, other._artifact_target

    def _read(self, path: str) -> None:
        if self.path_is_reference(path):
            self._set_uri(path)
            self.format = urlsplit(path).path.rpartition("/")[2].rpartition(".")[2]
            return
        needed("PIL.Image", WHY)
        self._set_path(path)
        self.format = os.path.splitext(path)[1][1:]

    def _draw(self, data: Any, mode: str | None, file_type: str | None) -> None:
        pictures = needed("PIL.Image", WHY)
        self.format = file_type or "png"
        if self.format not in FORMATS:
            raise ValueError(f"file_type must be one of {list(FORMATS)}, not {file_type!r}")
        content = io.BytesIO()
        if is_of_matplotlib(data):
            drawn = io.BytesIO()
            figure_of(data).savefig(drawn, format=self.format)
            picture = pictures.open(drawn)
        elif isinstance(data, pictures.Image):
            picture = data
        else:
            picture = self._picture_of(pictures, data, mode, file_type)
        picture.save(content, format=FORMATS[self.format], transparency=None)
        self._set_content(content.getvalue(), f".{self.format}")

    def _picture_of(self, pictures: Any, data: Any, mode: str | None, file_type: str | None) -> Any:
        numpy = needed("numpy", f"{WHY} of what is no image of PIL")
        if is_tensor(data):
            mode = mode or self.guess_mode(data, file_type)
            array = self._values(data.detach().permute(1, 2, 0).cpu().numpy(), numpy)
            return pictures.fromarray(array.squeeze() if array.ndim > 2 else array).convert(mode)
        array = data.numpy() if hasattr(data, "numpy") else data
        if array.ndim > 2:
            array = array.squeeze()
        mode = mode or self.guess_mode(array, file_type)
        return pictures.fromarray(self._values(array, numpy)).convert(mode)

    @classmethod
    def _values(cls, array: Any, numpy: Any) -> Any:
        """Colours from 0 to 255."""
        return array.astype(numpy.uint8)

    def _lay_over(self, classes: Any, boxes: Any, masks: Any) -> None:
        names: dict[Any, Any] = {}
        if boxes:
            self._boxes = {key: _layer(self._boxes_class, one, key, "boxes") for key, one in _named(boxes, "boxes")}
            for box in self._boxes.values():
                names.update(box._class_labels)
        if masks:
            self._masks = {key: _layer(self._mask_class, one, key, "masks") for key, one in _named(masks, "masks")}
            for mask in self._masks.values():
                names.update(mask._class_labels or {})
        if classes is not None:
            names.update((classes if isinstance(classes, Classes) else Classes(classes)).names)
        if names and self._layers_name_classes:
            self._classes = Classes([{"id": number, "name": name} for number, name in names.items()])
        picture = self.image
        if picture is not None:
            self._width, self._height = picture.size

    # ------------------------------------------------------------------ what becomes of it

    def bind_to_run(self, run: Run, key: int | str, step: int | str, id_: int | str | None = None) -> None:
        """Make it a file of a run, with what lies over it; one that an artifact has stays there."""
        if self._uri is not None or run.offline or self._reference() is None:
            super().bind_to_run(run, key, step, id_)
        for layers in (self._boxes or {}, self._masks or {}):
            for number, layer in enumerate(layers.values()):
                id_ = None if id_ is None else f"{id_}{number}"
                layer.bind_to_run(run, key, step, id_)

    def _in_row(self, run: Run) -> Row:
        return {**super()._in_row(run), **self._facts(run)}

    def _in_artifact(self, artifact: Artifact) -> dict[str, Any]:
        if (self._masks or self._boxes) and self._classes is None:
            raise ValueError(
                "classes must be passed to wandb.Image which have masks or bounding boxes when adding to artifacts"
            )
        said = {**super()._in_artifact(artifact), **self._facts(artifact)}
        if self._classes is not None:
            entry = artifact.add(self._classes, self._path_of_classes(self._classes))
            said["classes"] = {"type": "classes-file", "path": entry.path, "digest": entry.digest}
        return said

    @staticmethod
    def _path_of_classes(classes: Classes) -> str:
        mark = hashlib.md5(str(classes._class_set).encode(), usedforsecurity=False).hexdigest()
        return f"media/classes/{mark}_cls"

    def _facts(self, where: Any) -> Row:
        facts: Row = {"format": self.format}
        for name, value in (("width", self._width), ("height", self._height), ("grouping", self._grouping or None)):
            if value is not None:
                facts[name] = value
        if self._boxes:
            facts["boxes"] = {key: box.to_json(where) for key, box in self._boxes.items()}
        if self._masks:
            facts["masks"] = {key: mask.to_json(where) for key, mask in self._masks.items()}
        return facts

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> Image:
        """Read the form in an artifact."""
        classes = json_obj.get("classes")
        boxes = {key: BoundingBoxes2D({"box_data": one}, key) for key, one in (json_obj.get("boxes") or {}).items()}
        masks = {
            key: ImageMask({"path": source_artifact.get_entry(one["path"]).download()}, key)
            for key, one in (json_obj.get("masks") or {}).items()
        }
        return cls(
            source_artifact.get_entry(json_obj["path"]).download(),
            caption=json_obj.get("caption"),
            grouping=json_obj.get("grouping"),
            classes=None if classes is None else source_artifact.get(classes["path"]),
            boxes=boxes or None,
            masks=masks or None,
        )

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: Run, key: str, step: int | str) -> Row:
        """The form in a row of several images."""
        width, height = seq[0].image.size
        if any(one.image.size != (width, height) for one in seq):
            logging.warning("Images sizes do not match. This will causes images to be display incorrectly in the UI.")
        rows = [one.to_json(run) for one in seq]
        row: Row = {
            "_type": "images/separated",
            "width": width,
            "height": height,
            "format": rows[0]["format"],
            "count": len(seq),
        }
        if cls._lists_files:
            row["filenames"] = [one.get("path", one.get("artifact_path")) for one in rows]
        if captions := cls.all_captions(seq):
            row["captions"] = captions
        for name in ("masks", "boxes"):
            layers = [one.get(name) for one in rows]
            if any(layers):
                row[f"all_{name}"] = layers
        return row

    @classmethod
    def all_captions(cls, images: Sequence[Media]) -> Any:
        """Those of several images; False where the first one has none."""
        return cls.captions(images)


def _named(layers: Any, what: str) -> Any:
    if not isinstance(layers, dict):
        raise ValueError(f'Images "{what}" argument must be a dictionary, not {type(layers).__name__}')
    return layers.items()


def _layer(kind: Any, one: Any, key: str, what: str) -> Any:
    if isinstance(one, kind):
        return one
    if not isinstance(one, dict):
        raise ValueError(f'Images "{what}" should be dicts or {kind.__name__} objects; {key!r} is {one!r}')
    return kind(one, key)


def _pixels(picture: Any) -> list[Any]:
    # `getdata` is on its way out of PIL, and older ones have nothing else.
    return list(picture.get_flattened_data() if hasattr(picture, "get_flattened_data") else picture.getdata())


image_type.register(Image)
