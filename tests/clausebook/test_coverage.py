"""Every clause has a test, but for those that `awaited.py` lists with a reason."""

from __future__ import annotations

from pathlib import Path

from tests.clausebook.awaited import AWAITED
from wandb_testkit.clausebook.holding import claims, mistaken
from wandb_testkit.clausebook.trace import traces
from wandb_testkit.spec import clauses

ROOT = Path(__file__).resolve().parents[2]


def test_every_clause_has_a_test_or_is_awaited() -> None:
    missing = {trace.clause.id for trace in traces(ROOT) if trace.is_missing}

    assert missing - AWAITED.keys() == set(), "clauses without a test (wandb-testkit spec --missing)"


def test_no_clause_is_awaited_that_has_a_test() -> None:
    missing = {trace.clause.id for trace in traces(ROOT) if trace.is_missing}

    assert AWAITED.keys() - missing == set(), "these have a test now: take them out of tests/clausebook/awaited.py"


def test_the_list_names_clauses_that_exist() -> None:
    assert AWAITED.keys() <= {clause.id for clause in clauses()}


def test_no_test_claims_a_clause_that_does_not_exist() -> None:
    assert mistaken(claims(ROOT)) == []
