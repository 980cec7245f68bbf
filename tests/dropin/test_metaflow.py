"""wandb.integration.metaflow with a flow that the test carries out; with Metaflow itself: tests/integrations."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import CURRENT
from wandb_testkit.world import World, fake


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    metaflow = types.ModuleType("metaflow")
    metaflow.current = types.SimpleNamespace(  # type: ignore[attr-defined]
        flow_name="Line", run_id="7", step_name="fit", parameter_names=["rate"]
    )
    monkeypatch.setitem(sys.modules, "metaflow", metaflow)
    with install(profile=CURRENT), fake(profile=CURRENT) as made:
        yield made


@pytest.fixture
def metaflow(world: World) -> Any:
    return importlib.import_module("wandb.integration.metaflow")


def test_a_step_is_a_run_with_what_it_sets(metaflow: Any, world: World) -> None:
    def fit(flow: Any) -> None:
        flow.loss = flow.rate * 2
        flow.shape = (1, 2)

    metaflow.wandb_log(fit, others=True)(types.SimpleNamespace(rate=0.5))

    run = world.run
    assert (run.group, run.job_type, run.config) == ("Line/7", "fit", {"rate": 0.5})
    assert run.history == [{"_step": 0, "loss": 1.0}]
    assert (run.artifacts["shape"].type, list(run.artifacts["shape"].files)) == ("other", ["shape.pkl"])


def test_what_a_step_says_counts_and_not_what_its_flow_says(metaflow: Any) -> None:
    def step(flow: Any) -> None: ...

    flow: Any = type("Flow", (), {"first": metaflow.wandb_log(datasets=True)(step), "second": step})
    decorated = metaflow.wandb_log(models=True)(flow)

    assert decorated is flow
    said = [(one._kwargs["datasets"], one._kwargs["models"]) for one in (decorated.first, decorated.second)]
    assert said == [(True, False), (False, True)]


def test_settings_are_taken_where_they_say(metaflow: Any, world: World) -> None:
    wandb = importlib.import_module("wandb")

    def fit(flow: Any) -> None: ...

    metaflow.wandb_log(fit, settings=wandb.Settings(run_group="mine"))(types.SimpleNamespace(rate=1))

    assert (world.run.group, world.run.job_type) == ("mine", "fit")


def test_what_would_happen_to_a_value_is_told(metaflow: Any) -> None:
    told = [
        metaflow.wandb_track("a", 1, testing=True),
        metaflow.wandb_track("a", Path("p"), datasets=True, testing=True),
        metaflow.wandb_track("a", (1,), others=True, testing=True),
        metaflow.wandb_track("a", (1,), testing=True),
        metaflow.wandb_use("a", 1, testing=True),
        metaflow.wandb_use("a", Path("p"), datasets=True, testing=True),
        metaflow.wandb_use("a", (1,), others=True, testing=True),
    ]

    assert told == ["scalar", "Path", "generic", None, None, "datasets", "others"]


def test_an_artifact_that_no_step_has_logged_is_told_of(metaflow: Any, world: World) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init(project="p") as run:
        assert metaflow.wandb_use("model", (1,), others=True, run=run) is None

    assert [text for level, text in world.terminal.lines if "does not exist in the wandb datastore" in text]
