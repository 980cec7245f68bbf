"""Owns the check of a block of programs: what the oracle predicts against what the reference implementation shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wandb_testkit.actions import Script
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import Profile
from wandb_testkit.spec.comparison import same
from wandb_testkit.spec.complaint import disagreement
from wandb_testkit.spec.model import Unspecified
from wandb_testkit.spec.predict import predict
from wandb_testkit.verification.cells import MAX_COMPLAINTS, TARGET, Block, Verdict
from wandb_testkit.verification.programs import PROBE, PROGRAM_PRODUCTS, program_size, programs

BLOCK_PROGRAMS = 2_000
"""Programs per test item."""

OPEN = "left open"
"""The count of programs whose outcome spec.md leaves open."""


def program_blocks(profile: Profile, product: str) -> list[Block]:
    """The blocks of a product of programs; together they hold every program exactly once."""
    (known,) = (one for one in PROGRAM_PRODUCTS if one == product)
    whole = program_size(known, profile)
    return [
        Block(profile, product, start, min(start + BLOCK_PROGRAMS, whole)) for start in range(0, whole, BLOCK_PROGRAMS)
    ]


def verify_programs(block: Block, *, every: int = 1) -> Verdict:
    """Run the programs of a block and compare everything that can be seen.

    Args:
        every: 1 for all of them, n for one in n.
    """
    sums: Counter[str] = Counter()
    complaints: list[str] = []
    checked = disagreeing = 0
    for script in _scripts(block, every):
        checked += 1
        try:
            predicted = predict(script, block.profile)
        except Unspecified:
            sums[OPEN] += 1
            continue
        sums.update(_counted(predicted))
        shown = TARGET.run(script, block.profile)
        if same(predicted, shown):
            disagreeing += 1
            if len(complaints) < MAX_COMPLAINTS:
                complaints.append(disagreement(script, block.profile, shown, target=TARGET.name))
    return Verdict(checked, dict(sums), complaints, disagreeing)


def _scripts(block: Block, every: int) -> Iterator[Script]:
    (product,) = (one for one in PROGRAM_PRODUCTS if one == block.product)
    for number in range(block.start, block.stop, every):
        yield from programs(product, block.profile, number, number + 1)


def _counted(predicted: Observation) -> Iterator[str]:
    """What each init() of the program under test comes to: what people compare between two versions of the spec."""
    for init in predicted.inits:
        if init.run.startswith(PROBE):
            continue
        if init.error:
            yield f"init {init.error}"
        elif init.is_dummy:
            yield "init disabled"
        elif init.returned != init.run:
            yield "init returned"
        else:
            yield "init resumed" if init.resumed else "init new"
