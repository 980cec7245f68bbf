"""Turns what users log into JSON values: plain, copied in depth, and refused where JSON has no word for it.

What a profile makes of other types is its own (`classic_values.py`, `current_values.py`); this module knows JSON's own
types, and arrays of numpy, torch and their like by what they can do, so that none of these is imported.
Source: LOG-5, CONFIG-1, SUMMARY-1.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

PLAIN = frozenset({float, bool, str, type(None)})
"""Types that are JSON values as they are; int is one only within 64 bits."""

MAX_INT = 2**63 - 1
MIN_INT = -(2**63)

MAX_LISTED = 32
"""An array of more elements than this becomes a histogram, or statistics, of as many bins."""

Fallback = Callable[[Any], Any]


class ValueRules(NamedTuple):
    """What a profile makes of values that are not JSON: in a row, in config, in the summary when set by hand.

    Each knows types of its own, and raises Unserializable for what it leaves to others.
    """

    row: Fallback
    config: Fallback
    summary: Fallback


class Unserializable(Exception):
    """Raised by a fallback that does not know the value."""


class NoJsonError(TypeError):
    """There is no JSON for a value; where it was is said by placed()."""


class NoTextError(NoJsonError):
    """Bytes are no text in UTF-8: placed() makes the error of it that both generations raise."""

    def __init__(self, error: UnicodeDecodeError) -> None:
        super().__init__(str(error))
        self.error = error


def text_of(value: bytes | bytearray) -> str:
    """The text that bytes are.

    Raises:
        NoTextError: They are none.
    """
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoTextError(error) from None


def to_json(value: Any, fallback: Fallback) -> Any:
    """Make a JSON value of `value`, sharing nothing mutable with it.

    Args:
        value: Anything.
        fallback: Is asked first about everything that is not one of JSON's types, and about ints beyond 64 bits.
    Raises:
        NoJsonError: There is none for it.
    """
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is int:
        return value if MIN_INT <= value <= MAX_INT else fallback(value)
    if isinstance(value, dict):
        return {key if type(key) is str else str(key): to_json(item, fallback) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item, fallback) for item in value]
    try:
        known = fallback(value)
    except Unserializable:
        known = _by_what_it_can_do(value)
    return to_json(known, fallback)


def _by_what_it_can_do(value: Any) -> Any:
    if is_array(value):
        return listed(value) if size_of(value) <= MAX_LISTED else histogram(value)
    if isinstance(value, str):
        return str.__str__(value)  # of an enum, str() would be the name
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    raise NoJsonError(
        f"value {value!r} of type {type(value).__name__} cannot be logged: it is not JSON serializable. "
        "Log numbers, strings, lists or dicts of them"
    )


def placed(error: NoJsonError, owner: str, path: Iterable[str], value: Any, fallback: Fallback) -> Exception:
    """The error that the user sees, with the place of what has no JSON: owner['key']['key below'].

    Args:
        owner, path: Where `value` is.
        fallback: What to_json() was called with.
    """
    place = "".join(f"[{key!r}]" for key in (*path, *_way_to_refused(value, fallback)))
    if isinstance(error, NoTextError):
        told, advice = error.error, "log the text that they stand for, such as value.hex()"
        reason = f"{told.reason}. {owner}{place} are bytes and no text in UTF-8; {advice}"
        return UnicodeDecodeError(told.encoding, told.object, told.start, told.end, reason)
    return TypeError(f"{owner}{place}: {error}")


def _way_to_refused(value: Any, fallback: Fallback) -> Iterator[Any]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    for key, item in items:
        try:
            to_json(item, fallback)
        except NoJsonError:
            yield key
            yield from _way_to_refused(item, fallback)
            return


def copied(value: Any) -> Any:
    """A copy of a JSON value that shares nothing mutable with it."""
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    if type(value) is list:
        return [copied(item) for item in value]
    return value


def without_nan(value: Any, *, in_lists: bool) -> Any:
    """The value with None in the place of NaN, as config and summary have it."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dict):
        return {key: without_nan(item, in_lists=in_lists) for key, item in value.items()}
    if in_lists and isinstance(value, list):
        return [without_nan(item, in_lists=True) for item in value]
    return value


def dotted_name(function: Any) -> str:
    """`module.name` of a function or class, as both generations write one; "None" stands for no module (LOG-5)."""
    if hasattr(function, "__qualname__") and hasattr(function, "__module__"):
        return f"{function.__module__}.{function.__qualname__}"
    return str(function)


# ---------------------------------------------------------------------- arrays


def is_array(value: Any) -> bool:
    """Whether it is an array, a tensor, or a scalar of such a library."""
    return hasattr(value, "tolist") and hasattr(value, "dtype")


def size_of(array: Any) -> int:
    """How many elements it has."""
    return int(array.numel() if hasattr(array, "numel") else array.size)


def listed(array: Any) -> Any:
    """Its elements as nested lists; one element by itself."""
    elements = (array.detach().cpu() if hasattr(array, "detach") else array).tolist()
    while isinstance(elements, list) and len(elements) == 1:
        elements = elements[0]
    return elements


def in_config(array: Any) -> Any:
    """What config keeps of an array: text, if it has one element or many (observed with 0.10.33 and 0.31.0)."""
    is_number = not hasattr(array, "__setitem__") or (hasattr(array, "detach") and not array.shape)
    size = size_of(array)
    if is_number or 1 < size <= MAX_LISTED or not size:
        return listed(array)
    return str(listed(array) if size == 1 else array)


def histogram(array: Any) -> dict[str, Any]:
    """What a row keeps of a large array."""
    numpy = _numpy()
    values, bins = numpy.histogram(_as_numpy(array), bins=MAX_LISTED)
    return {"_type": "histogram", "values": values.tolist(), "bins": bins.tolist()}


def statistics(array: Any) -> dict[str, Any]:
    """What a summary keeps of a large array that is set by hand."""
    numpy = _numpy()
    whole = _as_numpy(array)
    percentiles = {f"{rank}%": float(numpy.percentile(whole, rank)) for rank in (10, 25, 75, 90)}
    return {
        "_type": "numpy.ndarray",
        "var": numpy.var(whole).item(),
        "mean": numpy.mean(whole).item(),
        "min": numpy.amin(whole).item(),
        "max": numpy.amax(whole).item(),
        **percentiles,
        "size": size_of(array),
    }


def _as_numpy(array: Any) -> Any:
    return _numpy().asarray(array.detach().cpu() if hasattr(array, "detach") else array)


def _numpy() -> Any:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        raise TypeError(
            f"an array of more than {MAX_LISTED} elements is summarised with numpy: import numpy, or log a list"
        )
    return numpy
