"""The first agreement: what the spec expects of a cell is what the reference implementation shows, from outside.

A test item is a block of cells: an item of its own would cost more than the cell.
"""

from __future__ import annotations

import random

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec.cells import cell_at, is_reachable, size
from wandb_testkit.spec.judgement import CHECKS
from wandb_testkit.spec.outcome import Outcome
from wandb_testkit.verification.cells import Block, blocks, complaint, verify

REACHABLE = {CLASSIC: 95_904, CURRENT: 63_936}
"""Reachable cells of the quotient (spec.md C.1)."""


@pytest.mark.parametrize(
    "block", [block for profile in (CLASSIC, CURRENT) for block in blocks(profile, "quotient")], ids=str
)
def test_every_cell_of_the_quotient_does_what_the_spec_says(block: Block) -> None:
    verdict = verify(block)

    assert verdict.disagreeing == 0, "\n".join(verdict.complaints)


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_the_blocks_hold_every_reachable_cell_of_the_quotient(profile: Profile) -> None:
    cells = [cell for block in blocks(profile, "quotient") for cell in block.cells()]

    assert len(cells) == len(set(cells)) == REACHABLE[profile]


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_random_cells_of_the_full_product_do_what_the_spec_says(profile: Profile) -> None:
    chance = random.Random(20261123)
    numbers = (chance.randrange(size(profile, "full")) for _ in range(4_000))
    cells = [cell for cell in (cell_at(profile, "full", number) for number in numbers) if is_reachable(cell)]

    complaints = [told for told in (complaint(cell, profile) for cell in cells) if told]

    assert len(cells) > 2_000
    assert not complaints, f"{len(complaints)} of {len(cells)} cells disagree; the first:\n{complaints[0]}"


def test_every_field_of_the_outcome_is_compared() -> None:
    assert tuple(CHECKS) == Outcome._fields
