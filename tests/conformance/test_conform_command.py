"""`wandb-testkit conform TARGET`: a target is judged, and what came of it is shown and stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wandb_testkit.cli import main
from wandb_testkit.conformance.results import Outcome
from wandb_testkit.conformance.stored import read_report

CHAPTER = "resume"


def conform(*words: object) -> Result:
    return CliRunner().invoke(main, ["conform", *map(str, words)])


def test_a_target_that_does_everything_passes(tmp_path: Path) -> None:
    came = conform("reference", "--chapters", CHAPTER, "--json", tmp_path / "results.json")

    stored = read_report(tmp_path / "results.json")
    tried = [found for found in stored.results if found.chapter == CHAPTER]
    assert came.exit_code == 0, came.output
    assert (stored.target, stored.profile) == ("reference", "current")
    assert {found.outcome for found in tried} == {Outcome.PASS}
    assert {found.outcome for found in stored.results if found.chapter != CHAPTER} <= {Outcome.NOT_RUN}
    assert f"passes {len(tried)} of {len(tried)} cases that it claims (100%)" in came.output


def test_a_target_that_answers_with_a_mock_fails(tmp_path: Path) -> None:
    came = conform("mock", "--profile", "classic", "--chapters", CHAPTER, "--html", tmp_path / "matrix.html")

    assert came.exit_code == 1
    assert "mock 1 (classic): passes 0 of " in came.output
    assert "FAIL resume/" in came.output
    assert (tmp_path / "matrix.html").stat().st_size


def test_known_failures_do_not_fail(tmp_path: Path) -> None:
    (tmp_path / "known.txt").write_text("resume/*: it is a mock\n")

    came = conform("mock", "--chapters", CHAPTER, "--known", tmp_path / "known.txt")

    assert came.exit_code == 0, came.output
    assert "known to fail" in came.output


def test_the_cases_are_listed_with_their_clauses() -> None:
    came = conform("--list", "--profile", "classic")

    assert came.exit_code == 0
    listed = "resume/must-missing-run-is-refused  [RESUME-4]  needs processes, resume, run_ids"
    assert listed in came.output.splitlines()


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        ((), 2, "expected a target: name one (wandb-testkit conform reference)"),
        (("referenc",), 1, "target 'referenc' is not in the box: did you mean 'reference'?"),
        (("no_such_module:target",), 1, "there is no module 'no_such_module'; write MODULE:NAME as in an import"),
        (("json:target",), 1, "module 'json' has no 'target'; write `target = Target(...)` there"),
        (("json:loads",), 1, "write a wandb_testkit.conformance.Target there"),
        (("reference", "--chapters", "resum"), 1, "chapter 'resum' does not exist: did you mean 'resume'?"),
        (("reference", "--profile", "modern"), 2, "'modern' is not one of 'classic', 'current'"),
        (("--from", "pyproject.toml", "--chapters", "resume"), 2, "--from shows stored results, and runs nothing"),
        (("--from", "pyproject.toml", "nowhere.json"), 2, "--from: there is no file 'nowhere.json'"),
    ],
)
def test_what_is_asked_wrongly_is_told_what_to_write(words: tuple[str, ...], exit_code: int, said: str) -> None:
    came = conform(*words)

    assert (came.exit_code, said in " ".join(came.output.split())) == (exit_code, True), came.output


def test_a_known_failure_without_a_reason_is_refused(tmp_path: Path) -> None:
    (tmp_path / "known.txt").write_text("resume/*\n")

    came = conform("mock", "--known", tmp_path / "known.txt")

    assert came.exit_code == 1
    assert "line 1: 'resume/*' has no reason; write `glob: reason`" in came.output
