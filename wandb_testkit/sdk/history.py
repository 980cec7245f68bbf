"""Owns the open end of a run's history: the current step, the pending row, and the batch not yet published.

A row is checked, copied and stamped when it is logged; the batch crosses to the server at a barrier (design.md 2).
Source: LOG-1 to LOG-7.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from wandb_testkit.records import Row

MAX_BATCH_ROWS = 512

Publish = Callable[[int, list[Row], list[float]], None]


class OpenHistory:
    """The history that a run is writing.

    Attributes:
        step: `_step` of the row that the next plain log() writes.
        pending: The row that waits for its commit, or None (LOG-2).
        rows, timestamps: The open batch; timestamps are seconds since the epoch.
        is_direct: Whether a plain row may go straight into the batch: nothing pending, run not finished.
        limit: Rows that a batch may hold.
    """

    __slots__ = ("is_direct", "limit", "lines", "lock", "now", "pending", "publish", "rows", "step", "timestamps")

    def __init__(self, *, step: int, lines: int, limit: int, now: Callable[[], float], publish: Publish) -> None:
        self.lock = threading.RLock()
        self.step = step
        self.lines = lines
        self.limit = limit
        self.now = now
        self.publish = publish
        self.pending: Row | None = None
        self.rows: list[Row] = []
        self.timestamps: list[float] = []
        self.is_direct = True

    def write(self, row: Row) -> None:
        """Add one complete row at the current step, and go to the next; the caller holds the lock."""
        row["_step"] = self.step
        self.rows.append(row)
        self.timestamps.append(self.now())
        self.step += 1
        if len(self.rows) >= self.limit:
            self.flush()

    def flush(self) -> None:
        """Publish the open batch."""
        with self.lock:
            rows = self.rows
            if rows:
                timestamps = self.timestamps
                self.rows, self.timestamps = [], []
                first_line = self.lines
                self.lines += len(rows)
                self.publish(first_line, rows, timestamps)

    def commit(self) -> None:
        """Write the pending row, if there is one; the caller holds the lock."""
        row, self.pending = self.pending, None
        self.is_direct = True
        if row is not None:
            self.write(row)

    def hold(self, data: Row) -> None:
        """Merge into the pending row; the caller holds the lock."""
        self.is_direct = False
        if self.pending is None:
            self.pending = data
        else:
            self.pending.update(data)

    def go_to(self, step: int) -> bool:
        """Move to a later step, the pending row being written at its own; False if the step has gone by (LOG-3)."""
        if step < self.step:
            return False
        if step > self.step:
            self.commit()
            self.step = step
        return True

    def close(self) -> None:
        """Write what is pending, publish, and let no plain row in any more."""
        with self.lock:
            self.commit()
            self.flush()
            self.is_direct = False
