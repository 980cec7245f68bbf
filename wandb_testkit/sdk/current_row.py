"""Owns which rows log() takes in the current profile, and what becomes of them in a forked child.

Source: LOG-1, LOG-5, LOG-7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import UsageError
from wandb_testkit.records import Row
from wandb_testkit.sdk.behaviour import RowRules
from wandb_testkit.sdk.current_values import CURRENT_VALUES

if TYPE_CHECKING:
    from wandb_testkit.sdk.run_rows import RunRows


def read_step(step: Any) -> int:
    """An int and nothing else (LOG-5)."""
    if isinstance(step, bool) or not hasattr(step, "__index__"):
        raise TypeError(f"log(step={step!r}): expected an int, got {type(step).__name__} [LOG-5]")
    return int(step)


def tidy(row: Row) -> None:
    """Take out the empty key, and every dict without leaves, at any depth (LOG-1)."""
    row.pop("", None)
    _drop_empty(row)


def _drop_empty(values: Row) -> None:
    for key, value in list(values.items()):
        if type(value) is dict:
            _drop_empty(value)
            if not value:
                del values[key]


def forked(run: RunRows, row: Row, step: int | None, commit: bool | None) -> None:
    """In 0.31 a forked child writes to the run of its parent, whose process numbers the rows (LOG-7).

    Raises:
        UsageError: The parent has finished the run, or is gone.
    """
    log = run._session.log_in_parent
    if log is None or not log(run.id, row, step, commit):
        raise UsageError(f"log() in a forked child: run {run.id!r} of its parent is finished [LOG-7]. Log before that")


ROW = RowRules(
    wrong_row=TypeError,
    fallback=CURRENT_VALUES.row,
    read_step=read_step,
    tidy=tidy,
    empty_is_written=True,
    whole_seconds=False,
    forked=forked,
)
