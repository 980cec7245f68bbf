"""Owns what wandb.config and wandb.summary are while there is no run."""

from __future__ import annotations

from typing import Any, NoReturn

from wandb_testkit.errors import Error
from wandb_testkit.profiles import Profile

ITEM = {Profile.CLASSIC: '{}["{}"]', Profile.CURRENT: "{}[{!r}]"}
"""How each generation spells an item in its message."""


class NotStarted:
    """Stands where a run's config or summary will be: whatever is asked of it raises Error, and says what to do.

    Names with a leading underscore raise AttributeError, as inspect and mock expect.

    Source: GLOBAL-1.
    """

    __slots__ = ("_item", "_name")

    def __init__(self, name: str, profile: Profile) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_item", ITEM[profile])

    def __getitem__(self, key: object) -> NoReturn:
        raise must_init(self._item.format(self._name, key))

    def __setitem__(self, key: object, value: object) -> NoReturn:
        raise must_init(self._item.format(self._name, key))

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        raise must_init(f"{self._name}.{key}")

    def __setattr__(self, key: str, value: object) -> NoReturn:
        raise must_init(f"{self._name}.{key}")

    def __repr__(self) -> str:
        return f"<{self._name}: no run has been started>"


def must_init(what: str) -> Error:
    """The error of whatever needs a run when there is none (GLOBAL-1)."""
    return Error(f"You must call wandb.init() before {what}")
