"""Owns the name of a run's directory (LOGSETUP-3, MODE-3, MODE-4)."""

from __future__ import annotations

from wandb_testkit.ports import Disk


def directory(wandb_dir: str, prefix: str, started_at: float, run_id: str) -> str:
    """`<wandb dir>/<prefix>-<YYYYmmdd_HHMMSS>-<id>`, in local time."""
    import datetime

    stamp = datetime.datetime.fromtimestamp(started_at).strftime("%Y%m%d_%H%M%S")
    return f"{wandb_dir}/{prefix}-{stamp}-{run_id}"


def free_directory(disk: Disk, wandb_dir: str, prefix: str, started_at: float, run_id: str) -> str:
    """The same, with -1, -2 ... behind it if a run of that id has started in the same second: logs are never mixed."""
    first = found = directory(wandb_dir, prefix, started_at, run_id)
    number = 0
    while disk.is_dir(found):
        number += 1
        found = f"{first}-{number}"
    return found
