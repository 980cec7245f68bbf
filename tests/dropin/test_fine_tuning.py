"""wandb.integration.openai.fine_tuning with a client that the test makes; with openai's own: tests/integrations."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.dropin.integrations import openai_fine_tuning
from wandb_testkit.profiles import CURRENT
from wandb_testkit.world import World, fake


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    openai = types.ModuleType("openai")
    openai.NotFoundError = type("NotFoundError", (Exception,), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "openai", openai)
    with install(profile=CURRENT), fake(profile=CURRENT) as made:
        yield made


def sync(*jobs: SimpleNamespace, **arguments: Any) -> Any:
    """Log jobs of a service that tells of the first of them when it is asked for all, and of the next later."""
    later = list(jobs[1:])
    service = SimpleNamespace(
        list=lambda: SimpleNamespace(data=[jobs[0]]), retrieve=lambda fine_tuning_job_id: later.pop(0)
    )
    client = SimpleNamespace(fine_tuning=SimpleNamespace(jobs=service), files=None)
    logger = importlib.import_module("wandb.integration.openai.fine_tuning").WandbLogger
    return logger.sync(openai_client=client, project="tuned", **arguments)


def job(status: str) -> SimpleNamespace:
    return SimpleNamespace(id="ftjob-1", status=status)


def test_it_waits_until_a_job_is_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)

    assert sync(job("running"), job("queued"), job("cancelled"), num_fine_tunes=1) == openai_fine_tuning.DONE

    assert slept == [10.0, 10.0]
    lines = [text for _, text in world.terminal.lines]
    assert "Fine-tune ftjob-1 was cancelled and will not be logged" in lines
    assert 'Fine-tune ftjob-1 has the status "cancelled" and will not be logged' in lines
    assert (world.run.id, world.run.name, world.run.job_type) == ("ftjob-1", "ftjob-1", "fine-tune")


def test_a_job_that_was_logged_is_not_logged_again(world: World) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init(project="tuned", id="ftjob-1") as run:
        run.summary["status"] = "succeeded"

    assert sync(job("succeeded")) is None

    assert len(world.runs) == 1


def test_an_active_run_before_the_first_login_is_refused_as_in_wandb(world: World) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init(project="tuned"), pytest.raises(wandb.Error, match="not currently logged in"):
        sync(job("succeeded"))
