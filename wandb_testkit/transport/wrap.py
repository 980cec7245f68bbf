"""Owns transports that wrap a transport: one takes note of what passes, in one things go wrong on purpose."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import NamedTuple

from wandb_testkit.ports import Transport
from wandb_testkit.records import KINDS, Fault, Record, Refusal, Result


class Passed(NamedTuple):
    """A record and the answer that its sender got; None for one that was published."""

    record: Record
    result: Result | None


class Recording:
    """Takes note of every record in the order in which they were handed over, and of its answer."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self._passed: list[Passed] = []

    @property
    def passed(self) -> tuple[Passed, ...]:
        """What has passed so far; a record whose answer is under way is not in it yet."""
        with self._lock:
            return tuple(passed for passed in self._passed if passed is not _UNDER_WAY)

    def deliver(self, record: Record) -> Result:
        """Send a record and wait for its answer."""
        with self._lock:
            place = len(self._passed)
            self._passed.append(_UNDER_WAY)
        result = self._inner.deliver(record)
        with self._lock:
            self._passed[place] = Passed(record, result)
        return result

    def publish(self, record: Record) -> None:
        """Send a record that needs no answer."""
        with self._lock:
            self._passed.append(Passed(record, None))
        self._inner.publish(record)

    def close(self) -> None:
        """End the wrapped transport."""
        self._inner.close()


class Faulty:
    """Lets records meet faults before they leave this side.

    A record whose fault says so is not sent at all; its sender gets the refusal. `lose_answer` sends it, and then says
    that no connection came about; `deliver_twice` sends it twice, as a client does whose answer got lost.
    """

    def __init__(
        self, inner: Transport, faults: Iterable[Fault], *, lose_answer: bool = False, deliver_twice: bool = False
    ) -> None:
        self._inner = inner
        self._faults = tuple(faults)
        self._lose_answer = lose_answer
        self._deliver_twice = deliver_twice
        self._lock = threading.Lock()
        self._met = [0] * len(self._faults)
        self._refused: list[tuple[Record, Refusal]] = []

    @property
    def refused(self) -> tuple[tuple[Record, Refusal], ...]:
        """Each record that met a fault, in order, and what its sender was told."""
        with self._lock:
            return tuple(self._refused)

    def deliver(self, record: Record) -> Result:
        """Send a record and wait for its answer, unless a fault meets it."""
        refusal = self._meet(record)
        if refusal is None:
            return self._inner.deliver(record)
        if self._deliver_twice:
            self._inner.deliver(record)
            return self._inner.deliver(record)
        if self._lose_answer:
            self._inner.deliver(record)
        return Result(refusal=refusal)

    def publish(self, record: Record) -> None:
        """Send a record that needs no answer, unless a fault meets it."""
        refusal = self._meet(record)
        if refusal is None or self._lose_answer or self._deliver_twice:
            self._inner.publish(record)
        if refusal is not None and self._deliver_twice:
            self._inner.publish(record)

    def close(self) -> None:
        """End the wrapped transport."""
        self._inner.close()

    def _meet(self, record: Record) -> Refusal | None:
        """The refusal of the first fault that is due; each fault counts the records that it is on."""
        kind = KINDS[type(record)]
        with self._lock:
            for number, fault in enumerate(self._faults):
                if fault.on not in ("any", kind):
                    continue
                self._met[number] += 1
                if fault.nth in (None, self._met[number]):
                    refusal = Refusal(fault.reply, fault.message or _text(fault), on_purpose=True)
                    self._refused.append((record, refusal))
                    return refusal
        return None


def recording(transport: Transport) -> Recording:
    """A transport that takes note of what passes through `transport`."""
    return Recording(transport)


def faulty(
    transport: Transport, faults: Iterable[Fault], *, lose_answer: bool = False, deliver_twice: bool = False
) -> Faulty:
    """A transport in which records meet faults before they reach `transport`.

    Args:
        faults: As the server takes them: `Fault(on="history", nth=2, reply=429)`; reply 0: no connection comes about.
        lose_answer: The record is carried out, and its answer gets lost on the way back.
        deliver_twice: The record is carried out twice.
    Raises:
        ValueError: A fault is on requests over HTTP, which no record is, or both options are given.
    """
    faults = tuple(faults)
    if lose_answer and deliver_twice:
        raise ValueError("faulty(): give lose_answer or deliver_twice, not both")
    for fault in faults:
        if fault.on != "any" and fault.on not in KINDS.values():
            raise ValueError(f"{fault!r} is on requests over HTTP; arm it with FakeServer.fail()")
    return Faulty(transport, faults, lose_answer=lose_answer, deliver_twice=deliver_twice)


def _text(fault: Fault) -> str:
    return "the server cannot be reached" if fault.reply == 0 else f"HTTP {fault.reply}, as the test asked"


_UNDER_WAY = Passed(record=None, result=None)  # type: ignore[arg-type] # never shown
