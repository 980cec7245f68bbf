"""The runner: one process for many cases, and what becomes of a target that does not behave."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conformance import targets
from tests.conformance.targets import is_must
from wandb_testkit.actions import Script
from wandb_testkit.conformance import (
    CASES,
    Case,
    KnownFailure,
    Outcome,
    Report,
    Target,
    WrongTargetError,
    load,
    read_known_failures,
    run,
)
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

HOME = "tests.conformance.targets"
MUST = "resume/must-missing-run-is-refused"


def outcomes(report: Report) -> Counter[Outcome]:
    return Counter(result.outcome for result in report.results)


def tried(*ids: str) -> list[Case]:
    return [case for case in CASES if case.id in ids]


@pytest.mark.parametrize("profile", Profile)
def test_the_reference_passes_everything_in_whatever_order(profile: Profile) -> None:
    report = run(load("reference", profile), seed=7, processes=2)

    assert [result for result in report.results if result.outcome is not Outcome.PASS] == []
    assert [result.case for result in report.results] == [case.id for case in CASES if profile in case.profiles]
    assert report.is_conformant


def test_a_target_that_answers_everything_with_a_mock_passes_nothing() -> None:
    report = run(load("mock"))

    assert outcomes(report).keys() == {Outcome.FAIL, Outcome.SKIP}
    assert outcomes(report)[Outcome.FAIL] > 400


def test_a_mock_passes_nothing_however_little_it_claims() -> None:
    claims = ["config", "names", "steps", "processes", "summary", "states", "settings", "run_ids", "resume"]
    mock = dataclasses.replace(load("mock"), capabilities=claims)
    report = run(mock, chapters=["errors", "mode", "config", "identity"])

    assert Outcome.PASS not in outcomes(report)
    assert outcomes(report)[Outcome.FAIL] > 5


@pytest.mark.parametrize("reference", [f"{HOME}:dying", ""])
def test_a_target_that_dies_costs_the_cases_in_which_it_does(reference: str) -> None:
    target = load(reference) if reference else targets.dying
    report = run(target, chapters=["resume"])

    failed = {result.case for result in report.results if result.outcome is Outcome.FAIL}
    told = next(result for result in report.results if result.case == MUST)
    assert failed == {
        case.id for case in CASES if case.chapter == "resume" and CURRENT in case.profiles and is_must(case.script)
    }
    assert told.reason.startswith("the process ended by itself, exit code 7")
    assert told.reason.endswith("about to die" if reference else "exit code 7")


def test_a_target_that_hangs_costs_that_case_only() -> None:
    report = run(targets.hanging, chapters=["resume"], processes=2)

    told = next(result for result in report.results if result.case == MUST)
    passed = next(result for result in report.results if result.case == "resume/allow-without-an-id-starts")
    assert (told.outcome, told.reason) == (Outcome.FAIL, "no answer within 0.5 s; the process was ended")
    assert passed.outcome is Outcome.PASS


def test_a_case_that_is_known_to_hang_is_waited_for_no_longer_than_that() -> None:
    patient = replace(targets.hanging, timeout_s=100.0, tries=3)
    hangs = [case.id for case in CASES if case.chapter == "errors" and is_must(case.script)]

    report = run(
        patient, chapters=["errors"], known=[KnownFailure(id, "asks for ever", timeout_s=0.25) for id in hangs]
    )

    told = {result.case: (result.outcome, result.reason) for result in report.results if result.case in hangs}
    reason = "asks for ever (no answer within 0.25 s; the process was ended)"
    assert told == dict.fromkeys(hangs, (Outcome.KNOWN, reason))
    assert outcomes(report).keys() == {Outcome.PASS, Outcome.KNOWN, Outcome.NOT_RUN}


def test_what_is_known_to_fail_is_tried_once() -> None:
    carried_out: list[str] = []

    def forgets(script: Script) -> Observation:
        carried_out.append(repr(script))
        return targets.forgetful.carry_out(script)  # type: ignore[no-any-return] # it is one of ours

    known, unknown = tried("resume/allow-goes-on-with-an-existing-run", "resume/must-goes-on-with-an-existing-run")
    target = replace(targets.forgetful, run=forgets, tries=3)
    run(target, chapters=["resume"], known=[KnownFailure(known.id, "nothing is kept")], in_process=True)

    assert (carried_out.count(repr(known.script)), carried_out.count(repr(unknown.script))) == (1, 3)


def test_what_a_target_does_not_claim_is_passed_over_by_name() -> None:
    report = run(targets.modest, in_process=True, chapters=["resume"])

    told = next(result for result in report.results if result.case == MUST)
    assert (told.outcome, told.reason) == (
        Outcome.SKIP,
        "the target does not claim processes, resume",
    )
    assert outcomes(report)[Outcome.FAIL] == 0


def test_chapters_that_nobody_asked_for_are_not_run() -> None:
    report = run(targets.right, in_process=True, chapters=["resume"])

    assert {result.chapter for result in report.results if result.outcome is not Outcome.NOT_RUN} == {"resume"}
    assert len(report.results) == sum(CURRENT in case.profiles for case in CASES)


def test_a_chapter_that_does_not_exist_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"chapter 'resum' does not exist: did you mean 'resume'\? There are parameters, "
    ):
        run(targets.right, chapters=["resum"])


def test_known_failures_are_run_and_counted_apart() -> None:
    known = [KnownFailure("resume/*", "nothing is kept")]

    report = run(targets.forgetful, in_process=True, chapters=["resume"], known=known)

    told = next(result for result in report.results if result.case == "resume/allow-goes-on-with-an-existing-run")
    stale = next(result for result in report.results if result.case == "resume/never-without-an-id-starts")
    assert (told.outcome, told.reason) == (Outcome.KNOWN, "nothing is kept")
    assert (stale.outcome, stale.reason) == (
        Outcome.UNEXPECTED_PASS,
        "known failures: 'resume/*' says that it fails (nothing is kept); take that out, or write globs that do not "
        "name this case",
    )
    assert not report.is_conformant


def test_a_known_failure_that_names_no_case_is_refused() -> None:
    with pytest.raises(ValueError, match=r"known failures: no case is called 'resume/nothing'; take the line out"):
        run(targets.right, known=[KnownFailure("resume/nothing", "gone")])


def test_a_file_of_known_failures_needs_reasons(tmp_path: Path) -> None:
    file = tmp_path / "known.txt"
    file.write_text("# ours\n\nresume/must-*: no such word yet\n", encoding="utf-8")

    assert read_known_failures(file) == (KnownFailure("resume/must-*", "no such word yet", f"{file}, line 3"),)

    file.write_text("resume/must-*\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 1: 'resume/must-\*' has no reason; write `glob: reason`"):
        read_known_failures(file)


@pytest.mark.parametrize(
    ("how", "timeout_s", "sometimes"),
    [("(10 s)", 10.0, False), ("(sometimes)", None, True), ("(sometimes, 10 s)", 10.0, True)],
)
def test_an_entry_says_how_a_case_fails(tmp_path: Path, how: str, timeout_s: float | None, sometimes: bool) -> None:
    file = tmp_path / "known.txt"
    file.write_text(f"resume/must-* {how}: asks for ever\n", encoding="utf-8")

    (entry,) = read_known_failures(file)

    assert entry == KnownFailure("resume/must-*", "asks for ever", f"{file}, line 1", timeout_s, sometimes)


def test_what_fails_sometimes_may_pass() -> None:
    known = [KnownFailure("resume/*", "the clock decides", sometimes=True)]

    report = run(targets.forgetful, in_process=True, chapters=["resume"], known=known)

    assert outcomes(report).keys() == {Outcome.PASS, Outcome.KNOWN, Outcome.NOT_RUN}
    assert report.is_conformant


def test_a_failure_comes_with_a_script_that_shows_it_again() -> None:
    report = run(load(f"{HOME}:forgetful"), in_process=True, chapters=["resume"])
    told = next(result for result in report.results if result.case == "resume/allow-goes-on-with-an-existing-run")

    shown = subprocess.run([sys.executable, "-c", told.script], capture_output=True, text=True, check=True)

    assert told.outcome is Outcome.FAIL
    assert shown.stdout.splitlines() == list(told.differences)
    assert len(told.script.splitlines()) < 50


@pytest.mark.parametrize(
    ("declared", "wrong"),
    [
        ({"version": "1", "run": print}, r"Target\(name=''\): write the name that reports are to show, name='mylib'"),
        ({"name": "x", "run": print}, r"a result without a version says nothing .*importlib.metadata.version\('x'\)"),
        ({"name": "x", "version": "1"}, r"Target\('x', run=None\): write run=, a function that takes a script"),
        (
            {"name": "x", "version": "1", "run": print, "capabilities": ["resum"]},
            r"Target\('x'\): capability 'resum' does not exist: did you mean 'resume'\?",
        ),
        (
            {"name": "x", "version": "1", "run": print, "capabilities": ["zzz"]},
            r"capability 'zzz' does not exist: write one of run_ids, resume, ",
        ),
        (
            {"name": "x", "version": "1", "run": print, "capabilities": "resume"},
            r"write a collection, capabilities=\['resume'\]",
        ),
        (
            {"name": "x", "version": "1", "run": print, "capabilities": None},
            r"capabilities=None\): write a collection, capabilities=\['run_ids'\]",
        ),
        ({"name": "x", "version": 1.0, "run": print}, r"version=1.0\): write it as text, version='1.0'"),
        ({"name": "x", "version": "1", "run": print, "profile": "new"}, r"profile 'new' does not exist; expected"),
    ],
)
def test_a_wrong_declaration_is_told_what_to_write(declared: dict[str, object], wrong: str) -> None:
    with pytest.raises(WrongTargetError, match=wrong):
        Target(**declared)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    ("reference", "wrong"),
    [
        ("no_such_package.x:target", r"there is no module 'no_such_package'; write MODULE:NAME as in an import"),
        (f"{HOME}:nobody", r"module 'tests.conformance.targets' has no 'nobody'; write `nobody = Target\(...\)` there"),
        (f"{HOME}:ALL", r"is frozenset.*; write a wandb_testkit.conformance.Target there"),
        ("referense", r"target 'referense' is not in the box: did you mean 'reference'\?"),
        ("tinylog", r"or MODULE:NAME for a Target of your own, such as tinylog:target"),
        ("wandb==0.31.0@localhost:8080", r"'localhost:8080' is no URL: write scheme, host and port"),
    ],
)
def test_a_target_that_cannot_be_found_is_told_what_to_write(
    reference: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "k" * 40)
    with pytest.raises(WrongTargetError, match=wrong):
        load(reference)


def test_a_target_of_another_profile_is_refused() -> None:
    with pytest.raises(WrongTargetError, match="plays profile current, not classic: leave the profile out"):
        load(f"{HOME}:right", CLASSIC)


def test_a_function_that_makes_the_target_will_do() -> None:
    assert load(f"{HOME}:made").name == "right"
