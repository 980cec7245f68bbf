"""Owns the parent's end: one socket and one thread, for the children of all worlds of this process.

The socket has a place in the file system that is the same as long as the process lives, so a worker that outlives a
test finds the world of the next one. It is bound when a process starts, and gone when no world needs it. The thread is
stopped for each fork and started again behind it: from Python 3.12 on a fork beside a thread is a warning.
"""

from __future__ import annotations

import itertools
import os
import secrets
import selectors
import socket
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from wandb_testkit.ports import Backend, Observer
from wandb_testkit.records import ExitRecord, Record, Refusal, Result, RunPath, RunRecord
from wandb_testkit.wire.frames import Frame, FrameKind, frame_bytes, json_payload, read_json_payload, take_frames
from wandb_testkit.wire.http import WireError
from wandb_testkit.wire.record_codec import decode, encode_result

BACKLOG = 128

READ_BYTES = 2**20

STOP_S = 5.0
"""So long a fork waits for the thread, which an answer that a test holds back may keep."""

RawSocket = socket.SocketType
"""The C class: plugins that forbid the network to a test replace `socket.socket`, and this is no network."""


class Parent(Protocol):
    """A world, as its children see it."""

    @property
    def observer(self) -> Observer:
        """Is told what a child told its user."""

    def connection_refused(self, message: str) -> None:
        """A child was about to reach the network."""

    def backend(self, *, offline: bool) -> Backend:
        """What carries out the records of an online or an offline run."""

    def described(self) -> dict[str, Any]:
        """What a child has to know to be in this world; JSON."""

    def log_of_child(self, run_id: str, row: dict[str, Any], step: int | None, commit: bool | None) -> bool:
        """Log a row that a forked child logged to a run of this process (LOG-7); False if the run is over."""


class _Way(Protocol):
    def __call__(self, record: Record) -> Result: ...


class _Caller:
    """One child process at the other end of a connection."""

    def __init__(self, connection: RawSocket) -> None:
        self.connection = connection
        self.received = bytearray()
        self.parent: Parent | None = None
        self.ways: dict[int, _Way] = {}
        self.active: dict[RunPath, _Way] = {}


LONGEST_ADDRESS = 100
"""In bytes: the path of a unix socket may have 103 on macOS, and 107 on Linux."""


def directory_of_a_socket() -> str:
    """A new name below the temporary directory; where that has a long path, as on macOS, below /tmp."""
    name = f"wandb-testkit-{os.getpid()}-{secrets.token_hex(4)}"
    usual = os.path.join(tempfile.gettempdir(), name)
    return usual if len(os.fsencode(usual)) + len("/parent") <= LONGEST_ADDRESS else os.path.join("/tmp", name)


