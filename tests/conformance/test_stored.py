"""fixtures/conformance: every stored result is fit to be published, and docs/matrix.md is made of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.conformance.fill import ENTRIES, PAGE, STORED, Entry, judged_anew, stored
from wandb_testkit.conformance import Outcome, read_known_failures, read_report
from wandb_testkit.conformance.deep import clauses_by_case
from wandb_testkit.conformance.known import entry_of, with_known
from wandb_testkit.conformance.linter import problems
from wandb_testkit.conformance.markdown import markdown
from wandb_testkit.conformance.results import BROKEN
from wandb_testkit.spec.clauses import clauses
from wandb_testkit.spec.generations import DEPARTURES

FILES = sorted(STORED.glob("*.json"))
AGAIN = "run `python -m tests.conformance.fill NAME`, or without NAME for all"
KNOW = "run `python -m tests.conformance.fill --known`"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_stored_result_is_fit_to_be_published(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))

    assert problems(data, clauses_by_case(read_report(path))) == [], AGAIN


def test_what_is_stored_is_of_targets_in_the_box() -> None:
    assert {path.name for path in FILES} <= {entry.file.name for entry in ENTRIES}
    assert len(FILES) > 5


def test_the_page_is_made_of_the_stored_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(stored()), "run `python -m tests.conformance.fill --page`"


def test_the_reference_does_everything() -> None:
    for report in stored():
        if report.target.startswith("reference"):
            assert report.is_conformant, report.title
            assert report.tally.percent == 100, report.title


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.known], ids=lambda entry: entry.file.stem)
def test_what_is_known_of_a_target_is_what_was_seen(entry: Entry) -> None:
    """Every entry of its known failures speaks of a case that failed, and nothing else has failed."""
    assert entry.known is not None
    report = read_report(entry.file)
    known = read_known_failures(entry.known)

    seen = [entry_of(one.case, known) for one in report.results if one.outcome is Outcome.KNOWN]
    again = [with_known(judged_anew(one), known) for one in report.results]
    assert [one.case for one in report.results if one.outcome in BROKEN] == [], AGAIN
    assert [one.pattern for one in known if one not in seen and not one.sometimes] == [], (
        "nothing of that fails: take it out"
    )
    assert [now.case for now, one in zip(again, report.results, strict=True) if now != one] == [], KNOW


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.known], ids=lambda entry: entry.file.stem)
def test_a_number_that_a_reason_names_is_one_of_the_tables(entry: Entry) -> None:
    """DEV-n is a clause (docs/clauses.md), GEN-n a row about clients as old as this one (docs/real-clients.md)."""
    assert entry.known is not None
    reasons = " ".join(one.reason for one in read_known_failures(entry.known))
    version = tuple(int(part) for part in re.findall(r"\d+", entry.target)[:2])

    generations = {one.number for one in DEPARTURES if version < one.before}
    assert set(re.findall(r"\bDEV-\d+", reasons)) <= {one.id for one in clauses()}
    assert set(re.findall(r"\bGEN-\d+", reasons)) <= generations
