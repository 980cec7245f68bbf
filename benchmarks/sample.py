"""Owns what happens in one fresh process: one measure of one peer, told as a line of JSON.

Whatever a peer does to a row is divided by what the floor does in the same process, in turn with it.
"""

from __future__ import annotations

import gc
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
MAX_RUNS = 300

clock = time.perf_counter


def row_of(width: int, number: int) -> Row:
    """One row of `width` floats."""
    value = number * 0.001
    return {"loss": value} if width == 1 else {f"metric_{k}": value + k for k in range(width)}


def import_cost(peer: Peer, rows: int, rounds: int, budget_s: float) -> Sample:
    """How long the import takes."""
    start = clock()
    peer.load()
    return {"ms": (clock() - start) * 1e3}


def run_cost(peer: Peer, rows: int, rounds: int, budget_s: float) -> Sample:
    """How long init() and finish() take: the first time, and from then on."""
    import statistics

    peer.load()
    times: list[float] = []
    stop = clock() + budget_s
    while len(times) < 2 or (len(times) < MAX_RUNS and clock() < stop):
        start = clock()
        peer.init()
        peer.finish()
        times.append(clock() - start)
    return {"first_ms": times[0] * 1e3, "next_ms": statistics.median(times[1:]) * 1e3, "runs": len(times)}


def log_cost(peer: Peer, rows: int, rounds: int, budget_s: float, *, width: int) -> Sample:
    """How long one log() takes, with its part of the barrier, beside the floor.

    A new run and a new list in each round, so that neither finds memory that the other has to ask for. Medians of the
    rounds; `cpu` is the time of the calling thread: it does not see who else uses the machine, nor other threads.
    """
    import statistics

    peer.load()
    data = [row_of(width, number) for number in range(DIFFERENT_ROWS)]
    count = _affordable(peer, data, rows, budget_s / rounds)
    floor, mine = [], []
    for _ in range(rounds):
        floor.append(_timed(Floor(), data, rows))
        mine.append(_timed(peer, data, count))
    wall_s, cpu_s = (statistics.median(times) for times in zip(*mine, strict=True))
    floor_s, floor_cpu_s = (statistics.median(times) for times in zip(*floor, strict=True))
    return {
        "rows": count,
        "us": wall_s * 1e6,
        "floor_us": floor_s * 1e6,
        "ratio": wall_s / floor_s,
        "cpu_ratio": cpu_s / floor_cpu_s,
    }


def log_one(peer: Peer, rows: int, rounds: int, budget_s: float) -> Sample:
    """log() of one key."""
    return log_cost(peer, rows, rounds, budget_s, width=1)


def log_ten(peer: Peer, rows: int, rounds: int, budget_s: float) -> Sample:
    """log() of ten keys."""
    return log_cost(peer, rows, rounds, budget_s, width=10)


def read_cost(peer: Peer, rows: int, rounds: int, budget_s: float) -> Sample:
    """How long it takes to get 10,000 rows back as a list of dicts."""
    peer.load()
    data = [row_of(1, number) for number in range(DIFFERENT_ROWS)]
    count = _affordable(peer, data, min(rows, READ_ROWS), budget_s)
    peer.init()
    peer.log_rows(data, count)
    peer.settle()
    times = []
    for _ in range(rounds):
        start = clock()
        got = peer.read()
        times.append(clock() - start)
        if got is None:
            return {"ms": None}
        if len(got) != count:
            raise AssertionError(f"{count} rows were logged, {len(got)} came back")
    return {"ms": min(times) * 1e3 * READ_ROWS / count, "rows": count}


def _affordable(peer: Peer, data: list[Row], rows: int, budget_s: float) -> int:
    """As many rows as a slow peer can log in the time there is."""
    tried = min(rows, 100)
    peer.init()
    start = clock()
    peer.log_rows(data, tried)
    each_s = (clock() - start) / tried
    peer.settle()
    peer.finish()
    return max(tried, min(rows, int(budget_s / each_s)))


def _timed(peer: Peer, data: list[Row], count: int) -> tuple[float, float]:
    """Seconds a row, by the clock on the wall and by the thread's own."""
    gc.collect()  # a run is a ring of objects: the rows of the last one may still be there
    peer.init()
    start, used = clock(), time.thread_time()
    peer.log_rows(data, count)
    peer.settle()
    wall, cpu = clock() - start, time.thread_time() - used
    peer.finish()
    return wall / count, cpu / count


MEASURES: dict[str, Callable[[Peer, int, int, float], Sample]] = {
    "import": import_cost,
    "run": run_cost,
    "log_one": log_one,
    "log_ten": log_ten,
    "read": read_cost,
}


def main() -> None:
    """Take the measure that the command line names: peer, measure, rows, rounds, seconds."""
    peer, measure, rows, rounds, budget_s = sys.argv[1:]
    sample = MEASURES[measure](PEERS[peer](), int(rows), int(rounds), float(budget_s))
    import json

    print("\n" + ANSWER + json.dumps(sample), flush=True)
    os._exit(0)  # the threads and children of a peer are not waited for
