"""Owns the config of a run: what it was given, what may be changed, and how values are read.

Source: CONFIG-1 to CONFIG-12. That a refused update() is refused whole is said of current; 0.10.33 does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wandb_testkit.errors import ConfigError, NotModelledError, UsageError
from wandb_testkit.sdk.values import Fallback, copied, to_json, without_nan


@dataclass(frozen=True, slots=True)
class ConfigRules:
    """What a profile decides about config.

    Attributes:
        missing_attribute: Raised by `config.nope` (CONFIG-11).
        server_merges_dicts: A dict that replaces a dict is merged into it on the way to the server (CONFIG-12).
        fallback: Makes JSON of values that JSON does not know.
        choosing_is_deprecated: config_include_keys and config_exclude_keys warn (CONFIG-6).
    """

    missing_attribute: type[Exception]
    server_merges_dicts: bool
    fallback: Fallback
    choosing_is_deprecated: bool


class Config:
    """Settings of the user's program: items by key or attribute; a key that is set may not change its value.

    What the server is to have is kept apart: a nested value that the user changes in place is not sent (CONFIG-12).
    Neither generation has len() or values() here.

    Args:
        rules: What the profile decides.
        before_change: Raises where config cannot be changed any more.
        changed: Is told that the server's config is out of date.
        may_change: Whether values may be changed without being asked (CONFIG-8, CONFIG-9).
    """

    __slots__ = ("_before_change", "_changed", "_items", "_may_change", "_rules", "_sent")

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
        object.__setattr__(self, "_sent", {})
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

    def as_dict(self) -> dict[str, Any]:
        """All keys as a dict of their own."""
        return dict(self._items)

    def as_sent(self) -> dict[str, Any]:
        """All keys as the server is to have them."""
        sent: dict[str, Any] = copied(self._sent)
        return sent

    def load(self, values: Mapping[str, Any]) -> None:
        """Take values that init() has read already; nothing is locked against them."""
        self._items.update(copied(dict(values)))
        self._sent.update(copied(dict(values)))

    def setdefaults(self, values: Any) -> None:
        """Set the keys that are missing (CONFIG-11)."""
        self._before_change()
        self._take({key: value for key, value in self._read(values).items() if key not in self._items})

    def update(self, values: Any, allow_val_change: bool | None = None) -> None:
        """Set several keys.

        Raises:
            ConfigError: A key has another value already, and `allow_val_change` does not hold; none is set then.
        """
        self._before_change()
        fresh = self._read(values)
        may_change = self._may_change if allow_val_change is None else allow_val_change
        for key, value in fresh.items():
            if not may_change and key in self._items and self._items[key] != value:
                raise ConfigError(
                    f"config[{key!r}] is {self._items[key]!r} and was to become {value!r} [CONFIG-7]. To change it, "
                    "call config.update(..., allow_val_change=True)"
                )
        self._take(fresh)

    def _take(self, fresh: Mapping[str, Any]) -> None:
        self._changed()
        for key, value in fresh.items():
            old = self._sent.get(key)
            if self._rules.server_merges_dicts and isinstance(old, dict) and isinstance(value, dict):
                self._sent[key] = merged(old, copied(value))
            else:
                self._sent[key] = copied(value)
            self._items[key] = value

    def _read(self, values: Any) -> dict[str, Any]:
        return read_config(mapping_of(values), self._rules.fallback)


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Two dicts as one, dicts inside them as well; `new` wins."""
    both = {**old, **new}
    for key in old.keys() & new.keys():
        if isinstance(old[key], dict) and isinstance(new[key], dict):
            both[key] = merged(old[key], new[key])
    return both


def mapping_of(values: Any) -> Mapping[Any, Any]:
    """The keys and values of a dict, a Namespace or any object with `__dict__` (CONFIG-1, CONFIG-2, CONFIG-3).

    Raises:
        TypeError: It is none of these.
        NotModelledError: It is the path of a YAML file.
    """
    if isinstance(values, dict):
        return values
    if isinstance(values, Config):
        return dict(values.items())
    if isinstance(values, str):
        raise NotModelledError(f"config={values!r}: YAML files are not part of this version of the kit; give a dict")
    if hasattr(values, "flag_values_dict"):  # absl FLAGS keep their values elsewhere
        flags: Mapping[Any, Any] = values.flag_values_dict()
        return flags
    if hasattr(values, "__dict__") and not isinstance(values, type):
        variables: Mapping[Any, Any] = vars(values)
        return variables
    raise TypeError(
        f"config must be a dict, an argparse.Namespace or an object with __dict__; got {values!r} of type "
        f"{type(values).__name__} [CONFIG-2]"
    )


def read_config(values: Mapping[Any, Any], fallback: Fallback) -> dict[str, Any]:
    """Make config values: JSON, without NaN, under keys without hyphens around them (CONFIG-1).

    Raises:
        TypeError: A key is not a str, or there is no JSON for a value.
    """
    fresh = {}
    for key, value in values.items():
        if not isinstance(key, str):
            raise TypeError(f"config keys must be str; got {key!r} of type {type(key).__name__} [CONFIG-5]")
        fresh[key.strip("-")] = without_nan(to_json(value, fallback), in_lists=True)
    return fresh


def chosen(values: Mapping[Any, Any], include: Any, exclude: Any) -> dict[Any, Any]:
    """The keys of `config` that init() is to take, as the user wrote them (CONFIG-6).

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
