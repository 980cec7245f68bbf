"""Every clause has a test, and no test claims one that there is not."""

from __future__ import annotations

from pathlib import Path

from wandb_testkit.clausebook.holding import claims, mistaken
from wandb_testkit.clausebook.trace import traces

ROOT = Path(__file__).resolve().parents[2]


def test_every_clause_has_a_test() -> None:
    missing = {trace.clause.id for trace in traces(ROOT) if trace.is_missing}

    assert missing == set(), "clauses without a test (wandb-testkit spec --missing)"


def test_no_test_claims_a_clause_that_does_not_exist() -> None:
    assert mistaken(claims(ROOT)) == []
