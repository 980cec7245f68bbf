"""One test item a block of cells; collected by `wandb-testkit verify`, which chooses the blocks."""

from __future__ import annotations

import pytest

from wandb_testkit.verification.cells import Block, verify
from wandb_testkit.verification.plugin import VERDICT, chosen_blocks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each block that is still to be done an item of its own."""
    metafunc.parametrize("block", chosen_blocks(metafunc.config), ids=str)


def test_cells_do_what_the_spec_says(block: Block, request: pytest.FixtureRequest) -> None:
    """Every cell of the block, all fields."""
    verdict = verify(block)

    # Plain values: execnet carries them back from workers on whatever machine.
    request.node.user_properties.append((VERDICT, [block.profile.value, *block[1:], *verdict]))
    assert not verdict.disagreeing, "\n".join(verdict.complaints)
