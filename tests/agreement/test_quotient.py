"""The first agreement: what the spec expects of a cell is what the reference implementation shows, from outside.

A test item is a block of cells: an item of its own would cost more than the cell.
"""

from __future__ import annotations

import dataclasses
import random

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec.cells import Cell, cell_at, is_reachable, size
from wandb_testkit.spec.judgement import CHECKS, disagreements
from wandb_testkit.spec.outcome import Outcome, expected
from wandb_testkit.spec.script_of_cell import script_of
from wandb_testkit.verification.cells import TARGET, Block, blocks, complaint, verify

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


MUST_WITHOUT_A_RUN = Cell("must", "none", "absent", "unset", "unset", "ok", "unset", "unset", "unset", "none", "no")


def test_a_record_that_is_left_behind_by_a_refused_call_is_noticed() -> None:
    seen = TARGET.run(script_of(MUST_WITHOUT_A_RUN, CURRENT), CURRENT)
    made = TARGET.run(script_of(MUST_WITHOUT_A_RUN._replace(resume="unset"), CURRENT), CURRENT)
    outcome = expected(MUST_WITHOUT_A_RUN, CURRENT)

    lines = disagreements(
        MUST_WITHOUT_A_RUN, CURRENT, outcome, dataclasses.replace(seen, runs=made.runs), user=TARGET.user
    )

    assert [line.split(":")[0] for line in lines] == ["server"]
    assert "that should not be there" in lines[0]


def test_rows_that_are_gone_are_told_and_not_raised() -> None:
    cell = MUST_WITHOUT_A_RUN._replace(resume="unset", id="arg", prior="finished")
    seen = TARGET.run(script_of(cell, CLASSIC), CLASSIC)

    lines = disagreements(cell, CLASSIC, expected(cell, CLASSIC)._replace(server="untouched"), seen, user=TARGET.user)

    assert [line.split(":")[0] for line in lines] == ["server"]
    assert "with steps [0] and config {'new': 1}" in lines[0]


def test_every_field_of_the_outcome_is_compared() -> None:
    assert tuple(CHECKS) == Outcome._fields
