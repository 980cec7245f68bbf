"""Owns wandb.integration.keras: callbacks that log metrics, checkpoints and tables of predictions."""

from __future__ import annotations

import abc
import importlib
import os
import string
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.dropin.calls import active_run, show_line
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.data_types.table import Table

SHOWN_IN = "wandb.integration.keras"

Logs = Mapping[str, Any] | None


class WandbMetricsLogger:
    """Logs the metrics and the learning rate of each epoch, or of every so many batches.

    Args:
        log_freq: "epoch", "batch", or a number of batches.
        initial_global_step: Where a schedule of the learning rate goes on, in batches.
    Raises:
        Error: There is no run.
    """

    if TYPE_CHECKING:
        model: Any

    def __init__(self, log_freq: str | int = "epoch", initial_global_step: int = 0, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        run = active_run("WandbMetricsLogger()")
        every = 1 if log_freq == "batch" else log_freq
        self.log_freq = every if isinstance(every, int) else None
        self.logging_batch_wise = self.log_freq is not None
        self.global_batch = 0
        self.global_step = initial_global_step
        unit, counter = ("batch", "batch_step") if self.logging_batch_wise else ("epoch", "epoch")
        run.define_metric(f"{unit}/{counter}")
        run.define_metric(f"{unit}/*", step_metric=f"{unit}/{counter}")

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Log the epoch."""
        self._log("epoch", {**(logs or {}), "epoch": epoch})

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Log the batch, if it is one of those."""
        self.global_step += 1
        if self.log_freq is not None and batch % self.log_freq == 0:
            self._log("batch", {**(logs or {}), "batch_step": self.global_batch})
            self.global_batch += self.log_freq

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """The same, by keras' new name."""
        self.on_batch_end(batch, logs)

    def _log(self, unit: str, values: dict[str, Any]) -> None:
        rate = self._learning_rate()
        if rate is not None:
            values["learning_rate"] = rate
        active_run("wandb.log()").log({f"{unit}/{name}": value for name, value in values.items()})

    def _learning_rate(self) -> float | None:
        rate = self.model.optimizer.learning_rate
        if getattr(rate, "shape", None) == ():
            return float(rate.numpy().item())
        try:
            return float(rate(step=self.global_step).numpy().item())
        except Exception as error:
            show_line(f"Unable to log learning rate: {error}", "error", repeat=False)
            return None


class WandbModelCheckpoint:
    """Keras' own ModelCheckpoint, whose files are logged as artifacts; the arguments are keras'.

    Raises:
        Error: There is no run.
    """

    if TYPE_CHECKING:
        filepath: str
        save_best_only: bool
        save_freq: str | int
        _current_epoch: int

        def _should_save_on_batch(self, batch: int) -> bool: ...
        def _save_model(self, **which: Any) -> None: ...
        def _get_file_path(self, **which: Any) -> str: ...

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
        **kwargs: Any,
    ) -> None:
        own = {"monitor": monitor, "verbose": verbose, "mode": mode, "save_freq": save_freq}
        kinds = {"save_best_only": save_best_only, "save_weights_only": save_weights_only}
        parent: Any = super()
        parent.__init__(filepath=filepath, **own, **kinds, initial_value_threshold=initial_value_threshold, **kwargs)
        active_run("WandbModelCheckpoint()")
        self.save_weights_only = save_weights_only
        if self.save_best_only and not any(
            field is not None for _, field, _, _ in string.Formatter().parse(self.filepath)
        ):
            show_line(
                "When using `save_best_only`, ensure that the `filepath` argument contains formatting placeholders "
                "like `{epoch:02d}` or `{batch:02d}`. This ensures correct interpretation of the logged artifacts.",
                "warning",
                repeat=False,
            )

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Save and log, if it is time."""
        if self._should_save_on_batch(batch):
            which = {"epoch": self._current_epoch, "batch": batch, "logs": logs}
            self._save_model(**which)
            self._log_file(self._get_file_path(**which), [f"epoch_{self._current_epoch}_batch_{batch}"])

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Let keras save, and log what it has saved."""
        parent: Any = super()
        parent.on_epoch_end(epoch, logs)
        if self.save_freq == "epoch":
            self._log_file(self._get_file_path(epoch=epoch, batch=None, logs=logs), [f"epoch_{epoch}"])

    def _log_file(self, path: str, aliases: list[str]) -> None:
        run = active_run("wandb.log_artifact()")
        artifact = Artifact(f"run_{run.id}_model", type="model")
        if os.path.isfile(path):
            artifact.add_file(path)
        elif os.path.isdir(path):
            artifact.add_dir(path)
        else:
            raise FileNotFoundError(f"No such file or directory {path}")
        run.log_artifact(artifact, aliases=["latest", *aliases])