class Hub:
    """What children of this process talk to.

    Attributes:
        parents: The worlds that are in force by their number, the innermost last; the thread reads it at any time, so
            it is replaced and never changed.
        address: Where the socket is, or will be.
    """

    def __init__(self) -> None:
        self.parents: dict[int, Parent] = {}
        self._numbers = itertools.count(1)
        self._directory = directory_of_a_socket()
        self.address = os.path.join(self._directory, "parent")
        self._listener: RawSocket | None = None
        self._thread: threading.Thread | None = None
        self._last_thread: threading.Thread | None = None
        self._callers: dict[int, _Caller] = {}
        self._left: list[tuple[Parent, RunPath, _Way]] = []
        self._lock = threading.Lock()
        self._is_stopping = False
        self._settling: list[threading.Event] = []
        self._mistake: BaseException | None = None

    # ------------------------------------------------------------------ the parent's side

    @property
    def is_bound(self) -> bool:
        """Whether there is a socket."""
        return self._listener is not None

    @property
    def is_serving(self) -> bool:
        """Whether the thread runs; it does not during a fork, nor before the first child has started."""
        return self._thread is not None

    @property
    def is_this_thread(self) -> bool:
        """Whether the thread is the one that asks; also when it is to stop, and somebody waits for that."""
        return threading.current_thread() is self._last_thread

    def enter(self, parent: Parent) -> None:
        """A world comes into force."""
        self.parents = {**self.parents, next(self._numbers): parent}

    def come_first(self, parent: Parent) -> None:
        """A world is the innermost from now on."""
        number = next(number for number, other in self.parents.items() if other is parent)
        self.parents = {**{other: self.parents[other] for other in self.parents if other != number}, number: parent}

    def bind(self) -> None:
        """Make the socket; who connects from now on waits for start()."""
        if self._listener is not None:
            return
        os.mkdir(self._directory, 0o700)  # nobody else may connect
        listener = RawSocket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.address)
        listener.listen(BACKLOG)
        listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = _pair()
        self._selector.register(listener.fileno(), selectors.EVENT_READ, self._accept)
        self._selector.register(self._woken.fileno(), selectors.EVENT_READ, self._be_woken)
        self._listener = listener

    def start(self) -> None:
        """Serve from now on."""
        if self._listener is None or self._thread is not None:
            return
        self._is_stopping = False
        self._thread = threading.Thread(target=self._serve, name="wandb_testkit-children", daemon=True)
        self._last_thread = self._thread
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end; nothing is lost, and start() goes on where it stopped."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._is_stopping = True
        if thread is None or self.is_this_thread:
            return
        self._call()
        thread.join(STOP_S)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """The thread does not run meanwhile: what it changes may be changed."""
        was_serving = self.is_serving
        self.stop()
        try:
            yield
        finally:
            if was_serving:
                self.start()

    def settle(self) -> bool:
        """Let everything that children have sent arrive; False if the thread is not there to do it.

        Raises:
            RuntimeError: The thread has made a mistake, of ours, and took in no more.
        """
        settled = threading.Event()
        self._raise_mistake()
        with self._lock:
            if self._thread is None or self._is_stopping:
                return False
            if self.is_this_thread:
                return True  # it is just taking it in
            self._settling.append(settled)
        self._call()
        settled.wait()
        self._raise_mistake()
        return True

    def _raise_mistake(self) -> None:
        mistake, self._mistake = self._mistake, None
        if mistake is not None:
            raise RuntimeError("what listens to the children of this process failed; please report it") from mistake

    def finish_left(self, parent: Parent, exit_code: int) -> list[RunPath]:
        """End every run that the children of a world have not finished, and name them; the thread must not run."""
        callers = list(self._callers.values())
        left = [(path, way) for owner, path, way in self._left if owner is parent]
        left += [item for caller in callers if caller.parent is parent for item in caller.active.items()]
        self._left = [item for item in self._left if item[0] is not parent]
        for caller in callers:
            if caller.parent is parent:
                caller.active.clear()
        for path, way in left:
            way(ExitRecord(path, exit_code, 0.0))
        return [path for path, _ in left]

    def leave(self, parent: Parent, *, is_expecting: bool) -> None:
        """A world is over: its children are cut off, and without children the socket and the thread go.

        Args:
            parent: The world.
            is_expecting: A child that has not connected may do so yet, if another world is in force.
        """
        self.settle()
        self.parents = {number: other for number, other in self.parents.items() if other is not parent}
        if self._listener is None:
            return
        was_serving = self._thread is not None
        self.stop()
        for caller in list(self._callers.values()):
            if caller.parent is parent or (caller.parent is None and not self.parents):
                self._hang_up(caller)
        self._left = [item for item in self._left if item[0] is not parent]
        if self._callers or (self.parents and is_expecting):
            if was_serving:
                self.start()
        else:
            self.close()

    def close(self) -> None:
        """End, with the socket and its place."""
        self.stop()
        self._close_sockets()
        with suppress(OSError):
            os.unlink(self.address)
        with suppress(OSError):
            os.rmdir(self._directory)

    def become_forked(self) -> None:
        """This is a forked child now: the sockets are its parent's."""
        self._thread = None
        self._close_sockets()

    def _close_sockets(self) -> None:
        if self._listener is None:
            return
        self._selector.close()
        for caller in self._callers.values():
            caller.connection.close()
        self._callers.clear()
        for one in (self._wake, self._woken, self._listener):
            one.close()
        self._listener = None

    # ------------------------------------------------------------------ the thread's side

    def _call(self) -> None:
        with suppress(OSError):
            self._wake.send(b"!")

    def _serve(self) -> None:
        try:
            while self._serve_once():
                pass
        except BaseException as mistake:  # nobody may wait for a thread that is gone, nor take it for well
            with self._lock:
                self._mistake = mistake
                self._thread = None
            self._tell_settled(len(self._settling))
            for caller in list(self._callers.values()):
                self._hang_up(caller)

    def _serve_once(self) -> bool:
        """Take in what is there, or else what comes next; False if the thread is to end."""
        # The call of somebody who came while others were settled has been heard below, together with the children.
        self._take(self._selector.select(0 if self._settling else None))
        with self._lock:
            settling = len(self._settling)
        if settling:
            self._take_what_was_sent()
            self._tell_settled(settling)
        with self._lock:
            return not self._is_stopping or bool(self._settling)

    def _take_what_was_sent(self) -> None:
        """Take in all that children have sent by now; one that goes on and on is not listened to for ever.

        A child is read once, for a socket holds less than READ_BYTES: one that has ended had sent it all before.
        """
        read: set[object] = set()  # not by descriptor: that of a child that is gone is the next one's
        while new := [one for one in self._selector.select(0) if one[0].data not in read]:
            self._take(new)
            read.update(key.data for key, _ in new if key.data != self._accept)

    def _tell_settled(self, number: int) -> None:
        with self._lock:
            settled, self._settling = self._settling[:number], self._settling[number:]
        for one in settled:
            one.set()

    def _take(self, ready: list[tuple[selectors.SelectorKey, int]]) -> None:
        for key, _ in ready:
            key.data()

    def _be_woken(self) -> None:
        with suppress(BlockingIOError):
            self._woken.recv(READ_BYTES)

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            descriptor, _ = self._listener._accept()  # type: ignore[attr-defined] # what socket.accept() is made of
        except OSError:
            return  # gone again, or too many open files
        caller = _Caller(RawSocket(fileno=descriptor))
        caller.connection.setblocking(False)
        self._callers[descriptor] = caller
        self._selector.register(descriptor, selectors.EVENT_READ, lambda: self._read(caller))

    def _read(self, caller: _Caller) -> None:
        try:
            received = caller.connection.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        caller.received += received
        try:
            for frame in take_frames(caller.received):
                self._answer(caller, frame)
        except (OSError, WireError, KeyError, ValueError):
            received = b""  # whoever it is, it is no child of ours, or is gone
        if not received:
            self._hang_up(caller)

    def _hang_up(self, caller: _Caller) -> None:
        descriptor = caller.connection.fileno()
        self._selector.unregister(descriptor)
        del self._callers[descriptor]
        caller.connection.close()
        if caller.parent is not None:
            self._left += [(caller.parent, path, way) for path, way in caller.active.items()]

    def _answer(self, caller: _Caller, frame: Frame) -> None:
        kind, number = frame.kind, frame.connection
        if kind is FrameKind.WORLD:
            self._answer_world(caller, frame)
        elif kind is FrameKind.CONNECT:
            caller.ways[number] = self._way(caller, read_json_payload(frame.payload))
        elif kind is FrameKind.PUBLISH:
            self._carry_out(caller, number, decode(frame.payload))
        elif kind is FrameKind.DELIVER:
            result = self._carry_out(caller, number, decode(frame.payload))
            self._send(caller, Frame(FrameKind.ANSWER, number, frame.sequence, encode_result(result)))
        elif kind is FrameKind.BARRIER:
            self._send(caller, Frame(FrameKind.ANSWER, number, frame.sequence))
        elif kind is FrameKind.LOG and caller.parent is not None:
            asked = read_json_payload(frame.payload)
            done = caller.parent.log_of_child(asked["run"], asked["row"], asked["step"], asked["commit"])
            self._send(caller, Frame(FrameKind.ANSWER, 0, frame.sequence, json_payload({"is_logged": done})))
        elif kind is FrameKind.NOTICE and caller.parent is not None:
            told = read_json_payload(frame.payload)
            path = None if told["run"] is None else RunPath(*told["run"])
            if told.get("connection"):
                caller.parent.connection_refused(told["message"])
            elif told["dropped"] and path is not None:
                caller.parent.observer.dropped(path, told["message"])
            else:
                caller.parent.observer.warned(path, told["message"])

    def _answer_world(self, caller: _Caller, frame: Frame) -> None:
        """Tell a child the world that it was forked in, else the innermost; nothing, if that is over."""
        wanted = read_json_payload(frame.payload)["world"]
        known = [number for number in self.parents if wanted in (None, number)]
        described: dict[str, Any] = {}
        caller.parent = None
        if known:
            caller.parent = self.parents[known[-1]]
            described = {**caller.parent.described(), "world": known[-1]}
        self._send(caller, Frame(FrameKind.ANSWER, 0, frame.sequence, json_payload(described)))

    def _way(self, caller: _Caller, asked: dict[str, Any]) -> _Way:
        if caller.parent is None:
            raise WireError("a child that has asked for no world has something to say")
        apply: Callable[..., Result] = caller.parent.backend(offline=asked["offline"]).apply
        api_key = asked["api_key"]
        return lambda record: apply(record, api_key=api_key)

    def _carry_out(self, caller: _Caller, number: int, record: Record) -> Result:
        way = caller.ways[number]
        try:
            result = way(record)
        except Exception:  # a mistake of ours: the test is to hear of it, and the hub goes on
            what = f"the world made a mistake; please report it:\n{traceback.format_exc()}"
            result = Result(refusal=Refusal(500, what))
            if caller.parent is not None:
                caller.parent.observer.refused(record, result)
        if result.refusal is None:
            if isinstance(record, RunRecord) and record.starts is not False and result.run is not None:
                caller.active[result.run.path] = way
            elif isinstance(record, ExitRecord):
                caller.active.pop(record.path, None)
        return result

    def _send(self, caller: _Caller, frame: Frame) -> None:
        caller.connection.setblocking(True)  # an answer is short, and its child is waiting for it
        try:
            caller.connection.sendall(frame_bytes(frame))
        finally:
            caller.connection.setblocking(False)


def _pair() -> tuple[RawSocket, RawSocket]:
    one, other = socket.socketpair()
    pair = RawSocket(fileno=one.detach()), RawSocket(fileno=other.detach())
    for end in pair:
        end.setblocking(False)
    return pair
