"""Owns wandb.keras of 0.10.33: the callback that logs metrics, keeps the best model, and shows what the model says.

It finds validation data only where they are given to it. 0.10.33 also takes them from fit(), in TensorFlow 2.5 and
older, which no Python has that the kit runs in. Source: observed with 0.10.33 and TensorFlow 2.10 and 2.15.
"""

from __future__ import annotations

import importlib
import operator
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.dropin.calls import active_run, show_line
from wandb_testkit.dropin.integrations import keras_gradients
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.dropin.integrations.evaluation_tables import ValidationDataLogger
from wandb_testkit.dropin.integrations.keras_callbacks import SHOWN_IN, callbacks_module
from wandb_testkit.dropin.integrations.keras_examples import PICTURES, Examples
from wandb_testkit.dropin.util_names import guess_data_type
from wandb_testkit.errors import TestkitError
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk.data_types.classic_types import Graph
from wandb_testkit.sdk.data_types.histogram import Histogram

MODEL_FILE = "model-best.h5"
MAX_PREDICTIONS = 100

Logs = Mapping[str, Any] | None


class WandbCallback:
    """Logs metrics of keras after each epoch, keeps the best epoch in the summary and its model as model-best.h5.

    Args:
        monitor: The metric by which the best epoch is found.
        verbose: 1: print it when the metric has become better.
        mode: "min" or "max" of the metric is best; "auto": max, if "acc" is in its name.
        save_weights_only: Keep the weights of the best model, not the model.
        log_weights, log_gradients: Log histograms of them after each epoch; gradients need `training_data`.
        save_model: Keep the best model.
        training_data: (x, y), or what fit() takes as x.
        validation_data, generator: (x, y), or what gives such pairs; pictures and tables are made of them.
        labels: Names of the classes; for one output those for false and true.
        data_type: An old name of `input_type`.
        predictions: Pictures after each epoch, 100 at most.
        input_type, output_type: "image", "images", "segmentation_mask" or "label"; input "auto" goes by the shape.
        log_evaluation: Log a table of validation data, and one of predictions after each epoch.
        validation_steps: Batches that a generator gives.
        class_colors: A colour (three numbers from 0 to 1) for each class of a mask.
        log_batch_frequency: Log every so many batches as well.
        log_best_prefix: Of the keys in the summary; None: nothing is kept there.
        save_graph: Keep the graph of the layers in the summary. Keras calls it with `log_batch_frequency` alone.
        validation_indexes, validation_row_processor, prediction_row_processor, infer_missing_processors: Of the
            tables (ValidationDataLogger).
    Raises:
        Error: There is no run.
        ValueError: Gradients are to be logged, and there are no training data, or no pair of them.
    """

    if TYPE_CHECKING:
        model: Any

    def __init__(
        self,
        monitor: str = "val_loss",
        verbose: int = 0,
        mode: str = "auto",
        save_weights_only: bool = False,
        log_weights: bool = False,
        log_gradients: bool = False,
        save_model: bool = True,
        training_data: Any = None,
        validation_data: Any = None,
        labels: Any = [],  # noqa: B006 # the signature is 0.10.33's; nobody changes it
        data_type: str | None = None,
        predictions: int = 36,
        generator: Any = None,
        input_type: str | None = None,
        output_type: str | None = None,
        log_evaluation: bool = False,
        validation_steps: int | None = None,
        class_colors: Any = None,
        log_batch_frequency: int | None = None,
        log_best_prefix: str | None = "best_",
        save_graph: bool = True,
        validation_indexes: Any = None,
        validation_row_processor: Any = None,
        prediction_row_processor: Any = None,
        infer_missing_processors: bool = True,
    ) -> None:
        super().__init__()
        run = active_run("WandbCallback()")
        is_generator = validation_data is not None and _gives_batches(validation_data)
        self.validation_data = None if is_generator else validation_data
        self.generator = validation_data if is_generator else generator
        self.validation_steps = validation_steps
        self.labels = labels
        self.predictions = min(predictions, MAX_PREDICTIONS)
        self.input_type, self.output_type = input_type or data_type, output_type
        self.class_colors = None if class_colors is None else importlib.import_module("numpy").array(class_colors)
        self._examples: Examples | None = None

        self.verbose = verbose
        self.save_weights_only, self.save_graph, self.save_model = save_weights_only, save_graph, save_model
        run.save(MODEL_FILE)
        self.filepath = os.path.join(run.dir, MODEL_FILE)
        self._graph_rendered = False

        self.log_weights, self.log_gradients, self.log_evaluation = log_weights, log_gradients, log_evaluation
        self.training_data = training_data
        self._training_pair = keras_gradients.training_pair(training_data) if log_gradients else None
        self.log_batch_frequency, self.log_best_prefix = log_batch_frequency, log_best_prefix

        self.monitor = monitor
        self.monitor_op = operator.gt if _greater_is_better(monitor, mode) else operator.lt
        best = run.summary.get(f"{log_best_prefix}{monitor}")  # of a run that goes on
        self.best = best if best is not None else float("-inf" if self.monitor_op is operator.gt else "inf")

        self.validation_data_logger: ValidationDataLogger | None = None
        self.validation_indexes = validation_indexes
        self.validation_row_processor, self.prediction_row_processor = (
            validation_row_processor,
            prediction_row_processor,
        )
        self.infer_missing_processors = infer_missing_processors

    # ------------------------------------------------------------------ what keras asks and calls

    def _implements_train_batch_hooks(self) -> bool:
        return self.log_batch_frequency is not None

    def _implements_test_batch_hooks(self) -> bool:
        return self.log_batch_frequency is not None

    def _implements_predict_batch_hooks(self) -> bool:
        return self.log_batch_frequency is not None

    def set_params(self, params: Any) -> None:
        """Take how fit() was called."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take the model.

        Raises:
            AttributeError: It is one of Keras 3, whose callbacks wandb 0.10.33 does not know.
        """
        try:
            self.model = model
        except AttributeError:
            raise AttributeError(
                "WandbCallback of wandb 0.10.33 does not work with Keras 3, in which `model` of a callback cannot be "
                "set; use Keras 2 (TensorFlow 2.15 or older), as with wandb itself"
            ) from None
        if self.input_type == "auto" and len(model.inputs) == 1:
            self.input_type = guess_data_type(model.inputs[0].shape, risky=True)
        if self.input_type and self.output_type is None and len(model.outputs) == 1:
            self.output_type = guess_data_type(model.outputs[0].shape)

    def on_train_begin(self, logs: Logs = None) -> None:
        """Log the validation data, if they are wanted; what goes wrong with them is a line on the terminal."""
        if not self.log_evaluation:
            return
        try:
            data = self._all_validation_data()
            if data:
                self.validation_data_logger = ValidationDataLogger(
                    inputs=data[0],
                    targets=data[1],
                    indexes=self.validation_indexes,
                    validation_row_processor=self.validation_row_processor,
                    prediction_row_processor=self.prediction_row_processor,
                    class_labels=self.labels,
                    infer_missing_processors=self.infer_missing_processors,
                )
        except TestkitError:
            raise
        except Exception as error:
            show_line(
                "Error initializing ValidationDataLogger in WandbCallback. Skipping logging validation data. "
                f"Error: {error}",
                "warning",
            )

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Keep the graph once, and log the batch, if it is one of those."""
        run = active_run("wandb.log()")
        if self.save_graph and not self._graph_rendered:
            run.summary["graph"] = Graph.from_keras(self.model)  # not before: models may be built by their first batch
            self._graph_rendered = True
        if self.log_batch_frequency and batch % self.log_batch_frequency == 0:
            run.log(logs, commit=True)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """The same, by keras' new name."""
        self.on_batch_end(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs = {}) -> None:  # noqa: B006 # the signature is 0.10.33's
        """Log the epoch, and keep what it has to keep if it is the best so far."""
        run = active_run("wandb.log()")
        if self.log_weights:
            run.log(self._weights(), commit=False)
        if self.log_gradients:
            assert self._training_pair is not None
            run.log(keras_gradients.of_model(self.model, *self._training_pair), commit=False)
        if self.input_type in PICTURES or self.output_type in PICTURES:
            self._log_examples(run)
        if self.log_evaluation and self.validation_data_logger is not None:
            self._log_predictions(self.validation_data_logger)
        run.log({"epoch": epoch}, commit=False)
        run.log(logs, commit=True)
        self._keep_the_best(run, epoch, (logs or {}).get(self.monitor))

    # ------------------------------------------------------------------ the best epoch

    def _keep_the_best(self, run: Any, epoch: int, value: Any) -> None:
        self.current = value
        if not value or not self.monitor_op(value, self.best):  # 0 is never the best, as in 0.10.33
            return
        found = f"Epoch {epoch:05d}: {self.monitor} improved from {self.best:0.5f} to {value:0.5f}"
        if self.log_best_prefix:
            run.summary[f"{self.log_best_prefix}{self.monitor}"] = value
            run.summary[f"{self.log_best_prefix}epoch"] = epoch
            if self.verbose and not self.save_model:
                print(found)
        if self.save_model and not run.disabled:
            if self.verbose > 0:
                print(f"{found}, saving model to {self.filepath}")
            self._save()
        self.best = value

    def _save(self) -> None:
        save = self.model.save_weights if self.save_weights_only else self.model.save
        try:
            save(self.filepath, overwrite=True)
        except (ImportError, RuntimeError, TypeError) as error:
            show_line(f"Can't save model, h5py returned error: {error}", "error")
            self.save_model = False

    # ------------------------------------------------------------------ weights, pictures, tables

    def _weights(self) -> dict[str, Histogram]:
        found = {}
        for layer in self.model.layers:
            weights = layer.get_weights()
            if len(weights) in (1, 2):
                for kind, values in zip(("weights", "bias"), weights, strict=False):
                    found[f"parameters/{layer.name}.{kind}"] = Histogram(values)
        return found

    def _log_examples(self, run: Any) -> None:
        if self.generator:
            self.validation_data = next(self.generator)
        if self.validation_data is None:
            show_line("No validation_data set, pass a generator to the callback.", "warning")
        elif len(self.validation_data) > 0:
            if self._examples is None:
                self._examples = Examples((self.input_type, self.output_type), self.labels, self.class_colors)
            pictures = self._examples.pictures(self.model, self.validation_data, self.predictions)
            run.log({"examples": pictures}, commit=False)

    def _log_predictions(self, tables: ValidationDataLogger) -> None:
        try:
            tables.log_predictions(predictions=tables.make_predictions(self.model.predict))
        except TestkitError:
            raise
        except Exception as error:
            show_line(f"Error durring prediction logging for epoch: {error}", "warning")

    def _all_validation_data(self) -> Any:
        if self.validation_data:
            return self.validation_data
        if not self.generator:
            show_line(
                "WandbCallback is unable to read validation_data from trainer and therefore cannot log validation "
                "data. Ensure Keras is properly patched by calling `from wandb.keras import WandbCallback` at the "
                "top of your script.",
                "warning",
            )
            return None
        if not self.validation_steps:
            show_line(
                "WandbCallback is unable to log validation data. When using a generator for validation_data, you "
                "must pass validation_steps",
                "warning",
            )
            return None
        numpy = importlib.import_module("numpy")
        batches = [next(self.generator) for _ in range(self.validation_steps)]
        if len(batches) == 1:
            return batches[0]
        return tuple(numpy.concatenate(part, axis=0) for part in zip(*batches, strict=True))


def callback_class(profile: Profile) -> type:
    """WandbCallback as a callback of keras.

    Raises:
        ModuleNotFoundError: TensorFlow is not installed; wandb needs it for this as well.
    """
    return built(WandbCallback, callbacks_module(), "Callback", SHOWN_IN)


def _greater_is_better(monitor: str, mode: str) -> bool:
    if mode not in ("auto", "min", "max"):
        print(f"WandbCallback mode {mode} is unknown, fallback to auto mode.")
        mode = "auto"
    return mode == "max" or (mode == "auto" and ("acc" in monitor or monitor.startswith("fmeasure")))


def _gives_batches(data: Any) -> bool:
    """Whether it is a generator, or what keras takes for one."""
    if hasattr(data, "next") or hasattr(data, "__next__"):
        return True
    sequence: type = importlib.import_module("tensorflow").keras.utils.Sequence
    return isinstance(data, sequence)
