"""Owns the run of cells on a real client: which cells, in how many processes, and what it comes to.

What a cell must lead to is the spec's, as for the reference implementation; for other clients than 0.31.0 tables say in
which cells they may depart from it: `deviations` (0.10.x and the classic profile), `generations` (those between).
Source: spec.md C.7, 0.2.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec.cells import Cell
from wandb_testkit.spec.covering import covering_cells
from wandb_testkit.spec.deviations import HANGS, deviations_of
from wandb_testkit.spec.generations import departures_of
from wandb_testkit.spec.judgement import disagreements
from wandb_testkit.spec.outcome import expected
from wandb_testkit.spec.script_of_cell import script_of
from wandb_testkit.targets.client_service import ANSWER_TIMEOUT_S
from wandb_testkit.targets.real import RealTarget
from wandb_testkit.verification.cells import told
from wandb_testkit.verification.sample import random_cells

HANG_PATIENCE_S = 45
"""How long a client is waited for in cells where 0.10.x never ends; it repeats a refused request for half a minute."""

FIRST_CURRENT = (0, 13)
"""From this version on a client is held against the current profile, as `--wandb-fake` does."""

TRIES = 2
"""How often a cell that disagrees is run once more, alone: on a busy machine a client's own time-outs have a say."""


@dataclass
class ClientVerdict:
    """What came of the cells on one client.

    Attributes:
        products: Name of each set of cells -> how many it has.
        cells: How many were run; `agreeing` of them agree.
        foretold: Number of a deviation -> disagreeing cells that it names (a cell counts for each that names it).
        foretold_cells: Disagreeing cells whose differences are named.
        again: Cells that agree, or differ as foretold, only when they are run once more, alone.
        never_ended: Those of them in which the client was still at it after `HANG_PATIENCE_S`.
        disagreeing: Cells with a difference that nothing names: failures.
        complaints: Each of these, in full.
    """

    version: str
    profile: str
    products: dict[str, int] = field(default_factory=dict)
    cells: int = 0
    agreeing: int = 0
    foretold: Counter[str] = field(default_factory=Counter)
    foretold_cells: int = 0
    again: int = 0
    never_ended: int = 0
    disagreeing: int = 0
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """What is told at the end."""
        sets = ", ".join(f"{name} {number:,}" for name, number in self.products.items())
        table = "spec.md C.7 foretells" if self.profile == CLASSIC else "its generation does"
        lines = [
            f"wandb {self.version} against profile {self.profile}: {self.cells:,} cells ({sets}) in "
            f"{self.seconds:.0f} s: {self.agreeing:,} agree, {self.foretold_cells:,} differ as {table}, "
            f"{self.disagreeing:,} disagree"
        ]
        lines += [f"  {number}: {count:,} cells" for number, count in sorted(self.foretold.items())]
        if self.again:
            lines.append(f"  {self.again:,} cells had to be run once more, alone: a time-out of the client's own")
        if self.never_ended:
            lines.append(f"  in {self.never_ended:,} of them the client had not ended after {HANG_PATIENCE_S} s")
        return lines

    def values(self) -> dict[str, Any]:
        """Everything as plain values, for a file."""
        return {**vars(self), "foretold": dict(sorted(self.foretold.items()))}


def profile_of(version: str) -> Profile:
    """The profile that a version is held against."""
    return CLASSIC if version_of(version) < FIRST_CURRENT else CURRENT


def version_of(text: str) -> tuple[int, ...]:
    """Major and minor number."""
    return tuple(int(part) for part in text.split(".")[:2])


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
        waiting.put(cell)
    began = time.perf_counter()
    lock = threading.Lock()
    failures: list[BaseException] = []
    doubtful: list[Cell] = []

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
                        if lines and not foretold_by(cell, profile, version, lines):
                            doubtful.append(cell)
                        else:
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
    with RealTarget(version) as target:
        for cell in doubtful:
            verdict.again += 1
            advance(_take(verdict, cell, profile, _alone(target, cell, profile)))
    verdict.again -= verdict.disagreeing
    verdict.seconds = round(time.perf_counter() - began, 1)
    return verdict


def _distinct(sets: Iterable[Sequence[Cell]]) -> list[Cell]:
    return list(dict.fromkeys(cell for cells in sets for cell in cells))


def _alone(target: RealTarget, cell: Cell, profile: Profile) -> list[str] | None:
    lines: list[str] | None = []
    for _ in range(TRIES):
        lines = _compare(target, cell, profile)
        if not lines or foretold_by(cell, profile, target.version, lines):
            break
    return lines


def _compare(target: RealTarget, cell: Cell, profile: Profile) -> list[str] | None:
    """A line for each field that is not as expected; None if the client goes on for ever where 0.10.x may."""
    outcome = expected(cell, profile)
    hangs = profile is CLASSIC and HANGS in deviations_of(cell)
    patience_s = HANG_PATIENCE_S if hangs else ANSWER_TIMEOUT_S
    try:
        shown = target.run(script_of(cell, profile), profile, patience_s=patience_s)
    except TimeoutError:
        return None if hangs else [f"kind: expected {outcome.kind!r}, saw no end after {patience_s:.0f} s"]
    return disagreements(cell, profile, outcome, shown, user=target.user)


def foretold_by(cell: Cell, profile: Profile, version: str, lines: list[str]) -> tuple[str, ...]:
    """The numbers of the deviations that together name every difference; none if one is left."""
    if profile is CLASSIC:
        return deviations_of(cell)
    departures = departures_of(cell, version_of(version))
    named = frozenset[str]().union(*(one.fields for one in departures))
    return tuple(one.number for one in departures) if {line.partition(":")[0] for line in lines} <= named else ()


def _take(verdict: ClientVerdict, cell: Cell, profile: Profile, lines: list[str] | None) -> str:
    verdict.cells += 1
    if lines == []:
        verdict.agreeing += 1
        return ""
    if lines is None:
        verdict.never_ended += 1
    named = (HANGS,) if lines is None else foretold_by(cell, profile, verdict.version, lines)
    if named:
        verdict.foretold.update(named)
        verdict.foretold_cells += 1
        return ""
    verdict.disagreeing += 1
    verdict.complaints.append(told(cell, profile, lines or [], client=verdict.version))
    return verdict.complaints[-1]
