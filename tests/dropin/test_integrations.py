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
from wandb_testkit.world import current as current_world
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


WITH_CLASSES = [
    *("wandb.integration.dspy", "wandb.integration.keras", "wandb.integration.lightning.fabric"),
    *("wandb.integration.sb3", "wandb.integration.xgboost"),
]


@pytest.mark.parametrize("module", WITH_CLASSES)
def test_a_missing_library_is_named(wandb: Any, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    library = names.NEEDS[module]
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"{library}.common.callbacks", raising=False)
    there = importlib.import_module(module)
    name = next(name for name in names.names_of(module, CURRENT) if name.startswith("Wandb"))

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


def test_what_catboost_evaluates_is_logged_when_it_does(wandb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    catboost = importlib.import_module("wandb.integration.catboost")
    with pytest.raises(wandb.Error, match=r"wandb\.init"):
        catboost.WandbCallback()
    with wandb.init(project="p"):
        callback = catboost.WandbCallback(metric_period=2)
        for iteration, losses in ((1, [0.5]), (2, [0.5]), (3, [0.5, 0.25])):
            info = types.SimpleNamespace(iteration=iteration, metrics={"learn": {"Logloss": losses}})
            assert callback.after_iteration(info)

    rows = [
        {"learn-Logloss": 0.5, "iteration@metric-period-2": 1},
        {"learn-Logloss": 0.25, "iteration@metric-period-2": 3},
    ]
    assert current_world().run.history == [{"_step": step, **row} for step, row in enumerate(rows)]
    assert wandb.catboost is catboost


def test_a_model_of_catboost_is_summed_up(wandb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Model:
        def get_all_params(self) -> dict[str, Any]:
            return {"depth": 2, "use_best_model": True}

        def get_best_iteration(self) -> int:
            return 3

        def get_best_score(self) -> dict[str, Any]:
            return {"learn": {"Logloss": 0.25}}

        def save_model(self, path: Any) -> None:
            path.write_text("a model")

        def get_feature_importance(self, prettified: bool) -> dict[str, list[Any]]:
            return {"Feature Id": ["0", "1"], "Importances": [60.0, 40.0]}

    module = types.ModuleType("catboost")
    module.CatBoostClassifier = module.CatBoostRegressor = Model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "catboost", module)
    with wandb.init(project="p", id="r"):
        wandb.catboost.log_summary(Model(), save_model_checkpoint=True)
        with pytest.raises(wandb.Error, match="CatBoostRegressor"):
            wandb.catboost.log_summary(3)

    seen = current_world().run
    assert (seen.config, seen.summary["best_iteration"]) == ({"depth": 2, "use_best_model": True}, 3)
    assert seen.artifacts["model_r"].files == {"model": b"a model"}
    assert set(seen.artifacts["model_r"].aliases) == {"best", "latest"}


def test_secrets_for_sagemaker_are_written(wandb: Any, tmp_path: Any) -> None:
    wandb.sagemaker_auth({"OTHER": "x"}, path=str(tmp_path))

    told = dict(line.split("=") for line in (tmp_path / "secrets.env").read_text().splitlines())
    assert told == {"OTHER": "x", "WANDB_API_KEY": wandb.api.api_key}


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_event_writers_are_listened_to_below_a_root(
    profile: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TB-1, TB-2"""
    tensorboard_x = pytest.importorskip("tensorboardX", reason="event files are written with it (extra tensorboard)")
    monkeypatch.chdir(tmp_path)
    with install(profile=profile), fake(profile=profile) as world:
        wandb = importlib.import_module("wandb")
        wandb.tensorboard.patch(root_logdir="logs")
        with pytest.raises(ValueError, match="already patched"):
            wandb.tensorboard.patch()
        with wandb.init(project="p", sync_tensorboard=True), tensorboard_x.SummaryWriter("logs/train") as writer:
            writer.add_scalar("loss", 0.5, 1)
        wandb.tensorboard.unpatch()
        with wandb.init(project="p"), tensorboard_x.SummaryWriter("logs/later") as writer:
            writer.add_scalar("loss", 0.5, 1)

    first, second = world.runs
    assert first.history["train/loss"] == [0.5]
    assert [name.rpartition("/")[0] for name in first.files if "tfevents" in name] == ["train"]
    assert (list(second.history), [name for name in second.files if "tfevents" in name]) == ([], [])


def test_event_files_are_not_kept_where_that_is_not_wanted(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tensorboard_x = pytest.importorskip("tensorboardX", reason="event files are written with it (extra tensorboard)")
    monkeypatch.chdir(tmp_path)
    with install(profile=CURRENT), fake(profile=CURRENT) as world:
        wandb = importlib.import_module("wandb")
        wandb.tensorboard.patch(save=False)
        with wandb.init(project="p"), tensorboard_x.SummaryWriter("logs") as writer:
            writer.add_scalar("loss", 0.5, 1)

    assert world.run.history["loss"] == [0.5]
    assert [name for name in world.run.files if "tfevents" in name] == []
