"""Owns the names of run files: which there can be, and which a client writes of its own accord."""

from __future__ import annotations

from wandb_testkit.records import Refusal

CLIENT_FILES = frozenset(
    {"config.yaml", "diff.patch", "output.log", "requirements.txt", "wandb-metadata.json", "wandb-summary.json"}
)
"""What clients upload of their own accord (protocol.md 4.7)."""


def name_refusal(name: str) -> Refusal | None:
    """Why a file cannot have this name, or None if it can: it stays below the run's files directory."""
    parts = name.split("/")
    if name and "\\" not in name and "\0" not in name and not {"", ".", ".."}.intersection(parts):
        return None
    return Refusal(400, f"file name {name!r} should be a path below the run's files, such as 'media/a.png'")
