"""Owns what the callbacks of xgboost and lightgbm have in common: the best value, the importance, the model."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.sdk.plots.charts import bar
from wandb_testkit.sdk.plots.custom_chart import CustomChart

IMPORTANCE = "Feature Importance"


def define_best(run: Any, key: str, metric: str, falling: Sequence[str], rising: Sequence[str]) -> None:
    """Let the summary have the best value of a metric, where it is known which that is."""
    name = metric.lower()
    if "loss" in name or name in falling:
        run.define_metric(key, summary="min")
    elif name in rising:
        run.define_metric(key, summary="max")


def importance_chart(pairs: Iterable[tuple[str, Any]]) -> CustomChart:
    """How much each feature counts."""
    table = Table(columns=["Feature", "Importance"], data=[list(pair) for pair in pairs])
    return bar(table, "Feature", "Importance", title=IMPORTANCE)


def log_model_file(run: Any, name: str, path: str | os.PathLike[str], aliases: list[str] | None = None) -> None:
    """Log a file as an artifact of type "model"."""
    artifact = Artifact(name=name, type="model")
    artifact.add_file(os.fspath(path))
    run.log_artifact(artifact, aliases=aliases)
