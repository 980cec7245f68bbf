"""Owns the limits of a server: how much it takes of one account, and what it says when that is exceeded."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from wandb_testkit.ports import Clock
from wandb_testkit.records import FilesRecord, Record, Refusal

TOO_MANY, TOO_LARGE, NO_SPACE = 429, 413, 403
"""Statuses (protocol.md 6.1): clients repeat the first until it passes, the others are final for newer ones."""


class Limits(NamedTuple):
    """What is allowed; None is no limit.

    Attributes:
        requests: As many in any `per_s` seconds; over HTTP whole requests, in memory records.
        per_s: Seconds.
        body_bytes: Of one request, as sent; in memory of the files of one record.
        storage_bytes: Of the files of all runs of an entity.
    """

    requests: int | None = None
    per_s: float = 60.0
    body_bytes: int | None = None
    storage_bytes: int | None = None


class Gate:
    """Holds the limits of one server, and what has passed of late.

    Args:
        limits: As above.
        clock: Tells when something passed.
    Raises:
        ValueError: A limit is below 1, or no number.
    """

    def __init__(self, limits: Limits, clock: Clock) -> None:
        for name, value in limits._asdict().items():
            if value is None:
                continue
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not is_number or value <= 0 or (name == "requests" and value < 1):
                raise ValueError(f"limits({name}={value!r}): a limit is a number above 0, or None for none")
        self.limits = limits
        self._clock = clock
        self._passed: deque[float] = deque()

    def request(self, body_bytes: int) -> Refusal | None:
        """Why a request of that size may not pass now, or None: then it has."""
        return self._size(body_bytes) or self._rate()

    def record(self, record: Record) -> Refusal | None:
        """Why a record may not pass now, or None: then it has."""
        size = sum(map(len, record.files.values())) if isinstance(record, FilesRecord) else 0
        return self._size(size) or self._rate()

    def storage(self, entity: str, stored_bytes: int, more_bytes: int) -> Refusal | None:
        """Why an entity may not store so much more, or None."""
        allowed = self.limits.storage_bytes
        if allowed is None or stored_bytes + more_bytes <= allowed:
            return None
        said = f"entity {entity!r} has {stored_bytes} of {allowed} bytes, and no room for {more_bytes} more"
        return Refusal(NO_SPACE, f"storage limit exceeded: {said}", on_purpose=True, how="limit")

    def _size(self, body_bytes: int) -> Refusal | None:
        allowed = self.limits.body_bytes
        if allowed is None or body_bytes <= allowed:
            return None
        said = f"request too large: {body_bytes} bytes, allowed are {allowed}"
        return Refusal(TOO_LARGE, said, on_purpose=True, how="limit")

    def _rate(self) -> Refusal | None:
        allowed, per_s = self.limits.requests, self.limits.per_s
        if allowed is None:
            return None
        now = self._clock.time()
        while self._passed and now - self._passed[0] >= per_s:
            self._passed.popleft()
        if len(self._passed) < allowed:
            self._passed.append(now)
            return None
        wait_s = max(1, math.ceil(self._passed[0] + per_s - now))  # the header has whole seconds
        said = f"rate limit exceeded: {allowed} requests in {per_s:g} s; try again in {wait_s} s"
        return Refusal(TOO_MANY, said, on_purpose=True, how="limit", retry_after=wait_s)
