"""Autologgers listen to a library's methods; with real libraries: tests/integrations."""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.dropin.integrations.autologging import AutologAPI
from wandb_testkit.errors import NotModelledError
from wandb_testkit.profiles import CLASSIC, CURRENT
from wandb_testkit.world import World, fake


class Pipe:
    """A class of the library."""

    def ask(self, question: str, *, loud: bool = False) -> str:
        """Answers."""
        return question.upper() if loud else question

    async def wait(self, question: str) -> str:
        return question


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("some_library")
    module.Pipe = type("Pipe", (Pipe,), {"ask": Pipe.ask, "wait": Pipe.wait})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "some_library", module)


@pytest.fixture
def world() -> Iterator[World]:
    with install(profile=CURRENT), fake(profile=CURRENT) as made:
        yield made


def autologger(resolver: Any = None) -> AutologAPI:
    def told(args: Any, kwargs: Any, response: Any, began: float, took_s: float) -> dict[str, Any]:
        assert (began > 0, took_s) == (True, 0.0)
        return {"asked": args[1], "answered": response, **kwargs}

    return AutologAPI("some_library", ("Pipe.ask", "Pipe.wait"), resolver or told, "some_autolog")


def pipe() -> Any:
    return sys.modules["some_library"].Pipe()


def test_what_a_call_gives_is_logged_until_it_is_disabled(world: World) -> None:
    autolog = autologger()

    autolog({"project": "asked"})
    assert pipe().ask("why", loud=True) == "WHY"
    assert asyncio.run(pipe().wait("when")) == "when"
    assert pipe().ask.__doc__ == "Answers."
    autolog.disable()
    pipe().ask("who")

    assert world.run.history == [
        {"_step": 0, "asked": "why", "answered": "WHY", "loud": True},
        {"_step": 1, "asked": "when", "answered": "when"},
    ]
    assert (world.run.project, str(world.run.state)) == ("asked", "finished")
    assert type(pipe()).ask is Pipe.ask


def test_a_run_that_is_there_is_logged_to_and_not_ended(world: World) -> None:
    wandb = importlib.import_module("wandb")
    autolog = autologger()
    with wandb.init(project="mine"):
        autolog()
        autolog.enable()
        pipe().ask("why")
        autolog.disable()
        wandb.log({"asked": "no more"})

    assert world.run.history["asked"] == ["why", "no more"]
    assert len(world.runs) == 1


def test_what_goes_wrong_is_told_and_disturbs_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def fails(*_: object) -> None:
        raise ValueError("no such task")

    autolog = autologger(fails)
    autolog({"project": "p"})
    with caplog.at_level(logging.WARNING):
        assert pipe().ask("why") == "why"
    autolog.disable()

    assert "no such task" in caplog.text
    assert world.run.history == []


def test_what_the_kit_does_not_model_is_not_hidden(world: World) -> None:
    def fails(*_: object) -> None:
        raise NotModelledError("this is not modelled")

    autolog = autologger(fails)
    autolog({"project": "p"})
    with pytest.raises(NotModelledError):
        pipe().ask("why")
    autolog.disable()


def test_a_missing_library_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "some_library", None)
    autolog = autologger()

    with pytest.raises(importlib.import_module("wandb").Error, match="pip install some_library"):
        autolog({"project": "p"})
    autolog.disable()


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_an_observer_of_sacred_keeps_what_it_is_told(profile: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    observers = types.ModuleType("sacred.observers")
    observers.RunObserver = type("RunObserver", (), {})  # type: ignore[attr-defined]
    dependencies = types.ModuleType("sacred.dependencies")
    dependencies.get_digest = lambda name: f"md5 of {name}"  # type: ignore[attr-defined]
    for module in (types.ModuleType("sacred"), observers, dependencies):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    with install(profile=profile), fake(profile=profile) as world:
        wandb = importlib.import_module("wandb")
        observer = importlib.import_module("wandb.integration.sacred").WandbObserver(project="p", tags=["t"])
        observer.started_event({}, "main", {}, None, {"rate": 0.5}, {}, "1")
        observer.log_metrics({"loss": {"steps": [0, 1], "values": [0.5, 0.25]}}, {})
        observer.resource_event("data.csv")
        observer.completed_event(None, (1, {"accuracy": 0.75}))
        observer.completed_event(None, None)
        wandb.finish()

    assert world.run.config == {"rate": 0.5, "resources": []}
    rows = [{"loss": 0.5}, {"loss": 0.25}, {"result_0": 1.0}, {"accuracy": 0.75}]
    assert world.run.history == [{"_step": step, **row} for step, row in enumerate(rows)]
    assert observer.resources == {"data.csv": "md5 of data.csv"}
    assert isinstance(observer, observers.RunObserver)
