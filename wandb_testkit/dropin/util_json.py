"""Owns JSON of values that JSON does not know, as far as both versions of `wandb.util` have it alike.

Which values are friendly, each version says for itself (util_classic, util_current).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from sys import getsizeof
from typing import IO, Any

from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.util import (
    VALUE_BYTES_LIMIT,
    get_full_typename,
    is_fastai_tensor_typename,
    is_numpy_array,
    is_pytorch_tensor_typename,
    is_tf_tensor_typename,
)
from wandb_testkit.dropin.util_values import (
    MAX_LISTED,
    get_h5_typename,
    is_tf_eager_tensor_typename,
    maybe_compress_history,
    maybe_compress_summary,
)

Friendly = Callable[[Any], tuple[Any, bool]]
"""A value that JSON can say, and whether it is another one."""


def plain(obj: Any, *, keeps_nan: bool = False) -> tuple[Any, bool]:
    """An array, a number of numpy, bytes, a date, or something to be called as JSON says it; whether it was one."""
    if is_numpy_array(obj):
        return obj.flatten()[0] if obj.size == 1 else _short(obj), True
    if is_of_numpy(obj):
        return number_of(obj, keeps_nan=keeps_nan), True
    if isinstance(obj, bytes):
        return obj.decode("utf-8"), True
    if isinstance(obj, (datetime, date)):
        return obj.isoformat(), True
    if callable(obj):
        has_name = hasattr(obj, "__qualname__") and hasattr(obj, "__module__")
        return f"{obj.__module__}.{obj.__qualname__}" if has_name else str(obj), True
    if isinstance(obj, float) and math.isnan(obj):
        return None, True
    return obj, False


def as_array(obj: Any) -> Any:
    """A tensor as an array of numpy, a scalar one as its number."""
    name = get_full_typename(obj)
    if is_tf_eager_tensor_typename(name) or is_tf_tensor_typename(name):
        return obj.numpy()
    if is_pytorch_tensor_typename(name) or is_fastai_tensor_typename(name):
        return obj.detach().cpu().numpy() if obj.size() else obj.item()
    return obj


def _short(array: Any) -> Any:
    return array.tolist() if array.size <= MAX_LISTED else array


def is_of_numpy(obj: Any) -> bool:
    """Whether it is a number of numpy, or an array."""
    return type(obj).__module__ == "numpy" and hasattr(obj, "dtype") and hasattr(obj, "item")


def number_of(obj: Any, *, keeps_nan: bool) -> Any:
    """A number of numpy as one of Python; a NaN as None, unless it is kept."""
    value = obj.item()
    if isinstance(value, float) and math.isnan(value) and not keeps_nan:
        return None
    return float(value) if is_of_numpy(value) else value


def warned(said: tuple[Any, bool]) -> tuple[Any, bool]:
    """The same; a line tells of what is large."""
    size = getsizeof(said[0])
    if size > VALUE_BYTES_LIMIT:
        show_line(f"Serializing object of type {type(said[0]).__name__} that is {size} bytes", "warning")
    return said


def friendly_throughout(val: Any, friendly: Friendly) -> Any:
    """A value that JSON can say, with all that is in it; what it cannot say is text."""
    if isinstance(val, dict):
        return {key: friendly_throughout(value, friendly) for key, value in val.items()}
    if isinstance(val, slice):
        return {"slice_start": val.start, "slice_step": val.step, "slice_stop": val.stop}
    val, _ = friendly(val)
    if isinstance(val, Sequence) and not isinstance(val, str):
        return [friendly_throughout(value, friendly) for value in val]
    return val if type(val).__module__ == "builtins" else str(val)


class JSONEncoder(json.JSONEncoder):
    """JSON of values that JSON does not know: `_friendly` tells what stands for them."""

    _friendly: Friendly

    def default(self, obj: Any) -> Any:
        """What stands for such a value; TypeError if nothing does."""
        if hasattr(obj, "json_encode"):
            return obj.json_encode()
        value, is_another = self._friendly(obj)
        return value if is_another else super().default(obj)


class HistoryJSONEncoder(JSONEncoder):
    """JSON of values that JSON does not know; large arrays as histograms."""

    def default(self, obj: Any) -> Any:
        """What stands for such a value; TypeError if nothing does."""
        value, is_another = self._friendly(obj)
        value, _ = maybe_compress_history(value)
        return value if is_another else json.JSONEncoder.default(self, value)


class OldJSONEncoder(JSONEncoder):
    """JSON of values that JSON does not know; large arrays by their statistics."""

    def default(self, obj: Any) -> Any:
        """What stands for such a value; TypeError if nothing does."""
        value, is_another = self._friendly(obj)
        value, _ = maybe_compress_summary(value, get_h5_typename(obj))
        return value if is_another else json.JSONEncoder.default(self, value)


class SaferJSON:
    """The functions that write with the encoders of a version.

    Args:
        encoder, history_encoder: What they write with.
    """

    def __init__(self, encoder: type[json.JSONEncoder], history_encoder: type[json.JSONEncoder]) -> None:
        self._encoder = encoder
        self._history_encoder = history_encoder

    def json_dump_safer(self, obj: Any, fp: IO[str], **kwargs: Any) -> None:
        """Write JSON, also of values that JSON does not know.

        Raises:
            TypeError: Nothing stands for a value.
        """
        json.dump(obj, fp, cls=self._encoder, **kwargs)

    def json_dumps_safer(self, obj: Any, **kwargs: Any) -> str:
        """JSON, also of values that JSON does not know; raises as json_dump_safer() does."""
        return json.dumps(obj, cls=self._encoder, **kwargs)

    def json_dumps_safer_history(self, obj: Any, **kwargs: Any) -> str:
        """JSON, also of values that JSON does not know; large arrays as histograms."""
        return json.dumps(obj, cls=self._history_encoder, **kwargs)

    def make_json_if_not_number(self, v: Any) -> Any:
        """A number as it is, everything else as JSON."""
        return v if isinstance(v, (float, int)) else self.json_dumps_safer(v)
