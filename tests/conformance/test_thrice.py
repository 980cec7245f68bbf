"""The suite on the reference in random order, in two processes: a sample of `python -m tests.conformance.thrice`."""

from __future__ import annotations

from collections import Counter

from tests.conformance.thrice import run_round
from wandb_testkit.profiles import CLASSIC


def test_the_reference_passes_in_one_order_and_in_another() -> None:
    rounds = [run_round(CLASSIC, seed, "-k", "sweep or log/ or finish") for seed in (1, 2)]

    assert [found.exit_code for found in rounds] == [0, 0], rounds[0].output
    assert [found.outcomes for found in rounds] == [Counter(PASSED=len(found.items)) for found in rounds]
    assert rounds[0].items != rounds[1].items
    assert sorted(rounds[0].items) == sorted(rounds[1].items)
    assert len(rounds[0].items) > 30
