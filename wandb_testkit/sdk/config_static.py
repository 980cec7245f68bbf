"""Owns config_static: the config as it was when asked, to be read only."""

from __future__ import annotations

from collections.abc import KeysView
from typing import Any, NoReturn


class ConfigStatic:
    """The values of a config; nothing can be set."""

    def __init__(self, values: dict[str, Any]) -> None:
        object.__setattr__(self, "__dict__", values)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"run.config_static cannot be changed: set run.config[{name!r}] instead")

    def __setitem__(self, key: str, value: object) -> NoReturn:
        raise AttributeError(f"run.config_static cannot be changed: set run.config[{key!r}] instead")

    def __getitem__(self, key: str) -> Any:
        return self.__dict__[key]

    def __str__(self) -> str:
        return str(self.__dict__)

    def keys(self) -> KeysView[str]:
        """The keys there are."""
        return self.__dict__.keys()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"config has no key {name!r}; keys: {', '.join(self.__dict__) or 'none'}")
