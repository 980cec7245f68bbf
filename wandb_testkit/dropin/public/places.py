"""Owns how paths of the public API are read: which entity, project and name a text means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Defaults(NamedTuple):
    """What a path that does not name them means."""

    entity: str
    project: str | None


def of_run(text: str, defaults: Defaults) -> tuple[str, str, str]:
    """Entity, project and id of `entity/project/runs/id`, `entity/project/id`, `project/id`, `project:id` or `id`.

    Raises:
        ValueError: It is none of these, or names no project and there is no default one.
    """
    path = text.replace("/runs/", "/").replace("/sweeps/", "/").strip("/ ")
    parts = path.split("/")
    if ":" in parts[-1] and len(parts) < 3:
        parts[-1:] = parts[-1].split(":", 1)
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise ValueError(f"Invalid path: {text!r}; expected 'entity/project/id', 'project/id' or 'id'")
    entity, project, name = _filled(parts, (defaults.entity, defaults.project))
    if project is None:
        raise ValueError(f"{text!r} names no project, and none is set: write 'project/id', or set WANDB_PROJECT")
    return str(entity), str(project), str(name)


def of_project(text: str | None, defaults: Defaults) -> tuple[str, str]:
    """Entity and project of `entity/project` or `project`; None means the default ones.

    Raises:
        ValueError: It is neither, or there is no default project.
    """
    if not text:
        if defaults.project is None:
            raise ValueError("no project is named, and none is set: name one, or set WANDB_PROJECT")
        return defaults.entity, defaults.project
    parts = text.strip("/ ").split("/")
    if not 1 <= len(parts) <= 2 or not all(parts):
        raise ValueError(f"Invalid path: {text!r}; expected 'entity/project' or 'project'")
    return (parts[0], parts[1]) if len(parts) == 2 else (defaults.entity, parts[0])


def of_artifact(text: str, defaults: Defaults) -> tuple[str, str, str]:
    """Entity, project and name of `entity/project/name:alias`, `project/name:alias` or `name:alias`.

    Raises:
        ValueError: It is none of these, or names no project and there is no default one.
    """
    parts = text.strip("/ ").split("/")
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise ValueError(f"Invalid artifact path: {text}")
    entity, project, name = _filled(parts, (defaults.entity, defaults.project or "uncategorized"))
    return str(entity), str(project), str(name)


def _filled(parts: Sequence[str], defaults: tuple[str | None, str | None]) -> list[str | None]:
    """Three parts: what is not there comes from the front of the defaults."""
    return [*defaults[: 3 - len(parts)], *parts]
