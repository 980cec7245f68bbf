"""Owns what happens in one fresh process: one measure of one peer, told as a line of JSON.

Whatever a peer does to a row is divided by what the floor does in the same process, in turn with it.
"""

from __future__ import annotations

import os
import sys
import time

from benchmarks.peers import PEERS, Floor

TYPE_CHECKING = False  # as in peers.py
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from benchmarks.peers import Peer, Row

    Sample = dict[str, Any]

ANSWER = "@@"
"""Begins the line that holds the answer: peers print as well."""

DIFFERENT_ROWS = 1_000
READ_ROWS = 10_000
READS = 3
MAX_RUNS = 300

clock = time.perf_counter


class Effort:
    """How much one process measures.

    Attributes:
        turns: How often floor and peer take turns.
        turn_rows: Rows that a turn logs.
        budget_s: Seconds after which no new turn begins.
    """

    def __init__(self, turns: int, turn_rows: int, budget_s: float) -> None:
        self.turns = turns
        self.turn_rows = turn_rows
        self.budget_s = budget_s


def row_of(width: int, number: int) -> Row:
    """One row of `width` floats."""
    value = number * 0.001
    return {"loss": value} if width == 1 else {f"metric_{k}": value + k for k in range(width)}


def import_cost(peer: Peer, effort: Effort) -> Sample:
    """How long the import takes."""
    start = clock()
    peer.load()
    return {"ms": (clock() - start) * 1e3}


def run_cost(peer: Peer, effort: Effort) -> Sample:
    """How long init() and finish() take: the first time, and from then on."""
    import statistics

    peer.load()
    times: list[float] = []
    stop = clock() + effort.budget_s
    while len(times) < 2 or (len(times) < MAX_RUNS and clock() < stop):
        start = clock()
        peer.init()
        peer.finish()
        times.append(clock() - start)
    return {"first_ms": times[0] * 1e3, "next_ms": statistics.median(times[1:]) * 1e3, "runs": len(times)}


def log_cost(peer: Peer, effort: Effort, *, width: int) -> Sample:
    """How long one log() takes, with its part of the barrier and of finish(), beside the floor.

    In turns of `turn_rows`, and nothing is let go: a list that finds memory which was in use before is twice as fast as
    one that has to ask for it, and a recorder keeps what it gets. Medians of the turns. `cpu` is the time of the
    calling thread: it does not see who else uses the machine, nor other threads.
    """
    import statistics

    peer.load()
    rows = [row_of(width, number) for number in range(DIFFERENT_ROWS)]
    floor = Floor()
    floor.init()
    peer.init()
    floor_times: list[tuple[float, float]] = []
    times: list[tuple[float, float]] = []
    stop = clock() + effort.budget_s
    while len(times) < effort.turns and (not times or clock() < stop):
        floor_times.append(_turn(floor, rows, effort.turn_rows))
        times.append(_turn(peer, rows, effort.turn_rows))
    logged = len(times) * effort.turn_rows
    start, used = clock(), time.thread_time()
    peer.finish()
    end_s, end_cpu_s = clock() - start, time.thread_time() - used
    floor_s, floor_cpu_s = (statistics.median(column) / effort.turn_rows for column in zip(*floor_times, strict=True))
    wall_s, cpu_s = (statistics.median(column) / effort.turn_rows for column in zip(*times, strict=True))
    wall_s, cpu_s = wall_s + end_s / logged, cpu_s + end_cpu_s / logged
    return {
        "rows": logged,
        "us": wall_s * 1e6,
        "floor_us": floor_s * 1e6,
        "ratio": wall_s / floor_s,
        "cpu_ratio": cpu_s / floor_cpu_s,
    }


def _turn(peer: Peer, rows: list[Row], count: int) -> tuple[float, float]:
    """Seconds that some rows take, by the clock on the wall and by the thread's own."""
    start, used = clock(), time.thread_time()
    peer.log_rows(rows, count)
    peer.settle()
    return clock() - start, time.thread_time() - used


def log_one(peer: Peer, effort: Effort) -> Sample:
    """log() of one key."""
    return log_cost(peer, effort, width=1)


def log_ten(peer: Peer, effort: Effort) -> Sample:
    """log() of ten keys."""
    return log_cost(peer, effort, width=10)


def read_cost(peer: Peer, effort: Effort) -> Sample:
    """How long it takes to get 10,000 rows back as a list of dicts, once the run has ended."""
    peer.load()
    rows = [row_of(1, number) for number in range(DIFFERENT_ROWS)]
    peer.init()
    logged, stop = 0, clock() + effort.budget_s
    while logged < READ_ROWS and (not logged or clock() < stop):
        peer.log_rows(rows, effort.turn_rows)
        logged += effort.turn_rows
    peer.finish()
    time.sleep(peer.written_after_s)
    times: list[float] = []
    for _ in range(READS):
        start = clock()
        got = peer.read()
        times.append(clock() - start)
        if got is None:
            return {"ms": None}
        if len(got) != logged:
            raise AssertionError(f"{logged} rows were logged, {len(got)} came back")
    return {"ms": min(times) * 1e3 * READ_ROWS / logged, "rows": logged}


MEASURES: dict[str, Callable[[Peer, Effort], Sample]] = {
    "import": import_cost,
    "run": run_cost,
    "log_one": log_one,
    "log_ten": log_ten,
    "read": read_cost,
}


def main() -> None:
    """Take the measure that the command line names: peer, measure, and how much of it."""
    peer, measure, turns, turn_rows, budget_s = sys.argv[1:]
    sample = MEASURES[measure](PEERS[peer](), Effort(int(turns), int(turn_rows), float(budget_s)))
    import json

    print("\n" + ANSWER + json.dumps(sample), flush=True)
    os._exit(0)  # the threads and children of a peer are not waited for
