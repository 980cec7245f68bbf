"""Owns the results of a conformance run: the outcome of each case, what a target came to, and how parts become a whole.

What a target printed is cut and cleaned when a result is made (see `safe`), so nobody who stores or shows one has to.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from wandb_testkit.profiles import Profile
from wandb_testkit.report.data import clean

MAX_TEXT = 4_000  # characters of one expected or got value, of one line that crossed
MAX_LINES = 60  # differences, and lines that crossed, of one case


_ADDRESS = re.compile(r"(\bat 0x|\bid=')[0-9a-f]{6,}")
"""Of `<object at 0x7f3a...>`, and of `<MagicMock id='1400...'>`."""


class Outcome(str, Enum):
    """What became of a case; compares equal to its own text."""

    PASS = "PASS"
    """The target did what the clauses say."""
    FAIL = "FAIL"
    """The target did something else: theirs."""
    ERROR = "ERROR"
    """The suite could not judge: ours."""
    SKIP = "SKIP"
    """The target does not claim a capability that the case needs."""
    KNOWN = "KNOWN"
    """It failed, as an entry of the known failures says, with a reason."""
    UNEXPECTED_PASS = "UNEXPECTED_PASS"
    """It passed, though an entry of the known failures says that it does not: the entry is stale."""
    NOT_RUN = "NOT_RUN"
    """It was not tried: its chapter was not asked for, or the run was stopped."""

    def __str__(self) -> str:
        return self.value

    @property
    def words(self) -> str:
        """How people read it: "unexpected pass"."""
        return self.value.lower().replace("_", " ")


HOLDS = frozenset({Outcome.PASS, Outcome.UNEXPECTED_PASS})
"""The target does what the clauses say."""

JUDGED = HOLDS | {Outcome.FAIL, Outcome.KNOWN}
"""The suite could tell whether it does."""

BROKEN = frozenset({Outcome.FAIL, Outcome.ERROR, Outcome.UNEXPECTED_PASS})
"""What makes a report fail."""

NEEDS_REASON = frozenset({Outcome.ERROR, Outcome.SKIP, Outcome.KNOWN, Outcome.UNEXPECTED_PASS, Outcome.NOT_RUN})
"""Outcomes that say nothing without a reason; a FAIL has expected, got and differences instead."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case.

    Attributes:
        case: Its id, "chapter/name".
        chapter: The chapter of the suite that it belongs to.
        clauses: Ids of the clauses that it judges by.
        reason: One sentence: why it was skipped, is known to fail, could not be judged; for a FAIL what went wrong,
            where more than the differences is to be told (a time-out, a crash).
        expected, got: What the spec predicts and what the target showed, as text; empty where it passed.
        differences: The fields in which they differ, a line each.
        crossed: What crossed the line between client and server, a line each; empty where nothing was seen of it.
        script: A Python program of a few lines that shows the failure again; kept whole.
        seconds: How long it took.
    """

    case: str
    chapter: str
    clauses: tuple[str, ...]
    outcome: Outcome
    reason: str = ""
    expected: str = ""
    got: str = ""
    differences: tuple[str, ...] = ()
    crossed: tuple[str, ...] = ()
    script: str = ""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        for name in ("reason", "expected", "got"):
            object.__setattr__(self, name, safe(getattr(self, name)))
        for name in ("differences", "crossed"):
            object.__setattr__(self, name, _safe_lines(getattr(self, name)))
        object.__setattr__(self, "seconds", round(self.seconds, 4))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases there are of each outcome, and how long they took."""

    counts: Mapping[Outcome, int]
    seconds: float

    @property
    def total(self) -> int:
        """All cases, judged or not."""
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """Cases that count for the percentage: what was skipped, not run, or our own error does not."""
        return sum(self.counts[outcome] for outcome in JUDGED)

    @property
    def holding(self) -> int:
        """Judged cases in which the target does what the clauses say."""
        return sum(self.counts[outcome] for outcome in HOLDS)

    @property
    def percent(self) -> int | None:
        """Whole percents of the judged cases, never rounded up, so 100 means all; None where nothing was judged."""
        return 100 * self.holding // self.judged if self.judged else None


