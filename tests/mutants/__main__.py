"""Writes docs/mutants.md: each mutant, what noticed it and how soon, and the smallest programs that show three bugs.

python -m tests.mutants [PROCESSES]
"""

from __future__ import annotations

import datetime
import os
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from tests.mutants.every import CELL_MUTANTS, ENUMERATED_MUTANTS, PROGRAM_MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.noticing import Noticed, by_cells, by_enumerated_programs, by_programs
from tests.mutants.planting import planted
from tests.mutants.smallest import PLANTED, smallest
from wandb_testkit.spec import program

PAGE = Path(__file__).parents[2] / "docs" / "mutants.md"


class Judged(NamedTuple):
    """One mutant and how it was found out; `kind` is a word of FIND."""

    mutant: Mutant
    kind: str
    noticed: Noticed
    seconds: float


def main() -> int:
    """Judge every mutant and write the page; 1 if one survived."""
    asked = [(kind, mutant) for kind, mutants in MUTANTS.items() for mutant in mutants]
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count()
    judged = []
    with ProcessPoolExecutor(processes) as pool:
        for one in pool.map(_judged, asked):
            judged.append(one)
            mutant, noticed = one.mutant, one.noticed
            print(f"{one.seconds:6.2f} s  {one.kind} {noticed.number:5}  {mutant.clause}: {mutant.name}", flush=True)
            if not noticed.line:
                print(f"SURVIVED: {mutant.name}", flush=True)
    PAGE.write_text(_page(judged), encoding="utf-8")
    survivors = [one for one in judged if not one.noticed.line]
    print(f"{len(judged)} mutants, {len(survivors)} survived; written to {PAGE.relative_to(PAGE.parents[1])}")
    return 1 if survivors else 0


def _judged(asked: tuple[str, Mutant]) -> Judged:
    kind, mutant = asked
    began = time.perf_counter()
    with planted(mutant) as target:
        noticed = FIND[kind](target, mutant)
    return Judged(mutant, kind, noticed, time.perf_counter() - began)


MUTANTS = {"cell": CELL_MUTANTS, "enumerated program": ENUMERATED_MUTANTS, "generated program": PROGRAM_MUTANTS}

FIND: Mapping[str, Callable[[ModuleType, Mutant], Noticed]] = {
    "cell": by_cells,
    "enumerated program": by_enumerated_programs,
    "generated program": by_programs,
}
"""Who has to notice a mutant -> how it is asked."""


def _page(judged: list[Judged]) -> str:
    killed = [one for one in judged if one.noticed.line]
    lines = [
        "# The verifier, verified",
        "",
        f"Each of these {len(judged)} bugs was planted in the implementation, one at a time; {len(killed)} were",
        "noticed by enumerated cells or programs (in shuffled order) or by generated ones, none of them written for a",
        f"bug. Made anew by `make mutants`; this page is of {datetime.date.today():%d %B %Y}. The seconds are those of",
        "a busy machine, and the making of programs counts, which are made once and asked of every mutant.",
        "",
        "| clause | the bug | profile | noticed by | what differs first | seconds |",
        "| --- | --- | --- | --- | --- | --- |",
        *map(_row, judged),
        "",
        "## The smallest programs",
        "",
        "What Hypothesis makes of the first program that shows a bug, without the actions that it can do without.",
    ]
    for name in PLANTED:
        mutant = next(one.mutant for one in judged if one.mutant.name == name)
        lines += ["", f"{name} ({mutant.clause}, {mutant.profile}):", "", "```python"]
        lines += [*program(smallest(mutant)).splitlines(), "```"]
    return "\n".join(lines) + "\n"


def _row(one: Judged) -> str:
    mutant, noticed = one.mutant, one.noticed
    by = f"{one.kind} {noticed.number}" if noticed.line else "**nothing**"
    told = noticed.line.replace("|", "\\|")
    line = told if len(told) <= 100 else f"{told[:99]}…"
    return f"| {mutant.clause} | {mutant.name} | {mutant.profile} | {by} | {line} | {one.seconds:.1f} |"


if __name__ == "__main__":
    sys.exit(main())
