"""Generated programs on a real client, held against the oracle: what spec.predict() says is what wandb 0.31.0 shows."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.clients.conftest import VERSIONS
from wandb_testkit import actions, strategies
from wandb_testkit.profiles import CURRENT
from wandb_testkit.spec.comparison import same
from wandb_testkit.spec.predict import played, predict
from wandb_testkit.targets.real import RealTarget

pytestmark = pytest.mark.needs_client

IS_DEEP = bool(os.environ.get("WANDB_TESTKIT_DEEP"))
PROGRAMS = 400

QUIET = settings(
    max_examples=PROGRAMS,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # each costs seconds; what is told is short enough as it is
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def target() -> Iterator[RealTarget]:
    with RealTarget("0.31.0") as target:
        yield target


def loses_the_network(script: actions.Script) -> bool:
    """Then a client asks until its time-outs, for a quarter of a minute an init(); cells have that (test_cells)."""
    return any(isinstance(action, actions.CutNetwork) for action in script)


def leaves_a_row_open_offline(script: actions.Script) -> bool:
    """Then nobody can see the run but by its end, which completes the row: the client keeps its log to itself."""
    processes = played(script, CURRENT).world.processes.values()
    return any(run.mode == "offline" and run.pending is not None for one in processes for run in one.active)


@pytest.mark.skipif(
    not IS_DEEP, reason="programs on a real client take minutes: WANDB_TESTKIT_DEEP=1, as `make deep` sets"
)
@pytest.mark.parametrize("version", [version for version in VERSIONS if version == "0.31.0"])
def test_a_real_client_does_what_the_oracle_says(version: str, target: RealTarget) -> None:
    """INIT-1, RESUME-2, REINIT-2, CONFIG-1, LOG-1, FINISH-1: whatever comes up in programs of ten actions"""
    count = 0

    @QUIET
    @given(strategies.scripts(profile=CURRENT, max_actions=10))
    def play(script: actions.Script) -> None:
        nonlocal count
        if script and not loses_the_network(script) and not leaves_a_row_open_offline(script):
            count += 1
            assert same(predict(script, CURRENT), target.run(script, CURRENT)) == [], script

    play()

    assert count >= PROGRAMS // 5
