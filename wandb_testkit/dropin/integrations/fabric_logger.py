"""Owns wandb.integration.lightning.fabric: a logger for Lightning's Fabric."""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from wandb_testkit.dropin import current as dropin
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.dropin.integrations.fabric_checkpoints import log_checkpoints
from wandb_testkit.dropin.telemetry import context
from wandb_testkit.dropin.tools import attach
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk.current_run import CurrentRun
from wandb_testkit.sdk.data_types.audio import Audio
from wandb_testkit.sdk.data_types.html import Html
from wandb_testkit.sdk.data_types.image import Image
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.sdk.data_types.video import Video
from wandb_testkit.world import current

STEP = "trainer/global_step"
FEATURE = "lightning_fabric_logger"


class WandbLogger:
    """Logs metrics, media, hyperparameters and checkpoints; the run begins when it is first needed.

    Args:
        name, project, id, version: Of the run; version is another word for id.
        save_dir, dir: Where files are kept.
        offline: As WANDB_MODE=dryrun.
        anonymous: Handed to init().
        log_model: True logs the last checkpoints, "all" every one.
        experiment: A run to log to.
        prefix: What every key begins with.
        checkpoint_name: The artifact of checkpoints; model-RUN otherwise.
        log_checkpoint_on: "success", or "all": after a failed training, too.
        kwargs: Others of init().
    Raises:
        MisconfigurationException: Checkpoints are to be logged offline.
    """

    LOGGER_JOIN_CHAR: ClassVar[str] = "-"

    def __init__(
        self,
        name: str | None = None,
        save_dir: str | os.PathLike[str] = ".",
        version: str | None = None,
        offline: bool = False,
        dir: str | os.PathLike[str] | None = None,
        id: str | None = None,
        anonymous: bool | None = None,
        project: str | None = None,
        log_model: str | bool = False,
        experiment: Any = None,
        prefix: str = "",
        checkpoint_name: str | None = None,
        log_checkpoint_on: str = "success",
        **kwargs: Any,
    ) -> None:
        if offline and log_model:
            raise importlib.import_module("lightning.fabric.utilities.exceptions").MisconfigurationException(
                f"Providing log_model={log_model} and offline={offline} is an invalid configuration"
                " since model checkpoints cannot be uploaded in offline mode.\n"
                "Hint: Set `offline=False` to log your model."
            )
        super().__init__()
        self._wandb_init: dict[str, Any] = {
            "name": name,
            "project": project or os.environ.get("WANDB_PROJECT", "lightning_fabric_logs"),
            "dir": next((os.fspath(where) for where in (save_dir, dir) if where), None),
            "id": version or id,
            "resume": "allow",
            "anonymous": "allow" if anonymous else None,
            **kwargs,
        }
        self._experiment = experiment
        self._attach_id: str | None = None
        self._offline = offline
        self._log_model = log_model
        self._prefix = prefix
        self._checkpoint_name = checkpoint_name
        self._log_checkpoint_on = log_checkpoint_on
        self._checkpoint_callback: Any = None
        self._logged_at: dict[str, float] = {}

    def __getstate__(self) -> dict[str, Any]:
        """For a process that is spawned: it attaches to this run."""
        run = self.experiment
        start = {**self._wandb_init, "id": getattr(run, "id", None), "name": run.name}
        return {
            **vars(self),
            "_experiment": None,
            "_attach_id": getattr(run, "_attach_id", None),
            "_wandb_init": start,
        }

    @property
    def experiment(self) -> Any:
        """The run, which begins now if there is none."""
        if self._experiment is None:
            self._experiment = self._begin()
        self._experiment._label(repo=FEATURE)
        with context(self._experiment) as told:
            setattr(told.feature, FEATURE, True)
        return self._experiment

    def _begin(self) -> Any:
        if self._offline:
            os.environ["WANDB_MODE"] = "dryrun"
        active = current().session.run
        if active is not None:
            importlib.import_module("lightning.fabric.utilities.rank_zero").rank_zero_warn(
                "There is a wandb run already in progress and newly created instances of `WandbLogger` will reuse"
                " this run. If this is not desired, call `wandb.finish()` before instantiating `WandbLogger`."
            )
            return active
        if self._attach_id is not None:
            return attach(self._attach_id)
        run = dropin.init(**self._wandb_init)
        if isinstance(run, CurrentRun):
            run.define_metric(STEP)
            run.define_metric("*", step_metric=STEP, step_sync=True)
        return run

    def watch(self, model: Any, log: str = "gradients", log_freq: int = 100, log_graph: bool = True) -> None:
        """Log gradients and parameters of a model."""
        self.experiment.watch(model, log=log, log_freq=log_freq, log_graph=log_graph)

    def log_hyperparams(self, params: Any) -> None:
        """Keep hyperparameters in the config."""
        said = importlib.import_module("lightning.fabric.utilities.logger")
        plain = said._sanitize_callable_params(said._convert_params(params))
        self.experiment.config.update(plain, allow_val_change=True)

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log a row; the step is a metric of its own."""
        joined = f"{self._prefix}{self.LOGGER_JOIN_CHAR}" if self._prefix else ""
        row = {f"{joined}{name}": value for name, value in metrics.items()}
        self.experiment.log(row if step is None else {**row, STEP: step})

    def log_table(
        self,
        key: str,
        columns: list[str] | None = None,
        data: list[list[Any]] | None = None,
        dataframe: Any = None,
        step: int | None = None,
    ) -> None:
        """Log a table."""
        self.log_metrics({key: Table(columns=columns, data=data, dataframe=dataframe)}, step)

    def log_text(
        self,
        key: str,
        columns: list[str] | None = None,
        data: list[list[str]] | None = None,
        dataframe: Any = None,
        step: int | None = None,
    ) -> None:
        """Log a table of texts."""
        self.log_table(key, columns, data, dataframe, step)

    def log_html(self, key: str, htmls: list[Any], step: int | None = None, **kwargs: Any) -> None:
        """Log pages; of each further argument there is a list, with one for each."""
        self._log_media(key, "htmls", Html, htmls, step, kwargs)

    def log_image(self, key: str, images: list[Any], step: int | None = None, **kwargs: Any) -> None:
        """Log images; of each further argument there is a list, with one for each."""
        self._log_media(key, "images", Image, images, step, kwargs)

    def log_audio(self, key: str, audios: list[Any], step: int | None = None, **kwargs: Any) -> None:
        """Log sounds; of each further argument there is a list, with one for each."""
        self._log_media(key, "audios", Audio, audios, step, kwargs)

    def log_video(self, key: str, videos: list[Any], step: int | None = None, **kwargs: Any) -> None:
        """Log videos; of each further argument there is a list, with one for each."""
        self._log_media(key, "videos", Video, videos, step, kwargs)

    def _log_media(
        self,
        key: str,
        word: str,
        kind: Callable[..., Any],
        items: list[Any],
        step: int | None,
        more: Mapping[str, Sequence[Any]],
    ) -> None:
        if not isinstance(items, list):
            raise TypeError(f'Expected a list as "{word}", found {type(items)}')
        for name, values in more.items():
            if len(values) != len(items):
                raise ValueError(f"Expected {len(items)} items but only found {len(values)} for {name}")
        each = [{name: values[place] for name, values in more.items()} for place in range(len(items))]
        self.log_metrics({key: [kind(item, **own) for item, own in zip(items, each, strict=True)]}, step)

    @property
    def save_dir(self) -> str | None:
        """Where files are kept."""
        where: str | None = self._wandb_init.get("dir")
        return where

    @property
    def log_dir(self) -> str | None:
        """The same."""
        return self.save_dir

    @property
    def root_dir(self) -> Any:
        """wandb asks the text of the directory for its parent, which is an AttributeError there as well."""
        return self.save_dir.parent if self.save_dir else None  # type: ignore[attr-defined]

    @property
    def name(self) -> str | None:
        """The project; the name of the run is experiment.name."""
        project: str | None = self._wandb_init.get("project")
        return project

    @property
    def version(self) -> str | None:
        """The id of the run, or the one that it will have."""
        found: str | None = self._experiment.id if self._experiment else self._wandb_init.get("id")
        return found

    @property
    def group_separator(self) -> str:
        """What stands between the prefix and a key."""
        return self.LOGGER_JOIN_CHAR

    def log_graph(self, model: Any, input_array: Any = None) -> None:
        """Nothing happens."""

    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Log what was saved, or keep it in mind for finalize()."""
        if self._log_model == "all" or (self._log_model is True and checkpoint_callback.save_top_k == -1):
            self._log_checkpoints(checkpoint_callback)
        elif self._log_model is True:
            self._checkpoint_callback = checkpoint_callback

    @staticmethod
    def download_artifact(
        artifact: str,
        save_dir: str | os.PathLike[str] | None = None,
        artifact_type: str | None = None,
        use_artifact: bool | None = True,
    ) -> str:
        """Download an artifact, which the active run uses if there is one, and tell where it is."""
        active = current().session.run
        if active is not None and use_artifact:
            found = active.use_artifact(artifact)
        else:
            public = importlib.import_module("wandb_testkit.dropin.public.current")  # only who reads pays for it
            found = public.Api().artifact(artifact, type=artifact_type)
        path: str = found.download(root=None if save_dir is None else os.fspath(save_dir))
        return path

    def use_artifact(self, artifact: str, artifact_type: str | None = None) -> Any:
        """Say that the run uses an artifact."""
        return self.experiment.use_artifact(artifact, type=artifact_type)

    def save(self) -> None:
        """Close the open row."""
        self.experiment.log({}, commit=True)

    def finalize(self, status: str) -> None:
        """Log the last checkpoints."""
        if self._log_checkpoint_on == "success" and status != "success":
            return
        if self._checkpoint_callback and self._experiment is not None and self._log_checkpoint_on in ("success", "all"):
            self._log_checkpoints(self._checkpoint_callback)

    def _log_checkpoints(self, callback: Any) -> None:
        self._checkpoint_name = self._checkpoint_name or f"model-{self.experiment.id}"
        log_checkpoints(self.experiment, self._checkpoint_name, callback, self._logged_at)


_ON_ONE_RANK = (
    *("log_hyperparams", "log_metrics", "log_table", "log_text", "log_html", "log_image", "log_audio", "log_video"),
    *("save", "finalize"),
)
"""Methods that do nothing in other processes of the same training."""


@functools.cache  # two modules show it, and pickle wants it to be one
def logger_class(profile: Profile) -> type:
    """The class for Fabric; in other processes than the first of a training it logs nothing.

    Raises:
        ModuleNotFoundError: Lightning is not installed.
    """
    kind: Any = built(
        WandbLogger, "lightning.fabric.loggers.logger", "Logger", "wandb.integration.lightning.fabric.logger"
    )
    only = importlib.import_module("lightning.fabric.utilities.rank_zero").rank_zero_only
    experiment = importlib.import_module("lightning.fabric.loggers.logger").rank_zero_experiment
    for name in _ON_ONE_RANK:
        setattr(kind, name, only(getattr(WandbLogger, name)))
    kind.experiment = property(experiment(vars(WandbLogger)["experiment"].fget))
    kind.download_artifact = staticmethod(only(WandbLogger.download_artifact))
    return kind  # type: ignore[no-any-return]
