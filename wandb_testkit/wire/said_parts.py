"""Owns what all that is said in wandb's own messages is made of: texts, numbers, times, keys with values.

Whoever says one tells whether it was said exactly: a text is UTF-8, a number no more than 32 or 64 bits wide.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from wandb_testkit.wire.http import decode_json
from wandb_testkit.wire.json_text import json_text


def utf8(text: str) -> str:
    """The text, with "?" for what UTF-8 has no word for: half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def is_utf8(text: str) -> bool:
    """Whether UTF-8 has a word for all of it."""
    return text.isascii() or utf8(text) == text


def put_items(items: Any, values: Mapping[str, Any]) -> bool:
    """Say keys and values; returns whether every key was said exactly."""
    is_exact = True
    for key, value in values.items():
        if not is_utf8(key):
            is_exact, key = False, utf8(key)
        items.add(key=key, value_json=json_text(value))
    return is_exact


def take_items(items: Any) -> dict[str, Any]:
    """Keys and values; wandb 0.31 says a key in parts, and then the values are nested again."""
    values: dict[str, Any] = {}
    for item in items:
        put_at(values, key_of(item), decode_json(item.value_json, "a value"))
    return values


def key_of(item: Any) -> list[str]:
    """The key of an item, in parts."""
    return list(item.nested_key) or [item.key]


def put_at(values: dict[str, Any], key: Sequence[str], value: Any) -> None:
    """Set a value at a key in parts; what is in the way is replaced."""
    for part in key[:-1]:
        inner = values.get(part)
        if not isinstance(inner, dict):
            inner = values[part] = {}
        values = inner
    values[key[-1]] = value


def put_time(timestamp: Any, seconds: float) -> None:
    """Say a time, as near as whole nanoseconds of 64 bits are."""
    if math.isfinite(seconds) and abs(seconds) < 2**62:
        whole = math.floor(seconds)
        nanos = round((seconds - whole) * 1e9)
        timestamp.seconds, timestamp.nanos = (whole, nanos) if nanos < 10**9 else (whole + 1, 0)


def take_time(timestamp: Any) -> float:
    """Seconds since the epoch."""
    return float(timestamp.seconds + timestamp.nanos / 1e9)


def put_text(message: Any, name: str, text: str | None) -> bool:
    """Say a text that may be missing; returns whether it was said exactly: "" is how a message says that it is."""
    if text:
        setattr(message, name, utf8(text))
    return text is None or (text != "" and is_utf8(text))


def put_int(message: Any, name: str, number: float, bits: int) -> bool:
    """Say a whole number, or as near as the field comes to it; returns whether it was said exactly."""
    limit = 2 ** (bits - 1)
    is_number = number == number
    nearest = max(-limit, min(limit - 1, number)) if is_number else 0
    setattr(message, name, int(nearest))
    return type(number) is int and nearest == number


def said_exactly(*parts: tuple[str, bool]) -> frozenset[str]:
    """The names of those fields that were."""
    return frozenset(name for name, is_exact in parts if is_exact)


def texts(message: Any, names: Mapping[str, str]) -> dict[str, str]:
    """The texts that a message has: our name -> the text of its."""
    return {ours: getattr(message, theirs) for ours, theirs in names.items() if getattr(message, theirs)}
