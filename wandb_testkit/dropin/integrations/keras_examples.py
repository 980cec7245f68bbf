"""Owns the pictures that the WandbCallback of 0.10.33 makes of validation data and what a model says of them."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.util_names import class_colors
from wandb_testkit.sdk.data_types.classic_types import Image

PICTURES = ("image", "images", "segmentation_mask")
"""Kinds of input and output that are pictures."""


class Examples:
    """Makes pictures of some examples.

    Args:
        kinds: Of input and output: one of PICTURES, "label", or anything else.
        labels: Names of the classes; of two, the one for false comes first.
        colors: A colour for each class of a mask, None for some.
    """

    def __init__(self, kinds: tuple[str | None, str | None], labels: Sequence[Any], colors: Any) -> None:
        self.input_type, self.output_type = kinds
        self.labels, self.colors = labels, colors
        self._batch_size: int | None = None

    def pictures(self, model: Any, data: tuple[Any, Any], count: int) -> list[Image]:
        """Of so many examples by chance, or of all if there are no more: what is shown of each stands side by side."""
        given, expected, said = self._asked(model, data, count)
        if self.input_type in PICTURES:
            if self.output_type == "label":
                names = self._captions(said)
                return [Image(one, caption=names[number]) for number, one in enumerate(given)]
            if self.output_type not in PICTURES:
                return [Image(one) for one in given]
            inputs = [Image(one, grouping=3) for one in self._visible(given, self.input_type)]
            return _side_by_side(inputs, self._outputs(said), self._outputs(expected))
        if self.input_type != "label":
            return _side_by_side(self._outputs(said, grouping=2), self._outputs(expected))
        names = self._captions(given)
        return _side_by_side(self._outputs(said, names, grouping=2), self._outputs(expected, names))

    def _asked(self, model: Any, data: tuple[Any, Any], count: int) -> tuple[list[Any], list[Any], Any]:
        numpy = importlib.import_module("numpy")
        total = len(data[0])
        chosen = numpy.random.choice(total, count, replace=False) if total > count else range(total)
        given, expected = [data[0][number] for number in chosen], [data[1][number] for number in chosen]
        batch = numpy.stack(given)
        if model.stateful:
            said = model.predict(batch, batch_size=1)
            model.reset_states()
            return given, expected, said
        said = model.predict(batch, batch_size=self._batch_size)
        if len(said) != len(given):
            self._batch_size = 1
            said = model.predict(batch, batch_size=self._batch_size)
        return given, expected, said

    def _outputs(
        self, values: Any, captions: Sequence[Any] | None = None, grouping: int | None = None
    ) -> Iterable[Image]:
        return [
            Image(one, caption=None if captions is None else captions[number], grouping=grouping)
            for number, one in enumerate(self._visible(values, self.output_type))
        ]

    def _visible(self, values: Any, kind: str | None) -> Any:
        """Masks in the colours of their classes; what has one channel, and what is a picture, as it is."""
        if kind != "segmentation_mask" or len(values[0].shape) == 2 or values[0].shape[-1] == 1:
            return values
        numpy = importlib.import_module("numpy")
        colors = numpy.array(class_colors(values[0].shape[2])) if self.colors is None else self.colors
        return colors[numpy.argmax(values, axis=-1)]

    def _captions(self, chances: Any) -> Sequence[Any]:
        numpy = importlib.import_module("numpy")
        if chances[0].shape[-1] != 1:
            numbers = numpy.argmax(numpy.stack(chances), axis=1)
            if not len(self.labels):
                return list(numbers)
            return [self.labels[number] if number < len(self.labels) else number for number in numbers]
        if len(self.labels) == 2:
            # The first decides for all, as in 0.10.33.
            return [self.labels[1] if chances[0] > 0.5 else self.labels[0]] * len(chances)
        if len(self.labels):
            show_line(
                "keras model is producing a single output, so labels should be a length two array: "
                '["False label", "True label"].',
                "warning",
            )
        return [chance[0] for chance in chances]


def _side_by_side(*columns: Iterable[Image]) -> list[Image]:
    return list(chain.from_iterable(zip(*columns, strict=False)))
