"""`wandb-testkit conform --from`: the matrix of stored results, without running anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conformance.made import report, result
from wandb_testkit.cli import main
from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.cases import CASES
from wandb_testkit.conformance.results import CaseResult, Outcome
from wandb_testkit.conformance.stored import write_report
from wandb_testkit.profiles import CURRENT

BAD = "resume/must-missing-run-is-refused"


def conform(*words: object) -> Result:
    return CliRunner().invoke(main, ["conform", *map(str, words)])


CURRENT_CASES = [case for case in CASES if CURRENT in case.profiles]
COUNT = len(CURRENT_CASES)


def passed(case: Case) -> CaseResult:
    return result(case.id, Outcome.PASS, *case.clauses)


def failed_one(case: Case) -> CaseResult:
    if case.id != BAD:
        return passed(case)
    told = {"expected": "e", "got": "g", "differences": ("x: expected 1, got 2",), "script": "s"}
    return result(case.id, Outcome.FAIL, *case.clauses, **told)


@pytest.fixture
def stored(tmp_path: Path) -> list[Path]:
    write_report(tmp_path / "a.json", report(*map(passed, CURRENT_CASES), target="ours"))
    write_report(tmp_path / "b.json", report(*map(failed_one, CURRENT_CASES), target="theirs"))
    return [tmp_path / "a.json", tmp_path / "b.json"]


def test_stored_results_become_a_matrix(tmp_path: Path, stored: list[Path]) -> None:
    files = {form: tmp_path / f"matrix.{form}" for form in ("html", "junit", "markdown")}
    came = conform("--from", *stored, *(word for form, path in files.items() for word in (f"--{form}", path)))

    assert came.exit_code == 0, came.output
    assert f"ours 1.2 (current): passes {COUNT} of {COUNT} cases that it claims (100%)" in came.output
    assert f"theirs 1.2 (current): passes {COUNT - 1} of {COUNT} cases that it claims (99%), 1 fail" in came.output
    assert files["html"].as_uri() in came.output
    assert all(path.stat().st_size for path in files.values())


def test_one_stored_result_is_shown_whole(stored: list[Path], tmp_path: Path) -> None:
    came = conform("--from", stored[1], "--badge", tmp_path / "badge.json")

    assert came.exit_code == 0
    assert f"FAIL {BAD}" in came.output
    assert "x: expected 1, got 2" in came.output
    assert json.loads((tmp_path / "badge.json").read_text())["message"] == f"99% of {COUNT} cases"


def test_results_that_should_not_be_published_are_named(tmp_path: Path, stored: list[Path]) -> None:
    data = json.loads(stored[0].read_text())
    stored[0].write_text(json.dumps({**data, "date": "", "spec": "2021-01-31"}))

    came = conform("--from", *stored, "--html", tmp_path / "matrix.html")

    assert came.exit_code == 1
    assert f"{stored[0]}: date is '': expected a day" in came.output
    assert f"{stored[0]}: the spec is of '2021-01-31'" in came.output
    assert (tmp_path / "matrix.html").exists()


def test_a_file_that_is_no_report_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")

    came = conform("--from", tmp_path / "x.json")

    assert came.exit_code == 1
    assert f"Error: {tmp_path / 'x.json'}: this is no report of the conformance suite" in came.output


def test_a_badge_is_about_one_target(tmp_path: Path, stored: list[Path]) -> None:
    came = conform("--from", *stored, "--badge", tmp_path / "badge.json")

    assert came.exit_code == 2
    assert "--badge is about one target, and here are 2: name one, or use --html" in came.output
