"""Owns the part of the table of names that is about other libraries: callbacks, and the plots of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping

from wandb_testkit.dropin.entries import CLASSIC, CURRENT, Name, Table, from_module
from wandb_testkit.profiles import Profile

_WHERE = "dropin.integrations"


def _made(module: str, function: str, profiles: tuple[Profile, ...] = CURRENT) -> Name:
    """A class that is made once somebody asks for it: its base class is the library's."""
    return Name(f"wandb_testkit.{_WHERE}.{module}:{function}()", profiles)


def _of_profile(module: str) -> Name:
    """A function that each profile has in its own way."""
    return Name(f"wandb_testkit.{_WHERE}.{module}:callback_function()")


_PLOTS = (
    *("plot_calibration_curve", "plot_class_proportions", "plot_classifier", "plot_clusterer", "plot_confusion_matrix"),
    *("plot_elbow_curve", "plot_feature_importances", "plot_learning_curve", "plot_outlier_candidates"),
    *("plot_precision_recall", "plot_regressor", "plot_residuals", "plot_roc", "plot_silhouette"),
    "plot_summary_metrics",
)
_PLOTS_NOW = from_module(f"{_WHERE}.sklearn_current", *_PLOTS, profiles=CURRENT)
_CHARTS_THEN = from_module(
    f"{_WHERE}.sklearn_classic",
    *("confusion_matrix", "learning_curve", "plot_decision_boundaries", "summary_metrics"),
    profiles=CLASSIC,
)
_CURVES_THEN = from_module("dropin.old_plots", "precision_recall", "roc", profiles=CLASSIC)

_KERAS = {"WandbCallback": _made("keras_classic", "callback_class", CLASSIC)}
_FASTAI = {
    "WandbCallback": _made("fastai_classic", "callback_class", CLASSIC),
    **from_module(f"{_WHERE}.fastai_classic", "FastaiError", profiles=CLASSIC),
}
_SAGEMAKER_AUTH = Name(f"wandb_testkit.{_WHERE}.sagemaker:sagemaker_auth")

NAMES: Table = {
    "wandb": {
        "catboost": Name("wandb.integration.catboost:", CURRENT),
        "gym": Name("wandb.integration.gym:"),
        "keras": Name("wandb.integration.keras:"),
        "lightgbm": Name("wandb.integration.lightgbm:"),
        "pin_config_keys": Name("wandb_testkit.dropin.current:pin_config_keys", CURRENT),
        "sacred": Name("wandb.integration.sacred:"),
        "sagemaker_auth": _SAGEMAKER_AUTH,
        "tensorboard": Name("wandb.integration.tensorboard:"),
        "tensorflow": Name("wandb.integration.tensorflow:", CLASSIC),
        "xgboost": Name("wandb.integration.xgboost:"),
    },
    "wandb.integration": {},
    "wandb.integration.catboost": from_module(
        f"{_WHERE}.catboost_callback", "WandbCallback", "log_summary", profiles=CURRENT
    ),
    "wandb.integration.gym": from_module(f"{_WHERE}.gym_monitor", "monitor"),
    "wandb.integration.sacred": {
        "WandbObserver": Name(f"wandb_testkit.{_WHERE}.sacred_observer:observer_class()"),
    },
    "wandb.integration.sagemaker": {"sagemaker_auth": _SAGEMAKER_AUTH},
    "wandb.integration.tensorboard": {
        "patch": Name(f"wandb_testkit.{_WHERE}.tensorboard_patch:patch_of()"),
        "unpatch": Name(f"wandb_testkit.{_WHERE}.tensorboard_patch:unpatch"),
        **from_module(f"{_WHERE}.tensorboard_log", "log", "reset_state", "tf_summary_to_dict", profiles=CLASSIC),
    },
    "wandb.integration.keras": {
        **_KERAS,
        "WandbEvalCallback": _made("keras_callbacks", "eval_callback"),
        "WandbMetricsLogger": _made("keras_callbacks", "metrics_logger"),
        "WandbModelCheckpoint": _made("keras_callbacks", "model_checkpoint"),
    },
    "wandb.integration.lightgbm": {
        **from_module(f"{_WHERE}.lightgbm_callback", "log_summary", profiles=CURRENT),
        "wandb_callback": _of_profile("lightgbm_callback"),
    },
    "wandb.integration.sb3": {"WandbCallback": _made("sb3_callback", "callback_class")},
    "wandb.integration.sklearn": _PLOTS_NOW,
    "wandb.integration.xgboost": {
        "WandbCallback": _made("xgboost_callback", "callback_class"),
        "wandb_callback": _of_profile("xgboost_callback"),
    },
    "wandb.fastai": {"WandbCallback": _FASTAI["WandbCallback"]},
    "wandb.integration.fastai": _FASTAI,
    "wandb.integration.tensorflow": {
        "WandbHook": _made("tensorboard_log", "hook_class", CLASSIC),
        "log": _made("tensorboard_log", "log_of", CLASSIC),
    },
    "wandb.keras": _KERAS,
    "wandb.plots": {
        "HeatMap": Name("wandb_testkit.dropin.old_plots:heatmap", CLASSIC),
        "ROC": Name("wandb_testkit.dropin.old_plots:roc", CLASSIC),
        "precision_recall": _CURVES_THEN["precision_recall"],
    },
    "wandb.plots.heatmap": from_module("dropin.old_plots", "heatmap", profiles=CLASSIC),
    "wandb.plots.roc": {"roc": _CURVES_THEN["roc"]},
    "wandb.sdk.integration_utils": {},
    "wandb.sdk.integration_utils.data_logging": from_module(
        f"{_WHERE}.evaluation_tables", "ValidationDataLogger", profiles=CLASSIC
    ),
    "wandb.wandb_torch": from_module("sdk.classic_history", "TorchHistory", profiles=CLASSIC),
    "wandb.sklearn": {
        **{name: Name(f"wandb_testkit.{_WHERE}.sklearn_{{profile}}:{name}") for name in _PLOTS},
        **_CHARTS_THEN,
        **_CURVES_THEN,
    },
}

