"""Owns JSON as it stands in a log: bare NaN and Infinity, and ASCII, so that any str gets through protobuf."""

from __future__ import annotations

import json
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def json_text(value: Any) -> str:
    """The text of one value.

    Raises:
        TypeError: It is not JSON.
    """
    kind = type(value)
    if kind is float and value == value and value not in (_INF, -_INF):
        return float.__repr__(value)  # what a training loop logs a million times
    return _encode(value)


_INF = float("inf")
