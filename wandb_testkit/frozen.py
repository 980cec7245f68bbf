"""Owns the class decorator of the words: frozen dataclasses whose methods are made when first used.

`dataclasses` compiles six methods for each class when its module is imported, 0.4 ms a class, and most processes use a
few classes of many. Here the constructor is compiled for the first instance, and all else is the same for every class.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # type checkers see the class that it is
else:

    def dataclass(*, frozen: bool, slots: bool = False) -> Callable[[type], type]:
        """What `dataclasses.dataclass` does: `fields()`, `replace()`, patterns, copy and pickle work as ever."""
        if not frozen:
            raise TypeError("a word is frozen; take dataclasses.dataclass for anything else")
        bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)

        def decorated(kind: type) -> type:
            for name, method in METHODS.items() if slots else METHODS_WITHOUT_SLOTS.items():
                if name not in vars(kind):
                    setattr(kind, name, method)
            return bare(kind)

        return decorated


class Word:
    """The methods of words; each class has them for its own, since it has no base but those it names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kind: Any = type(self)
        kind.__init__ = _constructor(kind)
        kind.__init__(self, *args, **kwargs)

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def __repr__(self) -> str:
        kind: Any = type(self)
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in _shown(kind))
        return f"{kind.__qualname__}({told})"

    def __eq__(self, other: object) -> bool:
        return _values(self) == _values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(_values(self))

    def __getstate__(self) -> list[Any]:
        return [getattr(self, field.name) for field in dataclasses.fields(self)]  # type: ignore[arg-type] # it is one

    def __setstate__(self, state: list[Any]) -> None:
        for field, value in zip(dataclasses.fields(self), state, strict=True):  # type: ignore[arg-type] # it is one
            object.__setattr__(self, field.name, value)


METHODS = {name: value for name, value in vars(Word).items() if callable(value)}
METHODS_WITHOUT_SLOTS = {name: METHODS[name] for name in METHODS if name not in ("__getstate__", "__setstate__")}


@cache
def _shown(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.repr)


@cache
def _compared(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.compare)


def _values(word: object) -> tuple[Any, ...]:
    kind: Any = type(word)
    return tuple([getattr(word, name) for name in _compared(kind)])


def _constructor(kind: Any) -> Callable[..., None]:
    """The method that takes the fields in their order or by name, and puts each into its place."""
    has_slots = "__slots__" in vars(kind)
    known: dict[str, Any] = {"missing": dataclasses.MISSING}
    parameters, body = [], []
    for field in dataclasses.fields(kind):
        name = value = field.name
        if has_slots:
            known[f"set_{name}"] = getattr(kind, name).__set__
        if field.default_factory is not dataclasses.MISSING:
            known[f"make_{name}"] = field.default_factory
            parameters.append(f"{name}=missing")
            value = f"make_{name}() if {name} is missing else {name}"
        elif field.default is not dataclasses.MISSING:
            known[f"default_{name}"] = field.default
            parameters.append(f"{name}=default_{name}")
        else:
            parameters.append(name)
        body.append(f"    set_{name}(self, {value})" if has_slots else f"    self.__dict__[{name!r}] = {value}")
    source = f"def __init__(self, {', '.join(parameters)}):\n" + ("\n".join(body) or "    pass")
    # Nothing in it comes from outside: names of fields, as the class has them. It is compiled apart: exec() of a text
    # lets CPython forget that it was Ctrl-C which ends the process, and this may happen at the end of one.
    exec(compile(source, f"<constructor of {kind.__qualname__}>", "exec"), known)
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    return made


def ready(*kinds: type) -> None:
    """Compile the constructors of words that every process is going to use: better at the import than in between."""
    for kind in kinds:
        kind.__init__ = _constructor(kind)  # type: ignore[misc]
