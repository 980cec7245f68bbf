from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wandb_testkit.history_view import History
from wandb_testkit.observation import RunState, RunView

MakeRun = Callable[..., RunView]


@pytest.fixture
def make_run() -> MakeRun:
    """Make a finished run; `rows` are what it logged, other fields are given by name."""

    def make_run(rows: list[dict[str, Any]] | None = None, **fields: Any) -> RunView:
        logged = [{"loss": 2.5}, {"loss": 1.5}, {"loss": 0.5}] if rows is None else rows
        stamped = [{"_step": step, **row} for step, row in enumerate(logged)]
        usual: dict[str, Any] = {
            "id": "k3x9p2aa",
            "entity": "user",
            "project": "digits",
            "name": "brave-sky-1",
            "state": RunState.FINISHED,
            "exit_code": 0,
            "config": {"learning_rate": 0.01},
            "summary": {"loss": 0.5, "_step": 2},
            "history": History(stamped, [0.0] * len(stamped), [0.0] * len(stamped), "k3x9p2aa"),
            "tags": (),
            "group": None,
            "job_type": None,
            "notes": None,
            "resumed_from": None,
            "files": {},
            "artifacts": {},
            "output": [],
            "alerts": [],
            "warnings": [],
            "requests": [],
        }
        return RunView(**{**usual, **fields})

    return make_run
