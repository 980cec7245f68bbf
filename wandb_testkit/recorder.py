"""Owns what was seen between clients and server: records in order, refusals, dropped rows, warnings, runs.

Thread-safe, and frozen when read: every question is answered with a value that no later record changes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from wandb_testkit.observation import Exchange, RunState, RunView
from wandb_testkit.ports import RunSource
from wandb_testkit.records import (
    KINDS,
    AnonymousAccountRequest,
    GraphQLRequest,
    Record,
    Refusal,
    Result,
    RunPath,
    UnknownRequest,
    ViewerRequest,
)

MAX_EXCHANGES = 10_000
"""As many requests are remembered; a long training sends one every few seconds."""

MAX_UNKNOWN = 10_000
"""As many requests that are not modelled are remembered: who sends nonsense may do so for ever."""

_T = TypeVar("_T")


class RefusedRecord(NamedTuple):
    """A record that was not accepted, and why."""

    record: Record
    refusal: Refusal


class Notice(NamedTuple):
    """Something the client told its user, about a run or about none."""

    run: RunPath | None
    message: str

    @property
    def run_id(self) -> str:
        """The id of the run, "" for none."""
        return "" if self.run is None else self.run.run_id


class Recorder:
    """Everything a world's servers and clients said.

    Args:
        before_read: Is called before anything is read: open batches of history are published then.
    """

    def __init__(self, before_read: Callable[[], None]) -> None:
        self._before_read = before_read
        self._lock = threading.Lock()
        self._records: list[Record] = []
        self._refusals: list[RefusedRecord] = []
        self._unknown = 0
        self._dropped: list[Notice] = []
        self._warnings: list[Notice] = []
        self._connections: list[str] = []
        self._tell_parent: Callable[..., None] | None = None
        self._sources: list[RunSource] = []
        self._requests: dict[RunPath, list[str]] = {}
        self._exchanges: deque[Exchange] = deque(maxlen=MAX_EXCHANGES)

    # ------------------------------------------------------------------ told (ports.Observer)

    def opened(self, run: RunSource) -> None:
        """A run record came into being."""
        with self._lock:
            self._sources.append(run)

    def accepted(self, record: Record, result: Result) -> None:
        """A record was carried out."""
        path = result.run.path if result.run is not None else path_of(record)
        with self._lock:
            self._records.append(record)
            if path is not None:
                self._requests.setdefault(path, []).append(KINDS[type(record)])

    def refused(self, record: Record, result: Result) -> None:
        """A record was refused."""
        if result.refusal is None:
            raise ValueError(f"refused() was told of {record!r}, which was accepted")
        with self._lock:
            self._unknown += isinstance(record, UnknownRequest)
            if self._unknown > MAX_UNKNOWN and isinstance(record, UnknownRequest):
                return
            self._refusals.append(RefusedRecord(record, result.refusal))

    def dropped(self, run: RunPath, message: str) -> None:
        """The client gave up a row of the user's."""
        with self._lock:
            self._dropped.append(Notice(run, message))
        if self._tell_parent is not None:
            self._tell_parent(run, message, dropped=True)

    def become_forked(self) -> None:
        """This is a forked child now: a lock that another thread of the parent held is nobody's here."""
        self._lock = threading.Lock()

    def become_child(self, tell_parent: Callable[..., None]) -> None:
        """Let the parent's recorder hear what a client in this process tells its user."""
        self._lock = threading.Lock()
        self._tell_parent = tell_parent

    def warned(self, run: RunPath | None, message: str) -> None:
        """The client warned the user, about a run or about none."""
        with self._lock:
            self._warnings.append(Notice(run, message))
        if self._tell_parent is not None:
            self._tell_parent(run, message, dropped=False)

    def connection_refused(self, message: str) -> None:
        """A child process was about to reach the network."""
        with self._lock:
            self._connections.append(message)

    def exchanged(self, exchange: Exchange) -> None:
        """A request over HTTP was answered."""
        with self._lock:
            self._exchanges.append(exchange)

    def stop_asking(self) -> None:
        """The world is over: nobody holds anything back any more."""
        self._before_read = _nothing_is_held_back

    # ------------------------------------------------------------------ read

    def flush(self) -> None:
        """Let clients publish what they hold back."""
        self._before_read()

    def mark(self) -> tuple[int, int]:
        """Where records and refusals stand now, for since()."""
        self._before_read()
        with self._lock:
            return len(self._records), len(self._refusals)

    def since(self, mark: tuple[int, int]) -> list[Record]:
        """Every record that was made known after a mark: the accepted ones in order, then the refused ones."""
        self._before_read()
        with self._lock:
            return [*self._records[mark[0] :], *(refused.record for refused in self._refusals[mark[1] :])]

    @property
    def records(self) -> list[Record]:
        """Every record that was accepted, in order."""
        return self._read(self._records)

    @property
    def refusals(self) -> list[RefusedRecord]:
        """Every record that was refused, in order."""
        return self._read(self._refusals)

    @property
    def exchanges(self) -> list[Exchange]:
        """The latest requests over HTTP, in order, and how they were answered."""
        return self._read(self._exchanges)

    @property
    def dropped_rows(self) -> list[Notice]:
        """Every row that the client dropped with no more than a warning (LOG-3)."""
        return self._read(self._dropped)

    @property
    def warnings(self) -> list[Notice]:
        """Every warning."""
        return self._read(self._warnings)

    @property
    def refused_connections(self) -> list[str]:
        """Every connection that a child process was refused, in words."""
        return self._read(self._connections)

    @property
    def runs(self) -> list[RunView]:
        """The runs there are, in order of creation; deleted ones are gone."""
        self._before_read()
        with self._lock:
            return [self._view(run) for run in self._sources if run.state is not RunState.DELETED]

    def _view(self, run: RunSource) -> RunView:
        told = [notice.message for notice in (*self._warnings, *self._dropped) if notice.run == run.path]
        return run.view(list(self._requests.get(run.path, ())), told)

    def _read(self, told: Iterable[_T]) -> list[_T]:
        self._before_read()
        with self._lock:
            return list(told)


def _nothing_is_held_back() -> None:
    """What was said has been heard."""


def path_of(record: Record) -> RunPath | None:
    """The run that a record speaks of, or None for records about none."""
    if isinstance(record, (ViewerRequest, AnonymousAccountRequest, GraphQLRequest, UnknownRequest)):
        return None
    return record.path
