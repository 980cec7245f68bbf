"""Owns Plotly: figures of plotly, and those of matplotlib that plotly can show, as files."""

from __future__ import annotations

from typing import Any

from wandb_testkit.sdk.data_types.cells import in_file
from wandb_testkit.sdk.data_types.figures import figure_of, has_images
from wandb_testkit.sdk.data_types.image import Image
from wandb_testkit.sdk.data_types.libraries import is_figure_of_plotly, is_of_matplotlib, needed
from wandb_testkit.sdk.data_types.wb_value import Media


class Plotly(Media):
    """A figure.

    Args:
        val: A figure of plotly, or one of matplotlib without pictures.
    Raises:
        Error: plotly is not there, and a figure of matplotlib is to be converted.
        ValueError: It is neither.
    """

    _log_type = "plotly-file"
    _subdir = "plotly"

    def __init__(self, val: Any) -> None:
        super().__init__()
        if not is_figure_of_plotly(val):
            val = self._converted(val)
        self._set_content(self._json(in_file(val.to_plotly_json())), ".plotly.json")

    @classmethod
    def make_plot_media(cls, val: Any) -> Image | Plotly:
        """What log() makes of a figure: an image, where matplotlib shows pictures."""
        if is_of_matplotlib(val) and has_images(figure_of(val)):
            return Image(val)
        return cls(val)

    @staticmethod
    def _converted(val: Any) -> Any:
        if not is_of_matplotlib(val):
            raise ValueError(
                "Logged plots must be plotly figures, or matplotlib plots convertible to plotly via mpl_to_plotly; got "
                f"{type(val).__name__}"
            )
        figure = figure_of(val)
        if has_images(figure):
            raise ValueError(
                "Plotly does not currently support converting matplotlib figures containing images. You can convert "
                "the plot to a static image with `wandb.Image(plt)`"
            )
        return needed("plotly.tools", "a figure of matplotlib in log()").mpl_to_plotly(figure)
