"""Owns what a test does with runs and artifacts: what is there, and what befalls it."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wandb_testkit.observation import RunState
from wandb_testkit.records import Row, RunPath, RunRecord
from wandb_testkit.server.stored_run import CLIENT_KEY, StoredRun

if TYPE_CHECKING:
    from wandb_testkit.artifact_view import ArtifactView
    from wandb_testkit.ports import Clock
    from wandb_testkit.server.accounts import Accounts
    from wandb_testkit.server.artifacts import Artifacts
    from wandb_testkit.server.projects import Projects
    from wandb_testkit.server.runs import Runs

DEFAULT_PROJECT = "uncategorized"


class RunHands:
    """The hands on runs and artifacts; a part of FakeServer."""

    accounts: Accounts
    projects: Projects
    runs: Runs
    clock: Clock
    lock: threading.RLock
    settle: Callable[[], None]
    default_project: Callable[[], str]
    _keep: Callable[[], None]

    @cached_property
    def artifacts(self) -> Artifacts:
        """The artifacts; only who has some pays for them."""
        from wandb_testkit.server.artifacts import Artifacts

        return Artifacts(self.clock)

    def add_run(
        self,
        run_id: str,
        *,
        entity: str | None = None,
        project: str | None = None,
        rows: Sequence[Mapping[str, Any]] = (),
        config: Mapping[str, Any] | None = None,
        summary: Mapping[str, Any] | None = None,
        state: RunState | str = RunState.FINISHED,
        name: str | None = None,
        tags: Sequence[str] = (),
    ) -> None:
        """Put a run on the server, as if somebody had logged it earlier; rows without `_step` are counted from 0.

        Args:
            project: None means that of an init() which names none (PROJ-1).
        Raises:
            ValueError: A run with that path exists already.
        """
        self.settle()
        rows, config, summary = copy.deepcopy((rows, config, summary))  # the test may go on changing its own
        account = self.accounts.default
        path = RunPath(entity or account.entity, project or self.default_project(), run_id)
        if self.runs.find(path) is not None:
            raise ValueError(f"run {path} exists already; delete_run() it first, or choose another id")
        start = RunRecord(path, starts=True, display_name=name, tags=tuple(tags) or None, config=dict(config or {}))
        with self.lock:
            self.runs.upsert(start, path, account)
            run = self._existing(path)
            run.config[CLIENT_KEY] = {"t": {}}
            run.rows = [_with_step(row, line) for line, row in enumerate(rows)]
            run.timestamps = [0.0] * len(run.rows)
            run.runtimes = [0.0] * len(run.rows)
            last = {key: value for row in run.rows for key, value in row.items()}
            run.summary = dict(summary) if summary is not None else last
            run.awaits_first_row = False
            run.started_by = None
            run.state = RunState(state)
            run.exit_code = {RunState.FINISHED: 0, RunState.FAILED: 1}.get(run.state)
        self._keep()

    def add_artifact(
        self,
        name: str,
        files: Mapping[str, bytes] | None = None,
        *,
        type: str,
        entity: str | None = None,
        project: str | None = None,
        references: Mapping[str, str] | None = None,
        aliases: Sequence[str] = (),
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        run_id: str | None = None,
    ) -> ArtifactView:
        """Put a version of an artifact on the server, as if somebody (or a run that is there) had logged it earlier.

        Args:
            project: None means that of an init() which names none (PROJ-1).
            files: Path -> content.
            references: Path -> URI; nothing is fetched.
        Raises:
            ValueError: A name, an alias or a path cannot be one, or the artifact has another type.
            LookupError: There is no such run in the project.
        """
        from wandb_testkit.server.artifact_logging import log_artifact
        from wandb_testkit.server.artifacts import NewArtifact
        from wandb_testkit.server.refused import Refused

        self.settle()
        user = self.accounts.default.entity
        where = entity or user
        project = project or self.default_project()
        said = copy.deepcopy(dict(metadata or {}))
        new = NewArtifact(where, project, name, type, description=description, metadata=said, aliases=tuple(aliases))
        with self.lock:
            run = None if run_id is None else self._existing(RunPath(where, project, run_id))
            try:
                made = log_artifact(self.artifacts, new, dict(files or {}), dict(references or {}), user=user, run=run)
            except Refused as refused:
                raise ValueError(refused.refusal.message) from None
            self.projects.ensure(where, project)
        self._keep()
        return made.view(logged=run is not None, used=False)

    def delete_run(self, run_id: str, *, entity: str | None = None, project: str | None = None) -> None:
        """Delete a run: it vanishes, and its id can never be used again (ID-6)."""
        self._one(run_id, entity, project).state = RunState.DELETED
        self._keep()

    def crash_run(self, run_id: str, *, entity: str | None = None, project: str | None = None) -> None:
        """Decide that a run has crashed, as a server does when it has not heard of it for long.

        One that was marked as preempting was preempted (protocol.md 4.9).
        """
        run = self._one(run_id, entity, project)
        run.state = RunState.PREEMPTED if run.state is RunState.PREEMPTING else RunState.CRASHED
        self._keep()

    def corrupt_run(
        self,
        run_id: str,
        *,
        config: str | None = None,
        summary: str | None = None,
        entity: str | None = None,
        project: str | None = None,
    ) -> None:
        """Keep a text that is no JSON as config or summary of a run, until a client writes it again (RESUME-12).

        Raises:
            ValueError: A text is JSON after all, or none is given.
        """
        texts = {name: text for name, text in (("config", config), ("summary", summary)) if text is not None}
        if not texts:
            raise ValueError("corrupt_run() without config= or summary=: give the text that is to be kept, such as '{'")
        for name, text in texts.items():
            if not text or _is_json(text):
                why = "that is JSON" if text else "an empty text clients read as nothing"
                raise ValueError(f"corrupt_run({name}={text!r}): {why}; give what cannot be read, such as '{{'")
        run = self._one(run_id, entity, project)
        with self.lock:
            for name, text in texts.items():
                run.corrupt(name, text)
        self._keep()

    def stop_run(self, run_id: str, *, entity: str | None = None, project: str | None = None) -> None:
        """Ask the client of a run to stop, as the button of the run's page does (protocol.md trap 13)."""
        self._one(run_id, entity, project).stop_is_requested = True
        self._keep()

    def _existing(self, path: RunPath) -> StoredRun:
        run = self.runs.find(path)
        if run is None:
            raise LookupError(f"run {path} does not exist on this server")
        return run

    def _one(self, run_id: str, entity: str | None, project: str | None) -> StoredRun:
        self.settle()
        found = [
            run
            for run in self.runs
            if run.path.run_id == run_id
            and run.state is not RunState.DELETED
            and entity in (None, run.path.entity)
            and project in (None, run.path.project)
        ]
        if len(found) != 1:
            known = ", ".join(str(run.path) for run in self.runs) or "none"
            which = "no run" if not found else f"{len(found)} runs"
            raise LookupError(f"{which} with id {run_id!r} here; runs on this server: {known}")
        return found[0]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _with_step(row: Mapping[str, Any], line: int) -> Row:
    return {"_step": line, **row}
