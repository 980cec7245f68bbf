"""Owns the types of columns that are made of others: unions, lists, arrays and dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wandb_testkit.sdk.data_types.dtypes import (
    NAMES,
    Invalid,
    Nothing,
    Type,
    Unknown,
    register,
    type_from_dtype,
    type_of,
)
from wandb_testkit.sdk.data_types.libraries import is_numpy_array


class Union(Type):
    """One of several."""

    name = "union"

    def __init__(self, allowed_types: Iterable[Any] = ()) -> None:
        super().__init__(allowed_types=sorted(_flat(type_from_dtype(one) for one in allowed_types), key=str))

    @property
    def members(self) -> list[Type]:
        """Those several."""
        members: list[Type] = self.params["allowed_types"]
        return members

    def assign(self, value: Any) -> Type:
        """The union in which the first member that takes the value has taken it."""
        return self._with(lambda member: member.assign(value))

    def assign_type(self, other: Type) -> Type:
        """The same for a type; of another union, for each of its members."""
        union: Type = self
        for one in other.members if isinstance(other, Union) else [other]:
            if not isinstance(union, Union):
                break
            union = union._with(lambda member, one=one: member.assign_type(one))  # type: ignore[misc]
        return union

    def explain(self, value: Any, depth: int = 0) -> str:
        """Why no member takes a value."""
        between = "\n" + "\t" * depth + "and"
        reasons = between.join("\n" + member.explain(value, depth + 1) for member in self.members)
        return super().explain(value, depth) + reasons

    def __repr__(self) -> str:
        return " or ".join(map(str, self.members))

    def _with(self, assigned: Callable[[Type], Type]) -> Type:
        """Members that are not known yet come last."""
        known = [member for member in self.members if not isinstance(member, Unknown)]
        unknown = [member for member in self.members if isinstance(member, Unknown)]
        tried = [*known, *unknown[:1]]
        for index, member in enumerate(tried):
            taken = assigned(member)
            if not isinstance(taken, Invalid):
                return Union([*tried[:index], taken, *tried[index + 1 :], *unknown[1:]])
        return Invalid()


class List(Type):
    """A list of one type."""

    name = "list"

    def __init__(self, element_type: Any = None, length: int | None = None) -> None:
        element = Unknown() if element_type is None else type_from_dtype(element_type)
        super().__init__(element_type=element, length=length)

    @classmethod
    def of(cls, values: Any) -> Type:
        """The type of a list; elements that do not go together make an invalid one of its elements."""
        items = list(values)
        element: Type = Optional(Unknown()) if any(item is None for item in items) else Unknown()
        for item in items:
            element = element.assign(item)
        return cls(element, len(items))

    def assign(self, value: Any) -> Type:
        """The list type that takes every element."""
        if not hasattr(value, "__iter__"):
            return Invalid()
        items = list(value)
        element = self.params["element_type"]
        for item in items:
            element = element.assign(item)
        return Invalid() if isinstance(element, Invalid) else List(element, len(items))

    def assign_type(self, other: Type) -> Type:
        """The list type that takes the elements of another."""
        if not isinstance(other, List):
            return Invalid()
        element = self.params["element_type"].assign_type(other.params["element_type"])
        length = self.params["length"] if self.params["length"] == other.params["length"] else None
        return Invalid() if isinstance(element, Invalid) else List(element, length)

    def explain(self, value: Any, depth: int = 0) -> str:
        """Why it does not take a value; of a list, the first element that it does not take."""
        text = super().explain(value, depth)
        element = self.params["element_type"]
        if isinstance(value, (list, tuple, set, frozenset)):
            for index, item in enumerate(value):
                taken = element.assign(item)
                if isinstance(taken, Invalid):
                    gap = "\t" * depth
                    return f"{text}\n{gap}Index {index}:\n{element.explain(item, depth + 1)}"
                element = taken
        return text

    def __repr__(self) -> str:
        return f"{self.params['element_type']}[]"


class NDArray(Type):
    """Arrays of one shape; `stored` tells in which file of an artifact those of a column are."""

    name = "ndarray"

    def __init__(self, shape: Sequence[int], serialization_path: dict[str, str] | None = None) -> None:
        super().__init__(shape=list(shape))
        self.stored = serialization_path

    def assign(self, value: Any) -> Type:
        """Itself, for an array or list of its shape."""
        if is_numpy_array(value):
            return self.assign_type(NDArray(value.shape))
        return self.assign_type(NDArray(_shape(value))) if isinstance(value, list) else Invalid()

    def assign_type(self, other: Type) -> Type:
        """Itself, for arrays of its shape and for lists."""
        if isinstance(other, List) or (isinstance(other, NDArray) and other.params["shape"] == self.params["shape"]):
            return self
        return Invalid()

    def to_json(self, artifact: Any = None) -> dict[str, Any]:
        """How an artifact says it."""
        params = {"shape": self.params["shape"], "serialization_path": self.stored}
        return {"wb_type": self.name, "params": params}


class TypedDict(Type):
    """A dict with a type for each key."""

    name = "typedDict"

    def __init__(self, type_map: Mapping[Any, Any] | None = None) -> None:
        super().__init__(type_map={key: type_from_dtype(one) for key, one in (type_map or {}).items()})

    @property
    def types(self) -> dict[Any, Type]:
        """Key -> type."""
        types: dict[Any, Type] = self.params["type_map"]
        return types

    def assign(self, value: Any) -> Type:
        """The type that takes the value of each key; a key that is not there is None."""
        if not isinstance(value, dict) or value.keys() - self.types.keys():
            return Invalid()
        return self._with({key: one.assign(value.get(key)) for key, one in self.types.items()})

    def assign_type(self, other: Type) -> Type:
        """The same for a type."""
        if not isinstance(other, TypedDict) or other.types.keys() - self.types.keys():
            return Invalid()
        return self._with({key: one.assign_type(other.types.get(key, Unknown())) for key, one in self.types.items()})

    def explain(self, value: Any, depth: int = 0) -> str:
        """Why it does not take a value, key by key."""
        text = super().explain(value, depth)
        if not isinstance(value, dict):
            return text
        gap = "\t" * depth
        if extra := value.keys() - self.types.keys():
            text += f"\n{gap}Found extra keys: {','.join(map(str, extra))}"
        for key, one in self.types.items():
            if isinstance(one.assign(value.get(key)), Invalid):
                text += f"\n{gap}Key '{key}':\n{one.explain(value.get(key), depth + 1)}"
        return text

    def __repr__(self) -> str:
        return str(self.types)

    @staticmethod
    def _with(types: dict[Any, Type]) -> Type:
        return Invalid() if any(isinstance(one, Invalid) for one in types.values()) else TypedDict(types)


def Optional(dtype: Any) -> Union:
    """A type that takes None too."""
    return Union([type_from_dtype(dtype), Nothing()])


def _flat(types: Iterable[Type]) -> list[Type]:
    return [member for one in types for member in (one.members if isinstance(one, Union) else [one])]


def _shape(values: Any) -> list[int]:
    shape = []
    while isinstance(values, list):
        shape.append(len(values))
        if not values:
            break
        values = values[0]
    return shape


register(Union)
register(NDArray)
for _kind in (list, tuple, set, frozenset):
    register(List, _kind, List.of)
register(TypedDict, dict, lambda value: TypedDict({key: type_of(item) for key, item in value.items()}))
NAMES["dictionary"] = TypedDict
