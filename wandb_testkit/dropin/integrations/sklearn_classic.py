"""Owns wandb.sklearn of 0.10.33: other charts of curves, a calibration by made-up data, and a line after each chart.

Source: observed with 0.10.33.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Sequence
from typing import Any

from wandb_testkit.dropin.calls import active_run, show_line
from wandb_testkit.dropin.integrations import sklearn_checks as checks
from wandb_testkit.dropin.integrations import sklearn_figures as figures
from wandb_testkit.dropin.old_plots import chart, precision_recall, roc, within
from wandb_testkit.sdk.plots.custom_chart import Visualize

VERSION = "0.10.33"
WEIGHTS = ("feature_importances_", "coef_")
MODEL_COLUMNS = ("model", "fraction_of_positives", "mean_predicted_value", "hist_dict", "edge_dict")
SILHOUETTE_COLUMNS = (
    *("x", "y", "colors", "centerx", "centery"),
    *("y_sil", "x1", "x2", "color_sil", "silhouette_avg"),
)


def _log(key: str, value: Any) -> None:
    active_run("wandb.log()").log({key: value})


def _may_be_drawn(fitted: Any = None, **given: Any) -> bool:
    """Whether nothing is missing, all is of its kind, and a model is fitted that has to be."""
    if not (_are_there(**given) and checks.have_types(**given)):
        return False
    return fitted is None or checks.is_fitted(fitted, VERSION)


def _are_there(**given: Any) -> bool:
    """As in 0.31.0, but features that are None end in an error, and truth values are no numbers."""
    told = checks.are_there(**given)
    for name in ("X", "X_test"):
        if name in given and given[name] is None:
            raise AttributeError(f"{name} is None, and wandb {VERSION} asks it for ndim")
        if getattr(getattr(given.get(name), "dtype", None), "kind", "") == "b":
            told = checks.are_no_numbers(name)
    return told


# ---------------------------------------------------------------- classifiers


def plot_roc(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Any = None,
    plot_micro: bool = True,
    plot_macro: bool = True,
    classes_to_plot: Any = None,
) -> None:
    """True positives by false positives."""
    _log("roc", roc(y_true, y_probas, labels, plot_micro, plot_macro, classes_to_plot))


def plot_precision_recall(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Any = None,
    plot_micro: bool = True,
    classes_to_plot: Any = None,
) -> None:
    """Precision by recall."""
    _log("precision_recall", precision_recall(y_true, y_probas, labels, plot_micro, classes_to_plot))


def confusion_matrix(
    y_true: Any = None,
    y_pred: Any = None,
    labels: Any = None,
    true_labels: Any = None,
    pred_labels: Any = None,
    title: Any = None,
    normalize: bool = False,
    hide_zeros: bool = False,
    hide_counts: bool = False,
) -> Visualize | None:
    """How often which class is taken for which.

    Args:
        labels: Names of classes that are numbers.
        title, hide_zeros, hide_counts: Accepted, and of no effect.
    Raises:
        NameError: `true_labels` or `pred_labels` is given: 0.10.33 asks a function that it does not have.
    """
    numpy = importlib.import_module("numpy")
    y_true, y_pred = numpy.asarray(y_true), numpy.asarray(y_pred)
    if not _may_be_drawn(y_true=y_true, y_pred=y_pred):
        return None
    for name, value in (("true_labels", true_labels), ("pred_labels", pred_labels)):
        if value is not None:
            raise NameError(
                f"{name}: wandb {VERSION} checks it by validate_labels(), which is not defined; leave it out"
            )
    rows = figures.confusion_matrix(y_true, y_pred, labels, normalize, within)
    return chart("confusion_matrix", ("Predicted", "Actual", "Count"), rows)


def plot_confusion_matrix(
    y_true: Any = None,
    y_pred: Any = None,
    labels: Any = None,
    true_labels: Any = None,
    pred_labels: Any = None,
    title: Any = None,
    normalize: bool = False,
    hide_zeros: bool = False,
    hide_counts: bool = False,
) -> None:
    """Log confusion_matrix()."""
    shown = confusion_matrix(y_true, y_pred, labels, true_labels, pred_labels, title, normalize)
    _log("confusion_matrix", shown)


def plot_feature_importances(
    model: Any = None, feature_names: Any = None, title: str = "Feature Importance", max_num_features: int = 50
) -> Visualize | None:
    """How much each feature counts: names from the greatest on, beside importances in the order of the features."""
    numpy = importlib.import_module("numpy")
    found = next((name for name in WEIGHTS if hasattr(model, name)), None)
    if found is None:
        text = f"{' or '.join(WEIGHTS)} attribute not in classifier. Cannot plot feature importances."
        show_line(text, "warning")
        return None
    if not _may_be_drawn(model, model=model):
        return None
    importances = getattr(model, found)
    order = numpy.argsort(importances)[::-1]
    names = numpy.array(feature_names)[order] if feature_names else order
    rows = [[name, importances[number]] for number, name in enumerate(names)]
    shown = chart("feature_importances", ("feature_names", "importances"), rows)
    _log("feature_importances", shown)
    return chart("feature_importances", ("feature_names", "importances"), rows)


def plot_class_proportions(y_train: Any = None, y_test: Any = None, labels: Any = None) -> None:
    """How often each class comes up in training and test."""
    if _may_be_drawn(y_train=y_train, y_test=y_test):
        rows = figures.class_proportions(y_train, y_test, labels, within)
        _log("class_proportions", chart("class_proportions", ("class", "dataset", "count"), rows))


def plot_calibration_curve(clf: Any = None, X: Any = None, y: Any = None, clf_name: str = "Classifier") -> None:
    """How well a classifier keeps the chances that it tells, of 100,000 samples that are made up; it is fitted anew."""
    if _may_be_drawn(clf, clf=clf, X=X, y=y):
        _log(
            "calibration_curve", chart("calibration", MODEL_COLUMNS, figures.made_up_calibration(clf, clf_name, within))
        )


def plot_classifier(
    model: Any,
    X_train: Any,
    X_test: Any,
    y_train: Any,
    y_test: Any,
    y_pred: Any,
    y_probas: Any,
    labels: Any,
    is_binary: bool = False,
    model_name: str = "Classifier",
    feature_names: Any = None,
) -> None:
    """All charts of a classifier."""
    show_line(f"\nPlotting {model_name}.", "info")
    plot_feature_importances(model, feature_names)
    _tell("feature importances")
    plot_learning_curve(model, X_train, y_train)
    _tell("learning curve")
    plot_confusion_matrix(y_test, y_pred, labels)
    _tell("confusion matrix")
    plot_summary_metrics(model, X=X_train, y=y_train, X_test=X_test, y_test=y_test)
    _tell("summary metrics")
    plot_class_proportions(y_train, y_test, labels)
    _tell("class proportions")
    if not isinstance(model, importlib.import_module("sklearn.naive_bayes").MultinomialNB):
        plot_calibration_curve(model, X_train, y_train, model_name)
    _tell("calibration curve")
    plot_roc(y_test, y_probas, labels)
    _tell("roc curve")
    plot_precision_recall(y_test, y_probas, labels)
    _tell("precision recall curve")


def plot_decision_boundaries(binary_clf: Any = None, X: Any = None, y: Any = None) -> None:
    """Nothing: 0.10.33 has the name, and never came to draw them.

    Raises:
        NameError: Nothing is missing, and all is of its kind.
    """
    if _may_be_drawn(binary_clf=binary_clf, X=X, y=y):
        raise NameError(
            f"plot_decision_boundaries(): wandb {VERSION} draws by DBPlot, which is not defined; leave it out"
        )


# ---------------------------------------------------------------- classifiers and regressors


def summary_metrics(
    model: Any = None, X: Any = None, y: Any = None, X_test: Any = None, y_test: Any = None
) -> Visualize | None:
    """The figures by which a model is judged.

    Raises:
        AttributeError: It is a classifier that tells no chances.
    """
    if not _may_be_drawn(model, model=model, X=X, y=y, X_test=X_test, y_test=y_test):
        return None
    if importlib.import_module("sklearn.base").is_classifier(model):
        model.predict_proba(X_test)
    rows = figures.summary_metrics(model, X_test, y_test)
    return chart("metrics", ("metric_name", "metric_value", "model_name"), rows)


def plot_summary_metrics(
    model: Any = None, X: Any = None, y: Any = None, X_test: Any = None, y_test: Any = None
) -> None:
    """Log summary_metrics()."""
    _log("summary_metrics", summary_metrics(model, X, y, X_test, y_test))


def learning_curve(
    model: Any,
    X: Any,
    y: Any,
    cv: Any = None,
    shuffle: bool = False,
    random_state: Any = None,
    train_sizes: Any = None,
    n_jobs: int = 1,
    scoring: Any = None,
) -> Visualize | None:
    """The score by the number of samples; the model is fitted to each number."""
    if not _may_be_drawn(model=model, X=X, y=y):
        return None
    options = {"cv": cv, "shuffle": shuffle, "random_state": random_state, "n_jobs": n_jobs, "scoring": scoring}
    rows = figures.learning_curve(model, X, y, train_sizes, options, within)
    return chart("learning_curve", ("dataset", "score", "train_size"), rows)


def plot_learning_curve(
    model: Any = None,
    X: Any = None,
    y: Any = None,
    cv: Any = None,
    shuffle: bool = False,
    random_state: Any = None,
    train_sizes: Any = None,
    n_jobs: int = 1,
    scoring: Any = None,
) -> None:
    """Log learning_curve()."""
    _log("learning_curve", learning_curve(model, X, y, cv, shuffle, random_state, train_sizes, n_jobs, scoring))


# ---------------------------------------------------------------- regressors


def plot_outlier_candidates(regressor: Any = None, X: Any = None, y: Any = None) -> None:
    """Cook's distance of each sample; the model is fitted."""
    if _may_be_drawn(regressor, regressor=regressor, X=X, y=y):
        columns = ("distance", "instance_indicies", "outlier_percentage", "influence_threshold")
        _log("outlier_candidates", chart("outliers", columns, figures.outlier_candidates(regressor, X, y, within)))


