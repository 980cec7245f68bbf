"""The oracle is itself verified: each planted bug has to be noticed by generated programs."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.mutants.catalogue import Mutant
from tests.mutants.script_mutants import SCRIPT_MUTANTS
from tests.mutants.test_mutants import planted
from wandb_testkit.actions import Script
from wandb_testkit.profiles import to_profile
from wandb_testkit.spec import predict, same
from wandb_testkit.strategies import scripts

ROUNDS = 20
MAX_ACTIONS = 30
"""Longer programs than elsewhere: nobody has to read them, and more happens in each."""

# Many short rounds: within one, Hypothesis varies what it has found, and sees less that is new.
ROUND = settings(
    max_examples=150,
    phases=(Phase.generate,),
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class Noticed(Exception):
    """The first difference."""


def first_difference(target: ModuleType, mutant: Mutant) -> tuple[int, str]:
    """How many programs it takes to notice, and what is noticed; "" if nothing is."""
    reference = target.ReferenceTarget()
    profile = to_profile(mutant.profile)
    played = 0

    @ROUND
    @given(scripts(profile=profile, max_actions=MAX_ACTIONS))
    def play(script: Script) -> None:
        nonlocal played
        played += 1
        lines = same(predict(script, profile), reference.run(script, profile))
        if lines:
            raise Noticed(lines[0])

    for number in range(ROUNDS):
        try:
            seed(number)(play)()
        except Noticed as noticed:
            return played, str(noticed)
    return played, ""


@pytest.mark.parametrize("mutant", SCRIPT_MUTANTS, ids=lambda mutant: f"{mutant.clause}: {mutant.name}")
def test_the_programs_notice(mutant: Mutant) -> None:
    began = time.perf_counter()
    with planted(mutant) as target:
        played, noticed = first_difference(target, mutant)

    print(f"{mutant.name} [{mutant.clause}] -> {noticed} -> {played} scripts, {time.perf_counter() - began:.2f} s")
    assert noticed, f"{mutant.name} [{mutant.clause}] survived {played} scripts: a check is missing"


@pytest.mark.parametrize("mutant", SCRIPT_MUTANTS, ids=lambda mutant: f"{mutant.clause}: {mutant.name}")
def test_the_bug_is_planted_in_exactly_one_place(mutant: Mutant) -> None:
    spec = importlib.util.find_spec(mutant.module)
    assert spec is not None
    assert spec.origin is not None

    assert Path(spec.origin).read_text(encoding="utf-8").count(mutant.was) == 1
    assert mutant.was != mutant.bug
