"""The verifier is itself verified: each planted bug has to be noticed by enumerated cells or by generated programs."""

from __future__ import annotations

import importlib
import random

import pytest

from tests.mutants.every import ALL, CELL_MUTANTS, ENUMERATED_MUTANTS, EVERY_THIRD
from tests.mutants.mutant import Mutant
from tests.mutants.noticing import Noticed, by_cells, by_enumerated_programs, by_programs
from tests.mutants.planting import places, planted
from wandb_testkit.profiles import to_profile
from wandb_testkit.spec.cells import cell_at, is_reachable, size
from wandb_testkit.spec.judgement import disagreements
from wandb_testkit.spec.outcome import expected
from wandb_testkit.spec.script_of_cell import script_of


def named(mutant: Mutant) -> str:
    return f"{mutant.clause}: {mutant.name}"


def survived(mutant: Mutant, noticed: Noticed) -> str:
    return f"{mutant.name} [{mutant.clause}] survived {noticed.number} of them: a check is missing"


@pytest.mark.parametrize("mutant", CELL_MUTANTS, ids=named)
def test_the_cells_notice(mutant: Mutant) -> None:
    with planted(mutant) as target:
        noticed = by_cells(target, mutant)

    assert noticed.line, survived(mutant, noticed)


@pytest.mark.parametrize("mutant", ENUMERATED_MUTANTS, ids=named)
def test_the_enumerated_programs_notice(mutant: Mutant) -> None:
    with planted(mutant) as target:
        noticed = by_enumerated_programs(target, mutant)

    assert noticed.line, survived(mutant, noticed)


@pytest.mark.parametrize("mutant", EVERY_THIRD, ids=named)
def test_the_programs_notice(mutant: Mutant) -> None:
    with planted(mutant) as target:
        noticed = by_programs(target, mutant)

    assert noticed.line, survived(mutant, noticed)


@pytest.mark.parametrize("mutant", ALL, ids=named)
def test_the_bug_is_planted_in_exactly_one_place(mutant: Mutant) -> None:
    assert places(mutant) == 1
    assert mutant.was != mutant.bug


def test_no_two_mutants_are_the_same() -> None:
    assert len(ALL) >= 90
    assert len({mutant.name for mutant in ALL}) == len(ALL)
    assert len({(mutant.profile, mutant.module, mutant.was, mutant.bug) for mutant in ALL}) == len(ALL)


def test_nothing_of_a_bug_stays_behind() -> None:
    reference = importlib.import_module("wandb_testkit.targets.reference")
    with planted(ALL[0]) as target:
        assert target is not reference

    assert importlib.import_module("wandb_testkit.targets.reference") is reference


def test_without_a_bug_nothing_is_noticed() -> None:
    reference = importlib.import_module("wandb_testkit.targets.reference")
    for mutant in CELL_MUTANTS[:2]:
        profile = to_profile(mutant.profile)
        chance = random.Random(7)
        for index in chance.sample(range(size(profile, "quotient")), 500):
            cell = cell_at(profile, "quotient", index)
            if is_reachable(cell):
                seen = reference.ReferenceTarget().run(script_of(cell, profile), profile)
                assert not disagreements(
                    cell, profile, expected(cell, profile), seen, user=reference.ReferenceTarget.user
                )
