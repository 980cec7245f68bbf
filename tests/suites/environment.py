"""Owns the environments in which pytest itself varies: the oldest and the newest Python and pytest, with other plugins.

    python -m tests.suites.environment

makes those of CI if they are not there. The kit is not installed in them: it comes from the tree that the tests run in.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from wandb_testkit.targets.environments import CACHE, KIT, made

NEIGHBOURS = (
    "pytest-asyncio",
    "pytest-cov",
    "pytest-randomly",
    "pytest-rerunfailures",
    "pytest-socket",
    "pytest-timeout",
    "pytest-xdist",
    "hypothesis>=6.100",
    "joblib>=1.3",  # for the tests of children, which are tried there too
    "protobuf>=3.20",
)


class Pair(NamedTuple):
    """A Python and a pytest."""

    python: str
    pytest: str

    def __str__(self) -> str:
        return f"python{self.python}-pytest{self.pytest}"


OLDEST_PYTEST, NEWEST_PYTEST = "8.0.*", "9.*"
BETWEEN = (Pair("3.10", "9.*"), Pair("3.11", "8.4.*"), Pair("3.12", "8.2.*"), Pair("3.13", "8.4.*"))

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")


def in_ci() -> tuple[Pair, Pair]:
    """The oldest and the newest that this machine has."""
    at_hand = [python for python in PYTHONS if _found(python) is not None]
    return Pair(at_hand[0], OLDEST_PYTEST), Pair(at_hand[-1], NEWEST_PYTEST)


def pairs() -> tuple[Pair, ...]:
    """Those of CI, and what is between."""
    return (*in_ci(), *BETWEEN)


def python_of(pair: Pair) -> Path:
    """The interpreter of the environment of a pair.

    Raises:
        LookupError: There is no such Python here, or the packages cannot be installed.
    """
    return made(
        CACHE.with_name("pytests") / str(pair).replace("*", "x"),
        (f"pytest=={pair.pytest}", *NEIGHBOURS, *KIT),
        lambda: _interpreter(pair),
        what=str(pair),
    )


def _interpreter(pair: Pair) -> str:
    found = _found(pair.python)
    if found is None:
        raise LookupError(f"{pair} needs Python {pair.python}, and there is none on the PATH or among pyenv's")
    return found


def _found(python: str) -> str | None:
    """A Python that answers: what is on the PATH may be a shim for one that is not there."""
    name = f"python{python}"
    own = sys.executable if python == f"{sys.version_info.major}.{sys.version_info.minor}" else None
    kept = sorted(Path.home().glob(f".pyenv/versions/{python}.*/bin/{name}"))
    for candidate in (shutil.which(name), *map(str, kept), own):
        if candidate and subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


if __name__ == "__main__":
    for each in in_ci():
        print(python_of(each))
