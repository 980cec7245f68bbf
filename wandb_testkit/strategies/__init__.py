"""Hypothesis strategies for what users of W&B do, and a state machine that judges any implementation by them.

Options are keywords, and strategies give values: nothing has to be subclassed. Everything shrinks to few and short
actions over a small alphabet. Needs `hypothesis`.
"""

from __future__ import annotations

try:
    import hypothesis as _hypothesis  # noqa: F401 - so that the error below is the one that is seen
except ImportError as cause:
    raise ImportError("wandb_testkit.strategies needs hypothesis: pip install hypothesis") from cause

from wandb_testkit.strategies.arguments import environments, init_kwargs, settings
from wandb_testkit.strategies.lifecycle import RunLifecycle
from wandb_testkit.strategies.scripts import actions_after, scripts
from wandb_testkit.strategies.values import configs, metric_rows, run_ids, tags
from wandb_testkit.strategies.worlds import cells, faults

__all__ = [
    "RunLifecycle",
    "actions_after",
    "cells",
    "configs",
    "environments",
    "faults",
    "init_kwargs",
    "metric_rows",
    "run_ids",
    "scripts",
    "settings",
    "tags",
]
