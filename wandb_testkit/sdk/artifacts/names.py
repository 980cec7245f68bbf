"""Owns the names under which artifacts are asked for: "entity/project/name:alias" and what may be left out of it."""

from __future__ import annotations

from wandb_testkit.errors import NotModelledError
from wandb_testkit.records import RunPath

REGISTRY_PREFIX = "wandb-registry-"


def target_of(text: str, default: RunPath) -> tuple[RunPath, str]:
    """Read "entity/project/name", "project/name" or "name", each with ":alias" if wanted.

    Raises:
        NotModelledError: It is in a registry of an organisation.
        ValueError: It is none of these.
    """
    collection, colon, alias = text.partition(":")
    parts = collection.split("/")
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise ValueError(f"Invalid artifact path: {text!r}")
    *where, name = parts
    entity, project = ["", "", *where][-2:]
    if project.startswith(REGISTRY_PREFIX):
        raise NotModelledError(f"registry {project!r}: registries of organisations are not part of the fake")
    return RunPath(entity or default.entity, project or default.project, ""), f"{name}{colon}{alias}"