@dataclass(frozen=True)
class Report:
    """What one target came to in one profile.

    Attributes:
        target, target_version: Who was judged.
        profile: By which of the two.
        capabilities: What the target claims.
        spec: The version of the spec, a date.
        suite: The version of wandb_testkit.
        python: The version that the target ran under.
        date: When, YYYY-MM-DD.
        results: One for each case, in the order of the suite.
        seconds: How long the whole run took; cases that ran side by side add up to more.
    """

    target: str
    target_version: str
    profile: Profile
    capabilities: tuple[str, ...]
    spec: str
    results: tuple[CaseResult, ...]
    suite: str = field(default_factory=lambda: importlib.metadata.version("wandb_testkit"))
    python: str = field(default_factory=platform.python_version)
    date: str = field(default_factory=lambda: datetime.date.today().isoformat())
    seconds: float = 0.0

    @property
    def title(self) -> str:
        """Target, version and profile, as reports call it."""
        return f"{self.target} {self.target_version} ({self.profile})"

    @property
    def tally(self) -> Tally:
        """All cases."""
        return tally(self.results)

    @property
    def chapters(self) -> dict[str, Tally]:
        """The cases of each chapter, in the order of the suite."""
        grouped: dict[str, list[CaseResult]] = {}
        for result in self.results:
            grouped.setdefault(result.chapter, []).append(result)
        return {chapter: tally(results) for chapter, results in grouped.items()}

    @property
    def is_conformant(self) -> bool:
        """Something was judged, and nothing is broken: no FAIL, no ERROR, no stale entry of the known failures."""
        counts = self.tally.counts
        return self.tally.judged > 0 and not any(counts[outcome] for outcome in BROKEN)


def tally(results: Iterable[CaseResult]) -> Tally:
    """Count results; every outcome is among the counts, in the order of Outcome."""
    counts = dict.fromkeys(Outcome, 0)
    seconds = 0.0
    for result in results:
        counts[result.outcome] += 1
        seconds += result.seconds
    return Tally(counts, seconds)


def merge(parts: Sequence[Report]) -> Report:
    """One report of partial ones of the same target, such as those of several workers.

    A case that one part has tried is as that part says; another may have it as not run. Cases come in the order in
    which the parts have them. The seconds are those of the longest part, as parts run side by side.

    Raises:
        ValueError: There are none, they do not belong together, or two of them tried the same case.
    """
    if not parts:
        raise ValueError("merge() of no reports: expected one at least")
    first = parts[0]
    for other in parts[1:]:
        for name in ("target", "target_version", "profile", "capabilities", "suite", "spec"):
            mine, theirs = getattr(first, name), getattr(other, name)
            if mine != theirs:
                raise ValueError(f"reports of different runs cannot be merged: {name} is {mine!r} and {theirs!r}")
    merged: dict[str, CaseResult] = {}
    for result in (result for part in parts for result in part.results):
        before = merged.setdefault(result.case, result)
        if before is not result and Outcome.NOT_RUN not in (before.outcome, result.outcome):
            raise ValueError(f"case {result.case!r} was tried twice: {before.outcome} and {result.outcome}")
        if before.outcome is Outcome.NOT_RUN:
            merged[result.case] = result
    return replace(first, results=tuple(merged.values()), seconds=max(part.seconds for part in parts))


def safe(text: str) -> str:
    """Text of a target that can be stored and shown: no key, no control character, and not too much of it.

    Addresses of objects are left out, so that two runs of a target can be compared. What is safe already comes back
    as it is.
    """
    # The cut could leave a part of a key that is no longer recognised as one: look at twice as much first.
    shown = clean(_ADDRESS.sub(r"\1...", text[: 2 * MAX_TEXT]), most=2 * MAX_TEXT)
    if max(len(text), len(shown)) <= MAX_TEXT:
        return shown
    end = f"... ({len(text)} characters)"
    return shown[: MAX_TEXT - len(end)] + end


def _safe_lines(lines: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(map(safe, lines[:MAX_LINES]))
    return kept if len(lines) <= MAX_LINES else (*kept[:-1], f"... {len(lines) - MAX_LINES + 1} more")
