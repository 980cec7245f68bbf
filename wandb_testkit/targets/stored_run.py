"""Owns how a run that somebody else has stored becomes a run view: a few fields, and the rest is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_testkit.artifact_view import NO_ARTIFACTS
from wandb_testkit.history_view import History
from wandb_testkit.observation import TIME_KEYS, RunState, RunView


def stored_run(fields: Mapping[str, Any]) -> RunView:
    """The view of a run of which these fields are known.

    Args:
        fields: Those of a RunView; `id` and `project` at least. `history` is a list of rows, each with its `_step`;
            `state` follows from `exit_code` where it is left out. Times, and what no RunView has, are passed over.
    """
    exit_code = fields.get("exit_code")
    rows = [_without_times(row) for row in fields.get("history", ())]
    return RunView(
        id=fields["id"],
        entity=fields.get("entity") or "",
        project=fields["project"],
        name=fields.get("name"),
        state=_state(fields.get("state"), exit_code),
        exit_code=exit_code,
        config=dict(fields.get("config") or {}),
        summary=_without_times(fields.get("summary") or {}),
        history=History(rows, run_id=fields["id"]),
        tags=tuple(fields.get("tags") or ()),
        group=fields.get("group"),
        job_type=fields.get("job_type"),
        notes=fields.get("notes"),
        resumed_from=fields.get("resumed_from"),
        files=dict(fields.get("files") or {}),
        artifacts=NO_ARTIFACTS,
        output=[],
        alerts=list(fields.get("alerts") or ()),
        warnings=[],
        requests=[],
        mode=fields.get("mode", "online"),
    )


def _state(word: str | None, exit_code: int | None) -> RunState:
    if word is not None:
        return RunState(word)
    if exit_code is None:
        return RunState.RUNNING
    return RunState.FAILED if exit_code else RunState.FINISHED


def _without_times(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in TIME_KEYS}
