"""Owns wandb.plot: charts of tables and of what classifiers say. Source: observed with 0.31.0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.sdk.plots.confusion import COLUMNS, cells, names_and_numbers
from wandb_testkit.sdk.plots.custom_chart import CustomChart, plot_table


def line(
    table: Table, x: str, y: str, stroke: str | None = None, title: str = "", split_table: bool = False
) -> CustomChart:
    """A line through columns `x` and `y`, one for each value of column `stroke`."""
    return plot_table("wandb/line/v0", table, {"x": x, "y": y, "stroke": stroke}, {"title": title}, split_table)


def scatter(table: Table, x: str, y: str, title: str = "", split_table: bool = False) -> CustomChart:
    """Points at columns `x` and `y`."""
    return plot_table("wandb/scatter/v0", table, {"x": x, "y": y}, {"title": title}, split_table)


def bar(table: Table, label: str, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """A bar for each row."""
    return plot_table("wandb/bar/v0", table, {"label": label, "value": value}, {"title": title}, split_table)


def histogram(table: Table, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """How often column `value` has which values."""
    return plot_table("wandb/histogram/v0", table, {"value": value}, {"title": title}, split_table)


def line_series(
    xs: Any,
    ys: Any,
    keys: Any = None,
    title: str = "",
    xname: str = "x",
    split_table: bool = False,
) -> CustomChart:
    """Several lines.

    Args:
        xs: One list for all lines, or one for each.
        ys: One list for each line.
        keys: What the lines are called; None: line_0, line_1 ...
    Raises:
        ValueError: There are more or fewer of them than lines.
    """
    if not isinstance(xs[0], Iterable) or isinstance(xs[0], (str, bytes)):
        xs = [xs] * len(ys)
    if len(xs) != len(ys):
        raise ValueError(f"Number of x-series ({len(xs)}) must match y-series ({len(ys)}).")
    names = [f"line_{number}" for number in range(len(ys))] if keys is None else keys
    if len(names) != len(ys):
        raise ValueError(f"Number of keys ({len(names)}) must match y-series ({len(ys)}).")
    rows = [
        [x, name, y]
        for name, line_xs, line_ys in zip(names, xs, ys, strict=True)
        for x, y in zip(line_xs, line_ys, strict=False)
    ]
    columns = ["step", "lineKey", "lineVal"]
    texts = {"title": title, "xname": xname}
    return plot_table("wandb/lineseries/v0", Table(columns, rows), {name: name for name in columns}, texts, split_table)


def confusion_matrix(
    probs: Sequence[Sequence[float]] | None = None,
    y_true: Sequence[Any] | None = None,
    preds: Sequence[Any] | None = None,
    class_names: Sequence[str] | None = None,
    title: str = "Confusion Matrix Curve",
    split_table: bool = False,
) -> CustomChart:
    """How often each class is taken for which.

    Args:
        probs: For each sample, one number for each class.
        y_true: The class of each sample.
        preds: The class that each sample is taken for, in the place of `probs`.
        class_names: In order of their numbers; None: Class_1, Class_2 ...
    Raises:
        ValueError: Both or neither of `probs` and `preds` are given, or lengths do not match.
    """
    numpy = needed("numpy", "wandb.plot.confusion_matrix()")
    if probs is not None and preds is not None:
        raise ValueError("Only one of `probs` or `preds` should be provided, not both.")
    if probs is not None:
        preds = numpy.argmax(probs, axis=1).tolist()
    if preds is None or y_true is None:
        raise ValueError("confusion_matrix() takes `y_true`, and one of `probs` and `preds`")
    if len(preds) != len(y_true):
        raise ValueError("The number of predictions and true labels must be equal.")
    names, numbers = names_and_numbers(class_names, y_true, preds)
    if class_names is not None:
        for labels, what in ((preds, "predicted classes"), (y_true, "true labels")):
            if len(set(labels)) > len(class_names):
                raise ValueError(f"The number of unique {what} exceeds the number of class names.")
    return plot_table(
        "wandb/confusion_matrix/v1",
        Table(list(COLUMNS), cells(names, numbers, y_true, preds)),
        {name: name for name in COLUMNS},
        {"title": title},
        split_table,
    )
