"""Owns the shape of what a profile decides about media, tables, plots and artifacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.data_types.wb_value import WBValue

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run


@dataclass(frozen=True, slots=True)
class MediaRules:
    """What a profile decides.

    Attributes:
        artifact: The class of artifacts.
        table: Makes a table of a data frame.
        plot: Makes media of a figure of matplotlib or plotly.
        keep_table: Logs the artifact that a table is as well, under the key of the row.
    """

    artifact: type[Artifact]
    table: Callable[[Any], WBValue]
    plot: Callable[[Any], WBValue]
    keep_table: Callable[[Run, str, Any], None]
