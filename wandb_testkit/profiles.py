"""The two profiles, by name.

Names only: what differs between them is said in `spec` (the judgement) and in `sdk/classic.py` and `sdk/current.py`
(the implementation), which never import each other.
"""

from __future__ import annotations

from enum import Enum


class Profile(str, Enum):
    """A generation of `wandb.init()`; compares equal to its own text, so `profile="current"` works everywhere."""

    CLASSIC = "classic"
    CURRENT = "current"

    def __str__(self) -> str:
        return self.value


CLASSIC = Profile.CLASSIC
"""The reference page of early 2021 (docstring of wandb 0.10.12)."""

CURRENT = Profile.CURRENT
"""wandb 0.31.0, as observed."""


def to_profile(value: Profile | str) -> Profile:
    """Read a profile from a member or its name.

    Raises:
        ValueError: `value` is no profile; the message names it and the two there are.
    """
    try:
        return Profile(value)
    except ValueError:
        raise ValueError(
            f"profile {value!r} does not exist; expected 'classic' (the 2021 reference page) or 'current' (wandb 0.31)"
        ) from None
