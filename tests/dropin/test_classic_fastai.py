"""wandb.fastai of 0.10.33 with a fastai made of a few lines; with the real one: tests/integrations (make deep)."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from typing import IO, Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import CLASSIC
from wandb_testkit.world import World, fake


class TrackerCallback:
    """fastai 1's, as far as anything here asks."""

    def __init__(self, learn: Any, monitor: str = "valid_loss", mode: str = "auto") -> None:
        self.learn, self.monitor = learn, monitor
        self.best = float("inf")

    def on_train_begin(self) -> None:
        self.best = float("inf")

    def get_monitor_value(self) -> Any:
        return self.learn.value

    def operator(self, one: float, other: float) -> bool:
        return one < other


class Learner:
    recorder = types.SimpleNamespace(names=["epoch", "train_loss", "valid_loss"])
    data = types.SimpleNamespace(valid_ds=[(1, 2), (3, 4)])
    value = 0.5

    def save(self, file: IO[bytes]) -> None:
        file.write(b"%d" % (self.value * 100))

    def load(self, file: IO[bytes], purge: bool) -> None:
        self.loaded = file.read()

    def predict(self, x: Any) -> Any:
        raise RuntimeError("no predictions")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    fastai, callbacks = types.ModuleType("fastai"), types.ModuleType("fastai.callbacks")
    vars(callbacks).update(TrackerCallback=TrackerCallback)
    vars(fastai).update(callbacks=callbacks)
    monkeypatch.setitem(sys.modules, "fastai", fastai)
    monkeypatch.setitem(sys.modules, "fastai.callbacks", callbacks)
    with install(profile=CLASSIC), fake(profile=CLASSIC) as there:
        monkeypatch.setattr("wandb_testkit.dropin.integrations.fastai_classic._watching", {there})  # no torch here
        yield there


def test_epochs_are_rows_and_the_best_model_is_loaded_at_the_end(world: World) -> None:
    wandb = importlib.import_module("wandb")
    learn = Learner()
    with wandb.init():
        callback = importlib.import_module("wandb.fastai").WandbCallback(learn)
        callback.on_train_begin()
        for epoch, value in enumerate((0.5, 0.25, 0.75)):
            learn.value = value
            callback.on_epoch_end(epoch, 1.0, [value])
        callback.on_train_end()

    assert world.run.history[1] == {"_step": 1, "epoch": 1, "train_loss": 1.0, "valid_loss": 0.25}
    assert world.run.files["bestmodel.pth"] == learn.loaded == b"25"


def test_predictions_that_cannot_be_had_are_told_of_once(world: World) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init():
        callback = importlib.import_module("wandb.integration.fastai").WandbCallback(
            Learner(), save_model=False, input_type="images"
        )
        for epoch in range(2):
            callback.on_epoch_end(epoch, 1.0, [0.5])

    told = [text for _, text in world.terminal.lines if "predict" in text]
    assert told == ['Unable to run "predict" method from Learner to log prediction samples.']


def test_without_a_run_there_is_no_callback(world: World) -> None:
    with pytest.raises(ValueError, match=r"wandb\.init"):
        importlib.import_module("wandb.fastai").WandbCallback(Learner())
