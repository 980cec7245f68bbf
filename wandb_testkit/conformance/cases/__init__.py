"""Owns the list of all cases, chapter by chapter, in the order of spec.md."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.cases import (
    auto,
    branching,
    config,
    disabled,
    endings,
    errors,
    identity,
    logins,
    modes,
    notices,
    parameters,
    reinit,
    resume,
    resumed,
    rows,
    summaries,
)

CASES: tuple[Case, ...] = (
    *parameters.CASES,
    *identity.CASES,
    *errors.CASES,
    *resume.CASES,
    *resumed.CASES,
    *auto.CASES,
    *modes.CASES,
    *logins.CASES,
    *reinit.CASES,
    *config.CASES,
    *disabled.CASES,
    *rows.CASES,
    *summaries.CASES,
    *endings.CASES,
    *notices.CASES,
    *branching.CASES,
)

CHAPTERS: Mapping[str, tuple[Case, ...]] = {
    name: tuple(case for case in CASES if case.chapter == name)
    for name in dict.fromkeys(case.chapter for case in CASES)
}

DEEP = "deep"
"""The chapter of what --deep adds (conformance.deep), which is made when it is asked for."""


def chapters_called(names: Iterable[str]) -> frozenset[str]:
    """The chapters of these names.

    Raises:
        ValueError: There is none of a name; the message lists those there are.
    """
    wanted = frozenset(names)
    known = (*CHAPTERS, DEEP)
    for name in sorted(wanted.difference(known)):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}? There are" if near else "there are"
        raise ValueError(f"chapter {name!r} does not exist: {hint} {', '.join(known)}")
    return wanted
