"""Owns the speed of the real client against the loopback server, beside its own offline run.

`python -m benchmarks.online --python PATH` prints it. The server is in this process, as with --wandb-fake=server.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.side_by_side import having, run_fresh
from benchmarks.table import Table, number, show
from wandb_testkit.world import fake

PROGRAM = """
import sys, time, wandb
rows = int(sys.argv[1])
start = time.perf_counter()
with wandb.init(project="benchmark") as run:
    for number in range(rows):
        run.log({"loss": number * 0.001})
print("@@", time.perf_counter() - start)
"""
"""What is timed is from init() to the end of finish(), without the import."""

SETTINGS = {
    "WANDB_SILENT": "true",
    "WANDB_CONSOLE": "off",
    "WANDB_DISABLE_GIT": "true",
    "WANDB_ERROR_REPORTING": "false",
}
MAX_S = 120.0


class Extent(NamedTuple):
    """How much is measured: runs of each kind, in turn, and the rows of each."""

    turns: int
    rows: int


THOROUGH = Extent(turns=7, rows=10_000)
QUICK = Extent(turns=1, rows=10)


class End(NamedTuple):
    """One client, one mode.

    Attributes:
        label: Client and mode.
        ms: From init() to the end of finish(); the least of all turns.
        ratio: Median over the turns of this run's time by that of the offline run beside it.
        rows_kept: Rows that the server has of the last run, None offline.
    """

    label: str
    ms: float
    ratio: float
    rows_kept: int | None


def ends(pythons: Sequence[str], extent: Extent = THOROUGH) -> list[End]:
    """Offline and online runs of the wandb of each interpreter that has one."""
    found: list[End] = []
    for python, version in having("wandb", pythons):
        found += _of_client(python, version, extent)
    return found


def table_of(found: Sequence[End]) -> Table:
    """A line for each client and mode."""
    return Table(
        "A whole run of the real client: init(), rows, finish()",
        ["client", "ms", "x offline", "rows on the server"],
        [
            [one.label, number(one.ms), number(one.ratio), "-" if one.rows_kept is None else f"{one.rows_kept:,}"]
            for one in found
        ],
    )


def _of_client(python: str, version: str, extent: Extent) -> list[End]:
    offline, online, kept = [], [], 0
    for _ in range(extent.turns):
        offline.append(_run(python, extent.rows, {"WANDB_MODE": "offline"}))
        with fake(profile="current") as world:
            online.append(_run(python, extent.rows, {"WANDB_BASE_URL": world.url, "WANDB_API_KEY": world.api_key}))
            kept = len(world.run.history)
    ratio = statistics.median(one / other for one, other in zip(online, offline, strict=True))
    return [
        End(f"wandb {version} offline", min(offline) * 1e3, 1.0, None),
        End(f"wandb {version} online, loopback", min(online) * 1e3, ratio, kept),
    ]


def _run(python: str, rows: int, settings: Mapping[str, str]) -> float:
    """Seconds of one run in a fresh process and an empty directory."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as where:
        done = run_fresh([python, "-c", PROGRAM, str(rows)], where, {**SETTINGS, **settings}, timeout_s=MAX_S)
    done.check_returncode()
    return float(done.stdout.rpartition("@@")[2])


def parser_of(module: str, description: str | None) -> argparse.ArgumentParser:
    """The command line of a module that measures real clients."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}", description=description)
    parser.add_argument("--python", action="append", default=[], metavar="PATH", help="an interpreter that has wandb")
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = parser_of("online", __doc__)
    parser.add_argument("--rows", type=int, default=THOROUGH.rows)
    parser.add_argument("--turns", type=int, default=THOROUGH.turns)
    given = parser.parse_args(arguments)
    show(table_of(ends(given.python, Extent(given.turns, given.rows))))


if __name__ == "__main__":
    main()
