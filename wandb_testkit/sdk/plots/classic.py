"""Owns wandb.plot of 0.10.33: no title is None, and other points on curves. Source: observed with 0.10.33."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wandb_testkit.sdk.data_types.classic_types import Table
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.data_types.table import Table as BaseTable
from wandb_testkit.sdk.plots.confusion import COLUMNS, cells, names_and_numbers
from wandb_testkit.sdk.plots.curves import CURVE, labelled_classes
from wandb_testkit.sdk.plots.custom_chart import CustomChart, Visualize, plot_table
from wandb_testkit.sdk.plots.custom_chart import visualize as current_visualize

SAMPLES = 20
"""Points of a curve of precision over recall."""


def line(table: BaseTable, x: str, y: str, stroke: str | None = None, title: str | None = None) -> CustomChart:
    """A line through columns `x` and `y`, one for each value of column `stroke`."""
    return _chart("wandb/line/v0", table, {"x": x, "y": y, "stroke": stroke}, title)


def scatter(table: BaseTable, x: str, y: str, title: str | None = None) -> CustomChart:
    """Points at columns `x` and `y`."""
    return _chart("wandb/scatter/v0", table, {"x": x, "y": y}, title)


def bar(table: BaseTable, label: str, value: str, title: str | None = None) -> CustomChart:
    """A bar for each row."""
    return _chart("wandb/bar/v0", table, {"label": label, "value": value}, title)


def histogram(table: BaseTable, value: str, title: str | None = None) -> CustomChart:
    """How often column `value` has which values."""
    return _chart("wandb/histogram/v0", table, {"value": value}, title)


def line_series(xs: Any, ys: Any, keys: Any = None, title: str | None = None, xname: str | None = None) -> CustomChart:
    """Several lines; xs is one list for all, or one for each.

    Raises:
        AssertionError: There are more or fewer x than lines.
        IndexError: There are fewer keys than lines.
    """
    if not isinstance(xs[0], Sequence):
        xs = [xs] * len(ys)
    if len(xs) != len(ys):
        raise AssertionError("Number of x-lines and y-lines must match")
    names = [f"key_{number}" for number in range(len(ys))] if keys is None else keys
    if len(names) < len(ys):
        raise IndexError(f"line_series(keys={names!r}): {len(ys)} lines, and {len(names)} keys; give each its key")
    rows = [
        [x, name, y]
        for name, line_xs, line_ys in zip(names, xs, ys, strict=False)
        for x, y in zip(line_xs, line_ys, strict=False)
    ]
    columns = ["step", "lineKey", "lineVal"]
    texts = {"title": title, "xname": xname or "x"}
    return plot_table("wandb/lineseries/v0", Table(columns, rows), {name: name for name in columns}, texts)


def confusion_matrix(
    probs: Any = None, y_true: Any = None, preds: Any = None, class_names: Any = None, title: str | None = None
) -> CustomChart:
    """How often each class is taken for which; of `probs` and `preds` one is given.

    Raises:
        AssertionError: Both or neither are given, or lengths do not match.
    """
    numpy = needed("numpy", "wandb.plot.confusion_matrix()")
    if (probs is None) == (preds is None):
        raise AssertionError("Must provide probabilties or predictions but not both to confusion matrix")
    seen = numpy.argmax(probs, axis=1).tolist() if preds is None else preds
    if len(seen) != len(y_true):
        raise AssertionError("Number of predictions and label indices must match")
    names, numbers = names_and_numbers(class_names, y_true, seen)
    return plot_table(
        "wandb/confusion_matrix/v1",
        Table(list(COLUMNS), cells(names, numbers, y_true, seen)),
        {name: name for name in COLUMNS},
        {"title": title or ""},
    )


def pr_curve(
    y_true: Any = None, y_probas: Any = None, labels: Any = None, classes_to_plot: Any = None, title: str | None = None
) -> CustomChart:
    """Precision over recall, a curve of 20 points for each class."""
    numpy = needed("numpy", "wandb.plot.pr_curve()")
    metrics = needed("sklearn.metrics", "wandb.plot.pr_curve()")
    rows = []
    for label, truth, scores, positive in labelled_classes(numpy, y_true, y_probas, labels, classes_to_plot):
        precision, recall, _ = metrics.precision_recall_curve(truth, scores, pos_label=positive)
        for sample in range(SAMPLES):
            place = int(len(precision) * sample / SAMPLES)
            rows.append([label, round(precision[place], 3), round(recall[int(len(recall) * sample / SAMPLES)], 3)])
    table = Table(["class", "precision", "recall"], rows)
    fields = {"x": "recall", "y": "precision", "class": "class"}
    return plot_table(CURVE, table, fields, {"title": title or "Precision v. Recall"})


def roc_curve(
    y_true: Any = None, y_probas: Any = None, labels: Any = None, classes_to_plot: Any = None, title: str | None = None
) -> CustomChart:
    """True over false positives, a curve for each class."""
    numpy = needed("numpy", "wandb.plot.roc_curve()")
    metrics = needed("sklearn.metrics", "wandb.plot.roc_curve()")
    rows = []
    for label, truth, scores, positive in labelled_classes(numpy, y_true, y_probas, labels, classes_to_plot):
        false, true, _ = metrics.roc_curve(truth, scores, pos_label=positive)
        rows += [[label, round(x, 3), round(y, 3)] for x, y in zip(false, true, strict=True)]
    texts = {"title": title or "ROC", "x-axis-title": "False positive rate", "y-axis-title": "True positive rate"}
    fields = {"x": "fpr", "y": "tpr", "class": "class"}
    return plot_table(CURVE, Table(["class", "fpr", "tpr"], rows), fields, texts)


def visualize(viz_id: str, value: Table) -> Visualize:
    """A table with a panel of some name."""
    return current_visualize(viz_id, value)


def _chart(spec: str, table: BaseTable, fields: dict[str, Any], title: str | None) -> CustomChart:
    return plot_table(spec, table, fields, {"title": title})
