"""Owns the types of settings in 0.31: what a field takes, what it makes of it, and how it says no (as pydantic does).

A reader returns the value that the setting is to have, or raises `Wrong`. Texts are read as pydantic reads them in its
lax mode, because that is what comes from variables and files. Source: A.1, A.3; observed with pydantic 2.14.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Reader = Callable[[Any], Any]

TRUE_WORDS = frozenset({"1", "true", "t", "yes", "y", "on"})
FALSE_WORDS = frozenset({"0", "false", "f", "no", "n", "off"})


class Field(NamedTuple):
    """One setting: how values are read, and what it is when nobody gives one."""

    read: Reader
    default: Any


class Wrong(Exception):
    """A value that a reader does not take.

    Attributes:
        details: What is wrong: `type`, `msg`, `input`, `loc` (below the field), `hint`.
    """

    def __init__(self, *details: dict[str, Any]) -> None:
        super().__init__(*details)
        self.details = details


def wrong(kind: str, message: str, value: Any, hint: str, *, at: tuple[Any, ...] = ()) -> Wrong:
    """One thing that is wrong with a value, at a place below the field."""
    return Wrong({"type": kind, "loc": at, "msg": message, "input": value, "hint": hint})


def wrong_value(message: str, value: Any, hint: str) -> Wrong:
    """What a check of W&B's own, not a type, says no to."""
    return wrong("value_error", f"Value error, {message}", value, hint)


def flag(value: Any) -> bool:
    """A bool, a word that reads as one, 0 or 1."""
    hint = "Give True or False; in text: true, false, yes, no, on, off, 1, 0"
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in TRUE_WORDS | FALSE_WORDS:
        return value.lower() in TRUE_WORDS
    if isinstance(value, (str, int, float)):
        raise wrong("bool_parsing", "Input should be a valid boolean, unable to interpret input", value, hint)
    raise wrong("bool_type", "Input should be a valid boolean", value, hint)


def text(value: Any) -> str:
    """A str, or bytes of UTF-8."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            raise wrong(
                "string_unicode",
                "Input should be a valid string, unable to parse raw data as a unicode string",
                value,
                "Decode it first",
            ) from None
    hint = f"Give text: {str(value)!r}" if isinstance(value, (int, float)) else "Give a str"
    raise wrong("string_type", "Input should be a valid string", value, hint)


def path(value: Any) -> str:
    """A path; it is kept as text."""
    if isinstance(value, (str, bytes, bytearray)):
        return text(value)
    if isinstance(value, os.PathLike):
        return text(os.fspath(value))
    raise wrong("string_type", "Input should be a valid string", value, "Give a path: a str or a Path")


def integer(value: Any) -> int:
    """An int, or text that reads as one."""
    hint = "Give a whole number"
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if value.is_integer():
            return int(value)
        raise wrong(
            "int_from_float", "Input should be a valid integer, got a number with a fractional part", value, hint
        )
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            raise wrong(
                "int_parsing", "Input should be a valid integer, unable to parse string as an integer", value, hint
            ) from None
    raise wrong("int_type", "Input should be a valid integer", value, hint)


def number(value: Any) -> float:
    """A float, or text that reads as one."""
    hint = "Give a number, in seconds where it is a time"
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise wrong(
                "float_parsing", "Input should be a valid number, unable to parse string as a number", value, hint
            ) from None
    raise wrong("float_type", "Input should be a valid number", value, hint)


def words(*options: str) -> Reader:
    """One of some words, spelled exactly so."""

    def read(value: Any) -> str:
        if isinstance(value, str) and value in options:
            return value
        import difflib

        near = difflib.get_close_matches(value.lower(), options, n=1) if isinstance(value, str) else []
        hint = f"Did you mean {near[0]!r}?" if near else f"Give one of these words, for example {options[0]!r}"
        raise wrong("literal_error", f"Input should be {alternatives(options)}", value, hint)

    return read


def alternatives(options: Sequence[str]) -> str:
    """Words as a person lists them."""
    quoted = [repr(option) for option in options]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def texts(value: Any) -> Any:
    """A sequence of str; a lone str is none (so WANDB_CONFIG_PATHS cannot be used, A.3)."""
    if isinstance(value, str):
        raise wrong(
            "sequence_str",
            "'str' instances are not allowed as a Sequence value",
            value,
            f"Give a list: {value.split(',')!r}; a variable cannot hold one",
        )
    if not isinstance(value, Sequence):
        raise wrong("is_instance_of", "Input should be an instance of Sequence", value, "Give a list of str")
    return type(value)(each(text, value)) if isinstance(value, (list, tuple)) else each(text, value)


def each(read: Reader, values: Sequence[Any]) -> list[Any]:
    """Every item read; what is wrong with any of them is told together."""
    got, details = [], []
    for index, value in enumerate(values):
        try:
            got.append(read(value))
        except Wrong as error:
            details += [{**detail, "loc": (index, *detail["loc"])} for detail in error.details]
    if details:
        raise Wrong(*details)
    return got


def mapping(value: Any) -> dict[str, str]:
    """A dict of str to str."""
    if not isinstance(value, Mapping):
        raise wrong("dict_type", "Input should be a valid dictionary", value, "Give a dict of str to str")
    details = []
    for key, item in value.items():
        for part, at in ((key, (key, "[key]")), (item, (key,))):
            try:
                text(part)
            except Wrong as error:
                details += [{**detail, "loc": at} for detail in error.details]
    if details:
        raise Wrong(*details)
    return dict(value)


def function(value: Any) -> Any:
    """Something that can be called."""
    if not callable(value):
        raise wrong("callable_type", "Input should be callable", value, "Give a function")
    return value


def anything(value: Any) -> Any:
    """Any value at all."""
    return value


def from_json(read: Reader) -> Reader:
    """The same, or JSON text of it."""

    def parse(value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError as error:
                raise wrong_value(str(error), value, "Text is read as JSON here") from None
        return read(value)

    return parse


def optional(read: Reader) -> Reader:
    """The same, or None."""
    return lambda value: None if value is None else read(value)


def at_least(read: Reader, minimum: float, message: str) -> Reader:
    """A number that is not too small."""

    def check(value: Any) -> Any:
        got = read(value)
        if got < minimum:
            raise wrong_value(message, value, f"Give {minimum} or more")
        return got

    return check


def url(value: Any) -> str:
    """The address of a server, without a slash at its end."""
    address = text(value)
    hint = "Give the whole address, for example 'https://wandb.example.com'"
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", address):
        raise wrong("url_parsing", "Input should be a valid URL, relative URL without a base", value, hint)
    if not re.match(r"https?://[^/]", address):
        raise wrong("url_scheme", "URL scheme should be 'http' or 'https'", value, hint)
    return address.rstrip("/")
