"""Owns wandb.integration.sacred: an observer of Sacred's experiments."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, ClassVar

from wandb_testkit.dropin.calls import active_run
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.dropin.tree import tree_of
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk.data_types.libraries import is_numpy_array


class WandbObserver:
    """Begins a run, and keeps in it the config, the metrics, the results and the artifacts of an experiment.

    Args:
        kwargs: Those of init().

    Attributes:
        run: The run.
        resources: File -> md5 of what the experiment has opened.
    """

    _wandb: ClassVar[Any]  # the module of the profile

    def __init__(self, **kwargs: Any) -> None:
        self.run = self._wandb.init(**kwargs)
        self.resources: dict[str, str] = {}

    def started_event(
        self, ex_info: Any, command: Any, host_info: Any, start_time: Any, config: Any, meta_info: Any, _id: Any
    ) -> None:
        """Keep the config."""
        for name, value in config.items():
            self.run.config[name] = value
        self.run.config["resources"] = []

    def completed_event(self, stop_time: Any, result: Any) -> None:
        """Log each result: a number by its place, a dict as a row, and the file that anything else names."""
        if not result:
            return
        for place, value in enumerate(result if isinstance(result, tuple) else (result,)):
            if isinstance(value, (float, int)):
                active_run("wandb.log()").log({f"result_{place}": float(value)})
            elif isinstance(value, dict):
                active_run("wandb.log()").log(value)
            else:
                self._log_file(f"result_{place}.pkl", value, "result")

    def artifact_event(self, name: Any, filename: Any, metadata: Any = None, content_type: Any = None) -> None:
        """Log a file."""
        self._log_file(name, filename, "file" if content_type is None else content_type)

    def resource_event(self, filename: Any) -> None:
        """Take note of a file that was opened."""
        if filename not in self.resources:
            self.resources[filename] = importlib.import_module("sacred.dependencies").get_digest(filename)

    def log_metrics(self, metrics_by_name: Mapping[str, Any], info: Any) -> None:
        """Log a row for each value; an array is an image."""
        for name, metric in metrics_by_name.items():
            for _, value in zip(metric["steps"], metric["values"], strict=False):
                active_run("wandb.log()").log({name: self._wandb.Image(value) if is_numpy_array(value) else value})

    def _log_file(self, name: str, path: Any, kind: str) -> None:
        artifact = self._wandb.Artifact(name, type=kind)
        artifact.add_file(path)
        self.run.log_artifact(artifact)


def observer_class(profile: Profile) -> type:
    """The class for Sacred.

    Raises:
        ModuleNotFoundError: Sacred is not installed.
    """
    kind: Any = built(WandbObserver, "sacred.observers", "RunObserver", "wandb.integration.sacred")
    kind._wandb = tree_of(profile).root
    return kind  # type: ignore[no-any-return]
