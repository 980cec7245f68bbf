"""Owns the known failures of a target: which cases fail, and why; they are run all the same, and must go on failing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from os import PathLike
from pathlib import Path

from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.results import CaseResult, Outcome

EXAMPLE = "resume/auto-*: the backend has no resume file"

_HOW = re.compile(r"(?P<pattern>.*\S)\s*\((?P<sometimes>sometimes)?(?:, )?(?:(?P<seconds>\d+) s)?\)\Z")
"""Before the colon of an entry about cases that hang, or fail now and then: `resume/* (sometimes, 10 s)`."""


@dataclass(frozen=True)
class KnownFailure:
    """Cases that fail for one reason.

    Attributes:
        pattern: A case's id, or a glob: "resume/*".
        reason: Why, in words.
        place: Where it is written, for messages.
        timeout_s: How long such a case may take, where the target would otherwise be waited for in vain.
        sometimes: Whether it may pass as well: what the target does depends on chance.
    """

    pattern: str
    reason: str
    place: str = "known failures"
    timeout_s: float | None = None
    sometimes: bool = False

    def names(self, case: str) -> bool:
        """Whether it speaks of a case."""
        return fnmatchcase(case, self.pattern)


def read_known_failures(path: str | PathLike[str]) -> tuple[KnownFailure, ...]:
    """The entries of a file: a line each, `glob: reason`; lines that begin with # and empty ones say nothing.

    For cases that hang, `glob (10 s): reason` says how long each is waited for. `glob (sometimes): reason` is about
    cases that pass now and then, and `glob (sometimes, 10 s): reason` about those that hang now and then.

    Raises:
        ValueError: A line is no entry; the message names it and shows one that is.
    """
    entries = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pattern, colon, reason = (part.strip() for part in line.partition(": "))
        if not pattern or not colon or not reason:
            raise ValueError(f"{path}, line {number}: {line!r} has no reason; write `glob: reason`, as in `{EXAMPLE}`")
        entries.append(_entry(pattern, reason, f"{path}, line {number}"))
    return tuple(entries)


def _entry(pattern: str, reason: str, place: str) -> KnownFailure:
    how = _HOW.match(pattern)
    if how is None:
        return KnownFailure(pattern, reason, place)
    seconds = None if how["seconds"] is None else float(how["seconds"])
    return KnownFailure(how["pattern"], reason, place, seconds, sometimes=how["sometimes"] is not None)


def check_known(known: Sequence[KnownFailure], cases: Iterable[Case]) -> None:
    """Every entry speaks of some case.

    Raises:
        ValueError: One speaks of none; the message says where it is written.
    """
    ids = [case.id for case in cases]
    for entry in known:
        if not entry.reason.strip():
            raise ValueError(f"{entry.place}: {entry.pattern!r} has no reason; say why these cases fail")
        if not any(map(entry.names, ids)):
            raise ValueError(
                f"{entry.place}: no case is called {entry.pattern!r}; take the line out, or write the id of a case "
                "(wandb-testkit conform --list)"
            )


def entry_of(case: str, known: Iterable[KnownFailure]) -> KnownFailure | None:
    """The entry that speaks of a case: the first one that does."""
    return next((one for one in known if one.names(case)), None)


def with_known(result: CaseResult, known: Sequence[KnownFailure]) -> CaseResult:
    """The result as the known failures let it count: a failure is known, a pass is unexpected."""
    entry = entry_of(result.case, known)
    if entry is None:
        return result
    if result.outcome is Outcome.FAIL:
        told = f" ({result.reason})" if result.reason else ""
        return replace(result, outcome=Outcome.KNOWN, reason=entry.reason + told)
    if result.outcome is Outcome.PASS and not entry.sometimes:
        do = (
            "take that out"
            if entry.pattern == result.case
            else "take that out, or write globs that do not name this case"
        )
        told = f"{entry.place}: {entry.pattern!r} says that it fails ({entry.reason}); {do}"
        return replace(result, outcome=Outcome.UNEXPECTED_PASS, reason=told)
    return result
