"""Owns how long a run has run: what it had run before counts, and time between cells may not (RESUME-7g, JUPYTER-2)."""

from __future__ import annotations

from collections.abc import Sequence


class Stopwatch:
    """Seconds that a run has run at a time; all times are seconds since the epoch.

    Args:
        started_at: When it started.
        before: Seconds that it had run before (RESUME-7g).
    """

    __slots__ = ("_stopped_at", "_zero")

    def __init__(self, started_at: float, before: float) -> None:
        self._zero = started_at - before
        self._stopped_at: float | None = None

    def at(self, time: float) -> float:
        """The seconds at one time, which does not lie before the last stop or go_on."""
        return (time if self._stopped_at is None else min(time, self._stopped_at)) - self._zero

    def at_all(self, times: Sequence[float]) -> list[float]:
        """The same for many."""
        zero = self._zero
        if self._stopped_at is not None:
            return [self.at(time) for time in times]
        return [time - zero for time in times]

    def stop(self, time: float) -> None:
        """It stands still from now on; a second time nothing happens."""
        if self._stopped_at is None:
            self._stopped_at = time

    def go_on(self, time: float) -> None:
        """It goes on where it stopped."""
        if self._stopped_at is not None:
            self._zero += time - self._stopped_at
            self._stopped_at = None
