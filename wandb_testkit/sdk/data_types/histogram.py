"""Owns Histogram: bins and what is in them; it is no file."""

from __future__ import annotations

from typing import Any, ClassVar

from wandb_testkit.records import Row
from wandb_testkit.sdk import media
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.data_types.wb_value import WBValue


class Histogram(WBValue):
    """A histogram.

    Args:
        sequence: Numbers to be counted.
        np_histogram: What numpy.histogram() returned, in the place of them.
        num_bins: How many bins to count into.
    Attributes:
        histogram, bins: The counts, and the edges, of which there is one more.
    Raises:
        ValueError: There are too many bins, or not one edge more than counts.
    """

    MAX_LENGTH: ClassVar[int] = media.MAX_BINS
    _log_type = "histogram"

    def __init__(self, sequence: Any = None, np_histogram: Any = None, num_bins: int = 64) -> None:
        super().__init__()
        if np_histogram:
            if len(np_histogram) != 2:
                raise ValueError(
                    f"Expected np_histogram to be a tuple of (values, bin_edges) or sequence to be specified; got "
                    f"{len(np_histogram)} parts"
                )
            counts, edges = np_histogram
        else:
            counts, edges = needed("numpy", "wandb.Histogram of a sequence").histogram(sequence, bins=num_bins)
        self.histogram: Any = _as_list(counts)
        self.bins: Any = _as_list(edges)
        if len(self.histogram) > self.MAX_LENGTH:
            raise ValueError(f"The maximum length of a histogram is {self.MAX_LENGTH}, not {len(self.histogram)}")
        if len(self.histogram) + 1 != len(self.bins):
            raise ValueError(
                f"len(bins) must be len(histogram) + 1, not {len(self.bins)} for {len(self.histogram)} counts"
            )

    def to_json(self, run_or_artifact: Any = None) -> Row:
        """The form in a row."""
        return media.histogram(self.histogram, self.bins)


def _as_list(numbers: Any) -> Any:
    return numbers.tolist() if hasattr(numbers, "tolist") else numbers
