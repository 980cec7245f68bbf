"""One test item a block of cells or programs; collected by `wandb-testkit verify`, which chooses the blocks."""

from __future__ import annotations

import pytest

from wandb_testkit.verification.cells import Block
from wandb_testkit.verification.plugin import VERDICT, chosen_blocks
from wandb_testkit.verification.products import verify


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each block that is still to be done an item of its own."""
    metafunc.parametrize("block", chosen_blocks(metafunc.config), ids=str)


def test_the_block_does_what_the_spec_says(block: Block, request: pytest.FixtureRequest) -> None:
    """Every cell, or program, of the block, all fields."""
    verdict = verify(block)

    # Plain values: execnet carries them back from workers on whatever machine.
    request.node.user_properties.append((VERDICT, [block.profile.value, *block[1:], *verdict]))
    assert not verdict.disagreeing, "\n".join(verdict.complaints)
