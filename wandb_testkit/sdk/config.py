"""Owns the config of a run: what it was given, what may be changed, and how values are read.

Source: CONFIG-1 to CONFIG-12. Which class a missing attribute raises, and whether a refused update() is refused whole,
is the profile's (`ConfigRules`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wandb_testkit.errors import ConfigError, UsageError
from wandb_testkit.sdk.values import Fallback, to_json


@dataclass(frozen=True, slots=True)
class ConfigRules:
    """What a profile decides about config.

    Attributes:
        missing_attribute: Raised by `config.nope` (CONFIG-11).
        update_is_atomic: A refused update() sets none of its keys (CONFIG-7).
        server_merges_dicts: A dict that replaces a dict is merged into it on the way to the server (CONFIG-12).
        fallback: Makes JSON of values that JSON does not know.
    """

    missing_attribute: type[Exception]
    update_is_atomic: bool
    server_merges_dicts: bool
    fallback: Fallback


class Config:
    """Settings of the user's program: items by key or attribute; a key that is set may not change its value.

    Args:
        rules: What the profile decides.
        before_change: Raises where config cannot be changed any more.
        changed: Is told that the server's config is out of date.
        may_change: Whether values may be changed without being asked (CONFIG-8, CONFIG-9).
    """

    __slots__ = ("_before_change", "_changed", "_items", "_locked", "_may_change", "_merged", "_rules")

    def __init__(
        self,
        rules: ConfigRules,
        before_change: Callable[[], None],
        changed: Callable[[], None],
        *,
        may_change: bool = False,
    ) -> None:
        object.__setattr__(self, "_rules", rules)
        object.__setattr__(self, "_items", {})
        object.__setattr__(self, "_locked", set())
        object.__setattr__(self, "_merged", {})
        object.__setattr__(self, "_before_change", before_change)
        object.__setattr__(self, "_changed", changed)
        object.__setattr__(self, "_may_change", may_change)

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self._items[key]
        except KeyError:
            known = ", ".join(self.keys()) or "none"
            raise self._rules.missing_attribute(f"config has no key {key!r} [CONFIG-11]; keys: {known}") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default`."""
        return self._items.get(key, default)

    def keys(self) -> list[str]:
        """The keys there are; those that begin with `_` are hidden (CONFIG-2)."""
        return [key for key in self._items if not key.startswith("_")]

    def items(self) -> list[tuple[str, Any]]:
        """Key and value of all that is not hidden."""
        return [(key, value) for key, value in self._items.items() if not key.startswith("_")]

    def values(self) -> list[Any]:
        """The values of all that is not hidden."""
        return [value for _, value in self.items()]

    def as_dict(self) -> dict[str, Any]:
        """All keys as a dict of their own."""
        return dict(self._items)

    def as_sent(self) -> dict[str, Any]:
        """All keys as the server is to have them; it shares values with the config."""
        return {**self._items, **self._merged}

    def load(self, values: Mapping[str, Any]) -> None:
        """Take values that init() has read already; nothing is locked against them."""
        self._items.update(values)

    def setdefaults(self, values: Any) -> None:
        """Set the keys that are missing (CONFIG-11)."""
        self._before_change()
        fresh = {key: value for key, value in self._read(values).items() if key not in self._items}
        self._changed()
        self._items.update(fresh)

    def update(self, values: Any, allow_val_change: bool | None = None) -> None:
        """Set several keys.

        Raises:
            ConfigError: A key has another value already, and `allow_val_change` does not hold.
        """
        self._before_change()
        fresh = self._read(values)
        may_change = self._may_change if allow_val_change is None else allow_val_change
        refused = None
        for key, value in fresh.items():
            if not may_change and key in self._items and self._items[key] != value:
                refused = ConfigError(
                    f"config[{key!r}] is {self._items[key]!r} and was to become {value!r} [CONFIG-7]. To change it, "
                    "call config.update(..., allow_val_change=True)"
                )
                break
        if refused is None or not self._rules.update_is_atomic:
            self._changed()
            for key, value in fresh.items():
                if refused is not None and key in self._items and self._items[key] != value:
                    break
                self._set(key, value)
        if refused is not None:
            raise refused

    def _set(self, key: str, value: Any) -> None:
        old = self._merged.pop(key, self._items.get(key))
        if self._rules.server_merges_dicts and isinstance(old, dict) and isinstance(value, dict):
            self._merged[key] = merged(old, value)
        self._items[key] = value

    def _read(self, values: Any) -> dict[str, Any]:
        return read_config(values, self._rules.fallback)


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Two dicts as one, dicts inside them as well; `new` wins."""
    both = {**old, **new}
    for key in old.keys() & new.keys():
        if isinstance(old[key], dict) and isinstance(new[key], dict):
            both[key] = merged(old[key], new[key])
    return both


def read_config(values: Any, fallback: Fallback) -> dict[str, Any]:
    """Make config values of a dict, a Namespace or any object with `__dict__` (CONFIG-1, CONFIG-2, CONFIG-3).

    Raises:
        TypeError: It is none of these, or a key is not a str.
    """
    if values is None or values == "":
        return {}
    if isinstance(values, Mapping):
        mapping: Mapping[Any, Any] = values
    elif hasattr(values, "flag_values_dict"):  # absl FLAGS keep their values elsewhere
        mapping = values.flag_values_dict()
    elif hasattr(values, "keys") and hasattr(values, "__getitem__"):
        mapping = {key: values[key] for key in values.keys()}  # noqa: SIM118 - it may have no __iter__
    elif hasattr(values, "__dict__") and not isinstance(values, type):
        mapping = vars(values)
    else:
        raise TypeError(
            f"config must be a dict, an argparse.Namespace or an object with __dict__; got {values!r} of type "
            f"{type(values).__name__} [CONFIG-2]"
        )
    fresh = {}
    for key, value in mapping.items():
        if not isinstance(key, str):
            raise TypeError(f"config keys must be str; got {key!r} of type {type(key).__name__} [CONFIG-5]")
        fresh[key.strip("-")] = to_json(value, fallback)
    return fresh


def chosen(values: Mapping[str, Any], include: Any, exclude: Any) -> dict[str, Any]:
    """The keys of `config` that init() is to take (CONFIG-6).

    Raises:
        UsageError: Both lists are given.
    """
    if include and exclude:
        raise UsageError(
            f"config_include_keys={include!r} and config_exclude_keys={exclude!r} exclude each other [CONFIG-6]; "
            "give one"
        )
    if include:
        return {key: value for key, value in values.items() if key in include}
    if exclude:
        return {key: value for key, value in values.items() if key not in exclude}
    return dict(values)
