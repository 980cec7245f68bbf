"""Owns the figures of wandb.sklearn's charts: rows of tables, computed with scikit-learn and numpy."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.integrations.sklearn_checks import LIMIT, within_limit

Rows = list[list[Any]]
Within = Callable[..., bool]
"""Count, chart and the number of points that it may have -> whether one more may be drawn."""

WEIGHTS = ("feature_importances_", "feature_log_prob_", "coef_")
MAX_RESIDUALS = 100


def _numpy() -> Any:
    return importlib.import_module("numpy")


def confusion_matrix(y_true: Any, y_pred: Any, labels: Any, normalize: bool, within: Within = within_limit) -> Rows:
    """Predicted, actual, count; the names are those of the matrix's rows and columns, in 0.31.0's order."""
    numpy = _numpy()
    counts = importlib.import_module("sklearn.metrics").confusion_matrix(y_true, y_pred)
    unique_labels = importlib.import_module("sklearn.utils.multiclass").unique_labels
    classes = unique_labels(y_true, y_pred) if labels is None else numpy.asarray(labels)
    if normalize:
        with numpy.errstate(invalid="ignore"):
            counts = numpy.around(counts.astype(float) / counts.sum(axis=1)[:, numpy.newaxis], decimals=2)
        counts[numpy.isnan(counts)] = 0.0
    are_numbers = labels is not None and isinstance(classes[0], (int, numpy.integer))
    names = [labels[number] for number in classes] if are_numbers else list(classes)
    rows: Rows = []
    for i in range(counts.shape[0]):
        for j in range(counts.shape[1]):
            rows.append([names[i], names[j], counts[i, j]])
            if not within(len(rows), "confusion_matrix"):
                return rows
    return rows


def feature_importances(model: Any, feature_names: Any) -> Rows | None:
    """Feature and importance, the greatest first; None if the model does not tell."""
    numpy = _numpy()
    found = next((name for name in WEIGHTS if hasattr(model, name)), None)
    if found is None:
        known = ", ".join(WEIGHTS)
        show_line(
            f"could not find any of attributes {known} on classifier. Cannot plot feature importances.", "warning"
        )
        return None
    importances = getattr(model, found)
    if importances.ndim > 1:
        if sum(extent > 1 for extent in importances.shape) > 1:
            what = f"{importances.ndim}-dimensional"
            show_line(
                f"{what} feature importances array passed to plot_feature_importances. {what} and higher feature "
                "importances arrays are not currently supported. These importances will not be plotted.",
                "warning",
            )
            return None
        importances = numpy.squeeze(importances)
    order = numpy.argsort(importances)[::-1]
    names = order if feature_names is None else numpy.array(feature_names)[order]
    return [list(pair) for pair in zip(names, importances[order], strict=True)]


def class_proportions(y_train: Any, y_test: Any, labels: Any, within: Within = within_limit) -> Rows:
    """Class, "train" or "test", count."""
    numpy = _numpy()
    y_train, y_test = numpy.array(y_train), numpy.array(y_test)
    classes = numpy.array(importlib.import_module("sklearn.utils.multiclass").unique_labels(y_train, y_test))
    are_numbers = labels is not None and isinstance(classes[0], (int, numpy.integer))
    rows: Rows = []
    for number, known in enumerate(classes):
        name = numpy.array([labels[known]])[0] if are_numbers else known
        rows.append([name, "train", (y_train == known).sum()])
        rows.append([name, "test", (y_test == known).sum()])
        if not within(number, "class_proportions"):
            break
    return rows


def calibration_curves(clf: Any, X: Any, y: Any, clf_name: str) -> Rows:
    """Model, fraction of positives, mean predicted value, and the histogram of what it says."""
    calibration = importlib.import_module("sklearn.calibration")
    split = importlib.import_module("sklearn.model_selection").train_test_split
    if isinstance(clf, importlib.import_module("sklearn.naive_bayes").ComplementNB):
        X = X - X.min()  # it takes no negative features
    models = {
        "Logistic": importlib.import_module("sklearn.linear_model").LogisticRegression(C=1.0),
        f"{clf_name} Isotonic": calibration.CalibratedClassifierCV(clf, cv=2, method="isotonic"),
        f"{clf_name} Sigmoid": calibration.CalibratedClassifierCV(clf, cv=2, method="sigmoid"),
    }
    return _calibration(models, split(X, y, test_size=0.9, random_state=42), within_limit)


def made_up_calibration(clf: Any, clf_name: str, within: Within) -> Rows:
    """The same of 0.10.33: of 100,000 samples that are made up, and of the classifier itself, which is fitted anew."""
    calibration = importlib.import_module("sklearn.calibration")
    split = importlib.import_module("sklearn.model_selection").train_test_split
    kinds = {"n_features": 20, "n_informative": 2, "n_redundant": 10}
    make = importlib.import_module("sklearn.datasets").make_classification
    X, y = make(n_samples=100_000, random_state=42, **kinds)
    if isinstance(clf, importlib.import_module("sklearn.naive_bayes").ComplementNB):
        X = X - X.min()
    models = {
        "Logistic": importlib.import_module("sklearn.linear_model").LogisticRegression(C=1.0),
        clf_name: clf,
        f"{clf_name} + Isotonic": calibration.CalibratedClassifierCV(clf, cv=2, method="isotonic"),
        f"{clf_name} + Sigmoid": calibration.CalibratedClassifierCV(clf, cv=2, method="sigmoid"),
    }
    return _calibration(models, split(X, y, test_size=0.98, random_state=42), within)


def _calibration(models: Mapping[str, Any], parts: Sequence[Any], within: Within) -> Rows:
    numpy, calibration = _numpy(), importlib.import_module("sklearn.calibration")
    x_train, x_test, y_train, y_test = parts
    rows: Rows = [["Perfectly calibrated", end, end, 0, 0] for end in (0, 1)]
    for name, model in models.items():
        model.fit(x_train, y_train)
        if hasattr(model, "predict_proba"):
            chances = model.predict_proba(x_test)[:, 1]
        else:
            distances = model.decision_function(x_test)
            chances = (distances - distances.min()) / (distances.max() - distances.min())
        counts, edges = numpy.histogram(chances, bins=10, density=False)
        positives, means = calibration.calibration_curve(y_test, chances, n_bins=10)
        for i in range(len(positives)):
            rows.append([name, round(positives[i], 3), round(means[i], 3), counts[i], edges[i]])
            if not within(i, "calibration_curve", LIMIT - 2):
                break
    return rows


def summary_metrics(model: Any, X_test: Any, y_test: Any) -> Rows:
    """Name of the metric, value, name of the model."""
    base, metrics = importlib.import_module("sklearn.base"), importlib.import_module("sklearn.metrics")
    truth, said = _numpy().asarray(y_test), model.predict(X_test)
    found: dict[str, Any] = {}
    if base.is_classifier(model):
        found["accuracy_score"] = metrics.accuracy_score(truth, said)
        for name in ("precision", "recall", "f1"):
            shown = "f1_score" if name == "f1" else name
            found[shown] = getattr(metrics, f"{name}_score")(truth, said, average="weighted")
    elif base.is_regressor(model):
        found["mae"] = metrics.mean_absolute_error(truth, said)
        found["mse"] = metrics.mean_squared_error(truth, said)
        found["r2_score"] = metrics.r2_score(truth, said)
    return [[name, round(value, 2), type(model).__name__] for name, value in found.items()]


def learning_curve(
    model: Any, X: Any, y: Any, train_sizes: Any, options: Mapping[str, Any], within: Within = within_limit
) -> Rows:
    """ "train" or "test", mean score, number of samples."""
    numpy = _numpy()
    compute = importlib.import_module("sklearn.model_selection").learning_curve
    wanted = numpy.linspace(0.1, 1.0, 5) if train_sizes is None else train_sizes
    sizes, train, test = compute(model, X, numpy.asarray(y), train_sizes=wanted, **options)
    rows: Rows = []
    for i, size in enumerate(sizes):
        if not within(i, "learning_curve", LIMIT / 2):
            break
        rows.append(["train", round(numpy.mean(train, axis=1)[i], 2), size])
        rows.append(["test", round(numpy.mean(test, axis=1)[i], 2), size])
    return rows


def outlier_candidates(regressor: Any, X: Any, y: Any, within: Within = within_limit) -> Rows:
    """Cook's distance, number of the sample, percentage of outliers, and the distance from which on one is."""
    numpy = _numpy()
    y = numpy.asarray(y)
    regressor.fit(X, y)
    samples, features = X.shape
    leverage = (X * numpy.linalg.pinv(X).T).sum(1)
    residuals = y - regressor.predict(X)
    error = numpy.dot(residuals, residuals) / (samples - numpy.linalg.matrix_rank(X))
    studentized = residuals / numpy.sqrt(error) / numpy.sqrt(1 - leverage)
    distances = studentized**2 / features
    distances *= leverage / (1 - leverage)
    threshold = 4 / samples
    percentage = sum(distances >= threshold) / samples * 100.0
    rows: Rows = []
    for number, distance in enumerate(distances):
        rows.append([distance, number, round(percentage, 3), threshold])
        if not within(len(rows), "outlier_candidates"):
            break
    return rows


