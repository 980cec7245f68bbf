"""Owns what an entry of the table of names says: where a name comes from, which profiles have it, how much is there."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from wandb_testkit.profiles import Profile

BOTH = (Profile.CLASSIC, Profile.CURRENT)
CLASSIC = (Profile.CLASSIC,)
CURRENT = (Profile.CURRENT,)


class State(str, Enum):
    """How much of a name is there."""

    FULL = "full"
    RECORDED = "recorded only"
    REFUSED = "refused"


class Name(NamedTuple):
    """One name of one module.

    Attributes:
        source: `module:attribute`, with `{profile}` for the profile's name. `module:function()` is what the function
            returns for the profile. `module:` is a module of the tree. `:attribute` is asked of the world each time.
        profiles: Those that have it.
        state: FULL, or RECORDED: the call is recorded, and what it would set in motion in a real client is not.
    """

    source: str
    profiles: tuple[Profile, ...] = BOTH
    state: State = State.FULL

    @property
    def is_dynamic(self) -> bool:
        """Whether the world in force is asked each time."""
        return self.source.startswith(":")


Table = dict[str, dict[str, Name]]
"""Module -> name -> where it comes from."""


def own(function: str, profiles: tuple[Profile, ...] = BOTH, state: State = State.FULL) -> Name:
    """A function that the profile has with a signature of its own."""
    return Name(f"wandb_testkit.dropin.{{profile}}:{function}", profiles, state)


def from_module(module: str, *names: str, profiles: tuple[Profile, ...] = BOTH) -> dict[str, Name]:
    """Names that a module of ours has under the same name."""
    return {name: Name(f"wandb_testkit.{module}:{name}", profiles) for name in names}


def joined(*tables: Table) -> Table:
    """One table of several; a module may be spread over them."""
    whole: Table = {}
    for table in tables:
        for module, names in table.items():
            whole.setdefault(module, {}).update(names)
    return whole
