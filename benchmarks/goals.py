"""Owns the goals of this project, and what a run of the benchmarks says of each.

A goal is a ratio within one run, or a limit that a user feels: how much longer pytest takes to start, how long all
cells take. Each is a limit that must not be passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.cells import Speed
from benchmarks.online import End
from benchmarks.plugin_start import Start
from benchmarks.side_by_side import Samples, least, median
from benchmarks.table import Table, number

OURS = "wandb_testkit, current"
MOCK = "MagicMock"

CELLS_S = 60.0
ALL_CELLS = 159_840
CORES = 2


class Goal(NamedTuple):
    """One goal: what it is about, the limit, and what was measured; None where this run could not tell."""

    what: str
    limit: float
    unit: str
    measured: float | None


def goals(samples: Samples, speeds: Sequence[Speed], starts: Sequence[Start], ended: Sequence[End]) -> list[Goal]:
    """Every goal, and what this run says of it."""
    cell_us = max((speed.us for speed in speeds), default=None)
    more_ms = starts[1].more_cpu_ms if len(starts) > 1 else None
    online = [end.ratio for end in ended if end.rows_kept is not None]
    return [
        Goal("log() of one key", 5.0, "x floor", median(samples, OURS, "log_one", "ratio")),
        Goal("log() of ten keys", 8.0, "x floor", median(samples, OURS, "log_ten", "ratio")),
        Goal("import", 1.0, "x MagicMock", _by_mock(samples, "import", "ms")),
        Goal("init() and finish(), the first time", 1.0, "x MagicMock", _by_mock(samples, "run", "first_ms")),
        Goal("init() and finish(), from then on", 1.0, "x MagicMock", _by_mock(samples, "run", "next_ms")),
        Goal("reading 10,000 rows", 0.2, "x MagicMock", _by_mock(samples, "read", "ms")),
        Goal("a start of pytest with the plugin and no option", 10.0, "ms of processor time more", more_ms),
        Goal("the real client online, loopback", 1.3, "x offline", max(online, default=None)),
        Goal(
            f"all {ALL_CELLS:,} cells of the quotient on {CORES} cores",
            CELLS_S,
            "s",
            None if cell_us is None else cell_us * ALL_CELLS / CORES / 1e6,
        ),
    ]


def table_of(found: Sequence[Goal]) -> Table:
    """A line for each goal."""
    return Table(
        "Goals",
        ["what", "at most", "", "measured", "met"],
        [[one.what, number(one.limit), one.unit, number(one.measured), _verdict(one)] for one in found],
    )


def _by_mock(samples: Samples, name: str, field: str) -> float | None:
    ours, mock = least(samples, OURS, name, field), least(samples, MOCK, name, field)
    return None if ours is None or not mock else ours / mock


def _verdict(goal: Goal) -> str:
    if goal.measured is None:
        return "-"
    return "yes" if goal.measured <= goal.limit else "no"
