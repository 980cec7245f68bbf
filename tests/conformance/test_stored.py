"""fixtures/conformance: every stored result is fit to be published, and docs/matrix.md is made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.fill import ENTRIES, PAGE, STORED, stored
from wandb_testkit.conformance import read_report
from wandb_testkit.conformance.deep import clauses_by_case
from wandb_testkit.conformance.linter import problems
from wandb_testkit.conformance.markdown import markdown

FILES = sorted(STORED.glob("*.json"))
AGAIN = "run `python -m tests.conformance.fill NAME`, or without NAME for all"


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
