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
        own_artifact: Makes one that W&B itself logs, of a name and a type.
        table: Makes a table of a data frame.
        plot: Makes media of a figure of matplotlib or plotly.
        step: What the names of files tell of a log(): the step that the run was at, and the one that was given.
        not_an_artifact: Raised for what is to be logged as one and is none.
        mark: Made of the place in a list: the last part of the names of files; None: their check sum.
        keep_table: Logs the artifact that a table is as well, under the key of the row.
    """

    artifact: type[Artifact]
    own_artifact: Callable[[str, str], Artifact]
    table: Callable[[Any], WBValue]
    plot: Callable[[Any], WBValue]
    step: Callable[[int, int | None], int]
    not_an_artifact: type[Exception]
    mark: Callable[[int], str | None]
    keep_table: Callable[[Run, str, Any], None]
