"""Owns the command `python -m benchmarks`: takes every measure, prints the tables, and keeps them if asked to.

    python -m benchmarks --python "$(python -m benchmarks.environment)" --write

measures everything: that interpreter has wandb, trackio, mlflow, pytest and what the kit needs. With another one, or
none, what could not be measured is named at the beginning and below the tables.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import cells, goals, online, plugin_start, serving, suites
from benchmarks.environment import NEEDED, missing
from benchmarks.side_by_side import (
    QUICK,
    THOROUGH,
    Contender,
    Extent,
    Samples,
    contenders,
    errors,
    least,
    measure,
    median,
)
from benchmarks.table import Table, markdown, number, show
from wandb_testkit.profiles import Profile

RESULTS = Path(__file__).with_name("RESULTS.md")

HEAD = (
    "",
    "import ms",
    "first init + finish ms",
    "next ms",
    "log 1 key us",
    "x floor",
    "(cpu)",
    "log 10 keys us",
    "x floor",
    "(cpu)",
    "read 10k rows ms",
)
LEGEND = (
    "Every sample is a fresh process in an empty directory, all peers in turn. Times are the least of all processes, "
    "ratios the median. log() includes its part of the barrier, after which every row can be read, and of finish(). "
    "x floor: divided by list.append(dict(row)), measured in turns with it in the same process; (cpu): the same by the "
    "processor time of the calling thread, which does not see other users of the machine, nor work that a peer leaves "
    "to other threads and processes. Ours is the drop-in wandb, each run in a world of its own. Clients of the server "
    "are threads of one other process on the same cores; rates are the best of all rounds."
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    given = _parser().parse_args(arguments)
    extent = QUICK if given.quick else THOROUGH
    lacking = missing(given.python)
    for line in lacking:
        _progress(line)
    compared = contenders(given.python)
    samples = measure(compared, extent, lambda what: _progress(f"measuring: {what}"))
    every, rounds = (2_000, 1) if given.quick else (cells.EVERY, cells.ROUNDS)
    speeds = [cells.speed_of(profile, every, rounds) for profile in Profile]
    starts = plugin_start.starts(1 if given.quick else plugin_start.TURNS) if plugin_start.is_installed() else []
    served = serving.speeds(serving.QUICK if given.quick else serving.THOROUGH)
    ended = online.ends(given.python, online.QUICK if given.quick else online.THOROUGH)
    paced = suites.paces(given.python, suites.QUICK if given.quick else suites.THOROUGH)

    tables = [table_of(compared, samples), cells.table_of(speeds), serving.table_of(served)]
    if starts:
        tables.append(plugin_start.table_of(starts))
    if ended:
        tables.append(online.table_of(ended))
    if paced:
        tables.append(suites.table_of(paced))
    tables.insert(0, goals.table_of(goals.goals(samples, speeds, starts, ended)))
    notes = [LEGEND, *lacking]
    for table in tables:
        show(table)
    print("\n".join([*notes, *errors(samples)]))
    if given.json:
        kept = {
            "surroundings": surroundings(),
            "extent": extent._asdict(),
            "samples": samples,
            "cells": [speed._asdict() for speed in speeds],
            "serving": [speed._asdict() for speed in served],
            "plugin_start": [start._asdict() for start in starts],
            "online": [end._asdict() for end in ended],
            "suites": [pace._asdict() for pace in paced],
        }
        Path(given.json).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    if given.write:
        RESULTS.write_text(page(tables, notes, extent), encoding="utf-8")


def table_of(compared: Sequence[Contender], samples: Samples) -> Table:
    """What is compared, a line each."""
    columns = (
        (least, "import", "ms"),
        (least, "run", "first_ms"),
        (least, "run", "next_ms"),
        (least, "log_one", "us"),
        (median, "log_one", "ratio"),
        (median, "log_one", "cpu_ratio"),
        (least, "log_ten", "us"),
        (median, "log_ten", "ratio"),
        (median, "log_ten", "cpu_ratio"),
        (least, "read", "ms"),
    )
    return Table(
        f"Side by side, Python {platform.python_version()}",
        HEAD,
        [
            [one.label, *(number(of(samples, one.label, name, field)) for of, name, field in columns)]
            for one in compared
        ],
    )


def surroundings() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "date": datetime.date.today().isoformat(),
        "wandb_testkit": importlib.metadata.version("wandb_testkit"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


def page(tables: Sequence[Table], notes: Sequence[str], extent: Extent) -> str:
    """The tables as RESULTS.md."""
    known = "\n".join(f"- {name}: {value}" for name, value in surroundings().items())
    how = f"{extent.processes} processes a measure, in each {extent.turns} turns of {extent.turn_rows:,} rows"
    intro = f"# Results\n\nWritten by `python -m benchmarks --write`.\n\n{known}\n- extent: {how}\n"
    return "\n".join([intro, markdown(tables), "\n\n".join(notes), ""])


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--python", action="append", default=[], metavar="PATH", help=f"an interpreter that has {', '.join(NEEDED)}"
    )
    parser.add_argument("--json", metavar="FILE", help="keep every sample")
    parser.add_argument("--write", action="store_true", help=f"store the tables as benchmarks/{RESULTS.name}")
    parser.add_argument("--quick", action="store_true", help="see that it works; the figures mean little")
    return parser


if __name__ == "__main__":
    main()
