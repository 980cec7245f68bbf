"""Owns wandb.integration.xgboost: a callback that logs metrics, the best iteration, importance and the model."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wandb_testkit.dropin.calls import active_run
from wandb_testkit.dropin.integrations import boosting
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.profiles import Profile

FALLING = ("rmse", "rmsle", "mae", "mape", "mphe", "logloss", "error", "error@t", "merror")
RISING = ("auc", "aucpr", "ndcg", "map", "ndcg@n", "map@n")


class WandbCallback:
    """Logs what xgboost evaluates after each iteration; the config of the booster goes to that of the run.

    Args:
        log_model: Log the booster as an artifact.
        log_feature_importance: Log a chart of importance.
        importance_type: Which importance: weight, gain, cover, total_gain, total_cover.
        define_metric: Keep the best value of each metric in the summary.
    Raises:
        Error: There is no run.
    """

    def __init__(
        self,
        log_model: bool = False,
        log_feature_importance: bool = True,
        importance_type: str = "gain",
        define_metric: bool = True,
    ) -> None:
        super().__init__()
        active_run("WandbCallback()")
        self.log_model = log_model
        self.log_feature_importance = log_feature_importance
        self.importance_type = importance_type
        self.define_metric = define_metric

    def before_training(self, model: Any) -> Any:
        """Keep the config of the booster."""
        active_run("wandb.config").config.update(json.loads(model.save_config()))
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Sequence[Any]]]) -> bool:
        """Log one row, and go on."""
        run = active_run("wandb.log()")
        for data, metrics in evals_log.items():
            for metric, values in metrics.items():
                key = f"{data}-{metric}"
                if self.define_metric:
                    boosting.define_best(run, key, metric, FALLING, RISING)
                run.log({key: values[-1]}, commit=False)
        run.log({"epoch": epoch})
        self.define_metric = False
        return False

    def after_training(self, model: Any) -> Any:
        """Log the model, the importance and the best iteration."""
        run = active_run("wandb.log()")
        if self.log_model:
            path = Path(run.dir) / f"{run.id}_model.json"
            model.save_model(str(path))
            boosting.log_model_file(run, path.name, path)
        if self.log_feature_importance:
            pairs = model.get_score(importance_type=self.importance_type).items()
            run.log({boosting.IMPORTANCE: boosting.importance_chart(pairs)})
        if model.attr("best_score") is not None:
            best = {"best_score": float(model.attr("best_score")), "best_iteration": int(model.attr("best_iteration"))}
            run.log(best)
        return model


def callback_class(profile: Profile) -> type:
    """The class for xgboost.

    Raises:
        ModuleNotFoundError: xgboost is not installed.
    """
    return built(WandbCallback, "xgboost.callback", "TrainingCallback", "wandb.integration.xgboost")


def wandb_callback() -> Callable[[Any], None]:
    """The callback of old xgboost versions: a row for each iteration, and no more."""
    text = "wandb_callback will be deprecated in favor of WandbCallback. Please use WandbCallback for more features."
    warnings.warn(text, UserWarning, stacklevel=2)

    return _log_iteration


def _log_iteration(env: Any) -> None:
    run = active_run("wandb.log()")
    for key, value in env.evaluation_result_list:
        run.log({key: value}, commit=False)
    run.log({})


def classic_callback() -> Callable[[Any], None]:
    """The callback of 0.10.33: a row for each iteration."""
    return _log_iteration


def callback_function(profile: Profile) -> Callable[[], Callable[[Any], None]]:
    """wandb_callback of a profile."""
    return classic_callback if profile is Profile.CLASSIC else wandb_callback
