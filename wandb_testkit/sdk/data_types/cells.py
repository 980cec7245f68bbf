"""Owns what becomes of values that JSON does not know in the files of tables and plots.

Source: observed with 0.10.33 and 0.31.0.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

from wandb_testkit.sdk.data_types.libraries import is_numpy_array
from wandb_testkit.sdk.values import dotted_name, is_array

NANOSECONDS = 1_000_000
"""Of a millisecond."""


def in_file(value: Any) -> Any:
    """What the file of a table or plot has in the place of a value: arrays are lists, media the name of their class."""
    if isinstance(value, dict):
        return {key: in_file(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [in_file(item) for item in value]
    if is_numpy_array(value):
        elements = value.tolist()
        return [in_file(item) for item in (elements if value.ndim else [elements])]
    if hasattr(type(value), "get_media_subdir"):
        return type(value).__name__
    return value


def in_artifact(value: Any, wrapped: Callable[[Any], Any]) -> Any:
    """What the table of an artifact has in the place of a value; moments are milliseconds since the epoch.

    Args:
        wrapped: Tells it of media and the like.
    """
    if getattr(type(value), "is_wb_value", False):
        return wrapped(value)
    if type(value) is dict:
        return {key: in_artifact(item, wrapped) for key, item in value.items()}
    if hasattr(value, "tolist"):
        elements = value.tolist()
        if type(value).__name__ == "datetime64" and isinstance(elements, int):
            return elements / NANOSECONDS
        return in_artifact(elements, wrapped)
    if hasattr(value, "item"):
        return in_artifact(value.item(), wrapped)
    if isinstance(value, datetime.datetime):
        return _milliseconds(value)
    if isinstance(value, datetime.date):
        return _milliseconds(datetime.datetime(value.year, value.month, value.day))
    if isinstance(value, (list, tuple)):
        return [in_artifact(item, wrapped) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    try:
        return plain(value)
    except TypeError:
        return value


def _milliseconds(moment: datetime.datetime) -> int:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.timezone.utc)
    return int(aware.timestamp() * 1000)


def plain(value: Any) -> Any:
    """One that JSON does not know, as one that it does.

    Raises:
        TypeError: There is none.
    """
    if hasattr(value, "json_encode"):
        return value.json_encode()
    if is_array(value):
        elements = (value.detach().cpu() if hasattr(value, "detach") else value).tolist()
        return elements[0] if isinstance(elements, list) and len(elements) == 1 else elements
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, Enum):
        return value.name
    if callable(value):
        return dotted_name(value)
    raise TypeError(f"value {value!r} of type {type(value).__name__} is not JSON serializable")
