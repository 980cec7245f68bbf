"""Owns the service process: takes frames from its parent, and delivers records on its parent's behalf (INIT-3).

It reads as fast as it is written to, so that nobody waits for the network; it outlives a parent that is killed until
what was handed over is delivered, and ends by itself, at the latest END_S after its parent.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from wandb_testkit.records import HistoryRecord, Record, Refusal, Result, RunPath, SummaryRecord
from wandb_testkit.transport.dialects import DIALECTS
from wandb_testkit.transport.http import HttpTransport
from wandb_testkit.transport.patience import Patience
from wandb_testkit.wire.frames import (
    Frame,
    FrameKind,
    frame_bytes,
    read_frame,
    read_json_payload,
    unsent_payload,
)
from wandb_testkit.wire.record_codec import decode, encode_result

END_S = 60.0
"""So long it goes on delivering when its parent has gone."""

LOOK_S = 0.5
"""So often an idle service looks whether its parent is there: a pipe stays open as long as anybody has its end."""

MAX_BATCH_ROWS = 512
"""Rows of history that are sent at once; as many as a run in memory holds back."""


class Service:
    """What the service does with the frames of its parent.

    Args:
        send: Writes a frame to the parent.
    """

    def __init__(self, send: Callable[[Frame], None]) -> None:
        self._send = send
        self._connections: dict[int, HttpTransport] = {}
        self._batch: HistoryRecord | None = None
        self._summary: SummaryRecord | None = None
        self._batch_of = 0

    def take(self, frame: Frame) -> None:
        """Do what a frame says; what goes wrong is told, never raised."""
        number = frame.connection
        if frame.kind is FrameKind.PUBLISH:
            self._publish(number, decode(frame.payload))
            return
        self.flush()
        if frame.kind is FrameKind.CONNECT:
            self._connections[number] = self._connected(number, frame.payload)
        elif frame.kind is FrameKind.DELIVER:
            result = self._deliver(number, decode(frame.payload))
            self._send(Frame(FrameKind.ANSWER, number, frame.sequence, encode_result(result)))
        elif frame.kind is FrameKind.BARRIER:
            self._send(Frame(FrameKind.ANSWER, number, frame.sequence))
        elif frame.kind is FrameKind.DISCONNECT:
            self._connections.pop(number).close()

    def flush(self) -> None:
        """Send the rows that wait for more, and the summary that they led to."""
        batch, summary, self._batch, self._summary = self._batch, self._summary, None, None
        for record in (batch, summary):
            if record is not None:
                self._deliver(self._batch_of, record)

    def close(self) -> None:
        """Send what waits, and cut every connection."""
        self.flush()
        for transport in self._connections.values():
            transport.close()

    def _publish(self, number: int, record: Record) -> None:
        """Rows come one by one; those that follow each other are sent together, with the last of their summaries."""
        waiting = self._batch
        goes_on = waiting is not None and number == self._batch_of
        if isinstance(record, HistoryRecord):
            if goes_on and waiting is not None and _follows(record, waiting):
                self._batch = _together(waiting, record)
                return
            self.flush()
            self._batch, self._batch_of = record, number
        elif goes_on and isinstance(record, SummaryRecord) and waiting is not None and record.path == waiting.path:
            self._summary = record
        else:
            self.flush()
            self._deliver(number, record)

    def _deliver(self, number: int, record: Record) -> Result:
        try:
            return self._connections[number].deliver(record)
        except Exception:  # a mistake of ours: the parent is to hear of it, and the service goes on
            refusal = Refusal(500, f"the service process made a mistake; please report it:\n{traceback.format_exc()}")
            self._unsent(number, record, refusal, "")
            return Result(refusal=refusal)

    def _connected(self, number: int, payload: bytes) -> HttpTransport:
        asked = read_json_payload(payload)
        return HttpTransport(
            asked["url"],
            asked["api_key"],
            dialect=DIALECTS[asked["version"]],
            patience=Patience(*asked["patience"]),
            clock=time,
            unsent=lambda record, refusal, key: self._unsent(number, record, refusal, key),
        )

    def _unsent(self, number: int, record: Record, refusal: Refusal, key: str) -> None:
        self._send(Frame(FrameKind.UNSENT, number, 0, unsent_payload(record, refusal, key)))


def _follows(record: HistoryRecord, waiting: HistoryRecord) -> bool:
    rows = len(waiting.rows)
    return record.path == waiting.path and record.first_line == waiting.first_line + rows and rows < MAX_BATCH_ROWS


def _together(first: HistoryRecord, second: HistoryRecord) -> HistoryRecord:
    path: RunPath = first.path
    return HistoryRecord(
        path,
        first.first_line,
        [*first.rows, *second.rows],
        [*first.timestamps, *second.timestamps],
        [*first.runtimes, *second.runtimes],
    )


def main(parent: int) -> None:
    """Serve the process that wrote the other end of standard input, until it closes it or is gone.

    Args:
        parent: The process id of who started this.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the user's program, which then reports its end
    source: BinaryIO = sys.stdin.buffer
    out = os.dup(sys.stdout.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what anybody prints is no frame
    frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read_all, args=(source, frames), daemon=True)
    reader.start()
    service = Service(lambda frame: _write(out, frame_bytes(frame)))
    while True:
        try:
            frame = frames.get(block=False)
        except queue.Empty:
            service.flush()
            try:
                frame = frames.get(timeout=LOOK_S)
            except queue.Empty:
                if _is_gone(parent):
                    break
                continue
        if frame is None:
            break
        service.take(frame)
    service.close()
    os._exit(0)  # the reader may be waiting for a pipe that somebody else keeps open


def _read_all(source: BinaryIO, frames: queue.SimpleQueue[Frame | None]) -> None:
    with suppress(Exception):  # whatever it is, there is no more to be read
        while (frame := read_frame(source.read)) is not None:
            frames.put(frame)
    frames.put(None)
    ending = threading.Timer(END_S, os._exit, args=(1,))
    ending.daemon = True
    ending.start()


def _write(out: int, data: bytes) -> None:
    with suppress(OSError):  # nobody is there to be told
        while data:
            data = data[os.write(out, data) :]


def _is_gone(parent: int) -> bool:
    """Whether the parent has ended; on Windows the end of the pipe says so."""
    return os.name != "nt" and os.getppid() != parent
