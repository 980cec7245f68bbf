"""Carries records to a backend in the same process: no encoding, no thread, no socket."""

from __future__ import annotations

from wandb_testkit.ports import Backend
from wandb_testkit.records import Record, Result


class MemoryTransport:
    """Hands each record to a backend, with the key of one account (None: no credentials)."""

    __slots__ = ("_api_key", "_apply")

    def __init__(self, backend: Backend, api_key: str | None = None) -> None:
        self._apply = backend.apply
        self._api_key = api_key

    def deliver(self, record: Record) -> Result:
        """Send a record and wait for its answer."""
        return self._apply(record, api_key=self._api_key)

    def publish(self, record: Record) -> None:
        """Send a record that needs no answer; the backend's observer keeps a refusal."""
        self._apply(record, api_key=self._api_key)

    def close(self) -> None:
        """Nothing is open."""
