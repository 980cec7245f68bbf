"""The table of the reference page: nothing that the page says is left out, and each row leads somewhere."""

from __future__ import annotations

import inspect

import pytest

import wandb_testkit as wt
from tests.sdk.reference_page import PAGE, Sentence, is_there, page, sentences
from wandb_testkit.spec.clauses import clauses

FUNCTIONS = {"init", "_set_logger", "setup", "_enable_logging", "_jupyter_setup", "_jupyter_teardown", "_log_setup"}


def test_the_page_is_what_the_tests_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make it anew: python -m tests.sdk.reference_page"


def test_every_parameter_and_every_function_of_the_page_has_a_row() -> None:
    parts = {part for sentence in sentences() for part in sentence.part.split(", ")}

    # The page has no sentence about tensorboard of its own: it is "alias for sync_tensorboard".
    assert parts == {*inspect.signature(wt.init).parameters, *FUNCTIONS} - {"tensorboard"}


@pytest.mark.parametrize("sentence", list(sentences()), ids=lambda sentence: sentence.test)
def test_a_row_leads_to_clauses_and_to_code(sentence: Sentence) -> None:
    known = {clause.id for clause in clauses()}

    assert [clause for clause in sentence.clauses if clause not in known] == []
    assert [place for place in sentence.places if not is_there(place)] == []
