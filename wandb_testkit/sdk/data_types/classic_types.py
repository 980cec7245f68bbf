"""Owns the data types of 0.10.33, as far as they are not those of 0.31.0. Source: observed with 0.10.33."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types import dtypes, image_type
from wandb_testkit.sdk.data_types.audio import Audio as BaseAudio
from wandb_testkit.sdk.data_types.audio import AudioType
from wandb_testkit.sdk.data_types.bokeh import Bokeh as BaseBokeh
from wandb_testkit.sdk.data_types.bokeh import BokehType
from wandb_testkit.sdk.data_types.classes import Classes
from wandb_testkit.sdk.data_types.graph import Graph as BaseGraph
from wandb_testkit.sdk.data_types.histogram import Histogram
from wandb_testkit.sdk.data_types.html import Html as BaseHtml
from wandb_testkit.sdk.data_types.html import HtmlType
from wandb_testkit.sdk.data_types.image import Image as BaseImage
from wandb_testkit.sdk.data_types.image_layers import BoundingBoxes2D as BaseBoundingBoxes2D
from wandb_testkit.sdk.data_types.image_layers import ImageMask as BaseImageMask
from wandb_testkit.sdk.data_types.joined_table import JoinedTable as BaseJoinedTable
from wandb_testkit.sdk.data_types.joined_table import PartitionedTable as BasePartitionedTable
from wandb_testkit.sdk.data_types.libraries import is_tensor, needed
from wandb_testkit.sdk.data_types.molecule import Molecule as BaseMolecule
from wandb_testkit.sdk.data_types.object3d import Object3D as BaseObject3D
from wandb_testkit.sdk.data_types.object3d import Object3DType
from wandb_testkit.sdk.data_types.plotly import Plotly as BasePlotly
from wandb_testkit.sdk.data_types.table import Table as BaseTable
from wandb_testkit.sdk.data_types.table import TableType
from wandb_testkit.sdk.data_types.texts import spaced
from wandb_testkit.sdk.data_types.video import Video as BaseVideo
from wandb_testkit.sdk.data_types.video import VideoType
from wandb_testkit.sdk.data_types.wb_value import Media, WBValue

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run


class _Classic(Media):
    """What all of them have in common: JSON files with spaces, and keys that are names of files as they are."""

    @staticmethod
    def _json(value: Any) -> bytes:
        return spaced(value)

    @staticmethod
    def _name_of(key: str) -> str:
        return key


class Table(_Classic, BaseTable):
    """A table; it can be changed and logged again, and the second time nothing comes of it."""

    _tells_log_mode = False
    _MAX_EMBEDDING_DIMENSIONS = -1  # arrays of any shape become a file of an artifact

    def __init__(
        self,
        columns: Any = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: Any = True,
        allow_mixed_types: bool = False,
    ) -> None:
        super().__init__(columns, data, rows, dataframe, dtype, optional, allow_mixed_types)

    def _before_change(self) -> None: ...

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> Table:
        """Read the form in an artifact, whichever generation wrote it."""
        table = super().from_json({k: v for k, v in json_obj.items() if k != "log_mode"}, source_artifact)
        assert isinstance(table, Table)
        return table


class BoundingBoxes2D(_Classic, BaseBoundingBoxes2D):
    """Boxes over an image."""


class ImageMask(_Classic, BaseImageMask):
    """A mask over an image."""


class Image(_Classic, BaseImage):
    """An image: a PNG, whatever it is made of, unless it is a file; numbers up to 1 are stretched to 255."""

    _lists_files = False
    _layers_name_classes = False
    _boxes_class = BoundingBoxes2D
    _mask_class = ImageMask

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: Any = None,
        classes: Any = None,
        boxes: Any = None,
        masks: Any = None,
    ) -> None:
        boxes, masks = _known_layers(boxes, BaseBoundingBoxes2D), _known_layers(masks, BaseImageMask)
        super().__init__(data_or_path, mode, caption, grouping, classes, boxes, masks)
        if classes is not None:
            self._classes = classes if isinstance(classes, Classes) else Classes(classes)

    def _picture_of(self, pictures: Any, data: Any, mode: str | None, file_type: str | None) -> Any:
        if not is_tensor(data):
            return super()._picture_of(pictures, data, mode, file_type)
        grid = needed("torchvision.utils", "wandb.Image of a tensor").make_grid(data.detach(), normalize=True)
        return pictures.fromarray(grid.mul(255).clamp(0, 255).byte().permute(1, 2, 0).cpu().numpy())

    @classmethod
    def to_uint8(cls, data: Any) -> Any:
        """Colours from 0 to 255."""
        return cls._values(data, needed("numpy", "wandb.Image of an array"))

    @classmethod
    def _values(cls, array: Any, numpy: Any) -> Any:
        if array.min() < 0:
            array = (array - array.min()) / numpy.ptp(array)
        if array.max() <= 1.0:
            array = (array * 255).astype(numpy.int32)
        return array.clip(0, 255).astype(numpy.uint8)

    @staticmethod
    def _path_of_classes(classes: Classes) -> str:
        return "media/cls"


def _known_layers(layers: Any, kind: type) -> Any:
    """Layers without what is none: 0.10 passes it over."""
    if not isinstance(layers, dict):
        return layers
    return {key: layer for key, layer in layers.items() if isinstance(layer, (dict, kind))}


class Audio(_Classic, BaseAudio):
    """A sound; the row has its caption, and if it is None."""

    def _in_row(self, run: Run) -> Row:
        return {**super()._in_row(run), "caption": self._caption}

    def _in_artifact(self, artifact: Artifact) -> dict[str, Any]:
        return {**super()._in_artifact(artifact), "caption": self._caption}


class Video(_Classic, BaseVideo):
    """A video; without a format it is a gif."""

    def __init__(self, data_or_path: Any, caption: str | None = None, fps: int = 4, format: str | None = None) -> None:
        is_path = isinstance(data_or_path, str)
        super().__init__(data_or_path, caption, None if is_path else fps, format or "gif")


class Html(_Classic, BaseHtml):
    """A page."""

    def __init__(self, data: Any, inject: bool = True) -> None:
        super().__init__(data, inject)


class Object3D(_Classic, BaseObject3D):
    """A point cloud or a model; it has no caption."""

    def __init__(self, data_or_path: Any, **kwargs: Any) -> None:
        super().__init__(data_or_path, None, **kwargs)

    @staticmethod
    def _json(value: Any) -> bytes:
        return json.dumps(value, separators=(",", ":"), sort_keys=True, indent=4).encode()


class Molecule(_Classic, BaseMolecule):
    """A molecule; its caption is an attribute that is set."""

    def __init__(self, data_or_path: Any, **kwargs: Any) -> None:
        kwargs.pop("caption", None)  # accepted, and of no effect
        super().__init__(data_or_path, None, **kwargs)


class Plotly(_Classic, BasePlotly):
    """A figure."""

    @classmethod
    def make_plot_media(cls, val: Any) -> BaseImage | BasePlotly:
        """What log() makes of a figure: an image, where matplotlib shows pictures."""
        made = super().make_plot_media(val)
        return Image(made) if isinstance(made, BaseImage) else made


class Graph(_Classic, BaseGraph):
    """A graph of layers."""


class Bokeh(_Classic, BaseBokeh):
    """A plot of bokeh."""


class JoinedTable(_Classic, BaseJoinedTable):
    """Two tables side by side."""


class PartitionedTable(_Classic, BasePartitionedTable):
    """A table in parts."""


ALL: Sequence[type[WBValue]] = (
    *(Table, BoundingBoxes2D, ImageMask, Image, Audio, Video, Html, Object3D),
    *(Molecule, Plotly, Graph, Bokeh, JoinedTable, PartitionedTable),
    *(Classes, Histogram),
)

VALUE_TYPES: Mapping[str, type[WBValue]] = {
    **WBValue.type_mapping(),
    **{kind._log_type: kind for kind in ALL if kind._log_type is not None},
}
"""`_type` -> the class of what `Artifact.get()` returns."""

dtypes.register(TableType, Table, lambda table: TableType(table._column_types))
dtypes.register(AudioType, Audio)
dtypes.register(BokehType, Bokeh)
dtypes.register(HtmlType, Html)
dtypes.register(Object3DType, Object3D)
dtypes.register(VideoType, Video)
image_type.register_classic(Image)
