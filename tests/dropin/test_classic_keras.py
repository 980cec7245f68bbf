"""wandb.keras of 0.10.33 with a keras made of a few lines; with the real one: tests/integrations (make deep)."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import CLASSIC
from wandb_testkit.world import World, fake

numpy = pytest.importorskip("numpy", reason="the extra media brings it")


class Callback:
    """Keras 2's, as far as anything here asks."""

    model: Any = None


class CallbackOfKeras3:
    @property
    def model(self) -> Any:
        return None


class Layer:
    def __init__(self, name: str, *weights: Any) -> None:
        self.name, self.weights = name, list(weights)
        self.output_shape = (None, 2)

    def get_weights(self) -> list[Any]:
        return self.weights

    def count_params(self) -> int:
        return sum(weight.size for weight in self.weights)


class Model:
    """Says that an input is of the class of its first number."""

    stateful = False
    inputs = (types.SimpleNamespace(shape=(None, 4, 4, 1)),)
    outputs = (types.SimpleNamespace(shape=(None, 2)),)

    def __init__(self, *layers: Layer) -> None:
        self.layers = layers

    def save(self, path: str, overwrite: bool) -> None:
        Path(path).write_bytes(b"a model")

    def save_weights(self, path: str, overwrite: bool) -> None:
        Path(path).write_bytes(b"weights")

    def predict(self, x: Any, batch_size: int | None = None) -> Any:
        first = numpy.asarray(x).reshape(len(x), -1)[:, 0]
        return numpy.stack([1 - first, first], axis=1)


