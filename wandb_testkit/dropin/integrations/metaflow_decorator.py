"""Owns wandb.integration.metaflow: a decorator of steps and flows, each step of which becomes a run."""

from __future__ import annotations

import functools
import importlib
import inspect
import pickle
from collections.abc import Callable
from typing import Any

from wandb_testkit.dropin import current as dropin
from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.integrations.metaflow_values import kind_of
from wandb_testkit.dropin.telemetry import context
from wandb_testkit.errors import CommError
from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.current_settings import Settings

FEATURE = "metaflow"
PLAIN = (dict, list, set, str, int, float, bool)
"""What is logged in a row, and never used as an artifact."""


class ArtifactProxy:
    """The flow as a decorated step sees it; it remembers what the step reads and sets."""

    def __init__(self, flow: Any) -> None:
        # Not by assigning: what is assigned is the flow's.
        names = _current().parameter_names
        vars(self).update(
            flow=flow,
            inputs={},
            outputs={},
            base=set(dir(flow)),
            params={name: getattr(flow, name) for name in names},
        )

    def __setattr__(self, name: str, value: Any) -> None:
        self.outputs[name] = value
        setattr(self.flow, name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in self.base and name not in self.outputs:
            self.inputs[name] = getattr(self.flow, name)
        return getattr(self.flow, name)


def wandb_log(
    func: Any = None,
    /,
    datasets: bool = False,
    models: bool = False,
    others: bool = False,
    settings: Any = None,
) -> Any:
    """Let a step, or every step of a flow, be a run: parameters are its config, and what it sets is logged.

    Args:
        func: The step or the flow; None: what this returns decorates it.
        datasets: Data frames and paths become artifacts.
        models: Modules of torch and estimators of scikit-learn become artifacts.
        others: So does everything else that can be pickled.
        settings: Those of init(); group and job_type are those of the flow and the step where they do not say.
    """
    kinds = {"datasets": datasets, "models": models, "others": others}
    if func is None:
        return lambda decorated: wandb_log(decorated, **kinds, settings=settings)
    if inspect.isclass(func):
        for name in list(vars(func)):
            if callable(getattr(func, name)):
                setattr(func, name, wandb_log(getattr(func, name), **kinds, settings=settings))
        return func
    if hasattr(func, "_base_func"):
        return func  # what a step says counts, not what its flow says
    return _decorated(func, kinds, settings)


def _decorated(func: Callable[..., Any], kinds: dict[str, bool], given: Any) -> Callable[..., Any]:
    @functools.wraps(func)
    def step(self: Any, *args: Any, settings: Any = given, **kwargs: Any) -> None:
        flow = _current()
        chosen = settings if isinstance(settings, Settings) else Settings()
        if chosen.run_group is None:
            chosen.run_group = f"{flow.flow_name}/{flow.run_id}"
        if chosen.run_job_type is None:
            chosen.run_job_type = flow.step_name
        with dropin.init(settings=chosen) as run:
            with context(run) as told:
                setattr(told.feature, FEATURE, True)
            proxy = ArtifactProxy(self)
            run.config.update(proxy.params)
            func(proxy, *args, **kwargs)
            for name, data in proxy.inputs.items():
                wandb_use(name, data, **kinds, run=run)
            for name, data in proxy.outputs.items():
                wandb_track(name, data, **kinds, run=run)

    shown: Any = step
    shown._base_func = func
    shown._kwargs = {**kinds, "settings": given}
    return step


def wandb_track(
    name: str,
    data: Any,
    datasets: bool = False,
    models: bool = False,
    others: bool = False,
    run: Any = None,
    testing: bool = False,
) -> str | None:
    """Log what a step has set: in a row, or as an artifact.

    Args:
        testing: Tell how it would be logged, and do nothing.
    """
    kind = kind_of(data, datasets=datasets, models=models)
    if kind is not None:
        if testing:
            return kind.shown
        artifact = Artifact(name, type=kind.artifact_type)
        kind.write(artifact, name, data)
        what = kind.words or str(type(data))
    elif isinstance(data, PLAIN):
        if not testing:
            run.log({name: data})
        return "scalar" if testing else None
    elif others:
        if testing:
            return "generic"
        artifact, what = Artifact(name, type="other"), str(type(data))
        with artifact.new_file(f"{name}.pkl", "wb") as file:
            pickle.dump(data, file)
    else:
        return None
    run.log_artifact(artifact)
    show_line(f"Logging artifact: {name} ({what})", "info")
    return None


def wandb_use(
    name: str,
    data: Any,
    datasets: bool = False,
    models: bool = False,
    others: bool = False,
    run: Any = None,
    testing: bool = False,
) -> str | None:
    """Let the run use the artifact that an earlier step has logged of what this one reads.

    Args:
        testing: Tell as what it would be used, and do nothing.
    """
    if isinstance(data, PLAIN):
        return None
    kind = kind_of(data, datasets=datasets, models=models)
    if kind is None and not others:
        return None
    if testing:
        return "others" if kind is None else kind.used_as
    what = kind.words if kind is not None and kind.words else str(type(data))
    try:
        run.use_artifact(f"{name}:latest")
    except CommError:
        show_line(
            f"This artifact ({name}, {type(data)}) does not exist in the wandb datastore! If you created an instance "
            "inline (e.g. sklearn.ensemble.RandomForestClassifier), then you can safely ignore this. Otherwise you "
            "may want to check your internet connection!",
            "warning",
        )
        return None
    show_line(f"Using artifact: {name} ({what})", "info")
    return None


def _current() -> Any:
    """What metaflow knows of the step that it carries out.

    Raises:
        ModuleNotFoundError: metaflow is not installed.
    """
    return importlib.import_module("metaflow").current
