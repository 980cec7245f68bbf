"""Turns what users log into JSON values: plain, copied in depth, and refused where JSON has no word for it.

Source: LOG-5, CONFIG-1; what a profile turns into what is data (`FALLBACKS` of classic.py and current.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

PLAIN = frozenset({float, bool, str, type(None)})
"""Types that are JSON values as they are; int is one only within 64 bits."""

MAX_INT = 2**64 - 1
MIN_INT = -(2**63)

Fallback = Callable[[Any], Any]


class Unserializable(Exception):
    """Raised by a fallback that does not know the value."""


def to_json(value: Any, fallback: Fallback) -> Any:
    """Make a JSON value of `value`, sharing nothing mutable with it.

    Args:
        value: Anything.
        fallback: Knows the types that this function does not; raises Unserializable for what has no JSON form.
    Raises:
        TypeError: Neither knows the type.
    """
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is int:
        return value if MIN_INT <= value <= MAX_INT else _ask(fallback, value)
    if isinstance(value, Mapping):
        return {key if type(key) is str else str(key): to_json(item, fallback) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item, fallback) for item in value]
    plain = _from_array_library(value)
    if plain is not value:
        return to_json(plain, fallback)
    if isinstance(value, (bool, int, float, str)):  # subclasses, such as IntEnum: as the base type writes them
        base = next(base for base in (bool, str, int, float) if isinstance(value, base))
        return base(value)
    return _ask(fallback, value)


def copied(value: Any) -> Any:
    """A copy of a JSON value that shares nothing mutable with it."""
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    if type(value) is list:
        return [copied(item) for item in value]
    return value


def _ask(fallback: Fallback, value: Any) -> Any:
    try:
        return fallback(value)
    except Unserializable:
        raise TypeError(
            f"value {value!r} of type {type(value).__name__} cannot be logged: it is not JSON serializable. "
            "Log numbers, strings, lists or dicts of them"
        ) from None


def _from_array_library(value: Any) -> Any:
    """Numbers and lists out of numpy, torch and their like: recognised by what they can do, so none is imported."""
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        detached = value.detach().cpu() if hasattr(value, "detach") else value
        listed = detached.tolist()
        while isinstance(listed, list) and len(listed) == 1:
            listed = listed[0]
        return listed
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def dotted_name(function: Any) -> str:
    """`module.name` of a function, as both generations write one (LOG-5)."""
    return f"{getattr(function, '__module__', '') or 'builtins'}.{getattr(function, '__qualname__', repr(function))}"