class WandbEvalCallback(abc.ABC):
    """Logs a table of the data, and one of what the model says of it after each epoch.

    A subclass has `add_ground_truth`, which fills `data_table`, and `add_model_predictions`, which fills `pred_table`
    and finds the data in `data_table_ref`.

    Raises:
        Error: There is no run.
    """

    def __init__(self, data_table_columns: list[str], pred_table_columns: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active_run("WandbEvalCallback()")
        self.data_table_columns = data_table_columns
        self.pred_table_columns = pred_table_columns

    def on_train_begin(self, logs: Logs = None) -> None:
        """Log the data."""
        self.init_data_table(self.data_table_columns)
        self.add_ground_truth(logs)
        self.log_data_table()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Log what the model says now."""
        self.init_pred_table(self.pred_table_columns)
        self.add_model_predictions(epoch, logs)
        self.log_pred_table()

    @abc.abstractmethod
    def add_ground_truth(self, logs: Logs = None) -> None:
        """Fill `data_table`."""

    @abc.abstractmethod
    def add_model_predictions(self, epoch: int, logs: Logs = None) -> None:
        """Fill `pred_table`."""

    def init_data_table(self, column_names: list[str]) -> None:
        """Begin the table of the data."""
        self.data_table = Table(columns=column_names, allow_mixed_types=True)

    def init_pred_table(self, column_names: list[str]) -> None:
        """Begin the table of predictions."""
        self.pred_table = Table(columns=column_names)

    def log_data_table(self, name: str = "val", type: str = "dataset", table_name: str = "val_data") -> None:
        """Log the data as an artifact that the run uses, so that predictions can refer to it."""
        artifact = Artifact(name, type=type)
        artifact.add(self.data_table, table_name)
        active_run("wandb.use_artifact()").use_artifact(artifact)
        artifact.wait()
        self.data_table_ref = artifact.get(table_name)

    def log_pred_table(
        self, type: str = "evaluation", table_name: str = "eval_data", aliases: list[str] | None = None
    ) -> None:
        """Log the predictions as a new version of an artifact."""
        run = active_run("wandb.log_artifact()")
        artifact = Artifact(f"run_{run.id}_pred", type=type)
        artifact.add(self.pred_table, table_name)
        run.log_artifact(artifact, aliases=aliases or ["latest"])


def metrics_logger(profile: Profile) -> type:
    """WandbMetricsLogger as a callback of keras.

    Raises:
        ModuleNotFoundError: TensorFlow is not installed; wandb needs it for these as well.
    """
    return built(WandbMetricsLogger, callbacks_module(), "Callback", SHOWN_IN)


def model_checkpoint(profile: Profile) -> type:
    """WandbModelCheckpoint as a callback of keras."""
    return built(WandbModelCheckpoint, callbacks_module(), "ModelCheckpoint", SHOWN_IN)


def eval_callback(profile: Profile) -> type:
    """WandbEvalCallback as a callback of keras."""
    return built(WandbEvalCallback, callbacks_module(), "Callback", SHOWN_IN)


def callbacks_module() -> str:
    """The name of keras' module of callbacks: TensorFlow makes up `tensorflow.keras` when it is asked for."""
    callbacks: str = importlib.import_module("tensorflow").keras.callbacks.__name__
    return callbacks
