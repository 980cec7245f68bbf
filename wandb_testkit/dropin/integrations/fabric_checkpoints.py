"""Owns what becomes of the checkpoints that Lightning saves: versions of an artifact of type "model"."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from wandb_testkit.sdk.artifacts.artifact import Artifact

TOLD = ("monitor", "mode", "save_last", "save_top_k", "save_weights_only", "_every_n_train_steps")
"""What of the callback that saves them is told of each."""


def log_checkpoints(run: Any, name: str, callback: Any, logged_at: dict[str, float]) -> None:
    """Log those that are newer than what was logged.

    Args:
        callback: Lightning's ModelCheckpoint.
        logged_at: Path -> when what was logged last was saved; it is brought up to date.
    """
    scan = importlib.import_module("lightning.pytorch.loggers.utilities")._scan_checkpoints
    told = {field: getattr(callback, field) for field in TOLD if hasattr(callback, field)}
    for time, path, score, _ in scan(callback, logged_at):
        # Lightning hands over a proxy: type() is that of the proxy, __class__ that of what it stands for.
        kind = callback.__class__.__name__
        number = score.item() if hasattr(score, "item") else score
        artifact = Artifact(
            name, type="model", metadata={"score": number, "original_filename": Path(path).name, kind: told}
        )
        artifact.add_file(path, name="model.ckpt")
        is_best = path == callback.best_model_path
        run.log_model(artifact, aliases=["latest", "best"] if is_best else ["latest"])
        logged_at[path] = time
