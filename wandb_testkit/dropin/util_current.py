"""Owns those helpers of `wandb.util` that 0.31 has in its own way: JSON of values that JSON does not know.

0.10 does the same with fewer kinds of values (util_classic).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from sys import getsizeof
from typing import IO, Any

from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.env import get_app_url
from wandb_testkit.dropin.util import (
    VALUE_BYTES_LIMIT,
    get_full_typename,
    is_fastai_tensor_typename,
    is_numpy_array,
    is_pytorch_tensor_typename,
    is_tf_tensor_typename,
)
from wandb_testkit.dropin.util import get_module as get_module
from wandb_testkit.dropin.util import (
    rand_alphanumeric as _by_chance,
)
from wandb_testkit.dropin.util import to_human_size as to_human_size
from wandb_testkit.dropin.util_system import fsync_open as fsync_open
from wandb_testkit.dropin.util_system import prompt_choices as prompt_choices
from wandb_testkit.dropin.util_values import (
    MAX_LISTED,
    get_h5_typename,
    get_jax_tensor,
    is_jax_tensor_typename,
    is_tf_eager_tensor_typename,
    maybe_compress_history,
    maybe_compress_summary,
)
from wandb_testkit.dropin.util_values import downsample as downsample
from wandb_testkit.sdk.current_login import pages_of

Friendly = Callable[[Any], tuple[Any, bool]]


def app_url(api_url: str) -> str:
    """Where the pages of a server are; WANDB_APP_URL says so for all of them."""
    told = get_app_url()
    return told.strip("/") if told else pages_of(api_url)


def json_friendly(obj: Any, *, preserve_numpy_nan: bool = False) -> tuple[Any, bool]:
    """A value that JSON can say, and whether it is another one.

    Args:
        preserve_numpy_nan: A NaN of numpy is a NaN; else it is None.
    """
    obj = _as_array(obj)
    if is_jax_tensor_typename(get_full_typename(obj)):
        obj = get_jax_tensor(obj)
    if isinstance(obj, dict):
        said: tuple[Any, bool] = _sanitized(obj)
    elif isinstance(obj, set):
        said = tuple(obj), True
    elif isinstance(obj, Enum):
        said = obj.name, True
    else:
        said = plain(obj, keeps_nan=preserve_numpy_nan)
    return _warned(said)


def plain(obj: Any, *, keeps_nan: bool = False) -> tuple[Any, bool]:
    """An array, a number of numpy, bytes, a date, or something to be called as JSON says it; whether it was one."""
    if is_numpy_array(obj):
        return obj.flatten()[0] if obj.size == 1 else _short(obj), True
    if _is_of_numpy(obj):
        return _number(obj, keeps_nan=keeps_nan), True
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


def _as_array(obj: Any) -> Any:
    """A tensor as an array of numpy, a scalar one as its number."""
    name = get_full_typename(obj)
    if is_tf_eager_tensor_typename(name) or is_tf_tensor_typename(name):
        return obj.numpy()
    if is_pytorch_tensor_typename(name) or is_fastai_tensor_typename(name):
        return obj.detach().cpu().numpy() if obj.size() else obj.item()
    return obj


def _short(array: Any) -> Any:
    return array.tolist() if array.size <= MAX_LISTED else array


def _is_of_numpy(obj: Any) -> bool:
    return type(obj).__module__ == "numpy" and hasattr(obj, "dtype") and hasattr(obj, "item")


def _number(obj: Any, *, keeps_nan: bool) -> Any:
    value = obj.item()
    if isinstance(value, float) and math.isnan(value) and not keeps_nan:
        return None
    return float(value) if _is_of_numpy(value) else value


def _sanitized(known: dict[Any, Any]) -> tuple[dict[Any, Any], bool]:
    """Keys of numpy as Python's, and whether there were any."""
    changed = False
    whole: dict[Any, Any] = {}
    for key, value in known.items():
        if isinstance(value, dict):
            value, is_another = _sanitized(value)
            changed = changed or is_another
        if _is_of_numpy(key):
            key, changed = _number(key, keeps_nan=False), True
        whole[key] = value
    return whole, changed


def _warned(said: tuple[Any, bool]) -> tuple[Any, bool]:
    size = getsizeof(said[0])
    if size > VALUE_BYTES_LIMIT:
        show_line(f"Serializing object of type {type(said[0]).__name__} that is {size} bytes", "warning")
    return said


def json_friendly_val(val: Any) -> Any:
    """A value that JSON can say, with all that is in it; what it cannot say is text."""
    if is_dataclass(val) and not isinstance(val, type):
        return json_friendly_val(asdict(val))
    return friendly_throughout(val, json_friendly)


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


class WandBJSONEncoder(json.JSONEncoder):
    """JSON of values that JSON does not know."""

    def _friendly(self, obj: Any) -> tuple[Any, bool]:
        return json_friendly(obj, preserve_numpy_nan=True)

    def default(self, obj: Any) -> Any:
        """What stands for such a value; TypeError if nothing does."""
        if hasattr(obj, "json_encode"):
            return obj.json_encode()
        value, is_another = self._friendly(obj)
        return value if is_another else super().default(obj)


class WandBHistoryJSONEncoder(WandBJSONEncoder):
    """JSON of values that JSON does not know; large arrays as histograms."""

    def default(self, obj: Any) -> Any:
        """What stands for such a value; TypeError if nothing does."""
        value, is_another = self._friendly(obj)
        value, _ = maybe_compress_history(value)
        return value if is_another else json.JSONEncoder.default(self, value)


class WandBJSONEncoderOld(WandBJSONEncoder):
    """JSON of values that JSON does not know; large arrays by their statistics."""

    def _friendly(self, obj: Any) -> tuple[Any, bool]:
        return json_friendly(obj)

    def default(self, obj: Any) -> Any:
        """What stands for such a value; TypeError if nothing does."""
        value, is_another = self._friendly(obj)
        value, _ = maybe_compress_summary(value, get_h5_typename(obj))
        return value if is_another else json.JSONEncoder.default(self, value)


def json_dump_safer(obj: Any, fp: IO[str], **kwargs: Any) -> None:
    """Write JSON, also of values that JSON does not know.

    Raises:
        TypeError: Nothing stands for a value.
    """
    json.dump(obj, fp, cls=WandBJSONEncoder, **kwargs)


def json_dumps_safer(obj: Any, **kwargs: Any) -> str:
    """JSON, also of values that JSON does not know; raises as json_dump_safer() does."""
    return json.dumps(obj, cls=WandBJSONEncoder, **kwargs)


def json_dumps_safer_history(obj: Any, **kwargs: Any) -> str:
    """JSON, also of values that JSON does not know; large arrays as histograms."""
    return json.dumps(obj, cls=WandBHistoryJSONEncoder, **kwargs)


def make_json_if_not_number(v: int | float | str | Mapping[str, Any] | Sequence[Any]) -> int | float | str:
    """A number as it is, everything else as JSON."""
    return v if isinstance(v, (float, int)) else json_dumps_safer(v)


def rand_alphanumeric(length: int = 8, rand: Any = None) -> str:
    """Digits and letters by chance, in capitals; a line says that it is not to be used any more."""
    show_line("rand_alphanumeric is deprecated, use 'secrets.token_hex'", "error")
    return _by_chance(length, rand)
