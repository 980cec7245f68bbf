"""Owns what the plugin costs those who have the kit installed and do not use it: the start of an empty pytest run.

`python -m benchmarks.plugin_start` prints it.
"""

from __future__ import annotations

import importlib.metadata
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from benchmarks.side_by_side import plain_environment
from benchmarks.table import Table, number, show

PLUGIN = "wandb_testkit"
NO_TESTS = 5  # pytest's exit code
TURNS = 30

COMMANDS = {
    "without the plugin (-p no:wandb_testkit)": ["-p", f"no:{PLUGIN}"],
    "with it, no option given": [],
    "with it, --wandb-fake": ["--wandb-fake"],
}


class Start(NamedTuple):
    """What one way to start takes.

    Attributes:
        ms: By the clock on the wall; the least, for all that can happen to a start makes it longer.
        cpu_ms: Processor time, 0.0 where the system does not tell that of children; the least.
        more_cpu_ms: How much more than without the plugin a moment before; the median.
    """

    label: str
    ms: float
    cpu_ms: float
    more_cpu_ms: float


def is_installed() -> bool:
    """Whether pytest finds the plugin by its entry point."""
    return any(point.name == PLUGIN for point in importlib.metadata.entry_points(group="pytest11"))


def starts(turns: int = TURNS) -> list[Start]:
    """Start pytest in turn in each way."""
    taken: dict[str, list[tuple[float, float]]] = {label: [] for label in COMMANDS}
    with tempfile.TemporaryDirectory() as where:
        for _ in range(turns):
            for label, options in COMMANDS.items():
                taken[label].append(_start_ms(where, options))
    without = [cpu_ms for _, cpu_ms in taken[next(iter(COMMANDS))]]
    found = []
    for label, times in taken.items():
        ms, cpu_ms = zip(*times, strict=True)
        more = [mine - theirs for mine, theirs in zip(cpu_ms, without, strict=True)]
        found.append(Start(label, min(ms), min(cpu_ms), statistics.median(more)))
    return found


def _start_ms(where: str, options: list[str]) -> tuple[float, float]:
    command = [sys.executable, "-m", "pytest", "--co", "-q", "-p", "no:cacheprovider", *options]
    begin, before = time.perf_counter(), _children_s()
    done = subprocess.run(command, cwd=where, env=plain_environment(where), capture_output=True, check=False)
    end, after = time.perf_counter(), _children_s()
    if done.returncode != NO_TESTS:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode()}")
    return (end - begin) * 1e3, (after - before) * 1e3


def _children_s() -> float:
    """Processor time of the child processes that have ended."""
    if sys.platform == "win32":
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def table_of(found: list[Start]) -> Table:
    """The ways to start, beside the one without us."""
    return Table(
        "pytest --co -q of an empty suite",
        ["start", "ms", "x without", "cpu ms", "more cpu ms"],
        [
            [one.label, number(one.ms), number(one.ms / found[0].ms), number(one.cpu_ms), number(one.more_cpu_ms)]
            for one in found
        ],
    )


def main() -> None:
    """Measure and print."""
    if not is_installed():
        raise SystemExit("the plugin is not installed for this interpreter: pip install --editable .")
    show(table_of(starts()))


if __name__ == "__main__":
    main()
