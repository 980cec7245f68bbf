"""The page of the parity scripts says what was found, and every script was played."""

from __future__ import annotations

import pytest

from tests.parity.explained import unexplained
from tests.parity.results import PAGE, page, stored
from tests.parity.subjects import SUBJECTS, Subject


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.version)
def test_every_script_was_played_and_differs_with_reason_only(subject: Subject) -> None:
    found = stored(subject)

    assert sorted(found) == [script.stem for script in subject.scripts()]
    left = {name: unexplained(subject.explained.get(name, {}), lines) for name, lines in found.items()}
    assert {name: lines for name, lines in left.items() if lines} == {}


def test_the_page_says_what_was_found() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.version)
def test_reasons_are_given_for_scripts_there_are(subject: Subject) -> None:
    assert set(subject.explained) <= {script.stem for script in subject.scripts()}
