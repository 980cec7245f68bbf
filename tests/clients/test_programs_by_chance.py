"""Generated programs on a real client, held against the oracle: what spec.predict() says is what wandb 0.31.0 shows."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.clients.conftest import VERSIONS
from tests.clients.known_differences import unexplained
from tests.clients.results import is_writing
from wandb_testkit import actions, strategies
from wandb_testkit.profiles import CURRENT
from wandb_testkit.spec.comparison import same
from wandb_testkit.spec.predict import played, predict
from wandb_testkit.spec.program import program
from wandb_testkit.targets.real import RealTarget
from wandb_testkit.verification.results import keep_result

pytestmark = pytest.mark.needs_client

IS_DEEP = bool(os.environ.get("WANDB_TESTKIT_DEEP"))
DRAWN = 400
PROGRAMS = 100
"""Programs that are played, of those that are drawn: some lose the network, and many come twice."""

RESULT = Path(__file__).parents[2] / "fixtures" / "agreement" / "programs-0.31.0.json"

QUIET = settings(
    max_examples=DRAWN,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # each costs seconds; what is told is short enough as it is
    suppress_health_check=list(HealthCheck),
)

TRIES = 2
"""On a busy machine a client's own time-outs have a say."""


@pytest.fixture
def target() -> Iterator[RealTarget]:
    with RealTarget("0.31.0") as target:
        yield target


def can_be_seen(script: actions.Script) -> bool:
    """Whether it is worth the seconds, and a client can be asked all of it."""
    is_any = any(isinstance(action, actions.Init) for action in script)
    return is_any and not loses_the_network(script) and not leaves_a_row_open_offline(script)


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
    began = time.perf_counter()
    compared: dict[str, list[str]] = {}

    @QUIET
    @given(strategies.scripts(profile=CURRENT, max_actions=10))
    def play(script: actions.Script) -> None:
        text = program(script)
        if text in compared or len(compared) == PROGRAMS or not can_be_seen(script):
            return
        for _ in range(TRIES):
            compared[text] = same(predict(script, CURRENT), target.run(script, CURRENT))
            if not unexplained(script, compared[text]):
                return
        different[text] = compared[text]

    different: dict[str, list[str]] = {}
    play()

    if is_writing():
        equal = sum(not lines for lines in compared.values())
        told = {"programs": len(compared), "equal": equal, "explained": len(compared) - equal - len(different)}
        seconds = round(time.perf_counter() - began, 1)
        keep_result(RESULT, {"version": version, **told, "different": different, "seconds": seconds})
    assert different == {}
    assert len(compared) == PROGRAMS
