"""Owns wandb.integration.lightgbm: a callback that logs metrics, and a summary with importance and the model."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from wandb_testkit.dropin.calls import active_run
from wandb_testkit.dropin.integrations import boosting
from wandb_testkit.errors import Error
from wandb_testkit.profiles import Profile

FALLING = ("l1", "l2", "rmse", "mape", "huber", "fair", "poisson", "gamma", "binary_logloss")
RISING = ("map", "auc", "average_precision")


class WandbCallback:
    """Logs what lightgbm evaluates after each iteration; the first time, its parameters go to the config of the run.

    Attributes:
        order, before_iteration: Where lightgbm calls it among others.
    """

    def __init__(self, log_params: bool = True, define_metric: bool = True) -> None:
        self.order = 20
        self.before_iteration = False
        self.log_params = log_params
        self.define_metric = define_metric

    def __call__(self, env: Any) -> None:
        run = active_run("wandb.log()")
        if env.iteration == env.begin_iteration:
            self._begin(run, env)
        for result in env.evaluation_result_list:
            run.log({key: value for key, _, value in _keys(result)}, commit=False)
        run.log({"iteration": env.iteration}, commit=True)

    def _begin(self, run: Any, env: Any) -> None:
        if self.log_params:
            run.config.update(env.params)
        if self.define_metric:
            for result in env.evaluation_result_list:
                for key, metric, _ in _keys(result):
                    boosting.define_best(run, key, metric, FALLING, RISING)


def _keys(result: tuple[Any, ...]) -> Iterator[tuple[str, str, Any]]:
    """Key, metric and value of one result; of cross-validation (five fields) mean and deviation."""
    if len(result) == 4:
        data, metric, value, _ = result
        yield f"{data}_{metric}", metric, value
        return
    data, metric = result[1].split()
    for kind, value in (("mean", result[2]), ("stdv", result[4])):
        yield f"{data}_{metric}-{kind}", f"{metric}-{kind}", value


def wandb_callback(log_params: bool = True, define_metric: bool = True) -> WandbCallback:
    """The callback for lightgbm.train().

    Args:
        log_params: Keep the parameters in the config of the run.
        define_metric: Keep the best value of each metric in the summary.
    """
    return WandbCallback(log_params, define_metric)


def classic_callback() -> Callable[[Any], None]:
    """The callback of 0.10.33: a row for each iteration, and no more."""

    def callback(env: Any) -> None:
        run = active_run("wandb.log()")
        for result in env.evaluation_result_list:
            run.log({f"{result[0]}_{result[1]}": result[2]}, commit=False)
        run.log({})

    return callback


def callback_function(profile: Profile) -> Callable[..., Callable[[Any], None]]:
    """wandb_callback of a profile."""
    return classic_callback if profile is Profile.CLASSIC else wandb_callback


def log_summary(model: Any, feature_importance: bool = True, save_model_checkpoint: bool = False) -> None:
    """Keep the best iteration and score in the summary; log importance, and the best model as an artifact.

    Raises:
        Error: There is no run, or `model` is no booster.
        ModuleNotFoundError: lightgbm is not installed.
    """
    run = active_run("WandbCallback()")
    if not isinstance(model, importlib.import_module("lightgbm").Booster):
        raise Error("Model should be an instance of lightgbm.basic.Booster")
    run.summary["best_iteration"] = model.best_iteration
    run.summary["best_score"] = model.best_score
    if feature_importance:
        pairs = zip(model.feature_name(), model.feature_importance(), strict=True)
        run.log({boosting.IMPORTANCE: boosting.importance_chart(pairs)}, commit=False)
    if save_model_checkpoint:
        path = Path(run.dir) / f"model_ckpt_{model.best_iteration}.txt"
        model.save_model(path, num_iteration=model.best_iteration)
        boosting.log_model_file(run, f"model_{run.id}", path, ["best"])
