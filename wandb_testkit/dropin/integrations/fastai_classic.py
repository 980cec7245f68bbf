"""Owns wandb.fastai of 0.10.33: the callback for fastai 1, which logs epochs, watches the model and keeps the best one.

fastai 2 has a callback of its own. Source: observed with 0.10.33 and fastai 1.0.61.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from wandb_testkit.dropin.calls import active_run, show_line
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.errors import Error, TestkitError
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk.data_types.classic_types import Image
from wandb_testkit.world import World, current

DPI = 100
COLORS = (1, 3, 4)
"""Channels that a picture may have."""

_watching: WeakSet[World] = WeakSet()
"""Worlds in which a model is watched: 0.10.33 does so once in a process."""


class FastaiError(Error):
    """A learner has no predictions to show."""


class WandbCallback:
    """Logs losses and metrics of fastai 1 after each epoch.

    Args:
        learn: The learner.
        log: What watch() logs: "gradients", "parameters", "all" or None. The first model of a process is watched.
        save_model: Keep the best model as bestmodel.pth, and load it at the end.
        monitor, mode: The metric by which the best is found, and "min", "max" or "auto"; None: fastai's own.
        input_type: "images": log predictions of some samples after each epoch.
        validation_data: Those samples; None: `predictions` of the validation set, chosen by `seed`.
    Raises:
        ValueError: There is no run.
    """

    if TYPE_CHECKING:
        learn: Any
        monitor: str

        def get_monitor_value(self) -> Any: ...
        def operator(self, one: Any, other: Any) -> Any: ...

    def __init__(
        self,
        learn: Any,
        log: str | None = "gradients",
        save_model: bool = True,
        monitor: str | None = None,
        mode: str = "auto",
        input_type: str | None = None,
        validation_data: Any = None,
        predictions: int = 36,
        seed: int = 12345,
    ) -> None:
        run = current().session.run
        if run is None:
            raise ValueError("You must call wandb.init() before WandbCallback()")
        parent: Any = super()
        parent.__init__(learn, **({} if monitor is None else {"monitor": monitor}), mode=mode)
        self.save_model = save_model
        self.model_path = Path(run.dir) / "bestmodel.pth"
        self.log = log
        self.input_type = input_type
        self.best: Any = None
        self.validation_data = validation_data
        if input_type and not validation_data:
            there = learn.data.valid_ds
            chosen = random.Random(seed).sample(range(len(there)), min(predictions, len(there)))
            self.validation_data = [there[number] for number in chosen]

    def on_train_begin(self, **kwargs: Any) -> None:
        """Watch the model, if none is watched yet."""
        parent: Any = super()
        parent.on_train_begin()
        world = current()
        if world not in _watching:
            _watching.add(world)
            active_run("wandb.watch()")._watch(self.learn.model, self.log, 1000, None, True)

    def on_epoch_end(self, epoch: int, smooth_loss: Any, last_metrics: Any, **kwargs: Any) -> None:
        """Log the epoch, and keep its model if it is the best so far."""
        if self.save_model:
            value = self.get_monitor_value()
            if value is not None and self.operator(value, self.best):
                print(f"Better model found at epoch {epoch} with {self.monitor} value: {value}.")
                self.best = value
                with self.model_path.open("wb") as file:
                    self.learn.save(file)
        run = active_run("wandb.log()")
        if self.validation_data:
            self._log_predictions(run)
        run.log(dict(zip(self.learn.recorder.names, [epoch, smooth_loss, *last_metrics], strict=False)))

    def on_train_end(self, **kwargs: Any) -> None:
        """Load the best model."""
        if self.save_model and self.model_path.is_file():
            with self.model_path.open("rb") as file:
                self.learn.load(file, purge=False)
                print(f"Loaded best saved model from {self.model_path}")

    def _log_predictions(self, run: Any) -> None:
        """What cannot be shown is told once, and not tried again."""
        shown: list[Image] = []
        try:
            for x, y in self.validation_data:
                shown += self._pictures(x, y)
                run.log({"Prediction Samples": shown}, commit=False)
        except TestkitError:
            raise
        except FastaiError as error:
            show_line(error.message, "warning")
            self.validation_data = None
        except Exception as error:
            show_line(f"Unable to log prediction samples.\n{error}", "warning")
            self.validation_data = None

    def _pictures(self, x: Any, y: Any) -> Iterator[Image]:
        try:
            said = self.learn.predict(x)
        except Exception:
            text = 'Unable to run "predict" method from Learner to log prediction samples.'
            raise FastaiError(text) from None
        if not said[1].shape or said[1].dim() == 1:  # a category, or several
            yield Image(x.data, caption=f"Ground Truth: {y}\nPrediction: {said[0]}")
        elif hasattr(x, "show"):
            yield Image(x.data, caption="Input data", grouping=3)
            yield Image(_drawn(x, said[0]), caption="Prediction")
            yield Image(_drawn(x, y), caption="Ground Truth")
        elif hasattr(y, "shape") and (len(y.shape) == 2 or (len(y.shape) == 3 and y.shape[0] in COLORS)):
            yield Image(x.data, caption="Input data", grouping=3)
            yield Image(said[0].data, caption="Prediction")
            yield Image(y.data, caption="Ground Truth")
        else:
            yield Image(x.data, caption="Input data")


def _drawn(x: Any, over: Any) -> Any:
    """A figure of the size of an input, with something over it."""
    height, width = x.size
    figure = importlib.import_module("matplotlib.figure").Figure(frameon=False, dpi=DPI)
    importlib.import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
    figure.set_size_inches(width / DPI, height / DPI)
    axes = figure.add_axes([0.0, 0.0, 1.0, 1.0])
    axes.set_axis_off()
    x.show(ax=axes, y=over)
    return figure


def callback_class(profile: Profile) -> type:
    """WandbCallback as a callback of fastai.

    Raises:
        ModuleNotFoundError: fastai 1 is not installed; fastai 2 has no such callbacks.
    """
    return built(WandbCallback, "fastai.callbacks", "TrackerCallback", "wandb.integration.fastai")
