"""Owns what becomes of the metadata of an artifact: values that JSON does not know are told as texts, lists and dicts.

Source: observed with 0.31.0.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from enum import Enum
from typing import Any

from wandb_testkit.sdk.data_types.cells import plain


def friendly(value: Any) -> Any:
    """A value that JSON knows, with all that is in it; NaN is None, and an object the text that str() makes of it."""
    if isinstance(value, dict):
        return {key: friendly(item) for key, item in value.items()}
    if isinstance(value, slice):
        return {"slice_start": value.start, "slice_step": value.step, "slice_stop": value.stop}
    if is_dataclass(value) and not isinstance(value, type):
        return friendly(asdict(value))
    if isinstance(value, float) and math.isnan(value):
        return None
    if value is None or (isinstance(value, (str, int, float)) and not isinstance(value, Enum)):
        return value
    with contextlib.suppress(TypeError):
        value = plain(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [friendly(item) for item in value]
    return value if type(value).__module__ == "builtins" else str(value)
