"""Owns what the HTTP transport remembers of a run between two requests, and how it reads a run that exists.

The config crosses whole each time, with the metric definitions in it (protocol.md 4.1), so both are kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit.records import MetricRecord, RunStatus
from wandb_testkit.wire.config import decode_config
from wandb_testkit.wire.http import WireError, as_object, decode_json
from wandb_testkit.wire.metrics import with_definition

CLIENT_KEY = "_wandb"
"""The config and summary key in which clients keep what no user wrote (CONFIG-12)."""

WATCH = 1
"""The number of watch() among the features that a client tells it has used (`_wandb.t.3`; read in 0.10.33)."""

Metrics = Callable[[list[dict[str, Any]]], Mapping[str, Any]]


class KnownRun:
    """A run that was asked about or started.

    Args:
        storage_id: What the server calls it; None until it has said so.
        old_config: The config of a run that is continued: its metric definitions stay.
    Attributes:
        config: The config that was sent last, None before the first.
        uploaded: Names of the files that were stored.
        watches: Whether watch() was called.
    """

    def __init__(self, storage_id: str | None = None, old_config: Mapping[str, Any] | None = None) -> None:
        self.storage_id = storage_id
        self.config: Mapping[str, Any] | None = None
        self.uploaded: list[str] = []
        self.watches = False
        kept = (old_config or {}).get(CLIENT_KEY)
        old = kept.get("m") if isinstance(kept, dict) else None
        self._definitions: list[dict[str, Any]] = (
            [one for one in old if isinstance(one, dict)] if isinstance(old, list) else []
        )

    def define(self, record: MetricRecord) -> None:
        """Keep one more metric definition."""
        self._definitions = with_definition(self._definitions, record)

    def whole_config(self, metrics: Metrics) -> dict[str, Any] | None:
        """The config as it is to be sent, None if it is not known."""
        if self.config is None:
            return None
        kept = self.config.get(CLIENT_KEY)
        own: dict[str, Any] = {**(kept if isinstance(kept, dict) else {}), **metrics(self._definitions)}
        if self.watches:
            telemetry = own.get("t") or {}
            own["t"] = {**telemetry, "3": sorted({*telemetry.get("3", ()), WATCH})}
        return {**self.config, CLIENT_KEY: own}


def run_status(bucket: Mapping[str, Any]) -> RunStatus:
    """Where a run stands, from the fields of protocol.md 5.1; config and summary may be unreadable (RESUME-12).

    Raises:
        LookupError, TypeError, ValueError, WireError: A field is missing or is not what it should be.
    """
    unreadable: list[str] = []
    config, summary = {}, {}
    try:
        config = decode_config(bucket["config"] or "{}")
    except WireError:
        unreadable.append("config")
    try:
        summary = as_object(decode_json(bucket["summaryMetrics"] or "{}", "summaryMetrics"), "summaryMetrics")
    except WireError:
        unreadable.append("summary")
    summary.pop(CLIENT_KEY, None)
    tail = decode_json(bucket["historyTail"] or "[]", "historyTail")
    last = as_object(decode_json(tail[-1], "the last row"), "the last row") if tail else {}
    kept = bucket.get("wandbConfig")
    own = config.get(CLIENT_KEY) if kept is None else decode_json(kept, "wandbConfig")
    return RunStatus(
        display_name=bucket["displayName"] or "",
        config=config,
        summary=summary,
        tags=tuple(bucket.get("tags") or ()),
        notes=bucket.get("notes"),
        last_step=last.get("_step"),
        last_runtime=max(last.get("_runtime", 0.0), summary.get("_runtime", 0.0)),
        history_lines=bucket["historyLineCount"],
        output_lines=bucket["logLineCount"],
        started=isinstance(own, dict) and "t" in own,
        unreadable=tuple(unreadable),
    )
