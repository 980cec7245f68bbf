"""Owns the matrix as a Markdown page, for documentation that is read where it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wandb_testkit.conformance.matrix import GLYPHS, MEANINGS, WORST_FIRST, Chapter, Matrix, matrix_of
from wandb_testkit.conformance.results import Outcome, Report, Tally


def markdown(reports: Iterable[Report]) -> str:
    """The page: targets, percentages by chapter, and every clause."""
    return "\n".join(_lines(matrix_of(reports))) + "\n"


def _lines(matrix: Matrix) -> Iterator[str]:
    yield from (
        "# Who does what wandb.init() has to do",
        "",
        "Made by `wandb-testkit conform --from fixtures/conformance/*.json --markdown docs/matrix.md`; do not edit.",
        "`--html FILE` makes a page of the same results that also shows what was expected, what came, and a script",
        "that reproduces it. What the clauses say: [clauses.md](clauses.md). How a backend gets here:",
        "[conformance.md](conformance.md).",
        "",
        "A percentage is of the cases that could be judged, never rounded up; what a target does not claim does not",
        "count. A cell shows the worst of its cases. The seconds are those of the whole run, several processes side by",
        "side; real clients mostly wait.",
        "",
    )
    yield from _table(("mark", "outcome", "meaning"), [(GLYPHS[one], one.words, MEANINGS[one]) for one in WORST_FIRST])
    yield from ("", "## Targets", "")
    heads = (
        "target",
        "profile",
        "of what it claims",
        "pass",
        "fail",
        "known",
        "error",
        "not claimed",
        "seconds",
        "Python",
        "run on",
    )
    yield from _table(heads, [_target(report) for report in matrix.reports])
    yield from (
        "",
        f"By the spec of {_all(report.spec for report in matrix.reports)} and suite "
        f"{_all(report.suite for report in matrix.reports)}.",
    )
    yield from ("", "## Chapters", "")
    yield from _table(
        ("chapter", *map(_column, matrix.reports)),
        [(chapter.name, *map(_percent, chapter.tallies)) for chapter in matrix.chapters],
    )
    for chapter in matrix.chapters:
        yield from ("", f"## {chapter.name}", "")
        yield from _table(("clause", *map(_column, matrix.reports)), list(_clauses(chapter)))
    for report in matrix.reports:
        known = _known(report)
        if known:
            yield from ("", f"## What is known of {report.title}", "")
            yield from _table(("what it does in another way", "cases"), known)
    yield from ("", "## Clauses that no case judges by", "")
    yield from _table(("clause", "why"), [(clause.id, why) for clause, why in matrix.not_visible])


def _target(report: Report) -> tuple[str, ...]:
    told = report.tally
    counted = (Outcome.FAIL, Outcome.KNOWN, Outcome.ERROR)
    left = told.counts[Outcome.SKIP] + told.counts[Outcome.NOT_RUN]
    return (
        f"{report.target} {report.target_version}",
        str(report.profile),
        _percent(told),
        *(str(number or "") for number in (told.holding, *(told.counts[one] for one in counted), left)),
        f"{report.seconds:.0f}",
        report.python,
        report.date,
    )


def _percent(told: Tally) -> str:
    return "" if told.percent is None else f"{told.percent}%"


def _column(report: Report) -> str:
    return f"{report.target} {report.target_version} {report.profile}"


def _clauses(chapter: Chapter) -> Iterator[tuple[str, ...]]:
    for row in chapter.rows:
        yield (row.clause.id, *("" if cell.outcome is None else GLYPHS[cell.outcome] for cell in row.cells))


def _known(report: Report) -> list[tuple[str, str]]:
    """Each reason for which cases are known to fail, and these cases."""
    reasons: dict[str, list[str]] = {}
    for result in report.results:
        if result.outcome is Outcome.KNOWN:
            reasons.setdefault(result.reason, []).append(result.case)
    return [(reason, ", ".join(cases)) for reason, cases in reasons.items()]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(heads)
    yield _row(["---"] * len(heads))
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _all(values: Iterable[str]) -> str:
    return ", ".join(sorted(set(values)))
