"""Owns what a real client has been told to do and the server may not have heard of yet, and the waiting for it.

A client sends rows and edits in its own time. What happens next in a script (somebody else starts the run, the process
is killed, the network goes) comes after them, so it waits: for rows until they are there, for the rest until nothing
more is heard.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from wandb_testkit import actions

ROWS_TIMEOUT_S = 10.0
"""How long rows that were logged may be on their way before the next init() is made all the same."""

DELAYS_S: Mapping[type, float] = {
    **dict.fromkeys((actions.EditRun, actions.UpdateConfig, actions.DefineMetric, actions.SaveFile), 7.0),
    **dict.fromkeys((actions.SetSummary, actions.Alert, actions.MarkPreempting), 1.0),
}
"""How long the server has to hear nothing to have heard of an action: newer clients collect edits for five seconds."""

STEP_DELAY_S = 2.0
"""The same for log(step=...), which may have completed the row before."""

CALM_TIMEOUT_S = 30.0
"""How long that is waited for altogether."""


class OnItsWay:
    """What one process has done to its runs and the server may not have heard of.

    Attributes:
        open_rows: Ids of online runs whose row waits for its commit (LOG-2).
    """

    def __init__(self) -> None:
        self._delays: dict[str, float] = {}
        self.open_rows: set[str] = set()

    def note(self, action: actions.RunAction, run_id: str) -> bool:
        """Take note of an action on an online run.

        Returns:
            Whether it has completed a row for certain.
        """
        if isinstance(action, actions.Finish):
            self._delays.pop(action.run, None)  # it hands over the rest
            self.open_rows.discard(run_id)
        delay = DELAYS_S.get(type(action), 0.0)
        is_row = False
        if isinstance(action, actions.Log):
            commits = action.step is None if action.commit is None else action.commit
            (self.open_rows.discard if commits else self.open_rows.add)(run_id)
            is_row = commits and action.step is None
            delay = 0.0 if action.step is None else STEP_DELAY_S
        if delay:
            self._delays[action.run] = max(delay, self._delays.get(action.run, 0))
        return is_row

    def take(self) -> float:
        """How long to wait for all of it, in seconds; from now on it counts as there."""
        delay = max(self._delays.values(), default=0.0)
        self._delays.clear()
        return delay


class Arrivals:
    """What has arrived at the server of a script.

    Args:
        arrived: Tells how many rows of each run have arrived, of all times: one that is used again begins a new stream.
    Attributes:
        answered: Is notified after each request.
    """

    def __init__(self, arrived: Callable[[], Mapping[str, int]]) -> None:
        self._arrived = arrived
        self.answered = threading.Condition()
        self._rows: Counter[str] = Counter()

    def note_row(self, run_id: str) -> None:
        """One more row of a run has been completed."""
        self._rows[run_id] = max(self._rows[run_id], self._arrived().get(run_id, 0)) + 1

    def wait_for_rows(self) -> None:
        """Let what was logged arrive: another run's init() may be told how much there is (RESUME-1, RESUME-7)."""

        def have_arrived() -> bool:
            there = self._arrived()
            return all(there.get(run_id, 0) >= number for run_id, number in self._rows.items())

        with self.answered:
            self.answered.wait_for(have_arrived, ROWS_TIMEOUT_S)

    def wait_for_calm(self, delay: float) -> None:
        """Return once nothing has been heard for so long, in seconds."""
        ends = time.monotonic() + CALM_TIMEOUT_S
        if delay:
            with self.answered:
                while self.answered.wait(delay) and time.monotonic() < ends:
                    pass
