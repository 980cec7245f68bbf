"""Owns the list of all cases, chapter by chapter, in the order of spec.md."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.cases import resume

CHAPTERS: Mapping[str, tuple[Case, ...]] = {
    "resume": resume.CASES,
}

CASES: tuple[Case, ...] = tuple(case for cases in CHAPTERS.values() for case in cases)


def chapters_called(names: Iterable[str]) -> frozenset[str]:
    """The chapters of these names.

    Raises:
        ValueError: There is none of a name; the message lists those there are.
    """
    wanted = frozenset(names)
    for name in sorted(wanted - CHAPTERS.keys()):
        near = difflib.get_close_matches(name, CHAPTERS, n=1)
        hint = f"did you mean {near[0]!r}? There are" if near else "there are"
        raise ValueError(f"chapter {name!r} does not exist: {hint} {', '.join(CHAPTERS)}")
    return wanted
