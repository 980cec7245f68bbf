"""Owns transports that wrap a transport: one takes note of what passes, in one things go wrong on purpose."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

from wandb_testkit.faults import Fault
from wandb_testkit.ports import Transport
from wandb_testkit.records import KINDS, Record, Refusal, Result


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
    """Lets records meet faults on this side, whatever is behind it: each fails in the way that its fault says."""

    def __init__(self, inner: Transport, faults: Iterable[Fault]) -> None:
        self._inner = inner
        self._faults = tuple(faults)
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
        fault = self._meet(record)
        if fault is None or fault.how in _ANSWERED:
            result = self._inner.deliver(record)
            self._go_on(fault, record, self._inner.deliver)
            return result
        if fault.how in _ARRIVING:
            self._inner.deliver(record)
        return Result(refusal=self._refusal(fault, record))

    def publish(self, record: Record) -> None:
        """Send a record that needs no answer, unless a fault meets it."""
        fault = self._meet(record)
        if fault is None or fault.how in _ANSWERED or fault.how in _ARRIVING:
            self._inner.publish(record)
        self._go_on(fault, record, self._inner.publish)
        if fault is not None and fault.how not in _ANSWERED:
            self._refusal(fault, record)

    def close(self) -> None:
        """End the wrapped transport."""
        self._inner.close()

    def _go_on(self, fault: Fault | None, record: Record, send: Callable[[Record], object]) -> None:
        if fault is not None and fault.how == "twice":
            send(record)
        if fault is not None and fault.how == "slow":
            fault.wait()

    def _meet(self, record: Record) -> Fault | None:
        """The first fault that is due; each counts the records that it is on."""
        kind = KINDS[type(record)]
        with self._lock:
            for number, fault in enumerate(self._faults):
                if fault.on not in ("any", kind):
                    continue
                self._met[number] += 1
                if fault.nth in (None, self._met[number]):
                    return fault
        return None

    def _refusal(self, fault: Fault, record: Record) -> Refusal:
        status = {"refuse": fault.reply, "malformed": 502}.get(fault.how, 0)
        refusal = Refusal(status, fault.text, on_purpose=True, how=fault.how, retry_after=fault.retry_after)
        with self._lock:
            self._refused.append((record, refusal))
        return refusal


_ANSWERED = ("twice", "slow")
"""Ways of failing after which the sender gets its answer."""

_ARRIVING = ("lose_answer", "malformed")
"""Ways of failing in which the record arrives, and its answer does not."""


def recording(transport: Transport) -> Recording:
    """A transport that takes note of what passes through `transport`."""
    return Recording(transport)


def faulty(transport: Transport, faults: Iterable[Fault]) -> Faulty:
    """A transport in which records meet faults before they reach `transport`.

    Args:
        faults: As the server takes them: `Fault(on="history", nth=2, reply=429)`, `Fault("run", how="lose_answer")`.
    Raises:
        ValueError: A fault is on requests over HTTP, which no record is.
    """
    faults = tuple(faults)
    for fault in faults:
        if fault.on != "any" and fault.on not in KINDS.values():
            raise ValueError(f"{fault!r} is on requests over HTTP; arm it with FakeServer.fail()")
    return Faulty(transport, faults)


_UNDER_WAY = Passed(record=None, result=None)  # type: ignore[arg-type] # never shown
