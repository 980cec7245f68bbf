"""The page of the parity scripts says what was found, and every script was played."""

from __future__ import annotations

from tests.parity.explained import EXPLAINED, unexplained
from tests.parity.playing import scripts
from tests.parity.results import PAGE, page, stored


def test_every_script_was_played_and_differs_with_reason_only() -> None:
    found = stored()

    assert sorted(found) == [script.stem for script in scripts()]
    assert {name: unexplained(name, lines) for name, lines in found.items() if unexplained(name, lines)} == {}


def test_the_page_says_what_was_found() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(stored())


def test_reasons_are_given_for_scripts_there_are() -> None:
    assert set(EXPLAINED) <= {script.stem for script in scripts()}