def plot_residuals(regressor: Any = None, X: Any = None, y: Any = None) -> None:
    """How far predictions are off; the model is fitted to four fifths of the samples."""
    if _may_be_drawn(regressor, regressor=regressor, X=X, y=y):
        columns = ("dataset", "y_pred", "residuals", "train_score", "test_score")
        _log("residuals", chart("residuals_plot", columns, figures.residuals(regressor, X, y, within)))


def plot_regressor(
    model: Any, X_train: Any, X_test: Any, y_train: Any, y_test: Any, model_name: str = "Regressor"
) -> None:
    """All charts of a regressor."""
    show_line(f"\nPlotting {model_name}.", "info")
    plot_summary_metrics(model, X_train, y_train, X_test, y_test)
    _tell("summary metrics")
    plot_learning_curve(model, X_train, y_train)
    _tell("learning curve")
    plot_outlier_candidates(model, X_train, y_train)
    _tell("outlier candidates")
    plot_residuals(model, X_train, y_train)
    _tell("residuals")


# ---------------------------------------------------------------- clusterers


def plot_elbow_curve(
    clusterer: Any = None,
    X: Any = None,
    cluster_ranges: Sequence[int] | None = None,
    n_jobs: int = 1,
    show_cluster_time: bool = True,
) -> None:
    """The error by the number of clusters; the model is fitted to each number."""
    if not hasattr(clusterer, "n_clusters"):
        show_line("n_clusters attribute not in classifier. Cannot plot elbow method.", "info")
    elif _may_be_drawn(clusterer, clusterer=clusterer):
        rows = figures.elbow_curve(clusterer, X, cluster_ranges, time.time)
        _log("elbow_curve", chart("elbow", ("cluster_ranges", "errors", "clustering_time"), rows))


def plot_silhouette(
    clusterer: Any = None,
    X: Any = None,
    cluster_labels: Any = None,
    labels: Any = None,
    metric: str = "euclidean",
    kmeans: bool = True,
) -> None:
    """How near each sample is to its cluster."""
    if _may_be_drawn(clusterer, clusterer=clusterer):
        rows = figures.silhouette(clusterer, getattr(X, "values", X), cluster_labels, metric, kmeans, within)
        _log("silhouette_plot", chart("silhouette_", SILHOUETTE_COLUMNS, rows))


def plot_clusterer(
    model: Any, X_train: Any, cluster_labels: Any, labels: Any = None, model_name: str = "Clusterer"
) -> None:
    """All charts of a clusterer."""
    show_line(f"\nPlotting {model_name}.", "info")
    kmeans = isinstance(model, importlib.import_module("sklearn.cluster").KMeans)
    if kmeans:
        plot_elbow_curve(model, X_train)
        _tell("elbow curve")
    plot_silhouette(model, X_train, cluster_labels, labels=labels, kmeans=kmeans)
    _tell("silhouette plot")


def _tell(chart_name: str) -> None:
    show_line(f"Logged {chart_name}.", "info")
