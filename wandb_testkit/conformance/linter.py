"""Owns what is wrong with stored results, before somebody publishes them: the linter of reports.

It reads the stored form itself, because a file may say what no Report could.
"""

from __future__ import annotations

import datetime
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wandb_testkit.conformance.results import MAX_TEXT, NEEDS_REASON, CaseResult, Outcome, Report, safe
from wandb_testkit.conformance.stored import report_of
from wandb_testkit.spec.clauses import clauses
from wandb_testkit.spec.version import VERSION

SAYS = ("reason", "expected", "got")
SAY_LINES = ("differences", "crossed")

_PLACE = re.compile(r"(?<![\w.:/-])(/(?:home|root|Users)/[^\s'\",:;)]+)")
"""A path of somebody's machine, which says nothing to others and may tell who they are."""


_SAME = re.compile(r"(\w)\1{15,}")
"""A long name that a case makes of one character; no key looks like that."""


def problems(data: object, cases: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """What is wrong with a stored report, a sentence each; none if nothing is.

    Args:
        cases: Of the report's profile: the id of each case of the suite -> the clauses that it judges by. None leaves
            out what needs to know them.
    """
    try:
        report = report_of(data)
    except ValueError as error:
        return [str(error)]
    assert isinstance(data, Mapping)  # report_of() refuses anything else
    found = [*_header(report), *_counts(data, report), *_results(report)]
    return found if cases is None else [*found, *_of_suite(report, cases)]


def _header(report: Report) -> Iterator[str]:
    for name in ("target", "target_version", "suite", "python"):
        if not str(getattr(report, name) or "").strip():
            yield f"{name} is missing: a result says nothing without it"
    if report.spec != VERSION:
        yield f"the spec is of {report.spec!r}, this is {VERSION}: the report is stale, run the target again"
    if not report.capabilities:
        yield "capabilities is empty: the target claims nothing, so nothing is judged"
    try:
        day = datetime.date.fromisoformat(report.date)
    except (TypeError, ValueError):
        yield f"date is {report.date!r}: expected a day, such as 2026-11-26"
    else:
        if day > datetime.date.today() + datetime.timedelta(days=1):  # a day more for the time zones of others
            yield f"date is {report.date}, which is yet to come"


def _counts(data: Mapping[str, Any], report: Report) -> Iterator[str]:
    told = data.get("counts")
    counted = {str(outcome): number for outcome, number in report.tally.counts.items()}
    if told != counted:
        yield f"counts do not add up: they say {told}, the results are {counted}"
    if not report.results:
        yield "results is empty"
    for case, number in Counter(result.case for result in report.results).items():
        if number > 1:
            yield f"{case}: is there {number} times"
    if not _is_time(report.seconds):
        yield f"seconds is {report.seconds!r}: expected a number that is not negative"


def _results(report: Report) -> Iterator[str]:
    known = {clause.id for clause in clauses()}
    for result in report.results:
        for id in result.clauses:
            if id not in known:
                yield f"{result.case}: {id} is no clause of this version of the spec"
        if not result.case.startswith(f"{result.chapter}/"):
            yield f"{result.case}: its chapter is {result.chapter!r}"
        if not result.clauses:
            yield f"{result.case}: judges by no clause"
        if result.outcome in NEEDS_REASON and not result.reason.strip():
            yield f"{result.case}: {result.outcome} without a reason"
        if result.outcome in (Outcome.FAIL, Outcome.KNOWN):
            yield from _lacking(result)
        if not _is_time(result.seconds):
            yield f"{result.case}: seconds is {result.seconds!r}"
        yield from _unfit(result)


def _lacking(result: CaseResult) -> Iterator[str]:
    lacking = [name for name in ("expected", "got", "script") if not getattr(result, name).strip()]
    if lacking:
        yield f"{result.case}: {result.outcome} without {' and '.join(lacking)}"


def _unfit(result: CaseResult) -> Iterator[str]:
    texts = [getattr(result, name) for name in SAYS]
    texts += [line for name in SAY_LINES for line in getattr(result, name)]
    for text in (*texts, result.script):
        place = _PLACE.search(text)
        if place is not None:
            yield f"{result.case}: names a path of one machine, {place[1]!r}"
            break
    if any(ord(character) < 32 and character not in "\n\t" for character in result.script):
        yield f"{result.case}: its script has control characters"
    script = _SAME.sub("", result.script)
    if any(safe(line) != line for line in script.splitlines() if len(line) <= MAX_TEXT):
        yield f"{result.case}: its script holds what looks like a key"


def _of_suite(report: Report, cases: Mapping[str, Sequence[str]]) -> Iterator[str]:
    results = {result.case: result for result in report.results}
    for case in results:
        if case not in cases:
            yield f"{case}: is no case of the suite"
    for case, judged_by in cases.items():
        if case not in results:
            yield f"{case}: is missing; what is not run is NOT_RUN, with a reason"
        elif set(results[case].clauses) != set(judged_by):
            told = ", ".join(results[case].clauses)
            yield f"{case}: judges by {told}; the suite's case judges by {', '.join(judged_by)}"


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value) and value >= 0
