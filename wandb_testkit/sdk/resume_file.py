"""Owns `wandb-resume.json`: how resume="auto" remembers the last run of a wandb directory.

Source: section D (AUTO-1 to AUTO-11).
"""

from __future__ import annotations

import json

from wandb_testkit.ports import Disk

NAME = "wandb-resume.json"


def path_in(wandb_dir: str) -> str:
    """Where the file of a wandb directory is."""
    return f"{wandb_dir}/{NAME}"


def read(disk: Disk, wandb_dir: str) -> str | None:
    """The run id in the file; None where there is no file, or a damaged one (AUTO-8)."""
    content = disk.read(path_in(wandb_dir))
    if content is None:
        return None
    try:
        remembered = json.loads(content)
    except (ValueError, RecursionError):  # the second for brackets without end
        return None
    run_id = remembered.get("run_id") if isinstance(remembered, dict) else None
    return run_id if isinstance(run_id, str) and run_id else None


def write(disk: Disk, wandb_dir: str, run_id: str) -> None:
    """Remember a run."""
    disk.write(path_in(wandb_dir), json.dumps({"run_id": run_id}).encode())


def remove(disk: Disk, wandb_dir: str) -> None:
    """Forget the run: one of this directory ended well (AUTO-5)."""
    disk.remove(path_in(wandb_dir))
