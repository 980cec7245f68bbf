"""Owns the parent's end: what children of all worlds of this process say is carried out, and answered.

The listener is bound when a process starts, and closed when no world needs it.
"""

from __future__ import annotations

import itertools
import traceback
from collections.abc import Callable
from typing import Any, Protocol

from wandb_testkit.children.listener import READ_BYTES, Listener, RawSocket
from wandb_testkit.ports import Backend, Observer
from wandb_testkit.records import ExitRecord, Record, Refusal, Result, RunPath, RunRecord
from wandb_testkit.wire.frames import Frame, FrameKind, frame_bytes, json_payload, read_json_payload, take_frames
from wandb_testkit.wire.http import WireError
from wandb_testkit.wire.record_codec import decode, encode_result


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


class Hub:
    """What children of this process talk to.

    Attributes:
        parents: The worlds that are in force by their number, the innermost last; the thread of the listener reads it
            at any time, so it is replaced and never changed.
        listener: Hears them; nothing is bound yet.
    """

    def __init__(self) -> None:
        self.parents: dict[int, Parent] = {}
        self.listener = Listener(self._connected, self._hang_up_all)
        self._numbers = itertools.count(1)
        self._callers: list[_Caller] = []
        self._left: list[tuple[Parent, RunPath, _Way]] = []

    def enter(self, parent: Parent) -> None:
        """A world comes into force."""
        self.parents = {**self.parents, next(self._numbers): parent}

    def come_first(self, parent: Parent) -> None:
        """A world is the innermost from now on."""
        number = next(number for number, other in self.parents.items() if other is parent)
        self.parents = {**{other: self.parents[other] for other in self.parents if other != number}, number: parent}

    def finish_left(self, parent: Parent, exit_code: int) -> list[RunPath]:
        """End every run that the children of a world have not finished, and name them, while the listener rests."""
        callers = self._callers
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
        self.listener.settle()
        self.parents = {number: other for number, other in self.parents.items() if other is not parent}
        if not self.listener.is_bound:
            return
        with self.listener.at_rest():
            for caller in list(self._callers):
                if caller.parent is parent or (caller.parent is None and not self.parents):
                    self._hang_up(caller)
            self._left = [item for item in self._left if item[0] is not parent]
            if not self._callers and not (self.parents and is_expecting):
                self.listener.close()

    def become_forked(self) -> None:
        """This is a forked child now: the sockets are its parent's."""
        self.listener.become_forked()
        for caller in self._callers:
            caller.connection.close()
        self._callers.clear()

    # ------------------------------------------------------------------ the thread's side

    def _connected(self, connection: RawSocket) -> Callable[[], None]:
        caller = _Caller(connection)
        self._callers.append(caller)
        return lambda: self._read(caller)

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
        self._callers.remove(caller)
        self.listener.hang_up(caller.connection)
        if caller.parent is not None:
            self._left += [(caller.parent, path, way) for path, way in caller.active.items()]

    def _hang_up_all(self) -> None:
        for caller in list(self._callers):
            self._hang_up(caller)

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
