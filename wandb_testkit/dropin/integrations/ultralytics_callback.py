"""Owns wandb.integration.ultralytics: a callback that logs tables of pictures, and models, of YOLO."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from wandb_testkit.dropin import current as dropin
from wandb_testkit.dropin.calls import active_run, show_line
from wandb_testkit.dropin.integrations.ultralytics_rows import Classification, Detection, Pose, Segmentation
from wandb_testkit.dropin.telemetry import context
from wandb_testkit.errors import NotModelledError, TestkitError
from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.world import current

FEATURE = "ultralytics_yolov8"
PROJECT = "YOLOv8"
TASKS = ("detect", "segment", "pose", "classify")
LOWEST_CONFIDENCE = 0.1


class WandBUltralyticsCallback:
    """Logs a table of pictures after each epoch, of a validation, and of what was looked at with a model.

    Args:
        model: The YOLO.
        epoch_logging_interval: Epochs between two tables.
        max_validation_batches: How many batches are in a table.
        enable_model_checkpointing: Log the model after each epoch.
        visualize_skeleton: Draw lines between the joints of a body.
    """

    def __init__(
        self,
        model: Any,
        epoch_logging_interval: int = 1,
        max_validation_batches: int | None = 1,
        enable_model_checkpointing: bool = False,
        visualize_skeleton: bool | None = False,
    ) -> None:
        self.epoch_logging_interval = epoch_logging_interval
        self.max_validation_batches = max_validation_batches
        self.enable_model_checkpointing = enable_model_checkpointing
        self.visualize_skeleton = visualize_skeleton
        self.task = model.task
        self.task_map = model.task_map
        self.model_name = str(model.overrides["model"]).split(".")[0] if "model" in model.overrides else None
        self.supported_tasks = list(TASKS)
        self.run_id: str | None = None
        self.train_epoch: int | None = None
        self._begin_tables()
        self._begin_predictor(model)

    def _begin_tables(self) -> None:
        if self.task not in TASKS:
            return
        kinds: dict[str, Any] = {
            "detect": Detection,
            "segment": Segmentation,
            "pose": lambda: Pose(self.visualize_skeleton),
            "classify": Classification,
        }
        self._rows = kinds[self.task]()
        columns = ["Data-Index", "Batch-Index", *self._rows.columns]
        self.train_validation_table = Table(columns=["Model-Name", "Epoch", *columns])
        self.validation_table = Table(columns=["Model-Name", *columns])
        self.prediction_table = Table(columns=["Model-Name", *self._rows.found_columns])

    def _begin_predictor(self, model: Any) -> None:
        overrides = {**copy.deepcopy(model.overrides), "conf": LOWEST_CONFIDENCE}
        self.predictor = self.task_map[self.task]["predictor"](overrides=overrides)
        self.predictor.callbacks = {}
        self.predictor.args.save = False
        self.predictor.args.save_txt = False
        self.predictor.args.save_crop = False
        self.predictor.args.verbose = None

    def on_train_start(self, trainer: Any) -> None:
        """Keep the arguments of the training in the config."""
        run = active_run("wandb.config")
        with context(run) as told:
            setattr(told.feature, FEATURE, True)
        run.config.train = vars(trainer.args)
        self.run_id = run.id

    def on_fit_epoch_end(self, trainer: Any) -> None:
        """Look at the first batches with the model as it is; log it, if asked to."""
        if self.task not in TASKS or self.train_epoch == trainer.epoch:
            return
        torch = importlib.import_module("torch")
        with torch.no_grad():
            self.train_epoch = trainer.epoch
            if (trainer.epoch + 1) % self.epoch_logging_interval == 0:
                self.device = next(trainer.model.parameters()).device
                is_spread = isinstance(trainer.model, torch.nn.parallel.DistributedDataParallel)
                model = trainer.model.module if is_spread else trainer.model
                self.model = copy.deepcopy(model).eval().to(self.device)
                self.predictor.setup_model(model=self.model, verbose=False)
                self._add_rows(self.train_validation_table, trainer.validator, trainer.epoch)
            if self.enable_model_checkpointing:
                self._log_model(trainer, torch)
            # With an interval there is no device before the first table: that fails in wandb as well.
            trainer.model.to(self.device)

    def on_train_end(self, trainer: Any) -> None:
        """Log the table."""
        self._log_table("Train-Table", "train_validation_table")

    def on_val_start(self, validator: Any) -> None:
        """Begin a run, if there is none."""
        if current().session.run is None:
            dropin.init(project=validator.args.project or PROJECT, job_type=f"validation_{validator.args.task}")

    def on_val_end(self, trainer: Any) -> None:
        """Look at the first batches, and log the table."""
        if self.task in TASKS:
            with importlib.import_module("torch").no_grad():
                self._add_rows(self.validation_table, trainer)
        self._log_table("Validation-Table", "validation_table")

    def on_predict_start(self, predictor: Any) -> None:
        """Begin a run, if there is none.

        Raises:
            NotModelledError: The model is SAM.
        """
        if current().session.run is None:
            args = predictor.args
            project, job_type = args.project or PROJECT, f"prediction_{args.task}"
            dropin.init(project=project, config=vars(args), job_type=job_type)
        if isinstance(predictor, importlib.import_module("ultralytics.models.sam.predict").Predictor):
            raise NotModelledError(
                "add_wandb_callback() of a model of kind SAM is not modelled: add it to a YOLO, or use "
                "enable_prediction_logging=False and log the masks with wandb.Image"
            )

    def on_predict_end(self, predictor: Any) -> None:
        """Log a table of what was looked at."""
        active_run("wandb.config").config.prediction_configs = vars(predictor.args)
        if self.task in TASKS:
            for result in predictor.results:
                self.prediction_table.add_data(self.model_name, *self._rows.found(result.to("cpu")))
        self._log_table("Prediction-Table", "prediction_table")

    @property
    def callbacks(self) -> dict[str, Callable[[Any], None]]:
        """Event of YOLO -> what happens then."""
        return {
            "on_train_start": self.on_train_start,
            "on_fit_epoch_end": self.on_fit_epoch_end,
            "on_train_end": self.on_train_end,
            "on_val_start": self.on_val_start,
            "on_val_end": self.on_val_end,
            "on_predict_start": self.on_predict_start,
            "on_predict_end": self.on_predict_end,
        }

    def _log_table(self, key: str, table: str) -> None:
        if self.task in TASKS:
            active_run("wandb.log()").log({key: getattr(self, table)}, commit=False)

    def _add_rows(self, table: Table, validator: Any, epoch: int | None = None) -> None:
        """Add a row for each picture of the first batches."""
        loader = validator.dataloader
        count = min(self.max_validation_batches or 0, len(loader.dataset) // loader.batch_size)
        place = 0
        for number, batch in enumerate(loader):
            for make_row in self._rows.compared(batch, count, validator.names, self.predictor):
                where = [place, number] if epoch is None else [epoch, place, number]
                try:
                    table.add_data(self.model_name, *where, *make_row())
                except TestkitError:
                    raise
                except self._rows.left_out_on:
                    continue
                place += 1
            if number + 1 == count:
                break

    def _log_model(self, trainer: Any, torch: Any) -> None:
        ultralytics = importlib.import_module("ultralytics")
        run = active_run("wandb.run")
        artifact = Artifact(f"run_{run.id}_model", "model")
        content = {
            "epoch": trainer.epoch,
            "best_fitness": trainer.best_fitness,
            "model": copy.deepcopy(_unwrapped(self.model)).half(),
            "ema": copy.deepcopy(trainer.ema.ema).half(),
            "updates": trainer.ema.updates,
            "optimizer": trainer.optimizer.state_dict(),
            "train_args": vars(trainer.args),
            "date": datetime.now().isoformat(),
            "version": ultralytics.__version__,
        }
        path = trainer.wdir / f"epoch{trainer.epoch}.pt"
        torch.save(content, path, pickle_module=_pickle())
        artifact.add_file(str(path))
        run.log_artifact(artifact, aliases=[f"epoch_{trainer.epoch}"])


def _unwrapped(model: Any) -> Any:
    tools = importlib.import_module("ultralytics.utils.torch_utils")
    unwrap = getattr(tools, "unwrap_model", None) or tools.de_parallel  # the name before 8.3.200
    return unwrap(model)


def _pickle() -> Any:
    """dill, where it is installed."""
    try:
        return importlib.import_module("dill")
    except ImportError:
        return importlib.import_module("pickle")


def add_wandb_callback(
    model: Any,
    epoch_logging_interval: int = 1,
    enable_model_checkpointing: bool = False,
    enable_train_validation_logging: bool = True,
    enable_validation_logging: bool = True,
    enable_prediction_logging: bool = True,
    max_validation_batches: int | None = 1,
    visualize_skeleton: bool | None = True,
) -> Any:
    """Let a YOLO log what it does, and return it; in other processes than the first nothing happens.

    Args:
        epoch_logging_interval, enable_model_checkpointing, max_validation_batches, visualize_skeleton: As the
            callback has them.
        enable_train_validation_logging, enable_validation_logging, enable_prediction_logging: What is logged.
    """
    if importlib.import_module("ultralytics.utils").RANK not in (-1, 0):
        show_line(
            "The RANK of the process to add the callbacks was neither 0 or -1. No Weights & Biases callbacks were "
            "added to this instance of the YOLO model.",
            "error",
        )
        return model
    callback = WandBUltralyticsCallback(
        copy.deepcopy(model),
        epoch_logging_interval,
        max_validation_batches,
        enable_model_checkpointing,
        visualize_skeleton,
    )
    left_out = {
        *(() if enable_train_validation_logging else ("on_fit_epoch_end", "on_train_end")),
        *(() if enable_validation_logging else ("on_val_start", "on_val_end")),
        *(() if enable_prediction_logging else ("on_predict_start", "on_predict_end")),
    }
    for event, function in callback.callbacks.items():
        if event not in left_out:
            model.add_callback(event, function)
    return model
