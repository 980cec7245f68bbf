"""Owns the speed of test suites: tests a second with the fake, with the real client against the fake server, and plain.

`python -m benchmarks.suites --python PATH` prints it, for an interpreter that has wandb, pytest and what the kit needs.
Every test of the suite starts a run, logs ten rows and finishes it.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.online import SETTINGS, parser_of
from benchmarks.side_by_side import having, run_fresh, version_of
from benchmarks.table import Table, number, show

TEST = """
import pytest
import wandb

@pytest.mark.parametrize("number", range({tests}))
def test_a_run(number):
    with wandb.init(project="benchmark", config={{"number": number}}) as run:
        for step in range(10):
            run.log({{"loss": step * 0.1}})
"""

CONFTEST = """
import json
import time
import pytest

SECONDS = []

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    start = time.perf_counter()
    result = yield
    SECONDS.append(time.perf_counter() - start)
    return result

def pytest_unconfigure(config):
    with open("seconds.json", "w") as file:
        json.dump(SECONDS, file)
"""
"""A test is timed with its setup and teardown: with the world that it is given, and what is judged at its end."""

KIT_PLUGIN = ("-p", "no:wandb_testkit", "-p", "wandb_testkit.pytest_plugin")
"""By the name of its module, so that it need not be installed."""

MAX_S = 600.0


class Way(NamedTuple):
    """One way to run the suite: its options, and what the environment says."""

    label: str
    options: Sequence[str]
    settings: Mapping[str, str]


WAYS = (
    Way("offline", ("-p", "no:wandb_testkit"), {"WANDB_MODE": "offline"}),
    Way("disabled", ("-p", "no:wandb_testkit"), {"WANDB_MODE": "disabled"}),
    Way("--wandb-fake=server", (*KIT_PLUGIN, "--wandb-fake=server"), {}),
    Way("--wandb-fake", (*KIT_PLUGIN, "--wandb-fake"), {}),
)
"""The first is what the others are divided by: a plain suite of the real client that needs no network."""


class Extent(NamedTuple):
    """How much is measured: rounds, in each of which every way has its turn, and the tests of a suite."""

    rounds: int
    tests: int


THOROUGH = Extent(rounds=5, tests=40)
QUICK = Extent(rounds=1, tests=3)


class Pace(NamedTuple):
    """How fast one way is.

    Attributes:
        first_ms: The first test, in which the client starts its service; the least of all rounds.
        tests_s: Tests a second from then on; the most of all rounds.
        ratio: Median over the rounds of a test's time by that of the plain way in the same round.
    """

    label: str
    first_ms: float
    tests_s: float
    ratio: float


def paces(pythons: Sequence[str], extent: Extent = THOROUGH) -> list[Pace]:
    """Every way, with each interpreter that has wandb and pytest."""
    found: list[Pace] = []
    for python, version in having("wandb", pythons):
        if version_of("pytest", python):
            found += _of_client(python, version, extent)
    return found


def table_of(found: Sequence[Pace]) -> Table:
    """A line for each way."""
    return Table(
        "A suite: each test has a run of ten rows",
        ["way", "first test ms", "tests a second from then on", "a test, x offline"],
        [[one.label, number(one.first_ms), number(one.tests_s), number(one.ratio)] for one in found],
    )


def _of_client(python: str, version: str, extent: Extent) -> list[Pace]:
    taken: dict[str, list[tuple[float, float]]] = {way.label: [] for way in WAYS}
    for _ in range(extent.rounds):
        for way in WAYS:
            first_s, *others = _seconds(python, way, extent.tests)
            taken[way.label].append((first_s, statistics.median(others)))
    plain = [test_s for _, test_s in taken[WAYS[0].label]]
    found = []
    for label, times in taken.items():
        first, tests = zip(*times, strict=True)
        ratio = statistics.median(one / other for one, other in zip(tests, plain, strict=True))
        found.append(Pace(f"wandb {version}, {label}", min(first) * 1e3, 1 / min(tests), ratio))
    return found


def _seconds(python: str, way: Way, tests: int) -> list[float]:
    """What each test of the suite takes, in a fresh process and an empty directory."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as where:
        folder = Path(where)
        (folder / "test_runs.py").write_text(TEST.format(tests=tests), encoding="utf-8")
        (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *way.options]
        done = run_fresh(command, where, {**SETTINGS, **way.settings}, timeout_s=MAX_S)
        if done.returncode != 0:
            raise RuntimeError(f"the suite with {way.label} did not pass:\n{done.stdout}{done.stderr}")
        seconds: list[float] = json.loads((folder / "seconds.json").read_text(encoding="utf-8"))
        return seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = parser_of("suites", __doc__)
    parser.add_argument("--tests", type=int, default=THOROUGH.tests)
    parser.add_argument("--rounds", type=int, default=THOROUGH.rounds)
    given = parser.parse_args(arguments)
    if not (found := paces(given.python, Extent(given.rounds, given.tests))):
        raise SystemExit("no interpreter at hand has both wandb and pytest: --python names one that has")
    show(table_of(found))


if __name__ == "__main__":
    main()
