"""Real clients make sweeps and carry them out: function agents, program agents, and their own mutations.

An agent asks every 5 seconds, so what one client proves is not proved by the next one again.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import VERSIONS, Client
from wandb_testkit.world import World

pytestmark = pytest.mark.needs_client

GRID = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"values": [1, 2, 3]}},
}

BETWEEN = {"metric": {"name": "loss", "goal": "minimize"}, "parameters": {"lr": {"min": 0.0, "max": 4.0}}}


@pytest.fixture(params=[version for version in VERSIONS if version in ("0.10.33", "0.31.0")])
def outer_client(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Client:
    """The oldest and the newest."""
    return Client(request.param, world, tmp_path)


@pytest.fixture(params=[version for version in VERSIONS if version == "0.31.0"])
def newest_client(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Client:
    return Client(request.param, world, tmp_path)


@pytest.fixture(params=[version for version in VERSIONS if version == "0.10.33"])
def oldest_client(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Client:
    """The one that brings the search of local controllers with it; newer ones need it installed beside them."""
    return Client(request.param, world, tmp_path)


@pytest.fixture(autouse=True)
def _library_is_there(world: World) -> None:
    """The package takes seconds to import, and a client of 0.10 asks again after 10."""
    world.server.add_sweep(GRID, project="other")


def test_a_function_agent_carries_out_a_grid_and_the_public_api_reads_it(world: World, client: Client) -> None:
    user = world.server.accounts.default.entity

    played = client.play("sweep.py", user, json.dumps(GRID), 0)

    told = played.told
    assert played.exit_code == 0, played.output
    ids, parameters = zip(*told["seen"], strict=True)
    assert parameters == (1, 2, 3)
    assert (told["runs"], told["best"]) == (sorted(ids), ids[1])
    read = {"state": "FINISHED", "expected": 3, "agents": 1, "sweeps": [told["id"]]}
    assert {name: told[name] for name in read} == {
        name: read[name] if told[name] is not None else None for name in read
    }
    assert told["sweeps"] is not None or client.overwrites  # only the oldest have no names for these
    sweep = world.server.sweeps[told["id"]]
    assert (sweep.config, sweep.state, sweep.best_value) == (GRID, "FINISHED", 0)
    assert [(run.id, run.state, run.sweep, run.config) for run in world.runs] == [
        (run_id, "finished", sweep.id, {"lr": lr}) for run_id, lr in told["seen"]
    ]
    assert not world.recorder.refusals


@pytest.mark.parametrize(("method", "count"), [("random", 2), ("bayes", 3)])
def test_an_agent_does_as_many_runs_as_it_was_told(
    world: World, newest_client: Client, method: str, count: int
) -> None:
    user = world.server.accounts.default.entity

    played = newest_client.play("sweep.py", user, json.dumps({"method": method, **BETWEEN}), count)

    assert played.exit_code == 0, played.output
    tried = [lr for _, lr in played.told["seen"]]
    assert len(set(tried)) == count
    assert all(0 <= lr <= 4 for lr in tried)
    assert [run.config["lr"] for run in world.runs] == tried


def test_a_program_agent_starts_a_process_for_each_run(world: World, outer_client: Client) -> None:
    sweep = world.server.add_sweep(
        {"method": "grid", "program": "train.py", "parameters": {"lr": {"values": ["a", "b"]}}}, project="p"
    )

    played = outer_client.play("sweep_program.py", sweep.path, 0)

    assert played.exit_code == 0, played.output
    assert [(run.state, run.config, run.history["by"]) for run in world.runs] == [
        ("finished", {"lr": lr}, [f"--lr={lr}"]) for lr in ("a", "b")
    ]
    assert sweep.state == "FINISHED"


def test_clients_pause_resume_and_stop_a_sweep(world: World, outer_client: Client) -> None:
    sweep = world.server.add_sweep(GRID, project="p")
    world.server.sweeps.register_agent(sweep, "elsewhere")

    seen = []
    for change in ("pause", "resume", "stop", "cancel"):
        played = outer_client.play("sweep_state.py", sweep.path, change)
        seen.append((sweep.state, played.told["exit"]))

    assert [state for state, _ in seen] == ["PAUSED", "RUNNING", "FINISHED", "FINISHED"]
    assert [code for _, code in seen[:3]] == [0, 0, 0]
    assert "already finished" in played.told["said"]


def test_a_canceled_sweep_stops_the_program_that_runs(world: World, outer_client: Client) -> None:
    config: dict[str, Any] = {"method": "grid", "program": "train.py", "parameters": {"lr": {"values": ["forever"]}}}
    sweep = world.server.add_sweep(config, project="p")

    def cancel_as_soon_as_it_runs() -> None:
        deadline = time.monotonic() + 90
        while not (world.runs and world.runs[0].history) and time.monotonic() < deadline:
            time.sleep(0.1)
        world.server.cancel_sweep(sweep.id)

    canceling = threading.Thread(target=cancel_as_soon_as_it_runs)
    canceling.start()
    played = outer_client.play("sweep_program.py", sweep.path, 0)
    canceling.join()

    assert played.exit_code == 0, played.output
    assert (world.run.state, sweep.state) == ("killed", "CANCELED")


def test_a_local_controller_schedules_the_runs(world: World, oldest_client: Client) -> None:
    user = world.server.accounts.default.entity

    played = oldest_client.play("sweep_controller.py", user, json.dumps({**GRID, "controller": {"type": "local"}}))

    assert played.exit_code == 0, played.output
    assert played.told["seen"] == [1, 2, 3]
    sweep = world.server.sweeps[played.told["id"]]
    assert (sweep.state, [run.state for run in sweep.runs]) == ("FINISHED", ["finished"] * 3)
