"""Owns settings as they are once setup() has read them: complete, and nobody changes them any more (LOGSETUP-2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class FrozenSettings(Mapping[str, Any]):
    """The settings of one init(), by item or by attribute; those without a value are not there.

    Args:
        values: Those that somebody gave.
        mode, run_id: What init() made of them.
    Raises:
        KeyError, AttributeError: A setting is read that has no value.
        TypeError: Something is set.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any], mode: str, run_id: str) -> None:
        object.__setattr__(self, "_values", {**values, "mode": mode, "run_id": run_id or None})

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a setting, or `default`."""
        return self._values.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            known = ", ".join(self._values) or "none"
            raise AttributeError(f"settings have no value for {name!r}; those that do: {known}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise TypeError(_refusal(name, value))

    def __setitem__(self, name: str, value: Any) -> None:
        raise TypeError(_refusal(name, value))

    def __repr__(self) -> str:
        return f"FrozenSettings({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"


def _refusal(name: str, value: Any) -> str:
    return (
        f"{name}={value!r}: the settings of a run are frozen once init() has read them [LOGSETUP-2]; give it to init()"
    )
