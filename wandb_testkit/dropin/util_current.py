"""Owns those helpers of `wandb.util` that 0.31 has in its own way.

Among them which values are friendly to JSON; 0.10 has fewer kinds (util_classic).
"""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from enum import Enum
from typing import Any

from wandb_testkit.dropin import util_json
from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.env import get_app_url
from wandb_testkit.dropin.util import (
    get_full_typename,
)
from wandb_testkit.dropin.util import get_module as get_module
from wandb_testkit.dropin.util import (
    rand_alphanumeric as _by_chance,
)
from wandb_testkit.dropin.util import to_human_size as to_human_size
from wandb_testkit.dropin.util_system import fsync_open as fsync_open
from wandb_testkit.dropin.util_system import prompt_choices as prompt_choices
from wandb_testkit.dropin.util_values import downsample as downsample
from wandb_testkit.dropin.util_values import (
    get_jax_tensor,
    is_jax_tensor_typename,
)
from wandb_testkit.sdk.current_login import pages_of


def app_url(api_url: str) -> str:
    """Where the pages of a server are; WANDB_APP_URL says so for all of them."""
    told = get_app_url()
    return told.strip("/") if told else pages_of(api_url)


def json_friendly(obj: Any, *, preserve_numpy_nan: bool = False) -> tuple[Any, bool]:
    """A value that JSON can say, and whether it is another one.

    Args:
        preserve_numpy_nan: A NaN of numpy is a NaN; else it is None.
    """
    obj = util_json.as_array(obj)
    if is_jax_tensor_typename(get_full_typename(obj)):
        obj = get_jax_tensor(obj)
    if isinstance(obj, dict):
        said: tuple[Any, bool] = _sanitized(obj)
    elif isinstance(obj, set):
        said = tuple(obj), True
    elif isinstance(obj, Enum):
        said = obj.name, True
    else:
        said = util_json.plain(obj, keeps_nan=preserve_numpy_nan)
    return util_json.warned(said)


def _sanitized(known: dict[Any, Any]) -> tuple[dict[Any, Any], bool]:
    """Keys of numpy as Python's, and whether there were any."""
    changed = False
    whole: dict[Any, Any] = {}
    for key, value in known.items():
        if isinstance(value, dict):
            value, is_another = _sanitized(value)
            changed = changed or is_another
        if util_json.is_of_numpy(key):
            key, changed = util_json.number_of(key, keeps_nan=False), True
        whole[key] = value
    return whole, changed


def json_friendly_val(val: Any) -> Any:
    """A value that JSON can say, with all that is in it; what it cannot say is text."""
    if is_dataclass(val) and not isinstance(val, type):
        return json_friendly_val(asdict(val))
    return util_json.friendly_throughout(val, json_friendly)


def _with_nan_of_numpy(obj: Any) -> tuple[Any, bool]:
    return json_friendly(obj, preserve_numpy_nan=True)


class WandBJSONEncoder(util_json.JSONEncoder):
    """JSON of values that JSON does not know."""

    _friendly = staticmethod(_with_nan_of_numpy)


class WandBHistoryJSONEncoder(util_json.HistoryJSONEncoder):
    """JSON of values that JSON does not know; large arrays as histograms."""

    _friendly = staticmethod(_with_nan_of_numpy)


class WandBJSONEncoderOld(util_json.OldJSONEncoder):
    """JSON of values that JSON does not know; large arrays by their statistics."""

    _friendly = staticmethod(json_friendly)


_SAFER = util_json.SaferJSON(WandBJSONEncoder, WandBHistoryJSONEncoder)
json_dump_safer = _SAFER.json_dump_safer
json_dumps_safer = _SAFER.json_dumps_safer
json_dumps_safer_history = _SAFER.json_dumps_safer_history
make_json_if_not_number = _SAFER.make_json_if_not_number


def rand_alphanumeric(length: int = 8, rand: Any = None) -> str:
    """Digits and letters by chance, in capitals; a line says that it is not to be used any more."""
    show_line("rand_alphanumeric is deprecated, use 'secrets.token_hex'", "error")
    return _by_chance(length, rand)
