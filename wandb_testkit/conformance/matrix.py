"""Owns the matrix: clauses down, targets across, and in each cell the cases of a target that judge by a clause.

It is made of reports alone and asks nobody to run again; the page and the Markdown table are views of it. Clauses that
no case of any report judges by are not in it, but for those that no script can show, which are listed with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wandb_testkit.conformance.coverage import NOT_VISIBLE
from wandb_testkit.conformance.results import CaseResult, Outcome, Report, Tally, tally
from wandb_testkit.profiles import Profile
from wandb_testkit.spec.chapters.clause import Clause
from wandb_testkit.spec.clauses import clauses

WORST_FIRST = (
    Outcome.FAIL,
    Outcome.ERROR,
    Outcome.UNEXPECTED_PASS,
    Outcome.KNOWN,
    Outcome.PASS,
    Outcome.NOT_RUN,
    Outcome.SKIP,
)
"""What a cell of several cases shows: one failure makes it fail, one case that holds outweighs those not tried."""

GLYPHS = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.ERROR: "!",
    Outcome.SKIP: "\u2013",
    Outcome.KNOWN: "≈",
    Outcome.UNEXPECTED_PASS: "?",
    Outcome.NOT_RUN: "○",
}
"""One character of each outcome; nobody has to tell them apart by colour."""

MEANINGS = {
    Outcome.PASS: "does what the clause says",
    Outcome.FAIL: "does something else",
    Outcome.ERROR: "the suite could not judge",
    Outcome.SKIP: "not claimed by the target",
    Outcome.KNOWN: "fails, which is known",
    Outcome.UNEXPECTED_PASS: "passes, though a failure is known",
    Outcome.NOT_RUN: "not tried",
}

RETIRED = "Not in this version of the spec"
"""The chapter of clauses that a report names and the spec does not have (any more)."""


class Cell(NamedTuple):
    """The cases of one target that judge by one clause."""

    results: tuple[CaseResult, ...]

    @property
    def outcome(self) -> Outcome | None:
        """The worst of them; None where no case judges by the clause."""
        present = {result.outcome for result in self.results}
        return next((outcome for outcome in WORST_FIRST if outcome in present), None)


class Row(NamedTuple):
    """One clause, and a cell for each report."""

    clause: Clause
    cells: tuple[Cell, ...]


class Chapter(NamedTuple):
    """The clauses under one heading.

    Attributes:
        tallies: For each report its cases that judge by a clause of the chapter, each counted once.
    """

    name: str
    rows: tuple[Row, ...]
    tallies: tuple[Tally, ...]


@dataclass(frozen=True)
class Matrix:
    """All of it; the reports are in the order of the columns: best first, current before classic.

    Attributes:
        not_visible: Clauses that no script shows, and why.
    """

    reports: tuple[Report, ...]
    chapters: tuple[Chapter, ...]
    not_visible: tuple[tuple[Clause, str], ...]

    @property
    def clause_count(self) -> int:
        """How many clauses there are to be seen."""
        return sum(len(chapter.rows) for chapter in self.chapters)


def matrix_of(reports: Iterable[Report]) -> Matrix:
    """The matrix of some reports."""
    ordered = tuple(sorted(reports, key=_place))
    by_clause = [_by_clause(report) for report in ordered]
    judged = {id for found in by_clause for id in found}
    known = [clause for clause in clauses() if clause.id in judged]
    retired = sorted(judged - {clause.id for clause in known})
    lines = [*known, *(_retired(id) for id in retired)]
    chapters = []
    for name in dict.fromkeys(clause.chapter for clause in lines):
        rows = tuple(
            Row(clause, tuple(Cell(tuple(found.get(clause.id, ()))) for found in by_clause))
            for clause in lines
            if clause.chapter == name
        )
        chapters.append(Chapter(name, rows, tuple(_tallies(rows, len(ordered)))))
    hidden = tuple(
        (clause, NOT_VISIBLE[clause.id]) for clause in clauses() if clause.id in NOT_VISIBLE and clause.id not in judged
    )
    return Matrix(ordered, tuple(chapters), hidden)


def _place(report: Report) -> tuple[bool, float, str]:
    told = report.tally
    return report.profile == Profile.CLASSIC, -told.holding / max(told.total, 1), report.title


def _by_clause(report: Report) -> dict[str, list[CaseResult]]:
    found: dict[str, list[CaseResult]] = {}
    for result in report.results:
        for id in result.clauses:
            found.setdefault(id, []).append(result)
    return found


def _tallies(rows: Sequence[Row], columns: int) -> list[Tally]:
    return [
        tally({result.case: result for row in rows for result in row.cells[column].results}.values())
        for column in range(columns)
    ]


def _retired(id: str) -> Clause:
    return Clause(id, RETIRED, tuple(Profile), "The report was made with another version of the spec.", ())