def residuals(regressor: Any, X: Any, y: Any, within: Within = within_limit) -> Rows:
    """ "train" or "test", prediction, how far it is off, and both scores."""
    split = importlib.import_module("sklearn.model_selection").train_test_split
    x_train, x_test, y_train, y_test = split(X, _numpy().asarray(y), test_size=0.2)
    regressor.fit(x_train, y_train)
    scores = [regressor.score(x_train, y_train), regressor.score(x_test, y_test)]
    rows: Rows = []
    for name, features, truth in (("train", x_train, y_train), ("test", x_test, y_test)):
        said = regressor.predict(features)
        for count, (prediction, off) in enumerate(zip(said, said - truth, strict=True), 1):
            rows.append([name, prediction, off, *scores])
            if not within(count, "residuals", MAX_RESIDUALS):
                break
    return rows


def elbow_curve(clusterer: Any, X: Any, cluster_ranges: Sequence[int] | None, clock: Callable[[], float]) -> Rows:
    """Number of clusters, error, seconds."""
    clone = importlib.import_module("sklearn.base").clone
    rows: Rows = []
    for number in range(1, 10, 2) if cluster_ranges is None else sorted(cluster_ranges):
        start = clock()
        model = clone(clusterer)
        model.n_clusters = number
        rows.append([number, abs(model.fit(X).score(X)), clock() - start])
    return rows


