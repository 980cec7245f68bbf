"""Owns the artifacts that tables are as well: whoever logs a table logs one of these. Observed with 0.31.0."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.artifacts.artifact import InternalArtifact
from wandb_testkit.sdk.run_artifacts import log_artifact

if TYPE_CHECKING:
    from wandb_testkit.sdk.run import Run

INCREMENTAL_TYPE = "wandb-run-incremental-table"


def keep_classic_table(run: Run, key: str, table: Any) -> None:
    """Log a table as an artifact of the run, as 0.10.33 does."""
    artifact = run._behaviour.media().own_artifact(f"run-{run.id}-{re.sub('[^a-zA-Z0-9_]+', '', key)}", "run_table")
    artifact.add(table, key)
    log_artifact(run, artifact)


def keep_table(run: Run, key: str, table: Any) -> None:
    """Log a table as an artifact of the run; one that is logged in increments adds its rows to the last one."""
    if getattr(table, "log_mode", None) != "INCREMENTAL":
        artifact = InternalArtifact(f"run-{run.id}-{key}", "run_table")
        artifact.add(table, key)
    else:
        _go_on(run, key, table)
        artifact = InternalArtifact(f"run-{run.id}-incr-{key}", INCREMENTAL_TYPE, incremental=True)
        milliseconds = int(run._session.clock.time() * 1000)
        artifact.add(table, f"{table._increment_num}-{milliseconds}.{key}")
    log_artifact(run, artifact)


def _go_on(run: Run, key: str, table: Any) -> None:
    """Number the increment; a resumed run goes on where its summary says it stopped.

    Raises:
        AssertionError: The table belongs to another run.
    """
    if table._run_target_for_increments not in (None, run):
        raise AssertionError("An incremental Table can only be logged to one Run.")
    is_first = table._run_target_for_increments is None
    table._run_target_for_increments = run
    last: Any = run.summary.get(key) if is_first and run.resumed and table._increment_num is None else None
    if hasattr(last, "get") and last.get("_type") == "incremental-table-file":
        table._increment_num = last.get("increment_num", 0) + 1
        table._previous_increments_paths = [*last.get("previous_increments_paths", ()), last.get("artifact_path")]