NEEDS: Mapping[str, str] = {
    "wandb.integration.catboost": "catboost",
    "wandb.integration.keras": "tensorflow",
    "wandb.integration.lightgbm": "lightgbm",
    "wandb.integration.sacred": "sacred",
    "wandb.integration.sb3": "stable_baselines3",
    "wandb.integration.sklearn": "sklearn",
    "wandb.fastai": "fastai",
    "wandb.integration.fastai": "fastai",
    "wandb.integration.tensorflow": "tensorflow",
    "wandb.integration.xgboost": "xgboost",
    "wandb.keras": "tensorflow",
    "wandb.sklearn": "sklearn",
}
"""Modules whose names need a library: the real wandb has no such module where that is not installed."""

MODULES_OF_ONE_PROFILE: Mapping[str, Profile] = {
    **dict.fromkeys(
        (*("wandb.integration.catboost", "wandb.integration.sb3", "wandb.integration.sklearn"),),
        Profile.CURRENT,
    ),
    **dict.fromkeys(("wandb.fastai", "wandb.integration.fastai", "wandb.integration.tensorflow"), Profile.CLASSIC),
    "wandb.keras": Profile.CLASSIC,  # in 0.31.0 it is an attribute alone
    **dict.fromkeys(
        ("wandb.sdk.integration_utils", "wandb.sdk.integration_utils.data_logging"),
        Profile.CLASSIC,
    ),
    **dict.fromkeys(("wandb.plots", "wandb.plots.heatmap", "wandb.plots.roc", "wandb.wandb_torch"), Profile.CLASSIC),
}

BY_IMPORT_ONLY = frozenset(NEEDS) - {"wandb.sklearn"} | {
    *("wandb.integration.gym", "wandb.integration.tensorboard"),
    *("wandb.sdk.integration_utils", "wandb.sdk.integration_utils.data_logging"),
}
"""Modules that are attributes only once somebody has imported them."""

PACKAGES = frozenset(
    {
        *("wandb.integration.gym", "wandb.integration.sacred", "wandb.integration.sagemaker"),
        *("wandb.integration.tensorboard", "wandb.integration.tensorflow"),
    }
)
"""Those that are packages, as in wandb."""
