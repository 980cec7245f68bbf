"""Owns curves of classifiers: precision over recall, and true over false positives. Source: observed with 0.31.0."""

from __future__ import annotations

from typing import Any

from wandb_testkit.sdk import present
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.sdk.plots.custom_chart import CustomChart, plot_table

CURVE = "wandb/area-under-curve/v0"
SEED = 42
"""Which points are kept where there are too many, as in both generations."""


def pr_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: list[str] | None = None,
    classes_to_plot: list[Any] | None = None,
    interp_size: int = 21,
    title: str = "Precision-Recall Curve",
    split_table: bool = False,
) -> CustomChart | None:
    """Precision over recall, a curve for each class.

    Args:
        y_true: The class of each sample.
        y_probas: For each sample, one number for each class.
        labels: Names of classes that are numbers.
        classes_to_plot: None means all.
        interp_size: How many points a curve has.
    Raises:
        Error: numpy, pandas or scikit-learn is not there.
    """
    numpy, metrics = _libraries("wandb.plot.pr_curve()")
    if y_true is None or y_probas is None:
        _complain("y_true" if y_true is None else "y_probas")
        return None
    recall = numpy.linspace(0, 1, interp_size)[::-1]
    points: dict[str, list[Any]] = {"class": [], "precision": [], "recall": []}
    for label, truth, scores, positive in labelled_classes(numpy, y_true, y_probas, labels, classes_to_plot):
        precision, reached, _ = metrics.precision_recall_curve(truth, scores, pos_label=positive)
        best = numpy.maximum.accumulate(precision)[::-1]
        points["precision"] += list(best[numpy.searchsorted(reached[::-1], recall, side="left")])
        points["recall"] += list(recall)
        points["class"] += [label] * len(recall)
    titles = {"x-axis-title": "Recall", "y-axis-title": "Precision"}
    return _chart(points, "recall", "precision", {"title": title, **titles}, split_table)


def roc_curve(
    y_true: Any,
    y_probas: Any = None,
    labels: list[str] | None = None,
    classes_to_plot: list[Any] | None = None,
    title: str = "ROC Curve",
    split_table: bool = False,
) -> CustomChart | None:
    """True over false positives, a curve for each class; the arguments are those of pr_curve()."""
    numpy, metrics = _libraries("wandb.plot.roc_curve()")
    if y_true is None or y_probas is None:
        _complain("y_true" if y_true is None else "y_probas")
        return None
    points: dict[str, list[Any]] = {"class": [], "fpr": [], "tpr": []}
    for label, truth, scores, positive in labelled_classes(numpy, y_true, y_probas, labels, classes_to_plot):
        false, true, _ = metrics.roc_curve(truth, scores, pos_label=positive)
        points["fpr"] += list(false)
        points["tpr"] += list(true)
        points["class"] += [label] * len(false)
    titles = {"x-axis-title": "False positive rate", "y-axis-title": "True positive rate"}
    return _chart(points, "fpr", "tpr", {"title": title, **titles}, split_table)


def _libraries(why: str) -> tuple[Any, Any]:
    needed("pandas", why)
    return needed("numpy", why), needed("sklearn.metrics", why)


def _complain(name: str) -> None:
    present.session().terminal.line(f"{name} is None. Please try again.", level="error")


def labelled_classes(numpy: Any, y_true: Any, y_probas: Any, labels: Any, wanted: Any) -> Any:
    """Label, truth, scores and the positive class of each curve."""
    truth, scores = numpy.array(y_true), numpy.array(y_probas)
    classes = numpy.unique(truth)
    for number in numpy.where(numpy.isin(classes, classes if wanted is None else wanted))[0]:
        positive = classes[number]
        is_number = isinstance(positive, int) or isinstance(classes[0], numpy.integer)
        label = labels[positive] if labels is not None and is_number else positive
        yield label, truth, scores[..., number], positive


def _chart(points: dict[str, list[Any]], x: str, y: str, texts: dict[str, str], split_table: bool) -> CustomChart:
    pandas = needed("pandas", "a curve")
    frame = pandas.DataFrame(points).round(3)
    if len(frame) > Table.MAX_ROWS:
        text = f"wandb uses only {Table.MAX_ROWS} data points to create the plots."
        present.session().warn("curve_resampled", text)
        frame = needed("sklearn.utils", "a curve").resample(
            frame, replace=False, n_samples=Table.MAX_ROWS, random_state=SEED, stratify=frame["class"]
        )
        frame = frame.sort_values([x, y, "class"] if x == "fpr" else [y, x, "class"])
    return plot_table(CURVE, Table(dataframe=frame), {"x": x, "y": y, "class": "class"}, texts, split_table)
