"""Owns what is kept of a verification: a file with the date and the versions that it speaks of."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def keep_result(path: Path, came_to: Mapping[str, Any]) -> None:
    """Write what a run came to, with date and versions, for people and for tests of the docs.

    Args:
        came_to: Plain values, in the order in which they are to be read.
    """
    told = {
        "date": datetime.date.today().isoformat(),
        "wandb_testkit": importlib.metadata.version("wandb_testkit"),
        "python": platform.python_version(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**told, **came_to}, indent=2) + "\n", encoding="utf-8")
