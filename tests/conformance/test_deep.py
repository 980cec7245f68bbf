"""What --deep adds: covering arrays and programs that grow, in a run of its own and as items of pytest."""

from __future__ import annotations

import dataclasses
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from tests.conformance import targets
from tests.conformance.test_run_command import HOME, conform, pytest_on
from wandb_testkit.actions import Script
from wandb_testkit.cli import main
from wandb_testkit.conformance import Capability, KnownFailure, Outcome, deep, load, programs, read_report, run
from wandb_testkit.conformance.capability import needed
from wandb_testkit.conformance.deep import clauses_by_case, deep_cases
from wandb_testkit.conformance.linter import problems
from wandb_testkit.conformance.running import judge_of
from wandb_testkit.conformance.stored import report_data
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import CURRENT, Profile


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pairs alone, and programs of three actions: enough to see what becomes of them."""
    deep_cases.cache_clear()
    monkeypatch.setattr(deep, "ARRAYS", {2: deep.ARRAYS[2]})
    monkeypatch.setattr(deep, "PROGRAMS", 2)
    monkeypatch.setattr(programs, "MAX_ACTIONS", 3)
    yield
    deep_cases.cache_clear()


@pytest.mark.parametrize("profile", Profile)
def test_the_reference_does_what_deep_adds(profile: Profile, few: None) -> None:
    report = run(load("reference", profile), in_process=True, chapters=["deep"])

    judged = {one.case: one.outcome for one in report.results if one.outcome is not Outcome.NOT_RUN}
    assert set(judged.values()) == {Outcome.PASS}
    assert {"deep/pairs-01", "deep/pairs-50", "deep/programs-01", "deep/programs-02"} <= judged.keys()
    assert {one.partition("/")[0] for one in judged} == {"deep"}


def test_a_program_that_goes_wrong_is_shrunk_and_can_be_run_again(few: None) -> None:
    report = run(load(f"{HOME}:forgetful"), in_process=True, chapters=["deep"])

    told = next(one for one in report.results if one.case == "deep/programs-01")
    shown = subprocess.run([sys.executable, "-c", told.script], capture_output=True, text=True, check=True)
    assert told.outcome is Outcome.FAIL
    assert len(told.differences) == 1
    assert "history: expected [{'_step': 0" in told.differences[0]
    assert [line.partition(":")[2] for line in shown.stdout.splitlines()] == [
        line.partition(":")[2]
        for line in told.differences  # the id before it is a new one each time
    ]
    assert told.script.count("Log(run=") == 1


def test_programs_that_take_the_process_with_them_can_be_grown_again(few: None) -> None:
    (case,) = (case for case in deep_cases(CURRENT) if case.id == "deep/programs-01")

    with judge_of(load(f"{HOME}:always_dying")) as judge:
        told = judge(case)

    again = subprocess.run([sys.executable, "-c", told.script], capture_output=True, text=True)
    assert told.reason.startswith("the process ended by itself, exit code 7")
    assert again.returncode == 7, again.stderr


def test_without_hypothesis_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    code, output = conform("reference", "--deep")

    assert code == 1
    assert "Error: deep cases need Hypothesis, which is not installed here: pip install hypothesis" in output


def test_programs_do_only_what_is_claimed(few: None) -> None:
    claims = frozenset({Capability.RUN_IDS, Capability.STORED_RUNS})

    def carry_out(script: Script) -> Observation:
        assert needed(script, ()) <= claims, script
        return targets.REFERENCE.run(script, CURRENT)

    modest = dataclasses.replace(targets.right, run=carry_out, capabilities=claims)
    report = run(modest, in_process=True, chapters=["deep"])

    outcomes = {one.case: one.outcome for one in report.results if one.chapter == "deep"}
    assert outcomes["deep/programs-01"] is Outcome.PASS
    assert outcomes["deep/pairs-02"] is Outcome.SKIP


def test_a_target_that_raises_fails_its_programs_with_the_smallest(few: None) -> None:
    report = run(load(f"{HOME}:raising"), in_process=True, chapters=["deep"])

    told = next(one for one in report.results if one.case == "deep/programs-01")
    assert told.outcome is Outcome.FAIL
    assert "run(script) raised RuntimeError: it never works" in told.reason
    assert told.script


def test_the_mock_passes_nothing_of_it(few: None) -> None:
    mock = load("mock")
    chosen = [case for case in deep_cases(CURRENT) if case.id in ("deep/pairs-01", "deep/programs-01")]

    with judge_of(mock) as judge:
        outcomes = [judge(case).outcome for case in chosen]

    assert outcomes == [Outcome.FAIL, Outcome.FAIL]


def test_known_failures_may_speak_of_it_and_are_left_alone_without(few: None) -> None:
    known = [KnownFailure("deep/*", "rows are forgotten")]

    with_deep = run(load(f"{HOME}:forgetful"), in_process=True, chapters=["deep"], known=known)
    without = run(load(f"{HOME}:forgetful"), in_process=True, chapters=["sweep"], known=known)

    assert Outcome.KNOWN in {one.outcome for one in with_deep.results}
    assert Outcome.FAIL not in {one.outcome for one in with_deep.results}
    assert "deep" not in without.chapters


def test_every_form_of_the_report_has_it(few: None, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"report.{kind}" for kind in ("html", "json", "xml", "md")}

    code, output = conform(
        *(f"{HOME}:forgetful", "--deep", "--chapters", "sweep", "--html", str(files["html"])),
        *("--json", str(files["json"]), "--junit", str(files["xml"]), "--markdown", str(files["md"])),
    )

    names = [case.get("name", "") for case in ElementTree.parse(files["xml"]).getroot().iter("testcase")]
    assert code == 1
    assert "FAIL deep/pairs-01" in output
    assert any(line.split()[:1] == ["deep"] for line in output.splitlines())
    assert any(name.startswith("deep/programs-01 [INIT-1]") for name in names)
    assert "deep/programs-01" in files["html"].read_text(encoding="utf-8")
    assert "deep/programs-01" in {one.case for one in read_report(files["json"]).results}
    assert files["md"].stat().st_size


def test_the_linter_knows_its_cases(few: None) -> None:
    report = run(load("reference"), in_process=True, chapters=["deep"])
    complete = report_data(report)
    partial = report_data(dataclasses.replace(report, results=report.results[:-1]))

    assert problems(complete, clauses_by_case(report)) == []
    assert problems(partial, clauses_by_case(report)) == [
        "deep/programs-02: is missing; what is not run is NOT_RUN, with a reason"
    ]


def test_the_list_has_it_where_it_is_asked_for(few: None) -> None:
    listed = CliRunner().invoke(main, ["conform", "--list", "--chapters", "deep"]).output.splitlines()

    assert listed[-1] == "deep/programs-02  [INIT-1]  needs nothing"
    assert any(line.startswith("deep/pairs-01  [RESUME-1") for line in listed)


def test_under_pytest_each_is_an_item(tmp_path: Path) -> None:
    done = pytest_on(
        "reference", "--wandb-deep", "-n", "2", "-q", "-k", "pairs or programs-01 or triples-001", cwd=tmp_path
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "62 passed" in done.stdout


def test_a_test_file_of_ones_own_has_the_items_if_it_says_so(pytester: pytest.Pytester, few: None) -> None:
    pytester.makepyfile(
        f"""
        from wandb_testkit.conformance import suite

        test_conformance = suite("{HOME}:modest", deep=True)
        """
    )

    found = pytester.inline_run("--collect-only", "-k", "deep")

    collected = [item.name for call in found.getcalls("pytest_collection_finish") for item in call.session.items]
    assert "test_conformance[deep/programs-02]" in collected
    assert len([name for name in collected if "deep" in name]) == len(deep_cases(CURRENT))
