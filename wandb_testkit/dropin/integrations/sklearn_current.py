"""Owns wandb.sklearn of 0.31.0: charts of classifiers, regressors and clusterers, each logged as a row of its own."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterable, Sequence
from typing import Any

from wandb_testkit.dropin.calls import active_run, show_line
from wandb_testkit.dropin.integrations import sklearn_figures as figures
from wandb_testkit.dropin.integrations.sklearn_checks import are_there, have_types, is_fitted
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.sdk.plots import curves
from wandb_testkit.sdk.plots.custom_chart import visualize


def _log(key: str, value: Any) -> None:
    active_run("wandb.log()").log({key: value})


def _draw(key: str, spec: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    table = Table(columns=list(columns), data=[list(row) for row in rows])
    _log(key, visualize(f"wandb/{spec}/v1", table))


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
    _log("roc", curves.roc_curve(y_true, y_probas, labels, classes_to_plot))


def plot_precision_recall(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Any = None,
    plot_micro: bool = True,
    classes_to_plot: Any = None,
) -> None:
    """Precision by recall."""
    _log("precision_recall", curves.pr_curve(y_true, y_probas, labels, classes_to_plot))


def plot_confusion_matrix(
    y_true: Any = None,
    y_pred: Any = None,
    labels: Any = None,
    true_labels: Any = None,
    pred_labels: Any = None,
    normalize: bool = False,
) -> None:
    """How often which class is taken for which.

    Raises:
        AssertionError: `true_labels` or `pred_labels` is given: 0.31.0 has no way with them.
    """
    numpy = importlib.import_module("numpy")
    y_true, y_pred = numpy.asarray(y_true), numpy.asarray(y_pred)
    if are_there(y_true=y_true, y_pred=y_pred) and have_types(y_true=y_true, y_pred=y_pred):
        if true_labels is not None or pred_labels is not None:
            raise AssertionError()
        rows = figures.confusion_matrix(y_true, y_pred, labels, normalize)
        _draw("confusion_matrix", "confusion_matrix", ("Predicted", "Actual", "Count"), rows)


def plot_feature_importances(
    model: Any = None, feature_names: Any = None, title: str = "Feature Importance", max_num_features: int = 50
) -> None:
    """How much each feature counts."""
    if are_there(model=model) and have_types(model=model) and is_fitted(model):
        rows = figures.feature_importances(model, feature_names)
        if rows is None:
            _log("feature_importances", None)
        else:
            _draw("feature_importances", "feature_importances", ("feature_names", "importances"), rows)


def plot_class_proportions(y_train: Any = None, y_test: Any = None, labels: Any = None) -> None:
    """How often each class comes up in training and test."""
    if are_there(y_train=y_train, y_test=y_test) and have_types(y_train=y_train, y_test=y_test):
        rows = figures.class_proportions(y_train, y_test, labels)
        _draw("class_proportions", "class_proportions", ("class", "dataset", "count"), rows)


def plot_calibration_curve(clf: Any = None, X: Any = None, y: Any = None, clf_name: str = "Classifier") -> None:
    """How well the chances that a classifier of two classes tells are kept; variations of it are fitted."""
    if not (are_there(clf=clf, X=X, y=y) and have_types(clf=clf, X=X, y=y) and is_fitted(clf)):
        return
    y = importlib.import_module("numpy").asarray(y)
    if y.dtype.char == "U" or not ((y == 0) | (y == 1)).all():
        show_line(
            "This function only supports binary classification at the moment and therefore expects labels to be "
            "binary. Skipping calibration curve.",
            "warning",
        )
        return
    columns = ("model", "fraction_of_positives", "mean_predicted_value", "hist_dict", "edge_dict")
    _draw("calibration_curve", "calibration", columns, figures.calibration_curves(clf, X, y, clf_name))


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
    log_learning_curve: bool = False,
) -> None:
    """All charts of a classifier."""
    has_weights = not isinstance(model, importlib.import_module("sklearn.naive_bayes").MultinomialNB)
    show_line(f"\nPlotting {model_name}.", "info")
    if has_weights:
        plot_feature_importances(model, feature_names)
    if log_learning_curve:
        plot_learning_curve(model, X_train, y_train)
    plot_confusion_matrix(y_test, y_pred, labels)
    plot_summary_metrics(model, X=X_train, y=y_train, X_test=X_test, y_test=y_test)
    plot_class_proportions(y_train, y_test, labels)
    if has_weights:
        plot_calibration_curve(model, X_train, y_train, model_name)
    plot_roc(y_test, y_probas, labels)
    plot_precision_recall(y_test, y_probas, labels)


# ---------------------------------------------------------------- classifiers and regressors


def plot_summary_metrics(
    model: Any = None, X: Any = None, y: Any = None, X_test: Any = None, y_test: Any = None
) -> None:
    """The figures by which a model is judged."""
    given = {"model": model, "X": X, "y": y, "X_test": X_test, "y_test": y_test}
    if are_there(**given) and have_types(**given) and is_fitted(model):
        rows = figures.summary_metrics(model, X_test, y_test)
        _draw("summary_metrics", "metrics", ("metric_name", "metric_value", "model_name"), rows)


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
    """The score by the number of samples; the model is fitted to each number."""
    if are_there(model=model, X=X, y=y) and have_types(model=model, X=X, y=y):
        options = {"cv": cv, "shuffle": shuffle, "random_state": random_state, "n_jobs": n_jobs, "scoring": scoring}
        rows = figures.learning_curve(model, X, y, train_sizes, options)
        _draw("learning_curve", "learning_curve", ("dataset", "score", "train_size"), rows)


# ---------------------------------------------------------------- regressors


def plot_outlier_candidates(regressor: Any = None, X: Any = None, y: Any = None) -> None:
    """Cook's distance of each sample; the model is fitted."""
    given = {"regressor": regressor, "X": X, "y": y}
    if are_there(**given) and have_types(**given) and is_fitted(regressor):
        columns = ("distance", "instance_indicies", "outlier_percentage", "influence_threshold")
        _draw("outlier_candidates", "outliers", columns, figures.outlier_candidates(regressor, X, y))


