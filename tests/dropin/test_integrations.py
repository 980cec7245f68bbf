"""wandb.integration: what other libraries' callbacks are made of; with those libraries: tests/integrations."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from wandb_testkit.dropin import names
from wandb_testkit.dropin.install import install
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.profiles import CLASSIC, CURRENT
from wandb_testkit.world import fake


class Behaviour:
    """What it does."""

    def __init__(self, given: int) -> None:
        super().__init__()
        self.given = given


class LibraryBase:
    def __init__(self) -> None:
        self.is_known_to_the_library = True


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> str:
    module = types.ModuleType("some_library")
    module.Base = LibraryBase  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "some_library", module)
    return "some_library"


@pytest.fixture
def wandb() -> Iterator[Any]:
    with install(profile=CURRENT), fake(profile=CURRENT):
        yield importlib.import_module("wandb")


def test_a_callback_has_the_base_class_of_its_library(library: str) -> None:
    kind = built(Behaviour, library, "Base", "wandb.integration.some")

    callback = kind(3)

    assert LibraryBase in kind.__mro__
    assert (callback.given, callback.is_known_to_the_library) == (3, True)
    assert f"{kind.__module__}.{kind.__qualname__}" == "wandb.integration.some.Behaviour"
    assert kind.__doc__ == "What it does."


WITH_CLASSES = ["wandb.integration.keras", "wandb.integration.sb3", "wandb.integration.xgboost"]


@pytest.mark.parametrize("module", WITH_CLASSES)
def test_a_missing_library_is_named(wandb: Any, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    library = names.NEEDS[module]
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"{library}.common.callbacks", raising=False)
    there = importlib.import_module(module)
    name = next(name for name in names.NAMES[module] if name.startswith("Wandb"))

    with pytest.raises(ModuleNotFoundError, match=library):
        getattr(there, name)


class Evaluated:
    """What old boosting libraries hand to a callback."""

    evaluation_result_list = [("valid", "auc", 0.5, True)]


def test_classic_callbacks_log_a_row_for_each_iteration() -> None:
    with install(profile=CLASSIC), fake(profile=CLASSIC) as world:
        wandb = importlib.import_module("wandb")
        with wandb.init():
            callback = wandb.lightgbm.wandb_callback()
            callback(Evaluated)
            callback(Evaluated)

    assert world.run.history == [{"_step": 0, "valid_auc": 0.5}, {"_step": 1, "valid_auc": 0.5}]


def test_integrations_are_attributes_once_they_are_imported(wandb: Any) -> None:
    module = importlib.import_module("wandb.integration.sb3")

    assert wandb.integration.sb3 is module
