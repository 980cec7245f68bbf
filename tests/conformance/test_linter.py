"""What the linter of stored results finds, each in a report that is otherwise fit to be published."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.made import report, result
from wandb_testkit.conformance.linter import problems
from wandb_testkit.conformance.results import Outcome
from wandb_testkit.conformance.stored import report_data

FAILED = result("resume/a", Outcome.FAIL, expected="e", got="g", script="import wandb")
KNOWN = result("resume/b", Outcome.KNOWN, reason="no server", expected="e", got="g", script="import wandb")
SKIPPED = result("log/c", Outcome.SKIP, "LOG-1", reason="the target does not claim steps")
GOOD = report_data(report(FAILED, KNOWN, SKIPPED))
CASES = {"resume/a": ("RESUME-4",), "resume/b": ("RESUME-4",), "log/c": ("LOG-1",)}
TOMORROW = (datetime.date.today() + datetime.timedelta(days=3)).isoformat()


def with_result(at: int, **changes: Any) -> dict[str, Any]:
    results = [{**told, **(changes if number == at else {})} for number, told in enumerate(GOOD["results"])]
    return {**GOOD, "results": results}


def test_a_report_that_is_fit_to_be_published_has_no_problems() -> None:
    assert problems(GOOD, CASES) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "this is no report of the conformance suite"),
        ({**GOOD, "target_version": ""}, "target_version is missing"),
        ({**GOOD, "target_version": None}, "target_version is missing"),
        ({**GOOD, "suite": " "}, "suite is missing"),
        ({**GOOD, "python": ""}, "python is missing"),
        ({**GOOD, "spec": "2021-01-31"}, "the spec is of '2021-01-31', this is 2026-11-26: the report is stale"),
        ({**GOOD, "capabilities": []}, "capabilities is empty"),
        ({**GOOD, "date": ""}, "date is '': expected a day"),
        ({**GOOD, "date": "26.11.2026"}, "date is '26.11.2026': expected a day"),
        ({**GOOD, "date": TOMORROW}, "which is yet to come"),
        ({**GOOD, "counts": {**GOOD["counts"], "PASS": 1}}, "counts do not add up"),
        ({**GOOD, "counts": {}}, "counts do not add up"),
        ({**GOOD, "results": [], "counts": dict.fromkeys(GOOD["counts"], 0)}, "results is empty"),
        ({**GOOD, "seconds": -1}, "seconds is -1"),
        ({**GOOD, "results": [*GOOD["results"], GOOD["results"][0]]}, "resume/a: is there 2 times"),
        (with_result(0, clauses=["RESUME-99"]), "resume/a: RESUME-99 is no clause"),
        (with_result(0, clauses=[]), "resume/a: judges by no clause"),
        (with_result(0, chapter="log"), "resume/a: its chapter is 'log'"),
        (with_result(0, got="", script=" "), "resume/a: FAIL without got and script"),
        (with_result(0, seconds=float("inf")), "resume/a: seconds is inf"),
        (with_result(1, reason=" "), "resume/b: KNOWN without a reason"),
        (with_result(2, reason=""), "log/c: SKIP without a reason"),
        (with_result(0, got="File '/home/ann/lib.py'"), "resume/a: names a path of one machine, '/home/ann/lib.py'"),
        (with_result(0, script="\x1b"), "resume/a: its script has control characters"),
        (with_result(0, script=f"key = {'a1' * 20!r}"), "resume/a: its script holds what looks like a key"),
        (with_result(0, case="resume/z"), "resume/z: is no case of the suite"),
        (with_result(0, case="resume/z"), "resume/a: is missing"),
        (with_result(0, clauses=["LOG-1"]), "resume/a: judges by LOG-1; the suite's case judges by RESUME-4"),
    ],
)
def test_what_should_not_be_published_is_named(data: object, said: str) -> None:
    assert [problem for problem in problems(data, CASES) if said in problem], problems(data, CASES)


def test_a_long_name_is_no_key() -> None:
    assert problems(with_result(0, script=f"wandb.init(id={'x' * 128!r})"), CASES) == []


def test_a_path_within_an_address_is_none_of_a_machine() -> None:
    assert problems(with_result(0, got="https://example.com/home/ann, see ./home/x"), CASES) == []


@pytest.mark.parametrize("name", ["reason"])
@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.SKIP, Outcome.UNEXPECTED_PASS, Outcome.NOT_RUN])
def test_every_outcome_that_needs_a_reason_is_asked_for_it(outcome: Outcome, name: str) -> None:
    without = report_data(report(result("resume/a", outcome)))

    assert problems(without) == [f"resume/a: {outcome} without a {name}"]


def test_cases_are_left_alone_where_the_suite_is_not_known() -> None:
    assert problems(report_data(report(result("mine/own")))) == []


def test_every_problem_is_told_not_the_first_alone() -> None:
    spoiled: Callable[..., dict[str, Any]] = with_result
    data = {**spoiled(0, clauses=[]), "date": "", "spec": "old"}

    assert len(problems(data, CASES)) == 4
