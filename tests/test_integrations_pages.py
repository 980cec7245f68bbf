"""The tables of docs/integrations.md and docs/suites.md are those of what is kept and of the suites as they are."""

from __future__ import annotations

from tests.integrations import results, suites


def test_the_table_of_integrations_is_that_of_the_stored_results() -> None:
    text = results.PAGE.read_text(encoding="utf-8")

    assert results.made_anew(text) == text, "run: python -m tests.integrations.results"


def test_the_table_of_suites_is_that_of_the_suites() -> None:
    text = suites.PAGE.read_text(encoding="utf-8")

    assert suites.made_anew(text) == text, "run: python -m tests.integrations.suites"
