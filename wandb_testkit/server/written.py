"""Owns what was last written of each object that a store keeps: by it the store tells what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress, count, islice
from operator import is_not
from typing import Any

from wandb_testkit.server.kept import Kind

CONTAINERS = (list, dict, set)


class Known:
    """One object that has a number, and what was written of it."""

    __slots__ = ("is_written", "kind", "kind_name", "marks", "node", "number")

    def __init__(self, node: object, kind_name: str, kind: Kind, number: int) -> None:
        self.node: Any = node
        self.kind_name = kind_name
        self.kind = kind
        self.number = number
        self.marks: dict[str, Mark] = {}
        self.is_written = False

    def put(self, values: Mapping[str, tuple[Any, str]]) -> None:
        """Set the attributes: value and text of each; what an older file does not have is as in a new object."""
        kind = self.kind
        example = None
        for name in kind.names:
            if name in values:
                value, text = values[name]
                is_stream = name in kind.streams
                self.marks[name] = Mark.of_stream(value, kind.only_grows(name)) if is_stream else Mark(value, text)
            elif kind.fresh is not None:
                example = example or kind.fresh()
                value = getattr(example, name)
            else:
                continue
            setattr(self.node, name, value)
        self.is_written = True


class Mark:
    """An attribute as it was written: the object, its length, its text, of a stream its items."""

    __slots__ = ("flat", "length", "text", "value")

    def __init__(self, value: Any, text: str = "", flat: list[Any] | None = None) -> None:
        self.value = value
        self.length = len(value) if isinstance(value, CONTAINERS) else 0
        self.text = hash(text)
        self.flat = flat

    @classmethod
    def of_stream(cls, value: Any, only_grows: bool) -> Mark:
        """A mark of a list or a dict; of one that changes in place it holds a copy."""
        if isinstance(value, list):
            return cls(value, flat=value if only_grows else list(value))
        return cls(value, flat=_flat(value))

    def is_as_written(self, value: Any, only_grows: bool) -> bool:
        """Whether nothing can have changed."""
        if self.value is not value:
            return False
        return not isinstance(value, CONTAINERS) or (only_grows and len(value) == self.length)

    def first_change(self, value: list[Any] | dict[Any, Any]) -> int:
        """The first line that is another object than was written, or new; the number of lines if there is none."""
        if self.flat is value:
            return self.length
        old = islice(self.flat or (), self.length if isinstance(value, list) else None)
        new = value if isinstance(value, list) else _flat(value)
        different = next(compress(count(), map(is_not, old, new)), None)
        if different is None:
            return min(self.length, len(value))
        return different if isinstance(value, list) else different // 2


def _flat(value: dict[Any, Any]) -> list[Any]:
    return [part for pair in value.items() for part in pair]
