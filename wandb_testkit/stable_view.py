"""Owns the part of a run that is the same each time a script runs: no times, no ids, no names that a server gave.

What is empty is left out, so that a snapshot shows what the script did.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from wandb_testkit.artifact_view import ArtifactView
from wandb_testkit.observation import RunView

ID = "<run id>"
"""Stands for the run's id, wherever that occurs in a text."""

_GIVEN_BY_SERVER = re.compile(r"[a-z]+-[a-z]+-\d+")
_SHOWN_BYTES = 200


def stable(run: RunView) -> dict[str, Any]:
    """A run as plain values that do not change from one time to the next.

    Files are shown as text if they are short and are text, else by size and SHA-256.
    """
    name = run.name if run.name is None or not _GIVEN_BY_SERVER.fullmatch(run.name) else None
    shown = {
        "project": run.project,
        "name": name,
        "state": str(run.state),
        "exit_code": run.exit_code,
        "mode": None if run.mode == "online" else run.mode,
        "group": run.group,
        "job_type": run.job_type,
        "tags": list(run.tags),
        "notes": run.notes,
        "resumed_from": run.resumed_from,
        "config": run.config,
        "summary": run.summary,
        "history": list(run.history),
        "files": {path: _content(content) for path, content in sorted(run.files.items())},
        "artifacts": {name: [_artifact(view) for view in run.artifacts.versions(name)] for name in run.artifacts},
        "output": run.output,
        "alerts": run.alerts,
        "warnings": run.warnings,
    }
    without_id = re.compile(rf"(?<![0-9A-Za-z]){re.escape(run.id)}(?![0-9A-Za-z])")
    return {key: _without(without_id, value) for key, value in shown.items() if value not in (None, [], {}, ())}


def _artifact(view: ArtifactView) -> dict[str, Any]:
    shown = {
        "version": view.version,
        "type": view.type,
        "aliases": list(view.aliases),
        "description": view.description,
        "metadata": view.metadata,
        "files": {path: _content(content) for path, content in sorted(view.files.items())},
        "references": view.references,
        "tags": list(view.tags),
        "how": [how for how in ("logged", "used") if getattr(view, how)],
    }
    return {key: value for key, value in shown.items() if value not in (None, [], {})}


def _content(content: bytes) -> str:
    if len(content) <= _SHOWN_BYTES:
        try:
            return content.decode()
        except UnicodeDecodeError:
            pass
    return f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}"


def _without(run_id: re.Pattern[str], value: Any) -> Any:
    if isinstance(value, str):
        return run_id.sub(ID, value)
    if isinstance(value, Mapping):
        return {_without(run_id, key): _without(run_id, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(run_id, item) for item in value]
    return value
