"""Owns the open end of a run's history: the current step, the pending row, and the batch not yet published.

A row is checked, copied and stamped when it is logged; the batch crosses to the server at a barrier (design.md 2).
Source: LOG-1 to LOG-7.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from wandb_testkit.ports import Clock
from wandb_testkit.records import Row
from wandb_testkit.sdk.values import MAX_INT, MIN_INT

MAX_BATCH_ROWS = 512

SCALARS = frozenset({float, bool, str})
"""Types that a row takes as they are, whatever the profile; int needs a look at its size, None one at the summary."""

CLIENT_KEYS = frozenset({"_step", "_timestamp", "_runtime", ""})
"""Keys of a row that belong to the client, and the one that current drops: such a row takes the careful way."""

Publish = Callable[[int, list[Row], list[float], set[str], bool], bool]
"""Sends a batch: its first line, rows, timestamps, keys, whether to wait for the answer; tells whether it arrived."""


class OpenHistory:
    """The history that a run is writing.

    Attributes:
        step: `_step` of the row that the next plain log() writes.
        pending: The row that waits for its commit, or None (LOG-2).
        rows, timestamps: The open batch; timestamps are seconds since the epoch.
        keys: Every key that the user gave to a row of the open batch.
        is_direct: Whether a plain row may go straight into the batch: nothing pending, run not finished.
        limit: Rows that a batch may hold.
    """

    __slots__ = (
        "clock",
        "is_direct",
        "keys",
        "limit",
        "lines",
        "lock",
        "pending",
        "publish",
        "rows",
        "step",
        "timestamps",
    )

    numbers_rows = False
    """Whether rows are numbered one by one, whatever step the user gives (TB-1)."""

    def __init__(self, *, step: int, lines: int, limit: int, clock: Clock, publish: Publish) -> None:
        self.lock = threading.RLock()
        self.step = step
        self.lines = lines
        self.limit = limit
        self.clock = clock
        self.publish = publish
        self.pending: Row | None = None
        self.rows: list[Row] = []
        self.timestamps: list[float] = []
        self.keys: set[str] = set()
        self.is_direct = True

    def add(self, data: Any) -> bool:
        """Write a copy of a plain row at the current step, and go to the next; False if it needs a closer look.

        A dict of scalars under keys that the batch has already is what training loops log a million times: it is
        checked, copied and stamped right here, for one call more costs a quarter of what it takes to keep a dict.
        """
        if type(data) is not dict or not data:
            return False
        row = data.copy()
        for value in row.values():
            kind = type(value)
            if kind is not float and kind not in SCALARS and (kind is not int or not MIN_INT <= value <= MAX_INT):
                return False
        self.lock.acquire()  # half the price of `with`
        try:
            if not self.is_direct or not (self.keys.issuperset(row) or self._learn(row)):
                return False
            row["_step"] = step = self.step
            self.step = step + 1
            rows = self.rows
            rows.append(row)
            self.timestamps.append(self.clock.time())
            if len(rows) >= self.limit:
                self.flush()
            return True
        finally:
            self.lock.release()

    def _learn(self, row: Row) -> bool:
        """Take the keys of a plain row for known, unless one of them needs a closer look."""
        if any(type(key) is not str or key in CLIENT_KEYS for key in row):
            return False
        self.keys.update(row)
        return True

    def write(self, row: Row, timestamp: float | None = None) -> None:
        """Add one complete row at the current step, and go to the next; the caller holds the lock."""
        self.keys.update(row)
        has_client_keys = not CLIENT_KEYS.isdisjoint(row)
        row["_step"] = self.step
        self.step += 1
        self.rows.append(row)
        self.timestamps.append(self.clock.time() if timestamp is None else timestamp)
        if len(self.rows) >= self.limit or has_client_keys:  # add() must not take a client's key for known
            self.flush()

    def flush(self) -> None:
        """Publish the open batch."""
        with self.lock:
            rows = self.rows
            if rows:
                timestamps, keys = self.timestamps, self.keys
                self.rows, self.timestamps, self.keys = [], [], set()
                first_line = self.lines
                self.lines += len(rows)
                if not self.publish(first_line, rows, timestamps, keys, self.limit == 1):
                    self.lines = first_line  # a fault is armed; the next row takes this line

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

    def become_forked(self) -> None:
        """Let no plain row in; another thread of the parent may have held the lock, and there is none here."""
        self.lock = threading.RLock()
        self.is_direct = False
        self.pending, self.rows, self.timestamps, self.keys = None, [], [], set()  # the parent will publish them

    def close(self) -> None:
        """Write what is pending, publish, and let no plain row in any more."""
        with self.lock:
            self.commit()
            self.flush()
            self.is_direct = False
