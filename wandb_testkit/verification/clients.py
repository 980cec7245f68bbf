"""Owns the run of cells on a real client: which cells, in how many processes, and what it comes to.

What a cell must lead to is the spec's, as for the reference implementation; for 0.10.x the table of deviations says in
which cells the real client may depart from it. Source: spec.md C.7, 0.2.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec.cells import Cell
from wandb_testkit.spec.covering import covering_cells
from wandb_testkit.spec.deviations import HANGS, deviations_of
from wandb_testkit.spec.outcome import expected
from wandb_testkit.targets.real import RealTarget
from wandb_testkit.verification.cells import compare, told
from wandb_testkit.verification.sample import random_cells

FIRST_CURRENT = (0, 13)
"""From this version on a client is held against the current profile, as `--wandb-fake` does."""

TRIES = 2
"""A cell that disagrees is run once more: on a machine under load a client's own time-outs have a say."""


@dataclass
class ClientVerdict:
    """What came of the cells on one client.

    Attributes:
        products: Name of each set of cells -> how many it has.
        cells: How many were run; `agreeing` of them agree.
        foretold: Number of a deviation -> disagreeing cells that it names (a cell counts for each that names it).
        foretold_cells: Disagreeing cells that some deviation names.
        not_run: Number of a deviation -> cells left out because the client never ends there.
        disagreeing: Cells that disagree and are named by none: failures.
        complaints: Each of these, in full.
    """

    version: str
    profile: str
    products: dict[str, int] = field(default_factory=dict)
    cells: int = 0
    agreeing: int = 0
    foretold: Counter[str] = field(default_factory=Counter)
    foretold_cells: int = 0
    not_run: Counter[str] = field(default_factory=Counter)
    disagreeing: int = 0
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """What is told at the end."""
        sets = ", ".join(f"{name} {number:,}" for name, number in self.products.items())
        lines = [
            f"wandb {self.version} against profile {self.profile}: {self.cells:,} cells ({sets}) in "
            f"{self.seconds:.0f} s: {self.agreeing:,} agree, {self.foretold_cells:,} differ as spec.md C.7 foretells, "
            f"{self.disagreeing:,} disagree"
        ]
        lines += [f"  {number}: {count:,} cells" for number, count in sorted(self.foretold.items())]
        lines += [
            f"  {number}: {count:,} cells not run, the client never ends" for number, count in self.not_run.items()
        ]
        return lines


def profile_of(version: str) -> Profile:
    """The profile that a version is held against."""
    major, minor = (int(part) for part in version.split(".")[:2])
    return CLASSIC if (major, minor) < FIRST_CURRENT else CURRENT


def cells_for(
    profile: Profile, *, strength: int, number: int, seed: int, sample: int | None
) -> dict[str, Sequence[Cell]]:
    """The sets of cells that a run asks for, by name.

    Args:
        strength: Of the covering array, 2 or 3; 0 for none.
        number, seed: Random cells besides.
        sample: Keep only so many of all, spread evenly; None keeps them all.
    """
    products: dict[str, Sequence[Cell]] = {}
    if strength:
        products["pairs" if strength == 2 else "triples"] = covering_cells(profile, strength)
    if number:
        products[f"random, seed {seed}"] = random_cells(profile, number, seed)
    if sample is None:
        return products
    cells = _distinct(products.values())
    every = max(1, len(cells) // max(sample, 1))
    return {f"sample of {', '.join(products)}": cells[::every][:sample]}


def verify_client(
    version: str,
    products: dict[str, Sequence[Cell]],
    *,
    workers: int,
    advance: Callable[[str], None] = lambda complaint: None,
) -> ClientVerdict:
    """Run cells on a real client and compare all fields.

    Args:
        version: As on the package index.
        products: Name of each set of cells -> its cells; one that stands in several is run once.
        workers: How many clients run side by side, each with its own processes and server.
        advance: Is told after each cell, with the complaint about it ("" if there is none).
    Raises:
        LookupError: The version cannot be had here.
    """
    profile = profile_of(version)
    verdict = ClientVerdict(version, str(profile), {name: len(cells) for name, cells in products.items()})
    waiting: queue.SimpleQueue[Cell] = queue.SimpleQueue()
    for cell in _distinct(products.values()):
        if profile is CLASSIC and HANGS in deviations_of(cell):
            verdict.not_run[HANGS] += 1
        else:
            waiting.put(cell)
    began = time.perf_counter()
    lock = threading.Lock()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with RealTarget(version) as target:
                while not failures:
                    try:
                        cell = waiting.get_nowait()
                    except queue.Empty:
                        return
                    lines = _compare(target, cell, profile)
                    with lock:
                        advance(_take(verdict, cell, profile, lines))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, name=f"wandb_testkit-client-{number}") for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    verdict.seconds = round(time.perf_counter() - began, 1)
    return verdict


def _distinct(sets: Iterable[Sequence[Cell]]) -> list[Cell]:
    return list(dict.fromkeys(cell for cells in sets for cell in cells))


def _compare(target: RealTarget, cell: Cell, profile: Profile) -> list[str]:
    lines: list[str] = []
    for _ in range(TRIES):
        lines = compare(target, cell, profile, expected(cell, profile), user=target.user)
        if not lines or (profile is CLASSIC and deviations_of(cell)):
            break
    return lines


def _take(verdict: ClientVerdict, cell: Cell, profile: Profile, lines: list[str]) -> str:
    verdict.cells += 1
    if not lines:
        verdict.agreeing += 1
        return ""
    named = deviations_of(cell) if profile is CLASSIC else ()
    if named:
        verdict.foretold.update(named)
        verdict.foretold_cells += 1
        return ""
    verdict.disagreeing += 1
    verdict.complaints.append(told(cell, profile, lines, client=verdict.version))
    return verdict.complaints[-1]
