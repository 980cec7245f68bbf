"""Owns the cells of a confusion matrix, which are the same in both profiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wandb_testkit.sdk.data_types.libraries import needed

COLUMNS = ("Actual", "Predicted", "nPredictions")


def names_and_numbers(
    class_names: Sequence[str] | None, y_true: Sequence[Any], taken: Sequence[Any]
) -> tuple[Sequence[str], list[Any]]:
    """What the classes are called, and by which numbers samples name them."""
    if class_names is not None:
        return class_names, list(range(len(class_names)))
    numbers = sorted({*taken, *y_true})
    return [f"Class_{number}" for number in range(1, len(numbers) + 1)], numbers


def cells(names: Sequence[str], numbers: Sequence[Any], y_true: Sequence[Any], taken: Sequence[Any]) -> list[list[Any]]:
    """A row for each two classes: how often the first was taken for the second."""
    numpy = needed("numpy", "wandb.plot.confusion_matrix()")
    place = {number: index for index, number in enumerate(numbers)}
    counts = numpy.zeros((len(numbers), len(numbers)))
    for actual, seen in zip(y_true, taken, strict=True):
        counts[place[actual], place[seen]] += 1
    return [
        [actual, predicted, counts[row, column]]
        for row, actual in enumerate(names)
        for column, predicted in enumerate(names)
    ]
