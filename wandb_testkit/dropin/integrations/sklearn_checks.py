"""Owns what wandb.sklearn checks before it draws: what does not hold is a line on the terminal, and nothing is drawn.

As in 0.31.0, with its two surprises: a model whose predict() takes three features counts as not fitted, and so does no
clusterer of scikit-learn 1.6 and newer as a clusterer. So nothing is drawn of these, and the terminal says so here.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from wandb_testkit.dropin.calls import show_line

LIMIT = 1000
"""Points of a chart."""

ARRAYS = ("X", "X_test", "y", "y_test", "y_true", "y_probas", "x_labels", "y_labels", "matrix_values")
FITTED = (
    "coef_",
    "estimator_",
    "labels_",
    "n_clusters_",
    "children_",
    "components_",
    "n_components_",
    "n_iter_",
    "n_batch_iter_",
    "explained_variance_",
    "singular_values_",
    "mean_",
)


def are_there(**given: Any) -> bool:
    """Whether no value is None, and the features have no gaps and are numbers."""
    return all([_is_there(name, value) for name, value in given.items()])


def have_types(**given: Any) -> bool:
    """Whether arrays are arrays, and models are of the kind that their name says."""
    return all([_has_type(name, value) for name, value in given.items()])


def is_fitted(model: Any, version: str = "0.31.0") -> bool:
    """Whether a model is taken for a fitted one, by both generations."""
    numpy, sklearn = importlib.import_module("numpy"), importlib.import_module("sklearn")
    not_fitted = importlib.import_module("sklearn.exceptions").NotFittedError
    try:
        model.predict(numpy.zeros((7, 3)))
    except not_fitted:
        return _not_fitted()
    except AttributeError:
        try:
            sklearn.utils.validation.check_is_fitted(model, FITTED, all_or_any=any)
        except not_fitted:
            return _not_fitted()
        return True
    except Exception:
        return True
    kind = type(model).__name__
    show_line(f"wandb {version} draws nothing of a model that takes three features, such as this {kind}", "warning")
    return False


def within_limit(count: float, chart: str, limit: float = LIMIT) -> bool:
    """Whether one more point may be drawn; the first that may not is told of."""
    if count > limit:
        show_line(f"using only the first {limit} datapoints to create chart {chart}", "warning")
        return False
    return True


def _is_there(name: str, value: Any) -> bool:
    numpy, pandas = importlib.import_module("numpy"), importlib.import_module("pandas")
    if value is None:
        return _wrong(f"{name} is None. Please try again.")
    if name not in ("X", "X_test"):
        return True
    features = value.toarray() if hasattr(value, "toarray") else value
    features = numpy.asarray(features)
    if missing := int(numpy.count_nonzero(pandas.isnull(features))):
        show_line(f"{name} contains {missing} missing values. ", "warning")
        return False
    if features.dtype == object and not all(isinstance(item, (int, float, complex)) for item in features.ravel()):
        return are_no_numbers(name)
    return True if features.dtype.kind in "biufcO" else are_no_numbers(name)


def are_no_numbers(name: str) -> bool:
    """False, and it is told that these features are no numbers."""
    return _wrong(
        f"{name} contains values that are not numbers. Please vectorize, label encode or one hot encode {name} "
        "and call the plotting function again."
    )


def _has_type(name: str, value: Any) -> bool:
    base = importlib.import_module("sklearn.base")
    if name in ARRAYS and not isinstance(value, Iterable):
        return _wrong(f"{name} is not an array. Please try again.")
    if name == "model" and not (base.is_classifier(value) or base.is_regressor(value)):
        return _wrong(f"{name} is not a classifier or regressor. Please try again.")
    if name in ("clf", "binary_clf") and not base.is_classifier(value):
        return _wrong(f"{name} is not a classifier. Please try again.")
    if name == "regressor" and not base.is_regressor(value):
        return _wrong(f"{name} is not a regressor. Please try again.")
    if name == "clusterer" and getattr(value, "_estimator_type", None) != "clusterer":
        return _wrong(f"{name} is not a clusterer. Please try again.")
    return True


def _not_fitted() -> bool:
    return _wrong("Please fit the model before passing it in.")


def _wrong(text: str) -> bool:
    show_line(text, "error")
    return False
