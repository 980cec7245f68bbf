"""Owns what a chart is when it is logged: a table in the row, and a panel in the client's own part of the config.

Source: observed with 0.10.33 and 0.31.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wandb_testkit.sdk.data_types.table import Table
    from wandb_testkit.sdk.run import Run


class Chart:
    """A table, and how it is to be drawn."""

    is_wb_value = True
    """How log() knows one, without importing this module."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def logged(self, run: Run, key: str) -> Mapping[str, Any]:
        """Tell the run's config how to draw it, and return what stands in the row."""
        raise NotImplementedError
