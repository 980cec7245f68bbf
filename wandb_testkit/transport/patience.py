"""Owns how long a transport goes on trying: how often, how far apart, and when it gives up (protocol.md 6.1, 6.2)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from urllib3.util.retry import Retry


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is sent again, and for how long in all.

    Attributes:
        retries: As many times after the first.
        first_wait_s: Before the first repetition; it doubles up to `longest_wait_s`. `Retry-After` of the server wins.
        try_s: How long one try waits for the server to say something.
        deadline_s: After so long nothing is sent again, however often it was tried.
    """

    retries: int
    first_wait_s: float
    longest_wait_s: float
    try_s: float
    deadline_s: float


PATIENT = Patience(retries=20, first_wait_s=2.0, longest_wait_s=60.0, try_s=30.0, deadline_s=90.0)
"""For a server out there: waits of the third generation (protocol.md 6.2), and the time-out of its init() (ERR-5)."""

PROMPT = Patience(retries=2, first_wait_s=0.0, longest_wait_s=0.0, try_s=10.0, deadline_s=30.0)
"""For the fake on the same machine, which a test must not wait for (ERR-5)."""


class Retries(Retry):
    """urllib3's retries, for some statuses and until a deadline; what came last is then the answer.

    Args:
        patience: How often and how long.
        statuses: Those that are tried again.
        retries: How often; None: as patience has it.
        deadline: By time.monotonic(); None means "counted from now".
    """

    def __init__(
        self,
        *,
        patience: Patience,
        statuses: frozenset[int],
        retries: int | None = None,
        deadline: float | None = None,
        **more: Any,
    ) -> None:
        self.patience = patience
        self.deadline = time.monotonic() + patience.deadline_s if deadline is None else deadline
        more.setdefault("total", patience.retries if retries is None else retries)
        more.update(status_forcelist=statuses, allowed_methods=None, raise_on_status=False)
        super().__init__(**more)

    def new(self, **changed: Any) -> Retries:
        """The same with fewer tries left."""
        if self._left() <= 0.0:
            changed.update(total=-1)
        known = {"patience": self.patience, "statuses": self.status_forcelist, "deadline": self.deadline}
        return super().new(**known, **changed)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether a status is tried again: what the table says, also where the server names a time."""
        return bool(self.total) and status_code in (self.status_forcelist or ())

    def get_backoff_time(self) -> float:
        """Seconds before the next try."""
        wait = self.patience.first_wait_s * 2.0 ** max(0, len(self.history) - 1)
        return min(wait, self.patience.longest_wait_s, self._left())

    def get_retry_after(self, response: Any) -> float | None:
        """Seconds that the server asks for, or None; a server cannot make us wait beyond the deadline."""
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, self._left())

    def _left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())
