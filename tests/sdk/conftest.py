"""What the tests of the reference implementation share: a world of each profile, and other processes in it.

Environments are given, never the surrounding one, and there is no real directory around: whoever runs these tests, with
whatever WANDB_* variables, in whatever repository, gets the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile


@pytest.fixture
def make_world() -> Iterator[Callable[..., wt.World]]:
    """Make worlds, of which the last is in force; all of them end with the test."""
    with ExitStack() as worlds:

        def make(profile: Profile, **options: Any) -> wt.World:
            return worlds.enter_context(
                wt.fake(profile=profile, **{"environ": {}, "notebook": False, "directory": "", **options})
            )

        yield make


@pytest.fixture
def fake(profile: Profile, make_world: Callable[..., wt.World]) -> wt.World:
    """A world of each profile in turn."""
    return make_world(profile)


@pytest.fixture
def classic(make_world: Callable[..., wt.World]) -> wt.World:
    """A world of the classic profile."""
    return make_world(CLASSIC)


@pytest.fixture
def current(make_world: Callable[..., wt.World]) -> wt.World:
    """A world of the current profile."""
    return make_world(CURRENT)