@pytest.fixture
def keras(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module tensorflow.keras, in which a test may put another Callback."""
    tensorflow, keras = types.ModuleType("tensorflow"), types.ModuleType("keras")
    callbacks = types.ModuleType("keras.callbacks")
    vars(callbacks).update(Callback=Callback)
    vars(keras).update(callbacks=callbacks, utils=types.SimpleNamespace(Sequence=type("Sequence", (), {})))
    vars(tensorflow).update(keras=keras, __version__="2.15.0")
    keras.optimizers = types.SimpleNamespace(Optimizer=object)  # type: ignore[attr-defined]
    for name, module in (("tensorflow", tensorflow), ("keras.callbacks", callbacks)):
        monkeypatch.setitem(sys.modules, name, module)
    return keras


@pytest.fixture
def world(keras: Any) -> Iterator[World]:
    with install(profile=CLASSIC), fake(profile=CLASSIC) as there:
        yield there


def callback(model: Model | None = None, **arguments: Any) -> Any:
    """A callback that fit() has begun with."""
    _forget_classes()
    made = importlib.import_module("wandb.keras").WandbCallback(**arguments)
    made.set_params({})
    made.set_model(model or Model())
    made.on_train_begin()
    return made


def _forget_classes() -> None:
    """A class is made once, of the Callback that was there then: each test has its own."""
    module = importlib.import_module("wandb.keras")
    for loaded in (module.__dict__, module._loaded):
        loaded.pop("WandbCallback", None)


def test_epochs_are_rows_and_the_best_one_is_kept(world: World) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init():
        made = callback()
        for epoch, loss in enumerate((0.5, 0.25, 0.75)):
            made.on_epoch_end(epoch, {"loss": 1.0, "val_loss": loss})

    run = world.run
    assert run.history[1] == {"_step": 1, "epoch": 1, "loss": 1.0, "val_loss": 0.25}
    assert len(run.history) == 3
    assert (run.summary["best_val_loss"], run.summary["best_epoch"]) == (0.25, 1)
    assert run.files["model-best.h5"] == b"a model"


def test_keras_is_asked_for_batches_only_if_they_are_logged(world: World) -> None:
    wandb = importlib.import_module("wandb")
    model = Model(Layer("dense", numpy.zeros((3, 2)), numpy.zeros(2)))
    with wandb.init():
        assert not callback()._implements_train_batch_hooks()
        made = callback(model, log_batch_frequency=2, save_model=False, log_weights=True)
        for batch in range(3):
            made.on_train_batch_end(batch, {"loss": batch / 2})
        made.on_epoch_end(0, {"loss": 1.0})

    run = world.run
    assert made._implements_train_batch_hooks()
    assert [row.get("loss") for row in run.history] == [0.0, 1.0, 1.0]
    assert set(run.history[2]) == {"_step", "parameters/dense.weights", "parameters/dense.bias", "epoch", "loss"}
    assert run.summary["graph"]["_type"] == "graph-file"


@pytest.mark.parametrize(
    ("arguments", "values", "best"),
    [
        ({"monitor": "val_acc"}, (0.5, 0.25), 0.5),
        ({"monitor": "loss", "mode": "max"}, (0.5, 0.75), 0.75),
        ({"monitor": "acc", "mode": "min"}, (0.5, 0.25), 0.25),
        ({"monitor": "acc", "mode": "best"}, (0.5, 0.25), 0.5),
        ({"monitor": "loss"}, (0.5, 0.0), 0.5),  # 0 is never the best
    ],
)
def test_the_best_goes_by_mode_and_name(
    world: World, arguments: dict[str, Any], values: tuple[float, ...], best: float
) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init():
        made = callback(save_model=False, **arguments)
        for epoch, value in enumerate(values):
            made.on_epoch_end(epoch, {arguments["monitor"]: value})

    assert world.run.summary[f"best_{arguments['monitor']}"] == best


def test_a_run_that_goes_on_remembers_its_best(world: World) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init(id="a"):
        callback(save_model=False).on_epoch_end(0, {"val_loss": 0.25})
    with wandb.init(id="a", resume=True):
        callback(save_model=False).on_epoch_end(1, {"val_loss": 0.5})

    assert world.run.summary["best_val_loss"] == 0.25
    assert world.run.summary["best_epoch"] == 0


def test_what_has_become_better_is_printed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init():
        made = callback(verbose=1, save_weights_only=True)
        made.on_epoch_end(0, {"val_loss": 0.5})

    printed = capsys.readouterr().out
    assert printed.startswith("Epoch 00000: val_loss improved from inf to 0.50000, saving model to ")
    assert world.run.files["model-best.h5"] == b"weights"


def test_pictures_have_what_the_model_takes_them_for_as_captions(world: World) -> None:
    wandb = importlib.import_module("wandb")
    x = numpy.zeros((2, 4, 4, 1))
    x[1] = 1.0
    with wandb.init():
        made = callback(input_type="auto", output_type="label", labels=["cat", "dog"], validation_data=(x, [0, 1]))
        made.on_epoch_end(0, {"val_loss": 0.5})

    examples = world.run.history[0]["examples"]
    assert (examples["count"], examples["captions"]) == (2, ["cat", "dog"])


def test_pictures_come_from_a_generator_side_by_side(world: World) -> None:
    class Coloring(Model):
        def predict(self, x: Any, batch_size: int | None = None) -> Any:
            return x

    wandb = importlib.import_module("wandb")
    batches = iter([(numpy.zeros((2, 4, 4, 3)), numpy.ones((2, 4, 4, 3)))])
    with wandb.init():
        made = callback(Coloring(), data_type="image", output_type="segmentation_mask", validation_data=batches)
        made.on_epoch_end(0, {"val_loss": 0.5})

    assert world.run.history[0]["examples"]["count"] == 6


def test_predictions_are_a_table_that_points_to_the_validation_data(world: World) -> None:
    wandb = importlib.import_module("wandb")
    x, y = numpy.array([[0.25, 0.5], [0.75, 0.5]]), numpy.array([[0], [1]])
    with wandb.init():
        made = callback(validation_data=(x, y), labels=["no", "yes"], log_evaluation=True, save_model=False)
        made.on_epoch_end(0, {"val_loss": 0.5})

    run = world.run
    assert [sorted(row) for row in run.history] == [
        ["_step", "validation_predictions"],
        ["_step", "epoch", "val_loss"],
    ]
    table = run.tables["validation_predictions"]
    assert list(table.columns) == ["val_row", "output", "output:max_class", "output:score"]
    assert [row[2] for row in table.data] == [0, 1]
    assert table.data[1][3] == {"no": 0.25, "yes": 0.75}
    assert run.artifacts["wb_validation_data"].used


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "unable to read validation_data from trainer"),
        ({"generator": iter(())}, "you must pass validation_steps"),
        ({"validation_data": ([1, 2], [1])}, "Skipping logging validation data"),
    ],
)
def test_what_hinders_the_tables_is_told(world: World, arguments: dict[str, Any], told: str) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init():
        callback(log_evaluation=True, **arguments)

        lines = [text for _, text in world.terminal.lines]

    assert any(told in line for line in lines), lines


def test_gradients_need_training_data_and_old_optimizers(world: World) -> None:
    wandb = importlib.import_module("wandb")
    with wandb.init():
        with pytest.raises(ValueError, match="training_data argument is required"):
            callback(log_gradients=True)
        with pytest.raises(ValueError, match="length two"):
            callback(log_gradients=True, training_data=(1, 2, 3))
        with pytest.raises(AttributeError, match=r"TensorFlow 2\.10 and older, and this is 2\.15\.0"):
            callback(log_gradients=True, training_data=(1, 2)).on_epoch_end(0, {})


def test_keras_3_is_refused_by_name(world: World, keras: Any) -> None:
    keras.callbacks.Callback = CallbackOfKeras3
    wandb = importlib.import_module("wandb")
    with wandb.init(), pytest.raises(AttributeError, match="does not work with Keras 3"):
        callback()


def test_without_a_run_there_is_no_callback(world: World) -> None:
    wandb = importlib.import_module("wandb")

    with pytest.raises(wandb.Error, match=r"wandb\.init"):
        callback()
    assert wandb.keras is importlib.import_module("wandb.keras")
