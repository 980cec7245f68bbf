"""Owns the names under which artifacts are asked for: "entity/project/name:alias" and what may be left out of it."""

from __future__ import annotations

from wandb_testkit.records import RunPath

REGISTRY_PREFIX = "wandb-registry-"

ARTIFACT_URI = "wandb-artifact://"
"""How a text begins that names an artifact or one of its entries."""


def is_registry(project: str) -> bool:
    """Whether a project is a registry of an organization, by its name."""
    return project.startswith(REGISTRY_PREFIX)


def target_of(text: str, default: RunPath) -> tuple[RunPath, str]:
    """Read "entity/project/name", "project/name" or "name", each with ":alias" if wanted.

    Raises:
        ValueError: It is none of these.
    """
    collection, colon, alias = text.partition(":")
    parts = collection.split("/")
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise ValueError(f"Invalid artifact path: {text!r}")
    *where, name = parts
    entity, project = ["", "", *where][-2:]
    if is_registry(project):  # whose it is, the server knows
        return RunPath(entity, project, ""), f"{name}{colon}{alias}"
    return RunPath(entity or default.entity, project or default.project, ""), f"{name}{colon}{alias}"
