"""Owns log(): rows, steps and commits (spec.md LOG-1 to LOG-6, RESUME-1, DISABLED-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_testkit.profiles import CLASSIC, Profile
from wandb_testkit.spec import summary
from wandb_testkit.spec.config import plain
from wandb_testkit.spec.model import RunObject, Unspecified, Values

ROW_DROPPED = "row_dropped"
"""The warning of a row whose step has gone by (LOG-3)."""


def log(
    run: RunObject, data: Mapping[str, Any], step: int | None, commit: bool | None, profile: Profile
) -> tuple[str, str]:
    """Carry out `run.log(data, step=step, commit=commit)`.

    Returns:
        Name of the exception's class that it raises, and kind of the warning it shows; "" for none.
    Raises:
        Unspecified: The text does not say what happens.
    """
    if run.is_dummy:
        summary.set_by_hand(run, data, profile)  # DISABLED-4: step and commit count for nothing
        return "", ""
    if run.is_finished:
        return ("Exception" if profile is CLASSIC else "UsageError"), ""
    if run.is_shared:
        step = None  # SHARED-1: it counts for nothing
    row = {key: plain(value) for key, value in data.items()}
    if profile is not CLASSIC:
        row = {key: value for key, value in row.items() if key != "" and value != {}}
    commits = step is None if commit is None else commit
    if not row and (step is not None or not commits):
        raise Unspecified("a row without keys that is not committed at once (LOG-4)")
    summary.check_is_specified(run, row)
    run.has_logged = True
    if step is not None and step < run.step:
        return "", ROW_DROPPED
    if step is not None and step > run.step:
        commit_pending(run, profile)
        run.step = step
    if row or run.pending is not None:
        run.pending = {**(run.pending or {}), **row}
    if commits:
        if run.pending is None and profile is not CLASSIC:
            run.pending = {}  # LOG-4: current writes a row that holds no key of the user's
        commit_pending(run, profile)
        run.step += 1
    return "", ""


def commit_pending(run: RunObject, profile: Profile) -> None:
    """Write the pending row at its step, if there is one."""
    row, run.pending = run.pending, None
    if row is not None:
        _write(run, {"_step": run.step, **row}, profile)


def _write(run: RunObject, row: Values, profile: Profile) -> None:
    record = run.record
    if record is not None:
        if record.replaces_rows:
            record.rows = []
        record.replaces_rows = record.rows_are_open = False
        record.rows = [*record.rows, row]
    summary.take_row(run, row, profile)
