"""Owns wandb.plots of 0.10.33, the charts of 2020 by the name of a panel. Source: observed with 0.10.33."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.integrations.sklearn_checks import are_there, have_types
from wandb_testkit.sdk.data_types.classic_types import Table
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.plots.classic import SAMPLES, visualize
from wandb_testkit.sdk.plots.custom_chart import Visualize

MAX_POINTS = 10_000


def roc(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Any = None,
    plot_micro: bool = True,
    plot_macro: bool = True,
    classes_to_plot: Any = None,
) -> Visualize | None:
    """True over false positives, a curve for each class; None if something is missing, which a line tells.

    Args:
        y_true: The class of each sample.
        y_probas: For each sample, one number for each class.
        labels: Names of classes that are numbers.
        classes_to_plot: None means all.
        plot_micro, plot_macro: Accepted, and of no effect.
    """
    numpy, metrics = _libraries("wandb.plots.ROC()")
    if not _may_be_drawn(y_true=y_true, y_probas=y_probas):
        return None
    truth, chances = numpy.array(y_true), numpy.array(y_probas)
    rows: list[list[Any]] = []
    for number, name in _classes(numpy, truth, classes_to_plot):
        false, true, _ = metrics.roc_curve(truth, chances[:, number], pos_label=name)
        shown = labels[name] if labels is not None and isinstance(name, numpy.integer) else name
        for x, y in zip(false, true, strict=True):
            rows.append([shown, round(x, 3), round(y, 3)])
            if not within(len(rows), limit=MAX_POINTS):
                break
    return chart("roc", ("class", "fpr", "tpr"), rows)


def precision_recall(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Any = None,
    plot_micro: bool = True,
    classes_to_plot: Any = None,
) -> Visualize | None:
    """Precision over recall, a curve of 20 points for each class; the arguments are those of ROC()."""
    numpy, metrics = _libraries("wandb.plots.precision_recall()")
    truth, chances = numpy.array(y_true), numpy.array(y_probas)
    if not _may_be_drawn(y_true=truth, y_probas=chances):
        return None
    rows: list[list[Any]] = []
    for number, name in _classes(numpy, truth, classes_to_plot):
        precision, recall, _ = metrics.precision_recall_curve(truth, chances[:, number], pos_label=name)
        shown = name
        for sample in range(SAMPLES):
            if labels is not None and isinstance(shown, (int, numpy.integer)):
                shown = labels[shown]  # again, if the name of a class is a number
            points = [values[int(len(values) * sample / SAMPLES)] for values in (precision, recall)]
            rows.append([shown, *(round(point, 3) for point in points)])
            if not within(len(rows), limit=MAX_POINTS):
                break
    return chart("pr_curve", ("class", "precision", "recall"), rows)


def heatmap(x_labels: Any, y_labels: Any, matrix_values: Any, show_text: bool = False) -> Visualize | None:
    """A matrix in colours: for each name on the y-axis a row of values for those on the x-axis.

    Args:
        show_text: Write the values into their places.
    """
    numpy, _ = _libraries("wandb.plots.HeatMap()")
    if not _may_be_drawn(x_labels=x_labels, y_labels=y_labels, matrix_values=matrix_values):
        return None
    values = numpy.array(matrix_values)
    show_line("Visualizing heatmap.", "info")
    rows: list[list[Any]] = []
    for i, x in enumerate(x_labels):
        for j, y in enumerate(y_labels):
            rows.append([x, y, round(values[j][i], 2)])
            if not within(len(rows), limit=MAX_POINTS):
                break
    return chart("heatmap" if show_text else "heatmap_no_text", ("x_axis", "y_axis", "values"), rows)


def chart(spec: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Visualize:
    """A table with a panel of wandb's own."""
    return visualize(f"wandb/{spec}/v1", Table(columns=list(columns), data=[list(row) for row in rows]))


def within(count: float, chart: str = "", limit: float = 1000) -> bool:
    """Whether one more point may be drawn; the last that may is told of, with a number of 0.10.33's own."""
    if count >= limit:
        show_line(f"wandb uses only the first {MAX_POINTS} datapoints to create the plots.", "warning")
        return False
    return True


def _libraries(what: str) -> tuple[Any, Any]:
    return needed("numpy", what), needed("sklearn.metrics", what)


def _may_be_drawn(**given: Any) -> bool:
    return are_there(**given) and have_types(**given)


def _classes(numpy: Any, truth: Any, wanted: Any) -> Iterator[tuple[int, Any]]:
    """Number and name of each class that is to be drawn."""
    classes = numpy.unique(truth)
    is_wanted = numpy.isin(classes, classes if wanted is None else wanted)
    return ((number, name) for number, name in enumerate(classes) if is_wanted[number])
