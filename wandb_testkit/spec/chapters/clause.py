"""Owns what a clause is: one statement of spec.md, with its number and its sources."""

from __future__ import annotations

from typing import NamedTuple

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

BOTH = (CLASSIC, CURRENT)
CLASSIC_ONLY = (CLASSIC,)
CURRENT_ONLY = (CURRENT,)


class Clause(NamedTuple):
    """One statement of spec.md.

    Attributes:
        id: Its number, never given to another one: "RESUME-4", "A.1.mode", "F.2.9".
        chapter: The heading that it stands under.
        profiles: Those that it speaks of.
        sentence: What it says, shortened; spec.md has the whole of it.
        sources: Marks of spec.md 0.1 (seed, o31, ruling ...), the strongest first.
        leaves_open: spec.md marks a part of it UNSPEC: neither reference nor suite may depend on that part.
    """

    id: str
    chapter: str
    profiles: tuple[Profile, ...]
    sentence: str
    sources: tuple[str, ...]
    leaves_open: bool = False
