"""Owns what a server that runs for long remembers of its clients: the latest of each run, and no more.

A test's recorder keeps everything; here a run may go on for weeks.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from typing import NamedTuple

from wandb_testkit.observation import Exchange
from wandb_testkit.ports import RunSource
from wandb_testkit.records import KINDS, Record, Result, RunPath
from wandb_testkit.server.pages.viewers import Viewer

MAX_TOLD = 100
"""Of one run, and of the server."""


class Told(NamedTuple):
    """One record: its kind, when it came (seconds since the epoch), why it was refused ("" if it was not), its run."""

    at: float
    kind: str
    refusal: str = ""
    run: RunPath | None = None


class OfRun:
    """What was seen of one run: how many records of each kind, and the latest ones."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.latest: deque[Told] = deque(maxlen=MAX_TOLD)


class Seen:
    """The observer of a server that is served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[RunPath, OfRun] = {}
        self._refusals: deque[Told] = deque(maxlen=MAX_TOLD)

    def refused_lately(self, viewer: Viewer) -> list[Told]:
        """The latest records and requests that were refused, oldest first: those about runs that the viewer may see.

        Whose the others are is not known; they are told where nothing is hidden.
        """
        with self._lock:
            told = list(self._refusals)
        if viewer.sees_all:
            return told
        return [one for one in told if one.run is not None and viewer.may_see(one.run.entity, one.run.project)]

    def of_run(self, path: RunPath) -> tuple[dict[str, int], list[Told]]:
        """Records of each kind, and the latest ones, oldest first."""
        with self._lock:
            found = self._runs.get(path)
            return ({}, []) if found is None else (dict(found.counts), list(found.latest))

    # ------------------------------------------------------------------ told (ports.Observer)

    def opened(self, run: RunSource) -> None:
        """A run record came into being."""
        with self._lock:
            self._runs[run.path] = OfRun()

    def accepted(self, record: Record, result: Result) -> None:
        """A record was carried out."""
        path = result.run.path if result.run is not None else getattr(record, "path", None)
        self._tell(path, Told(time.time(), KINDS[type(record)]))

    def refused(self, record: Record, result: Result) -> None:
        """A record was refused."""
        said = "" if result.refusal is None else f"{result.refusal.status}: {result.refusal.message}"
        path = getattr(record, "path", None)
        told = Told(time.time(), getattr(record, "request", None) or KINDS[type(record)], said, path)
        with self._lock:
            self._refusals.append(told)
        self._tell(path, told)

    def exchanged(self, exchange: Exchange) -> None:
        """A request over HTTP was answered: what it was about was told as records."""

    def dropped(self, run: RunPath, message: str) -> None:
        """Clients of another process tell nobody."""

    def become_forked(self) -> None:
        """Nobody forks a served server."""

    def warned(self, run: RunPath | None, message: str) -> None:
        """Clients of another process tell nobody."""

    def _tell(self, path: RunPath | None, told: Told) -> None:
        with self._lock:
            run = None if path is None else self._runs.get(path)
            if run is not None:
                run.counts[told.kind] += 1
                run.latest.append(told)
