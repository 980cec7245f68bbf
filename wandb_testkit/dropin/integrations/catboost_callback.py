"""Owns wandb.integration.catboost: a callback that logs metrics, and what is told of a model in the end."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from wandb_testkit.dropin.calls import active_run
from wandb_testkit.dropin.integrations import boosting
from wandb_testkit.errors import Error


class WandbCallback:
    """Logs what catboost evaluates, whenever it does.

    Args:
        metric_period: As the model has it; it is in the key of the iteration.
    Raises:
        Error: There is no run.
    """

    def __init__(self, metric_period: int = 1) -> None:
        active_run("WandbCallback()")
        self.metric_period = metric_period
        self._values = 0

    def after_iteration(self, info: Any) -> bool:
        """Log one row if there is something new, and go on."""
        values = sum(len(log) for metrics in info.metrics.values() for log in metrics.values())
        if values > self._values:
            self._values = values
            run = active_run("wandb.log()")
            for data, metrics in info.metrics.items():
                for name, log in metrics.items():
                    run.log({f"{data}-{name}": log[-1]}, commit=False)
            run.log({f"iteration@metric-period-{self.metric_period}": info.iteration})
        return True


def log_summary(
    model: Any, log_all_params: bool = True, save_model_checkpoint: bool = False, log_feature_importance: bool = True
) -> None:
    """Keep parameters in the config, best iteration and score in the summary; log importance, and the model.

    Raises:
        Error: There is no run, or `model` is no model of catboost.
        ModuleNotFoundError: catboost is not installed.
    """
    run = active_run("log_summary()")
    catboost = importlib.import_module("catboost")
    if not isinstance(model, (catboost.CatBoostClassifier, catboost.CatBoostRegressor)):
        raise Error("Model should be an instance of CatBoostClassifier or CatBoostRegressor")
    parameters = model.get_all_params()
    if log_all_params:
        run.config.update(parameters)
    run.summary["best_iteration"] = model.get_best_iteration()
    run.summary["best_score"] = model.get_best_score()
    if save_model_checkpoint:
        path = Path(run.dir) / "model"
        model.save_model(path)
        boosting.log_model_file(run, f"model_{run.id}", path, ["best" if parameters["use_best_model"] else "last"])
    if log_feature_importance:
        told = model.get_feature_importance(prettified=True)
        pairs = zip(told["Feature Id"], told["Importances"], strict=False)
        run.log({boosting.IMPORTANCE: boosting.importance_chart(pairs)}, commit=False)
