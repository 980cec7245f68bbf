"""Owns those helpers of `wandb.util` that 0.10 has in its own way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from wandb_testkit.dropin import util, util_current, util_system, util_values
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
    return util_current._warned(util_current.plain(util_current._as_array(obj)))


def json_friendly_val(val: Any) -> Any:
    """A value that JSON can say, with all that is in it; what it cannot say is text."""
    return util_current.friendly_throughout(val, json_friendly)


class WandBJSONEncoder(util_current.WandBJSONEncoder):
    """JSON of values that JSON does not know."""

    def _friendly(self, obj: Any) -> tuple[Any, bool]:
        return json_friendly(obj)


class WandBHistoryJSONEncoder(util_current.WandBHistoryJSONEncoder):
    """JSON of values that JSON does not know; large arrays as histograms."""

    def _friendly(self, obj: Any) -> tuple[Any, bool]:
        return json_friendly(obj)


class WandBJSONEncoderOld(util_current.WandBJSONEncoderOld):
    """JSON of values that JSON does not know; large arrays by their statistics."""

    def _friendly(self, obj: Any) -> tuple[Any, bool]:
        return json_friendly(obj)


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


def make_json_if_not_number(v: Any) -> Any:
    """A number as it is, everything else as JSON."""
    return v if isinstance(v, (float, int)) else json_dumps_safer(v)


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
