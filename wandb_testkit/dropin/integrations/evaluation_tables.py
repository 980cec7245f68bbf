"""Owns wandb's tables of validation data and of what a model says of them: a row of the second points to the first.

Columns that show what is in the data are made up by its shape, unless somebody says how, or wants none. Source:
observed with 0.10.33.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit.dropin.calls import active_run
from wandb_testkit.sdk.artifacts.classic import Artifact
from wandb_testkit.sdk.data_types.classic_types import Image, Table, Video
from wandb_testkit.world import current

MAX_NODES = 10
"""Of a list that has a column of its own."""

Shown = Callable[[Any, Any], Any]
"""What a column shows of a cell; the second is the input that belongs to it, where there is one."""

Processor = Callable[[Any, dict[str, Any]], Mapping[str, Any]]


class ValidationDataLogger:
    """Logs validation data once, and predictions as often as they are made.

    Args:
        inputs, targets: A list of each, or lists by the name of a slot; without `indexes` targets are needed.
        indexes: Rows of a table that has the data already: `Table.get_index()`.
        validation_row_processor, prediction_row_processor: Row number and row -> more columns; None: by the shape.
        class_labels: Names of the classes.
        infer_missing_processors: False: None means no more columns.
    Raises:
        AssertionError: There are neither targets nor indexes.
    """

    def __init__(
        self,
        inputs: Any,
        targets: Any = None,
        indexes: Any = None,
        validation_row_processor: Processor | None = None,
        prediction_row_processor: Processor | None = None,
        input_col_name: str = "input",
        target_col_name: str = "target",
        table_name: str = "wb_validation_data",
        artifact_type: str = "validation_dataset",
        class_labels: Any = None,
        infer_missing_processors: bool = True,
    ) -> None:
        has_labels = isinstance(class_labels, list) and bool(class_labels)
        self.class_labels_table = Table(["label"], [[label] for label in class_labels]) if has_labels else None
        self.validation_inputs, self.validation_targets, self.validation_indexes = inputs, targets, indexes
        self.prediction_row_processor = prediction_row_processor
        self.infer_missing_processors = infer_missing_processors
        self.input_col_name = input_col_name
        self.local_validation_artifact: Artifact | None = None
        if indexes is None:
            if targets is None:
                raise AssertionError("ValidationDataLogger() needs targets, or indexes of a table that has the data")
            table = Table(columns=[], data=[])
            _add_columns(table, inputs, input_col_name)
            _add_columns(table, targets, target_col_name)
            processor = validation_row_processor
            if processor is None and infer_missing_processors:
                processor = self._processor_of_data(inputs, targets, input_col_name, target_col_name)
            if processor is not None:
                table.add_computed_columns(processor)
            self.local_validation_artifact = artifact = Artifact(table_name, artifact_type)
            artifact.add(table, "validation_data")
            run = current().session.run
            if run is not None:
                run.use_artifact(artifact)
            self.validation_indexes = table.get_index()

    def make_predictions(self, predict_fn: Callable[[Any], Any]) -> Any:
        """What a function says of the inputs."""
        return predict_fn(self.validation_inputs)

    def log_predictions(
        self,
        predictions: Any,
        prediction_col_name: str = "output",
        val_ndx_col_name: str = "val_row",
        table_name: str = "validation_predictions",
        commit: bool = False,
    ) -> Table:
        """Log a table of predictions, as a row of its own whatever `commit` says; and return it."""
        if self.local_validation_artifact is not None:
            self.local_validation_artifact.wait()
        table = Table(columns=[], data=[])
        table.add_column(val_ndx_col_name, self.validation_indexes)
        _add_columns(table, predictions, prediction_col_name)
        if self.prediction_row_processor is None and self.infer_missing_processors:
            self.prediction_row_processor = self._processor_of_predictions(predictions, prediction_col_name)
        if self.prediction_row_processor is not None:
            table.add_computed_columns(self.prediction_row_processor)
        active_run("wandb.log()").log({table_name: table})
        return table

    def _processor_of_data(self, inputs: Any, targets: Any, input_name: str, target_name: str) -> Processor | None:
        an_input, a_target = _example(inputs), _example(targets)
        if an_input is None or a_target is None:
            return None
        has_one_input = not isinstance(an_input, dict)
        of_inputs = _columns(an_input, input_name, None, None)
        of_targets = _columns(a_target, target_name, self.class_labels_table, an_input if has_one_input else None)

        def processor(index: Any, row: dict[str, Any]) -> dict[str, Any]:
            base = row[input_name] if has_one_input else None
            return {
                **{name: show(row[column], None) for name, (column, show) in of_inputs.items()},
                **{name: show(row[column], base) for name, (column, show) in of_targets.items()},
            }

        return processor

    def _processor_of_predictions(self, predictions: Any, name: str) -> Processor | None:
        a_prediction, an_input = _example(predictions), _example(self.validation_inputs)
        if a_prediction is None or an_input is None:
            return None
        has_one_input = not isinstance(an_input, dict) and not isinstance(a_prediction, dict)
        columns = _columns(a_prediction, name, self.class_labels_table, an_input if has_one_input else None)

        def processor(index: Any, row: dict[str, Any]) -> dict[str, Any]:
            base = index.get_row()["val_row"].get_row().get(self.input_col_name) if has_one_input else None
            return {shown: show(row[column], base) for shown, (column, show) in columns.items()}

        return processor


def _add_columns(table: Table, data: Any, name: str) -> None:
    for column, cells in data.items() if isinstance(data, dict) else [(name, data)]:
        table.add_column(column, cells)


def _example(data: Any) -> Any:
    """The first of each, None where there is no telling."""
    if isinstance(data, dict):
        return {name: values[0] for name, values in data.items()}
    return data[0] if hasattr(data, "__len__") else None


def _columns(example: Any, name: str, labels: Table | None, base: Any) -> dict[str, tuple[str, Shown]]:
    """The name of a column to be made -> the column it shows, and how."""
    examples = example if isinstance(example, dict) else {name: example}
    if isinstance(example, dict):
        base = None
    return {
        f"{column}:{kind}": (column, show)
        for column, one in examples.items()
        for kind, show in _shown(one, labels, base).items()
    }


def _shown(example: Any, labels: Table | None, base: Any) -> dict[str, Shown]:
    shape = _shape(example)
    if labels is not None and shape == [len(labels.data)]:
        return _of_chances(example, labels)
    if shape == [1] and _is_whole(example[0]):
        return (
            {"val": lambda cell, _: cell[0]} if labels is None else {"class": lambda cell, _: _named(labels, cell[0])}
        )
    if len(shape) == 1:
        return _of_numbers(example)
    if len(shape) == 2 and labels is not None and base is not None and shape == _shape(base):
        return {"image": lambda cell, under: _masked(under, cell, labels)}
    if len(shape) in (2, 3):
        return {"image": lambda cell, _: Image(cell)}
    return {"video": lambda cell, _: Video(cell)} if len(shape) == 4 else {}


def _of_chances(example: Any, labels: Table) -> dict[str, Shown]:
    numpy, names = importlib.import_module("numpy"), labels.get_column("label")
    shown: dict[str, Shown] = {"max_class": lambda cell, _: labels.index_ref(numpy.argmax(cell))}
    if not _is_one_hot(example):
        shown["score"] = lambda cell, _: {name: cell[number] for number, name in enumerate(names)}
    return shown


def _of_numbers(example: Any) -> dict[str, Shown]:
    numpy = importlib.import_module("numpy")
    shown: dict[str, Shown] = {}
    if len(example) <= MAX_NODES:
        shown["node"] = lambda cell, _: [one.tolist() if hasattr(one, "tolist") else one for one in cell]
    shown["argmax"] = lambda cell, _: numpy.argmax(cell)
    if not _is_one_hot(example):
        shown["argmin"] = lambda cell, _: numpy.argmin(cell)
    return shown


def _named(labels: Table, number: Any) -> Any:
    return labels.index_ref(number) if number < len(labels.data) else number


def _masked(image: Any, mask: Any, labels: Table) -> Image:
    return Image(image, masks={"masks": {"mask_data": mask, "class_labels": labels.get_column("label")}})


def _shape(example: Any) -> list[int]:
    if not hasattr(example, "__len__"):
        return []
    count = len(example)
    return [count, *(_shape(example[0]) if count and type(example) is not str else [])]


def _is_whole(value: Any) -> bool:
    return isinstance(value.tolist() if hasattr(value, "tolist") else value, int)


def _is_one_hot(example: Any) -> bool:
    values = importlib.import_module("numpy").unique(example)
    return len(values) == 2 and set(values) == {0, 1}
