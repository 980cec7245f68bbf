"""Owns the speed of the agreement: what it takes to run one cell in the reference implementation and to judge it.

`python -m benchmarks.cells` tells cells a second; with `--profile` also where the time of one cell goes.
"""

from __future__ import annotations

import argparse
import cProfile
import itertools
import statistics
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from benchmarks.peers import Floor
from benchmarks.sample import DIFFERENT_ROWS, row_of
from benchmarks.table import Table, number, show
from wandb_testkit.profiles import Profile
from wandb_testkit.spec import Cell, expected, product
from wandb_testkit.spec.judgement import disagreements
from wandb_testkit.spec.script_of_cell import script_of
from wandb_testkit.targets.reference import ReferenceTarget

EVERY = 50
ROUNDS = 5
SHOWN_FUNCTIONS = 25
TARGET = ReferenceTarget()


class Speed(NamedTuple):
    """What the cells of one profile took.

    Attributes:
        cells: How many were checked.
        us: Processor time of one cell.
        ratio: The same in floors: `list.append(dict(row))`, measured in turn with it.
        parts: What happens to a cell -> its part of `us`.
    """

    profile: Profile
    cells: int
    us: float
    ratio: float
    parts: dict[str, float]


def sample_of(profile: Profile, every: int) -> list[Cell]:
    """Every n-th cell of the quotient."""
    return list(itertools.islice(product(profile, "quotient"), 0, None, every))


def check(cell: Cell, profile: Profile) -> None:
    """Run one cell and judge it.

    Raises:
        AssertionError: Spec and implementation disagree, so the time means nothing.
    """
    observation = TARGET.run(script_of(cell, profile), profile)
    wrong = disagreements(cell, profile, expected(cell, profile), observation, user=TARGET.user)
    if wrong:
        raise AssertionError(f"{profile} {cell}: {'; '.join(wrong)}")


def speed_of(profile: Profile, every: int = EVERY, rounds: int = ROUNDS) -> Speed:
    """Check a sample of the quotient several times, in turn with the floor; medians."""
    cells = sample_of(profile, every)
    rows = [row_of(1, i) for i in range(DIFFERENT_ROWS)]
    times, floors = [], []
    for _ in range(rounds):
        floor = Floor()
        floor.init()
        start = time.thread_time()
        floor.log_rows(rows, 20 * DIFFERENT_ROWS)
        floors.append((time.thread_time() - start) / (20 * DIFFERENT_ROWS))
        start = time.thread_time()
        for cell in cells:
            check(cell, profile)
        times.append((time.thread_time() - start) / len(cells))
    cell_s = statistics.median(times)
    return Speed(profile, len(cells), cell_s * 1e6, cell_s / statistics.median(floors), _parts(cells, profile))


def _parts(cells: Sequence[Cell], profile: Profile) -> dict[str, float]:
    clock = time.thread_time
    spent = dict.fromkeys(("write the script", "run it", "expect", "judge"), 0.0)
    for cell in cells:
        times = [clock()]
        script = script_of(cell, profile)
        times.append(clock())
        observation = TARGET.run(script, profile)
        times.append(clock())
        outcome = expected(cell, profile)
        times.append(clock())
        disagreements(cell, profile, outcome, observation, user=TARGET.user)
        times.append(clock())
        for part, (begin, end) in zip(spent, itertools.pairwise(times), strict=True):
            spent[part] += end - begin
    return {part: seconds / len(cells) * 1e6 for part, seconds in spent.items()}


def table_of(speeds: Sequence[Speed]) -> Table:
    """Cells a second, and what a cell is made of."""
    parts = list(speeds[0].parts)
    return Table(
        "Cells of the quotient, each with its whole world, on one core",
        ["profile", "cells", "a second", "us each", "x floor", *(f"{part}, us" for part in parts)],
        [
            [
                str(speed.profile),
                f"{speed.cells:,}",
                number(1e6 / speed.us),
                number(speed.us),
                number(speed.ratio),
                *(number(speed.parts[part]) for part in parts),
            ]
            for speed in speeds
        ],
    )


def functions_of(profile: Profile, every: int = EVERY) -> Table:
    """The functions in which cells spend most; the profiler's own cost is in the figures."""
    cells = sample_of(profile, every)
    profiler = cProfile.Profile()
    profiler.enable()
    for cell in cells:
        check(cell, profile)
    profiler.disable()
    stats: list[Any] = profiler.getstats()
    stats.sort(key=lambda entry: entry.inlinetime, reverse=True)
    return Table(
        f"Where the time of a cell goes, {profile}",
        ["function", "calls a cell", "own us a cell", "with what it calls"],
        [
            [
                _name(entry.code),
                number(entry.callcount / len(cells)),
                number(entry.inlinetime / len(cells) * 1e6),
                number(entry.totaltime / len(cells) * 1e6),
            ]
            for entry in stats[:SHOWN_FUNCTIONS]
        ],
    )


def _name(code: Any) -> str:
    if isinstance(code, str):
        return code  # built in
    file = code.co_filename.replace("\\", "/")
    module = file.rpartition("wandb_testkit/")[2] if "wandb_testkit/" in file else file.rpartition("/")[2]
    return f"{module}:{code.co_firstlineno} {code.co_name}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both profiles and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cells", description="Cells of the agreement a second.")
    parser.add_argument("--every", type=int, default=EVERY, metavar="N", help=f"take every N-th cell ({EVERY})")
    parser.add_argument("--profile", action="store_true", help="also tell where the time of one cell goes")
    given = parser.parse_args(arguments)
    show(table_of([speed_of(profile, given.every) for profile in Profile]))
    if given.profile:
        for profile in Profile:
            show(functions_of(profile, given.every))


if __name__ == "__main__":
    main()
