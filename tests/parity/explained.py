"""Owns the differences that stay, each with its reason.

A difference that is listed here and is no longer there is an error, as is one that is there and not listed.
"""

from __future__ import annotations

from collections.abc import Mapping

EXPLAINED: Mapping[str, Mapping[str, str]] = {}
"""Script -> what the difference begins with (its place) -> the reason."""


EXPLAINED_CLASSIC: Mapping[str, Mapping[str, str]] = {}
"""The same for 0.10.33."""


def unexplained(reasons: Mapping[str, str], found: list[str]) -> list[str]:
    """Differences without a reason, and reasons without a difference."""
    left = [line for line in found if not any(line.startswith(place) for place in reasons)]
    idle = [place for place in reasons if not any(line.startswith(place) for line in found)]
    return [*left, *(f"{place} is explained, and does not differ" for place in idle)]
