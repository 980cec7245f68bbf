"""Owns the plain types of columns, and which type a value has: what may stand in a column, and how that is said.

A type that takes a value answers with the type that the column has then, or with Invalid. Types that are made of others
are in dtypes_composed, those of media with the media; they are found here once they are registered.
Source: observed with 0.31.0 (`column_types` of tables in artifacts).
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from wandb_testkit.sdk.data_types.libraries import is_numpy_array


class Type:
    """A type; `params` say which one of its kind."""

    name: ClassVar[str] = ""

    def __init__(self, **params: Any) -> None:
        self.params: dict[str, Any] = params

    def assign(self, value: Any) -> Type:
        """The type of a column of this one that takes a value, Invalid where it cannot."""
        return self.assign_type(type_of(value))

    def assign_type(self, other: Type) -> Type:
        """The same for any value of another type."""
        return self if isinstance(other, type(self)) and self.params == other.params else Invalid()

    def to_json(self, artifact: Any = None) -> dict[str, Any]:
        """How an artifact says it."""
        said = {"wb_type": self.name, "params": _said(self.params, artifact)}
        return said if self.params else {"wb_type": self.name}

    @classmethod
    def from_json(cls, said: Mapping[str, Any], artifact: Any = None) -> Type:
        """The type that to_json() said."""
        return cls(**{name: _read(value, artifact) for name, value in said.get("params", {}).items()})

    def explain(self, value: Any, depth: int = 0) -> str:
        """Why it does not take a value."""
        gap = "\t" * depth
        return (
            f"{gap}{type_of(value)} not assignable to {self}"
            if depth
            else f"{value} of type {type_of(value)} is not assignable to {self}"
        )

    def __repr__(self) -> str:
        params = ", ".join(f"{name}:{value}" for name, value in self.params.items())
        return f"{self.name.capitalize()}({params})" if params else self.name.capitalize()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Type) and self.name == other.name and self.params == other.params

    __hash__ = object.__hash__


class Invalid(Type):
    """What a value that is not taken leads to."""

    name = "invalid"

    def assign_type(self, other: Type) -> Type:
        """Invalid."""
        return self


class Any_(Type):
    """Takes everything but None."""

    name = "any"

    def assign_type(self, other: Type) -> Type:
        """Itself, for all but None."""
        return Invalid() if isinstance(other, (Nothing, Invalid)) else self


class Unknown(Type):
    """Becomes the type of the first value."""

    name = "unknown"

    def assign_type(self, other: Type) -> Type:
        """The other."""
        return Invalid() if isinstance(other, Nothing) else other


class Nothing(Type):
    """None, and NaN, which stands for it in data frames."""

    name = "none"


class String(Type):
    """Text."""

    name = "string"


class Number(Type):
    """Numbers of any kind."""

    name = "number"


class Timestamp(Type):
    """Dates and moments."""

    name = "timestamp"


class Boolean(Type):
    """True and False."""

    name = "boolean"


class ArtifactVersion(Type):
    """Text that is the URI of an artifact."""

    name = "artifactVersion"


class PythonObject(Type):
    """Anything else, by the name of its class."""

    name = "pythonObject"

    def __init__(self, class_name: str) -> None:
        super().__init__(class_name=class_name)


class Const(Type):
    """One value, or the values of one set."""

    name = "const"

    def __init__(self, val: Any = None, is_set: bool = False) -> None:
        is_set = is_set or isinstance(val, set)
        super().__init__(val=set(val) if is_set else val, is_set=is_set)

    def assign(self, value: Any) -> Type:
        """Itself, for its own value."""
        return self.assign_type(Const(value))

    def __repr__(self) -> str:
        return str(self.params["val"])


# ---------------------------------------------------------------------- which type a value has


KINDS: dict[type, Callable[[Any], Type]] = {
    type(None): lambda value: Nothing(),
    str: lambda value: ArtifactVersion() if value.startswith("wandb-artifact://") else String(),
    int: lambda value: Number(),
    float: lambda value: Nothing() if math.isnan(value) else Number(),
    bool: lambda value: Boolean(),
    datetime.datetime: lambda value: Timestamp(),
    datetime.date: lambda value: Timestamp(),
}
"""Class -> the type of one of its values; a value of a subclass is a PythonObject."""

CLASSES: dict[type, Callable[[], Type]] = {
    type(None): Nothing,
    str: String,
    int: Number,
    float: Number,
    bool: Boolean,
    datetime.datetime: Timestamp,
    datetime.date: Timestamp,
}
"""Class -> the type that it means as a `dtype`."""

NAMES: dict[str, type[Type]] = {
    **{
        kind.name: kind
        for kind in (
            *(Invalid, Any_, Unknown, Nothing, String, Number, Timestamp, Boolean, ArtifactVersion),
            *(PythonObject, Const),
        )
    },
    "object": PythonObject,
}
"""Name in an artifact -> type."""

NUMPY_KINDS: dict[str, Callable[[], Type]] = {**dict.fromkeys("iufc", Number), "b": Boolean, "M": Timestamp}
"""Kind of a numpy scalar -> its type."""


def register(kind: type[Type], values: type | None = None, of: Callable[[Any], Type] | None = None) -> None:
    """Add a type.

    Args:
        values: The class of its values.
        of: Makes the type of one of them; None: they are all of one type.
    """
    NAMES[kind.name] = kind
    if values is not None:
        KINDS[values] = of or (lambda value: kind())
        CLASSES[values] = kind


def type_of(value: Any) -> Type:
    """The type of a value."""
    kind = KINDS.get(type(value))
    if kind is not None:
        return kind(value)
    if is_numpy_array(value):
        return made("ndarray", value.shape)
    if type(value).__module__ == "numpy" and hasattr(value, "dtype"):
        scalar = NUMPY_KINDS.get(value.dtype.kind)
        if scalar is not None:
            return scalar()
    return PythonObject(type(value).__name__)


def type_from_dtype(dtype: Any) -> Type:
    """The type that a `dtype` means: a class, a list of them, a dict of them, or one value."""
    if isinstance(dtype, Type):
        return dtype
    if isinstance(dtype, type):
        if issubclass(dtype, Type):
            return dtype()
        known = CLASSES.get(dtype)
        if known is None and dtype.__module__ == "numpy":
            scalar: Any = dtype
            return type_of(scalar(0)) if hasattr(dtype, "dtype") else PythonObject(type(dtype).__name__)
        return PythonObject(type(dtype).__name__) if known is None else known()
    if isinstance(dtype, list):
        return made("list", *dtype) if len(dtype) < 2 else made("union", dtype)
    if isinstance(dtype, dict):
        return made("typedDict", dtype)
    return Const(dtype)


def made(name: str, *args: Any) -> Type:
    """A type by its name."""
    kind: Any = NAMES[name]
    kind_made: Type = kind(*args)
    return kind_made


def type_from_json(said: Mapping[str, Any], artifact: Any = None) -> Type:
    """The type that an artifact says.

    Raises:
        TypeError: There is none of that name.
    """
    kind = NAMES.get(said.get("wb_type", ""))
    if kind is None:
        raise TypeError(f"missing type handler for {said.get('wb_type')!r}; known are {', '.join(NAMES)}")
    return kind.from_json(said, artifact)


def _said(value: Any, artifact: Any) -> Any:
    if isinstance(value, Type):
        return value.to_json(artifact)
    if type(value) is dict:
        return {key: _said(item, artifact) for key, item in value.items()}
    if type(value) in (list, set, tuple, frozenset):
        return [_said(item, artifact) for item in value]
    return value


def _read(said: Any, artifact: Any) -> Any:
    if isinstance(said, dict):
        if "wb_type" in said:
            return type_from_json(said, artifact)
        return {key: _read(item, artifact) for key, item in said.items()}
    return [_read(item, artifact) for item in said] if isinstance(said, list) else said
