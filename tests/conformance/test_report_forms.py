"""A report in a terminal, as JUnit XML, as Markdown and as a badge."""

from __future__ import annotations

import io
import json
import textwrap
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console

from tests.conformance.made import report, result
from wandb_testkit.conformance.badge import badge, write_badge
from wandb_testkit.conformance.junit import write_junit
from wandb_testkit.conformance.markdown import markdown
from wandb_testkit.conformance.results import Outcome, Report
from wandb_testkit.conformance.terminal import MAX_TOLD, failures, show, verdict
from wandb_testkit.profiles import CLASSIC
from wandb_testkit.spec.clauses import clause

FAILED = result(
    "resume/must-missing",
    Outcome.FAIL,
    "RESUME-4",
    expected="init 'a': error: UsageError",
    got="init 'a': error: ",
    differences=("init 'a': error: expected 'UsageError', got ''",),
    crossed=("init 'a': RunRecord u/a",),
    script="import wandb\nwandb.init(id='a', resume='must')\n",
)
KNOWN = result("log/rows", Outcome.KNOWN, "LOG-1", reason="rows are kept by the minute")
SKIPPED = result("offline/plain", Outcome.SKIP, "MODE-2", reason="the target does not claim offline")
STALE = result(
    "log/steps", Outcome.UNEXPECTED_PASS, "LOG-2", reason="known.txt, line 3 says that it fails: take it out"
)
OURS = result("log/odd", Outcome.ERROR, "LOG-2", reason="case 'log/odd' raised KeyError before it reached the target")
MIXED = report(FAILED, KNOWN, SKIPPED, result("resume/a"), target="ours", version="2.0")


def printed(told: Report, width: int = 120) -> str:
    out = io.StringIO()
    show(told, Console(file=out, width=width))
    return out.getvalue()


def test_a_terminal_shows_chapters_failures_and_a_verdict() -> None:
    ruling = clause("RESUME-4")
    text = printed(MIXED)
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]

    assert lines == [
        "Conformance of ours 2.0 (current)",
        "spec of 2026-11-26, suite 0.1.0, Python 3.11.4, 2026-11-26",
        "chapter holds of fail known not claimed seconds",
        lines[3],  # the rule below the head
        "resume 1 2 50% 1 1.0",
        "log 0 1 0% 1 0.5",
        "offline 0 0 1 0.5",
        "all 1 3 33% 1 1 1 2.0",
        "FAIL resume/must-missing",
        *textwrap.wrap(f"[RESUME-4] {ruling.sentence} ({', '.join(ruling.sources)})", 98),
        "init 'a': error: expected 'UsageError', got ''",
        "what crossed the line:",
        "init 'a': RunRecord u/a",
        "reproduce it:",
        "import wandb",
        "wandb.init(id='a', resume='must')",
        "ours 2.0 (current): passes 1 of 3 cases that it claims (33%), 1 fail, 1 known to fail, 1 not claimed",
    ]


def test_a_script_can_be_copied_from_the_terminal() -> None:
    shown = "\n".join(failures(MIXED))

    assert "    import wandb\n    wandb.init(id='a', resume='must')\n" in shown


def test_stale_entries_and_our_own_errors_are_told_apart() -> None:
    lines = list(failures(report(OURS, STALE, result("resume/a"))))

    assert [line for line in lines if line and not line.startswith(" ")] == [
        "UNEXPECTED PASS log/steps",
        "ERROR (suite) log/odd",
    ]
    assert "  known.txt, line 3 says that it fails: take it out" in lines
    assert "  case 'log/odd' raised KeyError before it reached the target" in lines


def test_many_failures_are_told_in_a_line_each() -> None:
    many = [result(f"log/{number}", Outcome.FAIL, reason=f"wrong {number}") for number in range(MAX_TOLD + 2)]

    lines = list(failures(report(*many)))

    assert lines[-3:] == ["FAIL log/20: wrong 20", "FAIL log/21: wrong 21", ""]


def test_what_fails_without_differences_tells_expected_and_got() -> None:
    crashed = result("log/a", Outcome.FAIL, reason="it crashed", expected="an observation", got="exit code 139")

    lines = list(failures(report(crashed)))

    assert lines[-5:] == ["  expected:", "    an observation", "  got:", "    exit code 139", ""]


def test_a_report_that_judged_nothing_says_so() -> None:
    assert verdict(report(SKIPPED)) == "jsonl 1.2 (current): nothing was judged, so nothing is proved"


def test_junit_has_a_suite_for_each_chapter_of_each_target(tmp_path: Path) -> None:
    path = tmp_path / "new" / "junit.xml"
    bad = result("log/bad", Outcome.FAIL, got="</failure>\x00", script="print('\x1b')")
    write_junit(path, [MIXED, report(STALE, OURS, bad, target="other", profile=CLASSIC)])

    suites = {suite.get("name"): suite for suite in ElementTree.parse(path).getroot()}
    counts = {
        name: [suite.get(key) for key in ("tests", "failures", "errors", "skipped")] for name, suite in suites.items()
    }
    cases = {case.get("name"): [child.tag for child in case] for suite in suites.values() for case in suite}
    failure = suites["ours 2.0 (current): resume"].find("testcase/failure")

    assert counts == {
        "ours 2.0 (current): resume": ["2", "1", "0", "0"],
        "ours 2.0 (current): log": ["1", "0", "0", "1"],
        "ours 2.0 (current): offline": ["1", "0", "0", "1"],
        "other 1.2 (classic): log": ["3", "2", "1", "0"],
    }
    assert cases["resume/a [RESUME-4]"] == []
    assert failure is not None
    assert failure.get("message") == "fail: init 'a': error: expected 'UsageError', got ''"
    assert FAILED.script.strip() in str(failure.text)


def test_markdown_has_targets_chapters_and_clauses() -> None:
    text = markdown([MIXED, report(result("resume/must-missing"), target="old|er", profile=CLASSIC)])

    assert "| ours 2.0 | current | 33% | 1 | 1 | 1 |  | 1 | 2 | 3.11.4 | 2026-11-26 |" in text
    assert "| chapter | ours 2.0 current | old\\|er 1.2 classic |" in text
    assert "| RESUME | 50% | 100% |" in text
    assert "| RESUME-4 | ✗ | ✓ |" in text
    assert "| LOG-1 | ≈ |  |" in text
    assert "## What is known of ours 2.0 (current)" in text
    assert "| rows are kept by the minute | log/rows |" in text


def test_a_badge_is_what_shields_io_reads(tmp_path: Path) -> None:
    write_badge(tmp_path / "new" / "badge.json", MIXED)

    assert json.loads((tmp_path / "new" / "badge.json").read_text()) == {
        "schemaVersion": 1,
        "label": "wandb.init() current",
        "message": "33% of 3 cases",
        "color": "orange",
    }
    assert badge(report(result("a/b")))["color"] == "brightgreen"
    assert badge(report(SKIPPED)) == {
        "schemaVersion": 1,
        "label": "wandb.init() current",
        "message": "nothing judged",
        "color": "lightgrey",
        "isError": True,
    }