def plot_residuals(regressor: Any = None, X: Any = None, y: Any = None) -> None:
    """How far predictions are off; the model is fitted to four fifths of the samples."""
    given = {"regressor": regressor, "X": X, "y": y}
    if are_there(**given) and have_types(**given) and is_fitted(regressor):
        columns = ("dataset", "y_pred", "residuals", "train_score", "test_score")
        _draw("residuals", "residuals_plot", columns, figures.residuals(regressor, X, y))


def plot_regressor(
    model: Any, X_train: Any, X_test: Any, y_train: Any, y_test: Any, model_name: str = "Regressor"
) -> None:
    """All charts of a regressor."""
    show_line(f"\nPlotting {model_name}.", "info")
    plot_summary_metrics(model, X_train, y_train, X_test, y_test)
    plot_learning_curve(model, X_train, y_train)
    plot_outlier_candidates(model, X_train, y_train)
    plot_residuals(model, X_train, y_train)


# ---------------------------------------------------------------- clusterers


def plot_elbow_curve(
    clusterer: Any = None, X: Any = None, cluster_ranges: Any = None, n_jobs: int = 1, show_cluster_time: bool = True
) -> None:
    """The error by the number of clusters; the model is fitted to each number."""
    if not hasattr(clusterer, "n_clusters"):
        show_line("n_clusters attribute not in classifier. Cannot plot elbow method.", "info")
        return
    if are_there(clusterer=clusterer) and is_fitted(clusterer):
        rows = figures.elbow_curve(clusterer, X, cluster_ranges, time.time)
        _draw("elbow_curve", "elbow", ("cluster_ranges", "errors", "clustering_time"), rows)


def plot_silhouette(
    clusterer: Any = None,
    X: Any = None,
    cluster_labels: Any = None,
    labels: Any = None,
    metric: str = "euclidean",
    kmeans: bool = True,
) -> None:
    """How near each sample is to its cluster."""
    if are_there(clusterer=clusterer) and have_types(clusterer=clusterer) and is_fitted(clusterer):
        columns = ("x", "y", "colors", "centerx", "centery", "y_sil", "x1", "x2", "color_sil", "silhouette_avg")
        rows = figures.silhouette(clusterer, getattr(X, "values", X), cluster_labels, metric, kmeans)
        _draw("silhouette_plot", "silhouette_", columns, rows)


def plot_clusterer(
    model: Any, X_train: Any, cluster_labels: Any, labels: Any = None, model_name: str = "Clusterer"
) -> None:
    """All charts of a clusterer."""
    kmeans = isinstance(model, importlib.import_module("sklearn.cluster").KMeans)
    show_line(f"\nPlotting {model_name}.", "info")
    if kmeans:
        plot_elbow_curve(model, X_train)
    plot_silhouette(model, X_train, cluster_labels, labels=labels, kmeans=kmeans)
