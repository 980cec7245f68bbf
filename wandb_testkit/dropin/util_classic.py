"""Owns those helpers of `wandb.util` that 0.10 has in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from wandb_testkit.dropin import util, util_json, util_system, util_values
from wandb_testkit.dropin.util import rand_alphanumeric as rand_alphanumeric
from wandb_testkit.sdk.credentials import app_url as pages_of


def app_url(api_url: str) -> str:
    """Where the pages of a server are."""
    return pages_of(api_url)


def downsample(values: Iterable[Any], target_length: int) -> list[Any]:
    """Evenly fewer values, with the first and the last.

    Raises:
        AssertionError: `target_length` is not above 1.
    """
    assert target_length > 1, f"target_length={target_length!r} must be above 1"
    return util_values.downsample(values, target_length)


def json_friendly(obj: Any) -> tuple[Any, bool]:
    """A value that JSON can say, and whether it is another one."""
    return util_json.warned(util_json.plain(util_json.as_array(obj)))


def json_friendly_val(val: Any) -> Any:
    """A value that JSON can say, with all that is in it; what it cannot say is text."""
    return util_json.friendly_throughout(val, json_friendly)


class WandBJSONEncoder(util_json.JSONEncoder):
    """JSON of values that JSON does not know."""

    _friendly = staticmethod(json_friendly)


class WandBHistoryJSONEncoder(util_json.HistoryJSONEncoder):
    """JSON of values that JSON does not know; large arrays as histograms."""

    _friendly = staticmethod(json_friendly)


class WandBJSONEncoderOld(util_json.OldJSONEncoder):
    """JSON of values that JSON does not know; large arrays by their statistics."""

    _friendly = staticmethod(json_friendly)


_SAFER = util_json.SaferJSON(WandBJSONEncoder, WandBHistoryJSONEncoder)
json_dump_safer = _SAFER.json_dump_safer
json_dumps_safer = _SAFER.json_dumps_safer
json_dumps_safer_history = _SAFER.json_dumps_safer_history
make_json_if_not_number = _SAFER.make_json_if_not_number


def get_module(name: str, required: str | None = None) -> Any:
    """A module, None if it is not installed.

    Raises:
        Error: It is not installed, and `required` is the text for that case.
    """
    return util.get_module(name, required)


def to_human_size(bytes: float, units: util.Units = None) -> str:
    """Bytes as people read them."""
    return util.to_human_size(bytes, units)


@contextmanager
def fsync_open(path: str, mode: str = "w") -> Iterator[IO[Any]]:
    """An open file that is on the disk when it is closed."""
    with util_system.fsync_open(path, mode) as file:
        yield file


def prompt_choices(choices: Sequence[str], allow_manual: bool = False) -> str:
    """Have the user choose."""
    return util_system.chosen(choices)
