"""Owns storage ids: opaque to clients, a path in base64 to us (protocol.md 4.8)."""

from __future__ import annotations

import base64
import binascii
import json
import time

from wandb_testkit.records import Refusal, RunPath
from wandb_testkit.server.refused import Refused


def storage_id(kind: str, *parts: object) -> str:
    """The id of a thing of some kind."""
    return base64.b64encode(json.dumps([kind, *parts]).encode()).decode()


def parts_of(kind: str, storage_id: str, count: int) -> list[str]:
    """What storage_id() was given.

    Raises:
        Refused: 404: it is not the id of such a thing.
    """
    try:
        read = json.loads(base64.b64decode(storage_id, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        read = None
    if isinstance(read, list) and len(read) == count + 1 and all(isinstance(part, str) for part in read):
        found, *parts = read
        if found == kind:
            return parts
    raise Refused(Refusal(404, f"{storage_id!r} is not the id of a {kind.lower()} on this server"))


def run_id(path: RunPath) -> str:
    """The storage id of a run."""
    return storage_id("Run", *path)


def run_path(storage_id: str) -> RunPath:
    """The path of the run with a storage id.

    Raises:
        Refused: 404: it is the id of no run.
    """
    return RunPath(*parts_of("Run", storage_id, 3))


def internal_id(number: int) -> str:
    """The number of a project in the form that clients of 22+ decode (protocol.md 4.8)."""
    return base64.b64encode(f"ProjectInternalId:{number}".encode()).decode()


def date_time(seconds: float) -> str:
    """A time as clients read it: UTC, without a zone (protocol.md 3.6)."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
