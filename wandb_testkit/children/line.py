"""Owns the child's end: how the records of a child process travel to the world of its parent.

Rows go one by one, so that those of a child that is killed are there; the end of a run is waited for (FINISH-1).
"""

from __future__ import annotations

import itertools
import os
import socket
import threading
from typing import Any

from wandb_testkit.errors import ParentGoneError
from wandb_testkit.ports import Transport
from wandb_testkit.records import DONE, ExitRecord, Record, Refusal, Result, RunPath
from wandb_testkit.wire.frames import Frame, FrameKind, frame_bytes, json_payload, read_frame, read_json_payload
from wandb_testkit.wire.record_codec import decode_result, encode, load_messages

GONE = (
    "the test that started this process is over, and nobody records its runs any more; "
    "let the test wait for the process (join() it, or shut its pool down)"
)


def load() -> None:
    """Load all that is needed to speak on a line."""
    load_messages()


class ParentLine:
    """The way to a world of the parent process.

    Args:
        address: Where the parent listens.
        world: The number of the world; None means the innermost that is in force there.
    """

    batch_rows = 1

    def __init__(self, address: str, world: int | None = None) -> None:
        self.is_armed = False
        self.address = address
        self._world = world
        self._lock = threading.Lock()
        self._connection: socket.SocketType | None = None
        self._numbers = itertools.count(1)
        self._described: dict[str, Any] = {}
        self._ways: list[ParentTransport] = []

    # ------------------------------------------------------------------ wiring.Line

    def connect(self, api_key: str | None) -> Transport:
        """A transport for the account of a key."""
        return self._way(api_key, offline=False)

    def connect_offline(self) -> Transport:
        """The transport of an offline run: its parent keeps it, and no server sees it (MODE-3)."""
        return self._way(None, offline=True)

    def settle(self) -> None:
        """Wait until what was said has arrived."""
        with self._lock:
            if self._connection is not None:
                self._ask(FrameKind.BARRIER, 0)

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self._hang_up()

    # ------------------------------------------------------------------ children

    def described(self) -> dict[str, Any]:
        """What the parent tells of the world.

        Raises:
            ParentGoneError: The world, or the parent, is gone.
        """
        with self._lock:
            self._connect()
            return self._described

    @property
    def is_over(self) -> bool:
        """Whether the world is gone; one that was never spoken to is asked."""
        with self._lock:
            if self._connection is None:
                try:
                    self._connect()
                except ParentGoneError:
                    return True
                return False
            try:
                return self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
            except BlockingIOError:
                return False
            except OSError:
                return True

    def tell(self, run: RunPath | None, message: str, *, dropped: bool) -> None:
        """Tell the parent what this process told its user."""
        self._tell({"run": run, "message": message, "dropped": dropped})

    def tell_of_refused(self, message: str) -> None:
        """Tell the parent that this process was about to reach the network."""
        message = f"in process {os.getpid()}, which the test has started: {message}"
        self._tell({"run": None, "message": message, "dropped": False, "connection": True})

    def _tell(self, told: dict[str, Any]) -> None:
        with self._lock:
            try:
                self._connect()
                self._write(Frame(FrameKind.NOTICE, 0, 0, json_payload(told)))
            except (ParentGoneError, OSError):
                self._hang_up()

    def log(self, run_id: str, row: dict[str, Any], step: int | None, commit: bool | None) -> bool:
        """Log a row to a run of the parent process; False if it is over there."""
        asked = {"run": run_id, "row": row, "step": step, "commit": commit}
        with self._lock:
            try:
                self._connect()
                return bool(read_json_payload(self._ask(FrameKind.LOG, 0, json_payload(asked)))["is_logged"])
            except (ParentGoneError, OSError):
                self._hang_up()
                return False

    def become_forked(self) -> None:
        """This is a forked child of the process now: the connection is its parent's, and the lock may be anybody's."""
        self._lock = threading.Lock()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        for way in self._ways:
            way.number = 0

    # ------------------------------------------------------------------ inside

    def carry(self, way: ParentTransport, record: Record, *, waits: bool) -> Result:
        """Hand one record over, and wait for what becomes of it."""
        with self._lock:
            try:
                if way.number == 0 or self._connection is None:
                    self._open(way)
                if not waits:
                    self._write(Frame(FrameKind.PUBLISH, way.number, 0, encode(record)))
                    return DONE
                return decode_result(self._ask(FrameKind.DELIVER, way.number, encode(record)))
            except (OSError, ParentGoneError):
                self._hang_up()
                return Result(refusal=Refusal(0, GONE))

    def _way(self, api_key: str | None, *, offline: bool) -> ParentTransport:
        way = ParentTransport(self, api_key, offline=offline)
        self._ways.append(way)
        return way

    def _open(self, way: ParentTransport) -> None:
        self._connect()
        way.number = next(self._numbers)
        asked = {"api_key": way.api_key, "offline": way.offline}
        self._write(Frame(FrameKind.CONNECT, way.number, 0, json_payload(asked)))

    def _connect(self) -> None:
        """Connect and be told of the world, unless that is done."""
        if self._connection is not None:
            return
        connection = socket.SocketType(socket.AF_UNIX, socket.SOCK_STREAM)  # see hub.RawSocket
        try:
            connection.connect(self.address)
            self._connection = connection
            described = read_json_payload(self._ask(FrameKind.WORLD, 0, json_payload({"world": self._world})))
        except OSError as cause:
            self._connection = None
            connection.close()
            raise ParentGoneError(GONE) from cause
        if not described:
            self._hang_up()
            raise ParentGoneError(GONE)
        self._described, self._world = described, described["world"]

    def _hang_up(self) -> None:
        for way in self._ways:
            way.number = 0
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, kind: FrameKind, number: int, payload: bytes = b"") -> bytes:
        self._write(Frame(kind, number, 1, payload))
        answer = read_frame(self._read)
        if answer is None:
            raise ConnectionResetError(GONE)
        return answer.payload

    def _write(self, frame: Frame) -> None:
        if self._connection is None:
            raise ConnectionResetError(GONE)
        self._connection.sendall(frame_bytes(frame))

    def _read(self, length: int) -> bytes:
        received = bytearray()
        while self._connection is not None and len(received) < length:
            more = self._connection.recv(length - len(received))
            if not more:
                break
            received += more
        return bytes(received)


class ParentTransport:
    """Carries the records of one account, or of one offline run.

    Attributes:
        number: Its number on the connection; 0 means that the parent has yet to be told of it.
    """

    def __init__(self, line: ParentLine, api_key: str | None, *, offline: bool) -> None:
        self._line = line
        self.api_key = api_key
        self.offline = offline
        self.number = 0

    def deliver(self, record: Record) -> Result:
        """Hand a record over and wait for its answer."""
        return self._line.carry(self, record, waits=True)

    def publish(self, record: Record) -> None:
        """Hand a record over; the end of a run is waited for (FINISH-1)."""
        self._line.carry(self, record, waits=isinstance(record, ExitRecord))

    def close(self) -> None:
        """Nothing of its own is open."""
