"""fork_from, resume_from and mode="shared": the real client of the current profile, and the reference beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.conftest import VERSIONS, Client
from wandb_testkit.observation import RunView
from wandb_testkit.world import World, fake

pytestmark = pytest.mark.skipif("0.31.0" not in VERSIONS, reason="these are about what wandb 0.31.0 does")

FIRST: tuple[dict[str, Any], int] = ({"id": "A", "config": {"x": 1}, "tags": ["t"], "name": "first"}, 5)

PROGRAMS: Mapping[str, tuple[tuple[dict[str, Any], int], ...]] = {
    "fork": (FIRST, ({"id": "B", "fork_from": "A?_step=2", "config": {"y": 2}}, 2)),
    "fork at 1.5": (FIRST, ({"id": "B", "fork_from": "A?_step=1.5"}, 1)),
    "fork onto another": (FIRST, ({"id": "B"}, 3), ({"id": "B", "fork_from": "A?_step=2"}, 2)),
    "fork of nobody": (({"id": "B", "fork_from": "nobody?_step=3"}, 1),),
    "fork of itself": (({"id": "A", "fork_from": "A?_step=2"}, 0),),
    "rewind": (FIRST, ({"resume_from": "A?_step=2", "config": {"y": 2}}, 2)),
    "rewind behind the end": (FIRST, ({"resume_from": "A?_step=99"}, 1)),
    "rewind nobody": (({"resume_from": "nobody?_step=2"}, 1),),
    "rewind another": (({"id": "B", "resume_from": "A?_step=2"}, 0),),
    "two ways": (({"resume": "allow", "fork_from": "A?_step=2"}, 0),),
    "resume False": (FIRST, ({"id": "B", "resume": False, "fork_from": "A?_step=2"}, 1)),
    "bad text": (({"fork_from": "A?loss=2"}, 0),),
    "a number": (({"id": "B", "fork_from": 3}, 1),),
    "offline": (({"id": "B", "fork_from": "A?_step=2", "mode": "offline"}, 0),),
    "disabled": (({"resume_from": "A?_step=2", "mode": "disabled"}, 0),),
    "shared": (({"id": "S", "mode": "shared", "config": {"x": 1}, "tags": ["t"]}, 2),),
    "shared twice": (
        ({"id": "S", "mode": "shared", "config": {"x": 1}, "tags": ["t"]}, 2),
        ({"id": "S", "mode": "shared", "config": {"y": 2}}, 1),
    ),
    "shared and resumed": (
        ({"id": "S", "mode": "shared", "config": {"x": 1}}, 2),
        ({"id": "S", "mode": "shared", "resume": "must"}, 1),
    ),
}


@pytest.fixture
def client(world: World, tmp_path: Any) -> Client:
    return Client("0.31.0", world, tmp_path)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_real_client_and_the_reference_do_the_same(world: World, client: Client, program: str) -> None:
    """FORK-1, FORK-2, FORK-3, RESUME-13, SHARED-1"""
    real = [client.play("arguments.py", json.dumps(arguments), rows).told for arguments, rows in PROGRAMS[program]]
    with fake(profile="current", environ={}, notebook=False) as reference:
        ours = [_play(reference, arguments, rows) for arguments, rows in PROGRAMS[program]]
        views = reference.runs

    assert [_without_words(told) for told in ours] == [_without_words(told) for told in real]
    online = [view for view in views if view.mode == "online"]
    assert [_compared(view) for view in online] == [_compared(view) for view in world.runs]


def _play(world: World, arguments: dict[str, Any], rows: int) -> dict[str, Any]:
    """What fixtures/scripts/clients/arguments.py does and tells, in a new process of a world."""
    world.session = world.process(environ={}, notebook=False)
    try:
        run: Any = world.init(project="p", **arguments)
    except Exception as error:
        return {"error": type(error).__name__}
    told = {
        "error": None,
        "id": run.id,
        "resumed": run.resumed,
        "starting_step": run.starting_step,
        "offline": run.offline,
        "config": {key: value for key, value in run.config.items() if not key.startswith("_")},
        "tags": list(run.tags or ()),
    }
    try:
        told["step"] = run.step
    except Exception as error:
        told["step"] = type(error).__name__
    for number in range(rows):
        run.log({"a": number})
    run.finish()
    return told


def _without_words(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in ("message", "step_message")}


def _compared(view: RunView) -> dict[str, Any]:
    return {
        "path": view.path,
        "history": list(view.history),
        "config": view.config,
        "summary": view.summary,
        "tags": view.tags,
        "state": str(view.state),
        "resumed_from": view.resumed_from,
        "forked_from": view.forked_from,
        "branch_point": view.client["config"].get("branch_point"),
    }
