"""Owns what 0.10.33 makes of TensorBoard's events: which share a row, and what a row keeps of them.

Observed, but for histograms of more than 512 bins, which end its thread: they get fewer bins, as in 0.31.
Source: TB-1, TB-2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from wandb_testkit.records import Row
from wandb_testkit.sdk import media
from wandb_testkit.sdk.event_values import (
    Curve,
    Event,
    EventRow,
    EventRules,
    Picture,
    below,
    separated,
    table,
    table_media,
)
from wandb_testkit.sdk.media import Media


def as_double(value: float) -> float | None:
    """The same number, with all the digits that 32 bits give it; no number is None."""
    return None if math.isnan(value) else value


def rows_of_all(events: Iterable[Event]) -> list[EventRow]:
    """Values of all directories share a row until one of them goes on to a step that no other has reached (0.10)."""
    rows: list[EventRow] = []
    reached: dict[str, int] = {}
    last = 0
    values: Row = {}
    time = 0.0
    for event in events:
        goes_on = reached.get(event.directory, 0) < event.step != last
        if goes_on and values:
            rows.append(EventRow(time, values))
            values = {}
        reached[event.directory] = event.step
        last = max(last, event.step)
        time = event.time
        for tag, value in event.values.items():
            safe = name_of_images(tag) if isinstance(value, Picture) else tag
            # the writers of add_scalars() repeat the tag as the name of the directory
            values[event.directory if safe in event.directory else below(event.directory, safe)] = value
        values[below(event.directory, "global_step")] = event.step
        if event.directory:
            values["global_step"] = last
    return [*rows, EventRow(time, values)] if values else rows


def name_of_images(tag: str) -> str:
    """The tag without the number of an image in its list, and as one part of a path."""
    return re.sub(r"[/\\]", "_", re.sub(r"/\d+$", "", tag))


def in_list(key: str, step: int, picture: Picture) -> tuple[str, Media]:
    """A list of images, whose files are found by key, step and number; gifs are videos (0.10.33)."""
    if picture.format == "gif":
        (content, *_) = picture.contents
        path = media.path_of("videos", key, step, ".gif", 0)
        facts = {"_type": "video-file", **media.file_facts(path, content)}
        return key, Media({"_type": "videos", "count": 1, "videos": [facts], "captions": False}, {path: content})
    files = {
        media.path_of("images", key, step, ".png", index): content for index, content in enumerate(picture.contents)
    }
    return key, Media(separated(picture), files)


def in_table(key: str, step: int, curve: Curve) -> tuple[str, Media]:
    """A table of recall and precision in the order of a plot, without the last thresholds' (0, 0) (0.10.33)."""
    key = f"{key}_table"
    points = [[recall, precision] for precision, recall in zip(*curve, strict=True) if precision or recall]
    content = table(sorted(points, key=lambda point: (point[0], -point[1])), (", ", ": "))
    path = media.hashed("table", key, step, ".table.json", content)
    return key, table_media(path, content, len(points))


EVENTS = EventRules(
    step_counts=True,
    scalar=as_double,
    rows=rows_of_all,
    picture=in_list,
    curve=in_table,
    lone_directory_is_named=False,
)
