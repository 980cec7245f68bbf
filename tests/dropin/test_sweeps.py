"""wandb.sweep() and wandb.agent() of the drop-in module, in both profiles."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.errors import CommError
from wandb_testkit.profiles import CURRENT
from wandb_testkit.world import World, fake

GRID = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"values": [1, 2, 3]}},
}


@pytest.fixture(params=["classic", "current"])
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    with fake(profile=request.param, environ={}) as world, install(profile=request.param):
        yield world
    assert os.listdir(tmp_path) == []


@pytest.fixture
def wandb(world: World) -> Any:
    return importlib.import_module("wandb")


def test_an_agent_carries_out_a_grid(world: World, wandb: Any) -> None:
    def train() -> None:
        run = wandb.init()
        run.log({"loss": (wandb.config.lr - 2) ** 2})

    sweep_id = wandb.sweep(GRID, project="p")
    wandb.agent(sweep_id, function=train)

    assert [run.config for run in world.runs] == [{"lr": 1}, {"lr": 2}, {"lr": 3}]
    assert {run.sweep for run in world.runs} == {sweep_id}
    assert {str(run.state) for run in world.runs} == {"finished"}
    assert str(world.server.sweeps[sweep_id].state) == "FINISHED"
    assert wandb.Api().sweep(f"p/{sweep_id}").best_run().config == {"lr": 2}


def test_an_agent_does_as_many_runs_as_it_is_told(world: World, wandb: Any) -> None:
    sweep_id = wandb.sweep(GRID, project="p")

    wandb.agent(sweep_id, function=lambda: wandb.init().finish(), count=2)

    assert len(world.runs) == 2
    assert str(world.server.sweeps[sweep_id].state) == "RUNNING"


def test_a_run_of_a_sweep_finds_the_variables_and_leaves_none(wandb: Any) -> None:
    names = ("WANDB_SWEEP_ID", "WANDB_RUN_ID", "WANDB_SWEEP_PARAM_PATH")
    before = {name: os.environ.get(name) for name in names}
    seen = []

    def train() -> None:
        run = wandb.init()
        seen.append((os.environ["WANDB_SWEEP_ID"], os.environ["WANDB_RUN_ID"] == run.id))

    sweep_id = wandb.sweep(GRID, project="p")
    wandb.agent(sweep_id, function=train, count=1)

    assert seen == [(sweep_id, True)]
    assert {name: os.environ.get(name) for name in names} == before
    assert wandb.init(project="p").sweep_id is None


def test_a_function_that_fails_fails_its_run_and_not_the_agent(
    world: World, wandb: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def train() -> None:
        if wandb.init().config["lr"] == 2:
            raise ValueError("two is too much")

    wandb.agent(wandb.sweep(GRID, project="p"), function=train)

    assert [(str(run.state), run.exit_code) for run in world.runs] == [("finished", 0), ("failed", 1), ("finished", 0)]
    assert "ValueError: two is too much" in capsys.readouterr().err


def test_early_termination_stops_a_run_in_its_log(world: World, wandb: Any) -> None:
    config = {
        "method": "grid",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"lr": {"values": [1, 1.5, 2, 2.5, 3, 100]}},
        "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 2},
    }

    def train() -> None:
        run = wandb.init()
        for _ in range(10):
            run.log({"loss": run.config["lr"]})

    wandb.agent(wandb.sweep(config, project="p"), function=train)

    rows = [len(run.history) for run in world.runs]
    states = [str(run.state) for run in world.runs]
    assert len(rows) == 6
    assert (rows[0], states[0]) == (10, "finished")
    assert (rows[-1], states[-1]) == (3, "killed")
    assert world.runs[-1].summary["loss"] == 100


def test_a_sweep_that_was_cancelled_has_no_more_runs(world: World, wandb: Any) -> None:
    sweep_id = wandb.sweep(GRID, project="p")

    def train() -> None:
        wandb.init()
        world.server.cancel_sweep(sweep_id)

    wandb.agent(sweep_id, function=train)

    assert len(world.runs) == 1


def test_what_is_wrong_is_refused(wandb: Any) -> None:
    sweep_id = wandb.sweep(GRID, project="p")

    with pytest.raises(TypeError, match="callable"):
        wandb.agent(sweep_id, function=3)
    with pytest.raises(CommError, match="does not exist"):
        wandb.agent("nothing", function=print)
    with pytest.raises(CommError, match="method"):
        wandb.sweep({"parameters": {}}, project="p")


def test_runs_from_before_a_sweep_become_part_of_it(world: World, wandb: Any) -> None:
    if world.profile is not CURRENT:
        pytest.skip("0.10 has no prior_runs")
    for run_id, lr in (("a", 1), ("b", 2)):
        with wandb.init(project="p", id=run_id, config={"lr": lr}):
            pass

    sweep_id = wandb.sweep(GRID, project="p", prior_runs=["a", "b"])
    wandb.agent(sweep_id, function=lambda: wandb.init().finish())

    assert [(run.sweep, run.config["lr"]) for run in world.runs] == [(sweep_id, lr) for lr in (1, 2, 3)]


def test_the_process_remembers_the_project_of_a_sweep(world: World, wandb: Any) -> None:
    wandb.sweep(lambda: {**GRID, "project": "of-the-config"})

    with wandb.init() as run:
        assert run.project == "of-the-config"
    assert "WANDB_PROJECT" not in os.environ
