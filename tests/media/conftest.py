"""What the tests of media and artifacts share: `import wandb` in a world of each profile, and a run in it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import CURRENT, Profile
from wandb_testkit.world import World, fake


@pytest.fixture
def profile() -> Profile:
    """The profile of `wandb`; tests that are about another one name it as a parameter."""
    return CURRENT


@pytest.fixture
def world(profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    with fake(profile=profile, environ={}, notebook=False, directory="") as world:
        yield world


@pytest.fixture
def wandb(profile: Profile, world: World) -> Iterator[Any]:
    """What `import wandb` gives while the drop-in of the profile is installed."""
    with install(profile=profile):
        yield importlib.import_module("wandb")


@pytest.fixture
def run(wandb: Any) -> Any:
    return wandb.init(project="p", id="r")


@pytest.fixture
def logged(run: Any, world: World) -> Callable[[Any], Any]:
    """Log a value under the key "x", and give what stands in the row."""

    def log(value: Any) -> Any:
        run.log({"x": value})
        return world.run.history[-1]["x"]

    return log
