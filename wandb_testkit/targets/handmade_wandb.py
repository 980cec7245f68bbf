"""Owns the fake that people write second: a run of a dozen lines that remembers what it was told.

It is what test suites have in a conftest, so it is kept as simple as they keep it; what it does not know is not there.
"""

from __future__ import annotations

import json
import os
import uuid
from typing import Any

__version__ = "1"

run: FakeRun | None = None


class FakeRun:
    """What init() returns."""

    def __init__(self, project: str | None = None, id: str | None = None, name: str | None = None, **kwargs: Any):
        self.project = project or "uncategorized"
        self.id = id or uuid.uuid4().hex[:8]
        self.name = name
        self.config: dict[str, Any] = dict(kwargs.get("config") or {})
        self.tags = tuple(kwargs.get("tags") or ())
        self.notes = kwargs.get("notes")
        self.group = kwargs.get("group")
        self.job_type = kwargs.get("job_type")
        self.resumed = False
        self.step = 0
        self.summary: dict[str, Any] = {}
        self.history: list[dict[str, Any]] = []
        self.finished = False

    def log(self, data: dict[str, Any], step: int | None = None, commit: bool = True) -> None:
        """Remember a row."""
        self.step = self.step if step is None else step
        self.history.append({"_step": self.step, **data})
        self.summary.update(data)
        self.step += 1

    def finish(self, exit_code: int = 0) -> None:
        """Nothing more is to come."""
        global run
        self.finished = True
        run = None
        self._keep(exit_code)

    def _keep(self, exit_code: int) -> None:
        if "HANDMADE_WANDB_DIR" in os.environ:
            os.makedirs(os.environ["HANDMADE_WANDB_DIR"], exist_ok=True)
            names = ("project", "id", "name", "config", "tags", "notes", "group", "job_type", "summary", "history")
            told = {name: getattr(self, name) for name in names}
            with open(os.path.join(os.environ["HANDMADE_WANDB_DIR"], f"{uuid.uuid4()}.json"), "w") as file:
                json.dump({**told, "exit_code": exit_code}, file)


def init(**kwargs: Any) -> FakeRun:
    """A new run."""
    global run
    run = FakeRun(**kwargs)
    return run


def log(data: dict[str, Any], **kwargs: Any) -> None:
    """Log to the run."""
    assert run is not None
    run.log(data, **kwargs)


def finish() -> None:
    """End the run."""
    if run is not None:
        run.finish()
