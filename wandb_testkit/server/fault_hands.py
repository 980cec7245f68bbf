"""Owns what a test does with faults: it arms them and takes them back; and which of them are met by a whole request."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wandb_testkit.faults import Fault
from wandb_testkit.server.faults import ArmedFault, fault_on


class FaultHands:
    """The hands on faults; a part of FakeServer."""

    lock: threading.RLock
    _fault_armed: Callable[[bool], None]
    _faults: list[ArmedFault]
    _keep: Callable[[], None]

    def fail(
        self,
        on: str = "any",
        *,
        nth: int | None = None,
        reply: int = 500,
        message: str = "",
        how: str = "refuse",
        retry_after: int | None = None,
        limit_s: float = 30.0,
        file: str | None = None,
    ) -> Fault:
        """Arm a fault, and return it; what the arguments mean is said at Fault.

        Raises:
            ValueError: There is no such record or way to fail, a number is out of range, or `file` has no meaning.
        """
        fault = Fault(on, nth, reply, message, how, retry_after, limit_s, file)
        self._fault_armed(True)
        self._faults.append(ArmedFault(fault, 1 + max((armed.number for armed in self._faults), default=0)))
        self._keep()
        return fault

    def heal(self, fault: Fault | None = None) -> None:
        """Take back one fault, or all; answers that they hold back go."""
        healed = [armed for armed in self._faults if fault is None or armed.fault is fault]
        self._faults = [armed for armed in self._faults if armed not in healed]
        for armed in healed:
            armed.fault.release()
        self._fault_armed(bool(self._faults))
        self._keep()

    @property
    def armed(self) -> list[ArmedFault]:
        """The faults that are armed, in the order in which records and requests meet them."""
        return self._faults

    @armed.setter
    def armed(self, faults: list[ArmedFault]) -> None:
        self._faults = faults
        self._fault_armed(bool(faults))

    @property
    def may_wait(self) -> bool:
        """Whether a fault may hold an answer back."""
        return any(armed.fault.how == "slow" for armed in self._faults)

    def release_answers(self) -> None:
        """Let go every answer that a slow fault holds back; nobody will wait for one any more."""
        for armed in self._faults:
            armed.fault.release()

    def fault_of_request(self, kind: str, file: str) -> Fault | None:
        """What a whole request over HTTP meets: faults on its kind (one of ROUTES) and `file`, and those on "any"."""
        with self.lock:
            return fault_on(kind, self._faults, (file,))

    @property
    def faults_of_records(self) -> list[ArmedFault]:
        """The faults that a record inside of a request may meet: those on "any" were met by the request."""
        return [armed for armed in self._faults if armed.fault.on != "any"]
