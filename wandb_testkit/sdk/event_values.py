"""Owns what becomes of a TensorBoard event in history: the values of its summary, and which values share a row.

What a profile decides is in its EventRules. Text, hyperparameters, audio, meshes, graphs and layouts of dashboards
leave no value, as in both generations. Source: TB-2; the forms were observed with 0.10.33 and 0.31.0.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

from wandb_testkit.records import Row
from wandb_testkit.sdk import media
from wandb_testkit.sdk.media import Media


class Picture(NamedTuple):
    """Images of one tag, as the library has encoded them; sizes in pixels."""

    contents: tuple[bytes, ...]
    width: int
    height: int

    @property
    def format(self) -> str:
        """ "gif" or "png"."""
        return "gif" if self.contents[0].startswith(b"GIF") else "png"


class Curve(NamedTuple):
    """A precision-recall curve: one precision and one recall for each threshold."""

    precision: Sequence[float]
    recall: Sequence[float]


class Event(NamedTuple):
    """One event that has a summary.

    Attributes:
        time: Seconds since the epoch.
        directory: Its directory below the root, "" for the root itself.
        step: The global step, 0 where none was given.
        values: Tag -> value.
    """

    time: float
    directory: str
    step: int
    values: dict[str, Any]


class EventRow(NamedTuple):
    """A row in the making; pictures and curves in it have yet to become media."""

    time: float
    values: Row


@dataclass(frozen=True, slots=True)
class EventRules:
    """What a profile decides about TensorBoard.

    Attributes:
        step_counts: log(step=...) still says which values share a row (though not its number); otherwise it has no
            effect at all (TB-1).
        scalar: What a row keeps of a number of 32 bits.
        rows: Which events share a row (TB-2).
        picture, curve: What a row keeps of an image or a curve: key, `_step` and value -> key and media.
        lone_directory_is_named: The event file of the only directory has the name that it has in the working directory;
            otherwise its bare name.
    """

    step_counts: bool
    scalar: Callable[[float], float | None]
    rows: Callable[[Iterable[Event]], list[EventRow]]
    picture: Callable[[str, int, Picture], tuple[str, Media]]
    curve: Callable[[str, int, Curve], tuple[str, Media]]
    lone_directory_is_named: bool


# ---------------------------------------------------------------------- values of one event


def values_of(summary: Any, scalar: Callable[[float], float | None]) -> dict[str, Any]:
    """The values of a summary, a message of the tensorboard package, that a row has a place for: tag -> value."""
    values: dict[str, Any] = {}
    for value in summary.value:
        kind = value.WhichOneof("value")
        if kind == "simple_value":
            values[value.tag] = scalar(value.simple_value)
        elif kind == "image":
            values[value.tag] = Picture((value.image.encoded_image_string,), value.image.width, value.image.height)
        elif kind == "histo":
            values[value.tag] = _buckets(value.histo)
        elif kind == "tensor":
            read = TENSORS.get(value.metadata.plugin_data.plugin_name)
            if read is not None:
                values[value.tag] = read(value.tensor, scalar)
    return {tag: value for tag, value in values.items() if value is not ABSENT}


ABSENT: Any = object()
"""Stands for a value that a row has no place for."""


def _buckets(histo: Any) -> Any:
    """A histogram by the upper limits of its buckets; an empty first one is there for the sake of its limit."""
    counts, limits = list(histo.bucket), list(histo.bucket_limit)
    if not counts:
        return ABSENT
    if counts[0] == 0 and len(counts) > 1:
        counts = counts[1:]
    else:
        limits = [histo.min, *limits]
    return media.histogram(*media.fewer_bins(counts, limits))


def _array(tensor: Any) -> Any:
    return import_module("tensorboard.util.tensor_util").make_ndarray(tensor)


def _number(tensor: Any, scalar: Callable[[float], float | None]) -> Any:
    array = _array(tensor)
    if array.size != 1 or array.dtype.kind not in "iufb":
        return ABSENT
    number = array.item()
    return scalar(number) if array.dtype.itemsize <= 4 and array.dtype.kind == "f" else number


def _images(tensor: Any, scalar: object) -> Any:
    width, height, *contents = tensor.string_val
    return Picture(tuple(contents), int(width), int(height)) if contents else ABSENT


def _histogram(tensor: Any, scalar: object) -> Any:
    rows = _array(tensor).tolist()
    if not rows:
        return ABSENT
    edges = [rows[0][0], *(right for _, right, _ in rows)]
    return media.histogram(*media.fewer_bins([count for _, _, count in rows], edges))


def _curve(tensor: Any, scalar: object) -> Any:
    table = _array(tensor)
    return Curve(table[-2].tolist(), table[-1].tolist())


TENSORS: dict[str, Callable[[Any, Callable[[float], float | None]], Any]] = {
    "": _number,
    "scalars": _number,
    "images": _images,
    "histograms": _histogram,
    "pr_curves": _curve,
}
"""Plugin that a tensor is meant for -> how it is read; all others leave no value."""


def below(directory: str, tag: str) -> str:
    """The key of a tag in a directory."""
    return f"{directory}/{tag}" if directory else tag


# ---------------------------------------------------------------------- media


def separated(picture: Picture) -> Row:
    """What both generations keep of images that are files."""
    return {
        "_type": "images/separated",
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "count": len(picture.contents),
    }


def table(points: list[list[float]], separators: tuple[str, str]) -> bytes:
    """The file of a table of recall and precision."""
    return json.dumps({"columns": ["recall", "precision"], "data": points}, separators=separators).encode()


def table_media(path: str, content: bytes, rows: int) -> Media:
    """What stands for such a file."""
    facts = {"_type": "table-file", **media.file_facts(path, content), "ncols": 2, "nrows": rows}
    return Media(facts, {path: content})
