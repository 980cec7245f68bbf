"""Where the reference implementation is known to differ from the oracle; a strict xfail keeps each entry honest."""

from __future__ import annotations

from collections import Counter

from wandb_testkit.observation import Observation


def has_two_offline_runs_of_one_path(predicted: Observation) -> bool:
    """MODE-3, RESUME-13: each offline init() makes a local run of its own; the world keeps one a path."""
    paths = Counter(run.path for run in predicted.runs if run.mode == "offline")
    return max(paths.values(), default=0) > 1
