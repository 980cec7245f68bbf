"""Owns the text of a value in a store: JSON, with a tag where Python knows more kinds of values than JSON does.

Nothing is ever made of it but plain values and the classes that `kept` names: a store may come from anywhere.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

PLAIN = frozenset({type(None), bool, int, float, str})

TAG = "$"
"""Begins the key of a tagged value; a user's dict with such a key is written as a list of pairs."""


class NotKeptError(TypeError):
    """A value that a store has no text for."""


class Texts:
    """Writes and reads values.

    Args:
        classes: Enums, NamedTuples and frozen dataclasses that values may hold, by name.
        number_of: The number of an object that is kept by itself, None for anything else.
        digest_of: Takes a content to be kept, and tells its digest.
        hide: Tells what stands for a key that nobody may read in the file.
        hidden: The attribute of each of the classes that is such a key.
    """

    def __init__(
        self,
        classes: Mapping[str, type],
        number_of: Callable[[object], int | None],
        digest_of: Callable[[bytes], str],
        hide: Callable[[str], str],
        hidden: Mapping[type, str],
    ) -> None:
        self._hide = hide
        self._hidden = hidden
        self._classes = dict(classes)
        self._names = {known: name for name, known in classes.items()}
        self._number_of = number_of
        self._digest_of = digest_of

    def write(self, value: Any) -> str:
        """The text of a value; NaN and Infinity are bare tokens.

        Raises:
            NotKeptError: It is of no known kind.
        """
        if type(value) is list and all(map(_is_plain, value)):  # rows and times, nearly always
            return _encode(value)
        return _encode(self._packed(value))

    def read(self, text: str, node: Callable[[int], object], content: Callable[[str], bytes]) -> Any:
        """The value of a text.

        Args:
            node: The object with a number.
            content: The content with a digest.
        """
        return self._unpacked(json.loads(text), node, content)

    def _packed(self, value: Any) -> Any:
        kind = type(value)
        if kind in PLAIN:
            return value
        if kind is list:
            return [self._packed(item) for item in value]
        if kind is dict:
            if all(type(key) is str and key[:1] != TAG for key in value):
                return {key: self._packed(item) for key, item in value.items()}
            return {"$dict": [[self._packed(key), self._packed(item)] for key, item in value.items()]}
        if kind is tuple:
            return {"$tuple": [self._packed(item) for item in value]}
        if kind in (set, frozenset):
            return {f"${kind.__name__}": [self._packed(item) for item in value]}
        if kind is bytes:
            return {"$bytes": self._digest_of(value)}
        if kind in self._names:
            if (name := self._hidden.get(kind)) is not None:
                value = value._replace(**{name: self._hide(getattr(value, name))})
            return {"$value": [self._names[kind], [self._packed(part) for part in _parts(value)]]}
        number = self._number_of(value)
        if number is None:
            raise NotKeptError(
                f"{value!r} is of class {kind.__qualname__}; a store keeps JSON, bytes and what it has names for"
            )
        return {"$node": number}

    def _unpacked(self, value: Any, node: Callable[[int], object], content: Callable[[str], bytes]) -> Any:
        if type(value) is list:
            return [self._unpacked(item, node, content) for item in value]
        if type(value) is not dict:
            return value
        if len(value) != 1 or next(iter(value))[:1] != TAG:
            return {key: self._unpacked(item, node, content) for key, item in value.items()}
        ((tag, packed),) = value.items()
        if tag == "$node":
            return node(packed)
        if tag == "$bytes":
            return content(packed)
        if tag == "$dict":
            pairs = (self._unpacked(pair, node, content) for pair in packed)
            return {key: item for key, item in pairs}
        if tag == "$value":
            name, parts = packed
            return _made(self._classes[name], self._unpacked(parts, node, content))
        items = self._unpacked(packed, node, content)
        return {"$tuple": tuple, "$set": set, "$frozenset": frozenset}[tag](items)


_encode = json.JSONEncoder().encode


def _is_plain(value: Any) -> bool:
    """Whether a value is its own text, as JSON."""
    kind = type(value)
    if kind is not dict:
        return kind in PLAIN
    if not PLAIN.issuperset(map(type, value.values())) or not _STR.issuperset(map(type, value)):
        return False
    return TAG not in "".join(value)  # a key that has it elsewhere is written in the long way


_STR = frozenset({str})


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Enum):
        return [value.value]
    if isinstance(value, tuple):
        return list(value)
    return [getattr(value, field.name) for field in dataclasses.fields(value)]


def _made(known: type, parts: list[Any]) -> Any:
    return known(*parts)
