"""Owns the transport to a service process: hands records over through a pipe, and hears what became of them (INIT-3).

publish() returns as soon as the record is in the pipe: the network is the service's business. A record that is handed
over is delivered even if this process is killed. The end of a run is waited for (FINISH-1).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple
from typing import IO, cast

from wandb_testkit.records import DONE, ExitRecord, HistoryRecord, Record, Refusal, Result
from wandb_testkit.transport.patience import Patience
from wandb_testkit.wire.frames import (
    Frame,
    FrameKind,
    frame_bytes,
    json_payload,
    read_frame,
    read_unsent_payload,
)
from wandb_testkit.wire.http import WireError
from wandb_testkit.wire.record_codec import decode_result, encode

END_S = 60.0
"""So long a service may go on delivering when it is told that there is no more; then it is killed."""

Unsent = Callable[[Record, Refusal, str], None]


class ServiceProcess:
    """A child process that delivers records, for many connections.

    It gets a session and a process group of its own: Ctrl-C in the terminal is not meant for it.
    """

    def __init__(self) -> None:
        start = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            f"from wandb_testkit.transport.service import main; main({os.getpid()})"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # who waits for the end of our stderr must not wait for the service
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._to = cast(IO[bytes], self._process.stdin)
        self._from = cast(IO[bytes], self._process.stdout)
        self._owner = os.getpid()
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        self._numbers = 0
        self._answers: dict[int, bytes] = {}
        self._unsent: dict[int, Unsent] = {}

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it is there."""
        return self._process.poll() is None

    def connect(self, url: str, api_key: str | None, version: str, patience: Patience, unsent: Unsent) -> int:
        """Make a connection to a server, and give its number.

        Args:
            version: The wandb version that it speaks like.
            unsent: Is told each record that was not accepted.
        """
        number = self._number()
        self._unsent[number] = unsent
        asked = {"url": url, "api_key": api_key, "version": version, "patience": astuple(patience)}
        self.tell(Frame(FrameKind.CONNECT, number, 0, json_payload(asked)))
        return number

    def disconnect(self, number: int) -> None:
        """End a connection; what was handed over is delivered before."""
        self.ask(FrameKind.BARRIER, number)
        self.tell(Frame(FrameKind.DISCONNECT, number, 0))
        self._unsent.pop(number, None)

    def tell(self, frame: Frame) -> Refusal | None:
        """Hand a frame over; None if it is in the pipe."""
        if os.getpid() != self._owner:
            return Refusal(0, "this process was forked from the one that started the service; call init() in it")
        try:
            with self._write_lock:
                self._to.write(frame_bytes(frame))
                self._to.flush()
        except (OSError, ValueError):
            return self._ended()
        return None

    def ask(self, kind: FrameKind, number: int, payload: bytes = b"") -> bytes | Refusal:
        """Hand a question over, and wait for its answer."""
        sequence = self._number()
        refusal = self.tell(Frame(kind, number, sequence, payload))
        if refusal is not None:
            return refusal
        with self._read_lock:
            while sequence not in self._answers:
                if not self._hear():
                    return self._ended()
            return self._answers.pop(sequence)

    def close(self) -> None:
        """Tell it that there is no more, hear what became of the rest, and see it end."""
        if os.getpid() != self._owner:
            return
        with suppress(OSError):
            self._to.close()
        ending = threading.Timer(END_S, self._process.kill)
        ending.start()
        with self._read_lock:
            while self._hear():
                pass
        self._process.wait()
        ending.cancel()
        ending.join()
        self._from.close()

    def _hear(self) -> bool:
        """Take one frame of the service; False if there is no more."""
        try:
            frame = read_frame(self._from.read)
        except (OSError, ValueError, WireError):
            return False
        if frame is None:
            return False
        if frame.kind is FrameKind.ANSWER:
            self._answers[frame.sequence] = frame.payload
        elif (unsent := self._unsent.get(frame.connection)) is not None:
            unsent(*read_unsent_payload(frame.payload))
        return True

    def _number(self) -> int:
        with self._write_lock:
            self._numbers += 1
            return self._numbers

    def _ended(self) -> Refusal:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.returncode
        return Refusal(0, f"the service process {self.pid} has ended with exit code {code}: nothing can be sent")


class ProcessTransport:
    """Carries records to a server through a service process.

    Args:
        number: A connection of the service.
        unsent: Is told each record that could not be handed over.
        waits_for_history: Whether deliver() waits for rows, as it does while faults are armed; else it hands them over.
    """

    def __init__(
        self, service: ServiceProcess, number: int, unsent: Unsent, waits_for_history: Callable[[], bool]
    ) -> None:
        self._service = service
        self._number = number
        self._unsent = unsent
        self._waits_for_history = waits_for_history

    def deliver(self, record: Record) -> Result:
        """Hand a record over and wait for its answer."""
        if isinstance(record, HistoryRecord) and not self._waits_for_history():
            return self._hand_over(record)
        answer = self._service.ask(FrameKind.DELIVER, self._number, encode(record))
        return self._not_handed_over(record, answer) if isinstance(answer, Refusal) else decode_result(answer)

    def publish(self, record: Record) -> None:
        """Hand a record over; the end of a run is waited for (FINISH-1)."""
        if isinstance(record, ExitRecord):
            self.deliver(record)
        else:
            self._hand_over(record)

    def settle(self) -> None:
        """Wait until what was handed over is delivered."""
        self._service.ask(FrameKind.BARRIER, self._number)

    def close(self) -> None:
        """End the connection; what was handed over is delivered before."""
        self._service.disconnect(self._number)

    def _hand_over(self, record: Record) -> Result:
        refusal = self._service.tell(Frame(FrameKind.PUBLISH, self._number, 0, encode(record)))
        return DONE if refusal is None else self._not_handed_over(record, refusal)

    def _not_handed_over(self, record: Record, refusal: Refusal) -> Result:
        self._unsent(record, refusal, "")
        return Result(refusal=refusal)
