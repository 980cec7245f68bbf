"""Owns the way from what matplotlib hands out to its figure."""

from __future__ import annotations

from typing import Any

from wandb_testkit.sdk.data_types.libraries import needed


def figure_of(drawn: Any) -> Any:
    """The figure of an axes, of `matplotlib.pyplot`, or a figure itself.

    Raises:
        ValueError: It is none of these.
    """
    figure_class = needed("matplotlib.figure", "a figure").Figure
    if drawn is needed("matplotlib.pyplot", "a figure"):
        drawn = drawn.gcf()
    elif not isinstance(drawn, figure_class):
        drawn = getattr(drawn, "figure", drawn)
    if not isinstance(drawn, figure_class):
        raise ValueError(
            f"Only matplotlib.pyplot or matplotlib.pyplot.Figure objects are accepted; got {type(drawn).__name__}"
        )
    return drawn


def has_images(figure: Any) -> bool:
    """Whether a figure shows pictures, which plotly cannot."""
    return any(axes.images for axes in figure.axes)
