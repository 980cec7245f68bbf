"""Holds the reference implementation against the spec, cell by cell: what `wandb-testkit verify` runs."""

from __future__ import annotations

from wandb_testkit.spec.covering import covering_cells
from wandb_testkit.verification.cells import complaint
from wandb_testkit.verification.sample import random_cells

__all__ = ["complaint", "covering_cells", "random_cells"]
