"""Carries records to a backend in the same process: no encoding, no thread, no socket."""

from __future__ import annotations

from functools import partial

from wandb_testkit.ports import Backend
from wandb_testkit.records import Record, Result


class MemoryTransport:
    """Hands each record to a backend, with the key of one account (None: no credentials).

    Args:
        version: The wandb version whose uploads are tried again as its are (uploads.py).
    """

    __slots__ = ("_api_key", "_apply", "_version")

    def __init__(self, backend: Backend, api_key: str | None = None, *, version: str = "0.31.0") -> None:
        self._apply = backend.apply
        self._api_key = api_key
        self._version = version

    def deliver(self, record: Record) -> Result:
        """Send a record and wait for its answer."""
        result = self._apply(record, api_key=self._api_key)
        return result if result.refusal is None else self._tried_again(record, result)

    def publish(self, record: Record) -> None:
        """Send a record that needs no answer; the backend's observer keeps a refusal."""
        result = self._apply(record, api_key=self._api_key)
        if result.refusal is not None:
            self._tried_again(record, result)

    def close(self) -> None:
        """Nothing is open."""

    def _tried_again(self, record: Record, result: Result) -> Result:
        from wandb_testkit.transport.uploads import arrived  # only what is refused pays for it

        return arrived(record, result, self._version, partial(self._apply, api_key=self._api_key))
