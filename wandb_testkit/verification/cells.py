"""Owns the check of one cell and of a block of cells, and what is said where spec and implementation disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from wandb_testkit.ports import Target
from wandb_testkit.profiles import Profile, to_profile
from wandb_testkit.spec.cells import Cell, Which, cell_at, is_reachable, size
from wandb_testkit.spec.judgement import disagreements
from wandb_testkit.spec.outcome import Outcome, expected, explain
from wandb_testkit.spec.script_of_cell import script_of
from wandb_testkit.targets.reference import ReferenceTarget

TARGET = ReferenceTarget()

BLOCK_CELLS: dict[Which, int] = {"quotient": 3_456, "full": 40_000}
"""Cells per test item: an item costs more than a cell, and a block is what a stopped run has to do again."""

MAX_COMPLAINTS = 3
"""Complaints that one block tells in full; a broken rule breaks thousands of cells."""


class Block(NamedTuple):
    """The cells of a product with numbers from `start` up to `stop`, reachable or not; or the programs of one.

    `product` is a word of `Which`, or one of `programs.PROGRAM_PRODUCTS`.
    """

    profile: Profile
    product: str
    start: int
    stop: int

    def __str__(self) -> str:
        return f"{self.profile}-{self.product}-{self.start}"

    def cells(self) -> Iterator[Cell]:
        """The reachable cells of the block."""
        which: Which = "full" if self.product == "full" else "quotient"
        numbers = range(self.start, self.stop)
        return filter(is_reachable, (cell_at(self.profile, which, number) for number in numbers))


class Verdict(NamedTuple):
    """What came of a block: cells checked, what they count for the check sums, and where they disagreed.

    Attributes:
        sums: "kind new", "error LOGIN", "server created" ... -> number of cells, as the spec expects.
        complaints: The first few cells that disagree, in full.
        disagreeing: How many there are.
    """

    cells: int
    sums: dict[str, int]
    complaints: list[str]
    disagreeing: int


def blocks(profile: Profile, product: Which) -> list[Block]:
    """The blocks of a product; together they hold every cell exactly once."""
    whole, length = size(profile, product), BLOCK_CELLS[product]
    return [Block(profile, product, start, min(start + length, whole)) for start in range(0, whole, length)]


def verify(block: Block) -> Verdict:
    """Run every cell of a block and compare all fields."""
    sums: Counter[str] = Counter()
    complaints: list[str] = []
    cells = disagreeing = 0
    for cell in block.cells():
        cells += 1
        outcome = expected(cell, block.profile)
        sums.update(counted(outcome))
        lines = _compare(cell, block.profile, outcome)
        if lines:
            disagreeing += 1
            if len(complaints) < MAX_COMPLAINTS:
                complaints.append(told(cell, block.profile, lines))
    return Verdict(cells, dict(sums), complaints, disagreeing)


def counted(outcome: Outcome) -> tuple[str, ...]:
    """The check sums that a cell counts for (spec.md C.3, C.4)."""
    names = [f"kind {outcome.kind}"]
    if outcome.error != "-":
        names.append(f"error {outcome.error}")
    if outcome.server != "untouched":
        names.append(f"server {outcome.server}")
    return tuple(names)


def complaint(cell: Cell, profile: Profile | str, *, client: str | None = None) -> str:
    """What an implementation does in a cell against the spec; empty if they agree.

    Args:
        client: The version of a real client, as on the package index; None means the reference implementation.
    Raises:
        LookupError: The client cannot be had here.
    """
    known = to_profile(profile)
    if client is None:
        lines = _compare(cell, known, expected(cell, known))
    else:
        from wandb_testkit.targets.real import RealTarget  # only who asks pays for processes and sockets

        with RealTarget(client) as target:
            lines = compare(target, cell, known, expected(cell, known), user=target.user)
    return told(cell, known, lines, client=client) if lines else ""


def compare(target: Target, cell: Cell, profile: Profile, outcome: Outcome, *, user: str) -> list[str]:
    """Run a cell on a target: a line for each field that is not as expected."""
    return disagreements(cell, profile, outcome, target.run(script_of(cell, profile), profile), user=user)


def _compare(cell: Cell, profile: Profile, outcome: Outcome) -> list[str]:
    return compare(TARGET, cell, profile, outcome, user=TARGET.user)


def told(cell: Cell, profile: Profile, lines: list[str], *, client: str | None = None) -> str:
    """The complaint about a cell: the cell, what differs, the rules, and a script that shows it again."""
    rules = ", ".join(rule.id for rule in explain(cell, profile))
    words: dict[str, Any] = cell._asdict()
    arguments = ", ".join(f"{name}={word!r}" for name, word in words.items())
    which = "" if client is None else f", client={client!r}"
    return "\n".join(
        [
            f"{profile}: {' '.join(f'{name}={word}' for name, word in words.items())}",
            *(f"  {line}" for line in lines),
            f"  rules that answered: {rules}",
            "  to see it again:",
            "    from wandb_testkit.spec import Cell",
            "    from wandb_testkit.verification import complaint",
            f"    print(complaint(Cell({arguments}), {str(profile)!r}{which}))",
        ]
    )
