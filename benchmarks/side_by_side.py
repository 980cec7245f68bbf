"""Owns fairness: every sample in a fresh process and an empty directory, and all peers in turn, so that a busy minute
hits all alike.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.sample import ANSWER, MEASURES

ROOT = Path(__file__).resolve().parent.parent
MAX_SAMPLE_S = 120.0


TRACKERS = {"trackio": "", "mlflow": ", SQLite"}
"""Trackers by others, and how they keep what they get."""


class Contender(NamedTuple):
    """A line of the table.

    Attributes:
        label: What it is called there.
        peer: Its name in PEERS.
        python: The interpreter that has it.
        measures: What is measured of it.
    """

    label: str
    peer: str
    python: str
    measures: tuple[str, ...] = tuple(MEASURES)


class Extent(NamedTuple):
    """How much is measured: fresh processes for each measure of each contender, and the effort of each process."""

    processes: int
    turns: int
    turn_rows: int
    budget_s: float


THOROUGH = Extent(processes=5, turns=50, turn_rows=1_000, budget_s=2.5)
QUICK = Extent(processes=1, turns=2, turn_rows=100, budget_s=0.1)

Samples = dict[str, dict[str, list[dict[str, Any]]]]
"""Label -> measure -> what each process told."""


def contenders(pythons: Sequence[str]) -> list[Contender]:
    """Who is compared: the floor, a mock, the real wandb and trackers of each interpreter that has one, and we."""
    here = sys.executable
    found = [
        Contender(f"wandb {version} {mode}", mode, python)
        for python, version in having("wandb", pythons)
        for mode in ("disabled", "offline")
    ]
    found += [
        Contender(f"{tracker} {version}{how}", tracker, python)
        for tracker, how in TRACKERS.items()
        for python, version in having(tracker, pythons)
    ]
    return [
        Contender("floor: list.append(dict(row))", "floor", here),
        Contender("MagicMock", "mock", here),
        *found,
        Contender("import wandb_testkit, no more", "package", here, ("import",)),
        Contender("wandb_testkit, classic", "classic", here),
        Contender("wandb_testkit, current", "current", here),
    ]


def having(library: str, pythons: Sequence[str]) -> Iterator[tuple[str, str]]:
    """This interpreter and those named that have a library, each once; and the version that they have."""
    for python in dict.fromkeys([sys.executable, *pythons]):
        if version := version_of(library, python):
            yield python, version


def version_of(library: str, python: str) -> str:
    """The version of a library that an interpreter has, "" if it has none.

    Raises:
        OSError: There is no such interpreter.
    """
    if python == sys.executable and importlib.util.find_spec(library) is None:
        return ""
    script = (
        "import importlib.metadata as m, importlib.util as u, sys; name = sys.argv[1]; "
        "print(m.version(name) if u.find_spec(name) else '')"
    )
    with tempfile.TemporaryDirectory() as where:
        done = subprocess.run([python, "-c", script, library], cwd=where, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def measure(compared: Sequence[Contender], extent: Extent, told: Callable[[str], None] = lambda text: None) -> Samples:
    """Take every measure of every contender."""
    samples: Samples = {one.label: {name: [] for name in MEASURES} for one in compared}
    for turn in range(extent.processes):
        for name in MEASURES:
            told(f"{name}, {turn + 1} of {extent.processes}")
            for one in compared:
                if name in one.measures:
                    samples[one.label][name].append(_sample(one, name, extent))
    return samples


def least(samples: Samples, label: str, name: str, field: str) -> float | None:
    """The least that a process told: other users of the machine only make times longer. None if none could tell."""
    return min(_told(samples, label, name, field), default=None)


def median(samples: Samples, label: str, name: str, field: str) -> float | None:
    """The median of what the processes told, for ratios: noise goes either way there. None if none could tell."""
    values = _told(samples, label, name, field)
    return statistics.median(values) if values else None


def _told(samples: Samples, label: str, name: str, field: str) -> list[float]:
    return [sample[field] for sample in samples[label][name] if sample.get(field) is not None]


def errors(samples: Samples) -> list[str]:
    """What went wrong, a line a measure."""
    return [
        f"{label}, {name}: {told[0]}"
        for label, measures in samples.items()
        for name, taken in measures.items()
        if (told := [sample["error"] for sample in taken if "error" in sample])
    ]


def _sample(one: Contender, name: str, extent: Extent) -> dict[str, Any]:
    arguments = [one.peer, name, *map(str, extent[1:])]
    command = [one.python, "-c", "from benchmarks.sample import main; main()", *arguments]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as where:
        try:
            done = run_fresh(command, where, timeout_s=MAX_SAMPLE_S)
        except subprocess.TimeoutExpired:
            return {"error": f"not done after {MAX_SAMPLE_S:.0f} s"}
    for line in reversed(done.stdout.splitlines()):
        if line.startswith(ANSWER):
            sample: dict[str, Any] = json.loads(line.removeprefix(ANSWER))
            return sample
    return {"error": (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]}


def run_fresh(
    command: Sequence[str], where: str, settings: Mapping[str, str] = {}, *, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """A process in a directory that is its user's home as well, with nothing but these settings in its environment.

    Raises:
        subprocess.TimeoutExpired: It takes longer.
    """
    return subprocess.run(
        command,
        cwd=where,
        env={**plain_environment(where), **settings},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def plain_environment(home: str) -> dict[str, str]:
    """The environment of a user who has set nothing and owns an empty home."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "LANG")}
    return {**kept, "HOME": home, "USERPROFILE": home, "PYTHONPATH": str(ROOT)}
