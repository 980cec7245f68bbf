"""Owns media of a run: the files they become, and the JSON that stands for them in a row.

Source: protocol.md 4.2, 4.7; the forms were observed with 0.10.33 and 0.31.0.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from wandb_testkit.records import Row

MAX_BINS = 512
"""Bins that a histogram may have."""


class Media(NamedTuple):
    """A value of a row, and the files it speaks of: name below the run's files directory -> content."""

    value: Row
    files: dict[str, bytes]


def path_of(kind: str, key: str, step: int | str, extension: str, mark: object) -> str:
    """`media/<kind>/<key>_<step>_<mark><extension>`; what no file name may hold becomes `_`, a `/` stays one."""
    safe = re.sub(r"[^\w./ -]", "_", key)
    return f"media/{kind}/{safe}_{step}_{mark}{extension}"


def file_facts(path: str, content: bytes) -> Row:
    """What a row says of a file: path, sha256 in hex, size in bytes."""
    return {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def hashed(kind: str, key: str, step: int | str, extension: str, content: bytes) -> str:
    """The path of a file whose name ends with the first 20 digits of its sha256."""
    return path_of(kind, key, step, extension, hashlib.sha256(content).hexdigest()[:20])


def video(key: str, step: int, content: bytes, extension: str) -> Media:
    """A video as one file, `extension` with its dot."""
    path = hashed("videos", key, step, extension, content)
    return Media({"_type": "video-file", **file_facts(path, content)}, {path: content})


def histogram(counts: Sequence[float], edges: Sequence[float]) -> Row:
    """A histogram: `edges` has one element more than `counts`."""
    return {"_type": "histogram", "values": list(counts), "bins": list(edges)}


def fewer_bins(counts: Sequence[float], edges: Sequence[float]) -> tuple[list[float], list[float]]:
    """The same histogram with at most MAX_BINS bins: each new bin takes its share of the old ones (observed)."""
    old = len(counts)
    if old <= MAX_BINS:
        return list(counts), list(edges)
    below = [0.0]
    for count in counts:
        below.append(below[-1] + count)
    places = [index * old / MAX_BINS for index in range(MAX_BINS + 1)]
    reached = [_between(below, place) for place in places]
    shares = [after - before for before, after in itertools.pairwise(reached)]
    return shares, [_between(edges, place) for place in places]


def _between(values: Sequence[float], place: float) -> float:
    index = int(place)
    part = place - index
    return values[index] + (values[index + 1] - values[index]) * part if part else values[index]
