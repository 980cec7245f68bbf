"""Owns what 0.31.0 makes of TensorBoard's events: which share a row, and what a row keeps of them.

Observed, but for rows that come twice: 0.31.0 reads a directory's files again for each directory above it that has a
writer, and for each second writer. Source: TB-1, TB-2.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Iterable

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


def as_short(value: float) -> float:
    """The number that is written with as few digits as tell it from its neighbours in 32 bits."""
    if not math.isfinite(value):
        return value
    packed = struct.pack("f", value)
    return next(
        short
        for digits in range(1, 10)
        if _packed(short := float(f"{value:.{digits}g}")) == packed  # 9 digits always do
    )


def _packed(value: float) -> bytes:
    try:
        return struct.pack("f", value)
    except OverflowError:  # rounded up beyond the greatest number of 32 bits
        return b""


def rows_by_directory(events: Iterable[Event]) -> list[EventRow]:
    """Values of a directory that follow each other with one global step share a row (0.31)."""
    open_rows: dict[str, EventRow] = {}
    rows: list[EventRow] = []
    for event in events:
        if not event.values:
            continue
        row = open_rows.get(event.directory)
        if row is not None and row.values["global_step"] != event.step:
            rows.append(row)
            row = None
        values = {} if row is None else row.values
        values.update((below(event.directory, tag), value) for tag, value in event.values.items())
        values["global_step"] = event.step
        open_rows[event.directory] = EventRow(event.time, values)
    return [*rows, *open_rows.values()]


def in_list(key: str, step: int, picture: Picture) -> tuple[str, Media]:
    """A list of images whose files have names of 32 characters (0.31.0; here they depend on key, step and content)."""
    files = {
        f"media/images/{_mark(key, step, index, content)}.{picture.format}": content
        for index, content in enumerate(picture.contents)
    }
    return key, Media({**separated(picture), "filenames": list(files)}, files)


def in_table(key: str, step: int, curve: Curve) -> tuple[str, Media]:
    """A table of recall and precision in the order of thresholds (0.31.0, whose sha256 is not hex)."""
    points = [[_without_zeros(recall), _without_zeros(precision)] for precision, recall in zip(*curve, strict=True)]
    content = table(points, (",", ":"))
    return key, table_media(f"media/table/{_mark(key, step, 0, content)}.table.json", content, len(points))


def _without_zeros(number: float) -> float:
    """The number as JSON of Go has it: 1, not 1.0."""
    return int(number) if number.is_integer() else number


def _mark(key: str, step: int, index: int, content: bytes) -> str:
    return hashlib.sha256(f"{key}\n{step}\n{index}\n".encode() + content).hexdigest()[:32]


EVENTS = EventRules(
    step_counts=False,
    scalar=as_short,
    rows=rows_by_directory,
    picture=in_list,
    curve=in_table,
    lone_directory_is_named=True,
)
