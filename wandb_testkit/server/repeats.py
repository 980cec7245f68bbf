"""Owns the requests that a client may send twice: what is known by its Idempotency-Key is answered as the first time.

So a request whose answer got lost is not carried out again, and a fault that met it meets every try of it: the n-th
record fails, however often its client tries. Of an upload each try counts, and of all requests of clients of W&B, which
send no key (protocol.md 6).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from wandb_testkit.wire.http import Response

MAX_REPEATS = 256
"""As many requests are remembered; a client that tries again does so within seconds."""

MAX_KEPT_BYTES = 2**20
"""Of an answer; longer ones are what somebody has read, and reading again changes nothing."""


class Known(NamedTuple):
    """A request that was answered.

    Attributes:
        is_told: The observer was told the record that was refused.
        on_purpose: A fault or a limit refused the request as a whole.
        may_pass: It was a limit, or a fault that met an upload: the next try may come through.
    """

    response: Response
    is_told: bool = False
    on_purpose: bool = False
    may_pass: bool = False


class Repeats:
    """The latest requests that came with a key."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: str) -> Known | None:
        """What is known of a request, None if it is new (or older than all that is remembered)."""
        with self._lock:
            return self._known.get(key)

    def keep(self, key: str, known: Known) -> None:
        """Remember how a request was answered."""
        if len(known.response.body) > MAX_KEPT_BYTES:
            return
        with self._lock:
            self._known[key] = known
            if len(self._known) > MAX_REPEATS:
                self._known.popitem(last=False)
