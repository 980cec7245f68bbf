"""Owns offline runs: what no server sees, kept by the server's own model and shown as runs.

So an offline run reads like an online one, but for its `requests`: there are none (MODE-3). Each offline init() makes a
run of its own, whatever its id is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from wandb_testkit.artifact_records import (
    ArtifactFileRequest,
    ArtifactRecord,
    ArtifactRequest,
    DeleteArtifactRecord,
    EditArtifactRecord,
    LinkArtifactRecord,
    UseArtifactRecord,
)
from wandb_testkit.ports import Clock
from wandb_testkit.records import (
    AnonymousAccountRequest,
    FileRequest,
    GraphQLRequest,
    Record,
    Refusal,
    Result,
    RewindRequest,
    RunRecord,
    RunScopedRecord,
    RunStatusRequest,
    UnknownRequest,
    ViewerRequest,
)
from wandb_testkit.server.runs import Runs
from wandb_testkit.server.stored_run import LOCAL, StoredRun

if TYPE_CHECKING:
    from wandb_testkit.server.artifact_records import ArtifactVerbs

QUESTIONS = (
    ViewerRequest,
    AnonymousAccountRequest,
    RunStatusRequest,
    RewindRequest,
    FileRequest,
    GraphQLRequest,
    ArtifactRequest,
    ArtifactFileRequest,
    UseArtifactRecord,
    LinkArtifactRecord,
    EditArtifactRecord,
    DeleteArtifactRecord,
    UnknownRequest,
)
"""What only a server can answer."""


class LocalRun:
    """A backend of one offline run, without accounts: whatever is written is kept.

    Args:
        on_new: Is told the run, when it is made.
        on_refused: Is told what is refused.
    """

    def __init__(
        self,
        on_new: Callable[[StoredRun], None],
        clock: Clock,
        on_refused: Callable[[Record, Result], None] = lambda *_: None,
    ) -> None:
        self.runs = Runs(on_new, clock, reports_history_length=False)
        self._clock = clock
        self._on_refused = on_refused
        self._lock = threading.RLock()

    def apply(self, record: Record, *, api_key: str | None = None) -> Result:
        """Keep one record; questions that only a server can answer are refused (MODE-3)."""
        with self._lock:
            result = self._carry_out(record)
        if result.refusal is not None:
            self._on_refused(record, result)
        return result

    def _carry_out(self, record: Record) -> Result:
        if isinstance(record, RunRecord):
            return self.runs.upsert(record, record.path, None)
        if isinstance(record, QUESTIONS):
            return Result(refusal=Refusal(0, "an offline run asks no server"))
        if isinstance(record, ArtifactRecord):
            return self._artifacts.carry_out(record)
        scoped: RunScopedRecord = record
        return self.runs.write(scoped)

    @cached_property
    def _artifacts(self) -> ArtifactVerbs:
        """What the run logs; versions are counted from 0, for nobody knows of earlier ones."""
        from wandb_testkit.server.artifact_records import ArtifactVerbs  # only who has artifacts pays for them
        from wandb_testkit.server.artifacts import Artifacts

        everything = Artifacts(self._clock)
        return ArtifactVerbs(everything, LOCAL, self.runs.find, lambda *where: True, lambda *where: None)
