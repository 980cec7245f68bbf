"""Owns how a run of the public API says that it used a version of an artifact."""

from __future__ import annotations

from typing import Any

from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.records import RunPath, UseArtifactRecord


def declare_used(asker: Asker, path: RunPath, artifact: Any) -> Any:
    """Say that a run used a version that is there; the version.

    Raises:
        ValueError: It is no artifact, or a draft.
    """
    if not isinstance(getattr(artifact, "id", None), str):
        raise ValueError("You must pass a wandb.Api().artifact() to use_artifact")
    asker.tell(UseArtifactRecord(path, artifact.id))
    return artifact