def silhouette(
    clusterer: Any, X: Any, cluster_labels: Any, metric: str, kmeans: bool, within: Within = within_limit
) -> Rows:
    """Each sample with its cluster, the cluster's centre, and the sample's coefficient in the order of the drawing."""
    numpy, metrics = _numpy(), importlib.import_module("sklearn.metrics")
    labels = numpy.asarray(cluster_labels)
    mean = metrics.silhouette_score(X, labels, metric=metric)
    drawn = list(_bars(metrics.silhouette_samples(X, labels, metric=metric), labels, within))
    centers = clusterer.cluster_centers_[:, :2] if kmeans else [(None, None)] * len(drawn)
    return [
        [X[i, 0], X[i, 1], labels[i], *centers[labels[i]], height, 0, coefficient, cluster, mean]
        for i, (height, coefficient, cluster) in enumerate(drawn)
    ]


def _bars(coefficients: Any, labels: Any, within: Within) -> Iterator[tuple[Any, Any, int]]:
    numpy = _numpy()
    count, lower = 0, 10
    for cluster in range(len(numpy.unique(labels))):
        own = numpy.sort(coefficients[labels == cluster])
        for height, coefficient in zip(numpy.arange(lower, lower + len(own)), own, strict=True):
            yield height, coefficient, cluster
            count += 1
            if not within(count, "silhouette"):
                break
        lower += len(own) + 10
