"""Owns which packages an interpreter needs that everything is measured with, and makes one that has them.

    python -m benchmarks.environment

makes an environment in the cache, if it is not there, and tells where its interpreter is, for the option --python of
`python -m benchmarks`; so does `make bench`. Whatever has the packages of NEEDED will do, too; what it lacks is named,
and not measured.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.side_by_side import version_of
from wandb_testkit.targets.environments import CACHE, KIT, made

NEEDED = {
    "wandb": "the real client: disabled, offline, online on loopback, suites with --wandb-fake=server",
    "trackio": "its line beside the others",
    "mlflow": "its line beside the others",
    "pytest": "suites with --wandb-fake=server",
}
"""Library -> what is not measured without it. Suites also need what the kit needs (pyproject.toml)."""

PACKAGES = ("wandb==0.31.0", "trackio==0.43.0", "mlflow==3.17.2", "pytest>=8.0", "protobuf>=3.20", *KIT)


def missing(pythons: Sequence[str]) -> list[str]:
    """What no interpreter at hand has, a line each: the library, what is not measured, and what to do."""
    at_hand = dict.fromkeys([sys.executable, *pythons])
    return [
        f"Not measured: {what}. No interpreter has {library}; pip install it for the one that --python names."
        for library, what in NEEDED.items()
        if not any(version_of(library, python) for python in at_hand)
    ]


def python() -> Path:
    """The interpreter of the environment, which is made if it is not there.

    Raises:
        LookupError: The packages cannot be installed.
    """
    where = CACHE.with_name("benchmarks") / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return made(where, PACKAGES, lambda: sys.executable, what="the environment of the benchmarks")


if __name__ == "__main__":
    print(python())
