"""`wandb-testkit conform TARGET` and `pytest --pyargs wandb_testkit.conformance`, as people run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from wandb_testkit.cli import main
from wandb_testkit.conformance import CASES, Outcome, read_report
from wandb_testkit.profiles import CURRENT, Profile

ROOT = Path(__file__).parents[2]
HOME = "tests.conformance.targets"


def conform(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    done = CliRunner().invoke(main, ["conform", *arguments])
    return done.exit_code, done.output


def pytest_on(target: str, *options: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The suite as pytest items, from a directory of its own."""
    command = [sys.executable, "-m", "pytest", "--pyargs", "wandb_testkit.conformance", f"--wandb-target={target}"]
    environ = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(cwd)}
    return subprocess.run([*command, *options], cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def test_the_reference_passes_and_is_written_in_every_form(tmp_path: Path) -> None:
    files = {kind: tmp_path / f"report.{kind}" for kind in ("html", "json", "xml")}

    code, output = conform(
        *("reference", "--profile", "classic", "--chapters", "resume, sweep", "--html", str(files["html"])),
        *("--json", str(files["json"]), "--junit", str(files["xml"])),
    )

    report = read_report(files["json"])
    assert code == 0, output
    assert (report.target, report.profile) == ("reference", Profile.CLASSIC)
    assert {one.chapter for one in report.results if one.outcome is Outcome.PASS} == {"resume", "sweep"}
    assert "RESUME-4" in files["html"].read_text(encoding="utf-8")
    assert ElementTree.parse(files["xml"]).getroot().tag == "testsuites"
    assert "100%" in output


def test_a_target_that_fails_is_told_and_the_exit_code_says_so() -> None:
    code, output = conform(f"{HOME}:forgetful", "--chapters", "log")

    assert code == 1
    assert "FAIL log/each-log-is-a-row" in output
    assert "history: expected [{'_step': 0, 'x': 1}" in output
    assert "target = load('tests.conformance.targets:forgetful', 'current')" in output


def test_known_failures_are_read_from_a_file(tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("log/*: rows are forgotten\n", encoding="utf-8")

    code, output = conform(f"{HOME}:forgetful", "--chapters", "log", "--known", str(known))

    assert code == 1  # log/a-run-without-rows passes, so its entry is stale
    assert "UNEXPECTED PASS log/a-run-without-rows" in output
    assert "FAIL " not in output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("wandb==new",), "write a released version, as in wandb==0.31.0"),
        (("wandb==0.31.0-online",), "write one of offline, disabled behind the version"),
    ],
)
def test_a_mistake_is_told_what_to_write(arguments: tuple[str, ...], told: str) -> None:
    code, output = conform(*arguments)

    assert code != 0
    assert told in " ".join(output.split())


def test_the_list_tells_what_each_case_needs() -> None:
    code, output = conform("--list", "--chapters", "resume", "--profile", "current")

    lines = output.splitlines()
    assert code == 0
    assert len(lines) == sum(case.chapter == "resume" and CURRENT in case.profiles for case in CASES)
    assert "resume/must-without-an-id-is-refused  [RESUME-4, F.2.6]  needs resume" in lines


def test_under_pytest_each_case_is_an_item(tmp_path: Path) -> None:
    done = pytest_on("reference", "-n", "2", "-q", "-k", "sweep or log", cwd=tmp_path)

    expected = sum(("sweep" in case.id or "log" in case.id) and CURRENT in case.profiles for case in CASES)
    assert done.returncode == 0, done.stdout
    assert f"{expected} passed" in done.stdout


def test_under_pytest_a_failure_explains_itself_and_a_known_one_is_foreseen(tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("log/each-*: rows are forgotten\nlog/a-run-without-rows: stale\n", encoding="utf-8")

    done = pytest_on(f"{HOME}:forgetful", f"--wandb-known={known}", "-rA", "-k", "rows-as or log and row", cwd=tmp_path)

    assert "XFAIL" in done.stdout
    assert "UNEXPECTED PASS log/a-run-without-rows" in done.stdout
    assert "FAIL log/a-step-above-writes-what-waits" in done.stdout or "FAIL log/many-rows" in done.stdout
    assert "[LOG-" in done.stdout


def test_under_pytest_what_is_not_claimed_is_skipped(tmp_path: Path) -> None:
    done = pytest_on(f"{HOME}:modest", "-q", "-rs", "-k", "must-missing", cwd=tmp_path)

    assert done.returncode == 0
    assert "2 skipped" in done.stdout
    assert "the target does not claim" in done.stdout


def test_stored_results_are_plain_json(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    conform("reference", "--chapters", "sweep", "--json", str(file))

    data = json.loads(file.read_text(encoding="utf-8"))
    assert data["target"] == "reference"
    assert data["counts"]["PASS"] == sum(case.chapter == "sweep" and CURRENT in case.profiles for case in CASES)
