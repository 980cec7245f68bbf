"""The first agreement: what the spec expects of a cell is what the reference implementation shows, from outside.

A test item is a block of cells: an item of its own would cost more than the cell.
"""

from __future__ import annotations

import random

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec.cells import Cell, cell_at, is_reachable, size
from wandb_testkit.spec.judgement import CHECKS, disagreements
from wandb_testkit.spec.outcome import Outcome, expected
from wandb_testkit.spec.script_of_cell import script_of
from wandb_testkit.targets.reference import ReferenceTarget

BLOCK = 3456
REACHABLE = {CLASSIC: 95_904, CURRENT: 63_936}
"""Reachable cells of the quotient (spec.md C.1)."""

TARGET = ReferenceTarget()


def complaint_about(cell: Cell, profile: Profile) -> str:
    """What the implementation does in a cell against the spec; empty if they agree."""
    observation = TARGET.run(script_of(cell, profile), profile)
    lines = disagreements(cell, profile, expected(cell, profile), observation, user=TARGET.user)
    return "\n".join([f"{profile}: {cell}", *lines]) if lines else ""


def blocks(profile: Profile) -> list[range]:
    whole = size(profile, "quotient")
    return [range(start, min(start + BLOCK, whole)) for start in range(0, whole, BLOCK)]


@pytest.mark.parametrize(
    ("profile", "block"),
    [
        pytest.param(profile, block, id=f"{profile}-{block.start}")
        for profile in (CLASSIC, CURRENT)
        for block in blocks(profile)
    ],
)
def test_every_cell_of_the_quotient_does_what_the_spec_says(profile: Profile, block: range) -> None:
    cells = [cell for cell in (cell_at(profile, "quotient", index) for index in block) if is_reachable(cell)]

    complaints = [complaint for complaint in (complaint_about(cell, profile) for cell in cells) if complaint]

    assert not complaints, f"{len(complaints)} of {len(cells)} cells disagree; the first:\n{complaints[0]}"


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_the_blocks_hold_every_reachable_cell_of_the_quotient(profile: Profile) -> None:
    indices = [index for block in blocks(profile) for index in block]

    cells = {cell for cell in (cell_at(profile, "quotient", index) for index in indices) if is_reachable(cell)}

    assert len(indices) == len(set(indices)) == size(profile, "quotient")
    assert len(cells) == REACHABLE[profile]


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_random_cells_of_the_full_product_do_what_the_spec_says(profile: Profile) -> None:
    chance = random.Random(20261123)
    numbers = (chance.randrange(size(profile, "full")) for _ in range(4_000))
    cells = [cell for cell in (cell_at(profile, "full", number) for number in numbers) if is_reachable(cell)]

    complaints = [complaint for complaint in (complaint_about(cell, profile) for cell in cells) if complaint]

    assert len(cells) > 2_000
    assert not complaints, f"{len(complaints)} of {len(cells)} cells disagree; the first:\n{complaints[0]}"


def test_every_field_of_the_outcome_is_compared() -> None:
    assert tuple(CHECKS) == Outcome._fields
