"""Owns the display names that the server gives to runs without one."""

from __future__ import annotations

ADJECTIVES = ("amber", "brisk", "calm", "deft", "eager", "fair", "glad", "hardy", "ivory", "jolly", "keen", "lucid")
NOUNS = (
    "brook",
    "cedar",
    "dune",
    "ember",
    "fjord",
    "grove",
    "heron",
    "inlet",
    "jay",
    "knoll",
    "lark",
    "meadow",
    "nest",
)


def two_words(number: int) -> str:
    """The display name that the server gives to the n-th run of a project (NAME-2; protocol.md 4.8)."""
    return f"{ADJECTIVES[number % len(ADJECTIVES)]}-{NOUNS[number % len(NOUNS)]}-{number}"
