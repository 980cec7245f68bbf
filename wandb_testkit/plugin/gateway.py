"""Owns the one address that real clients of a pytest process are given, and which world each of their requests is for.

A real client reads its address once a process, so the address stays while the world behind it changes: a request is for
the world in force, unless it continues a run that only an earlier world knows.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from wandb_testkit.server.mounts.loopback import Loopback
from wandb_testkit.server.stored_run import ALIVE
from wandb_testkit.wire.http import Request, Response, WireError, json_object
from wandb_testkit.world import World, current

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_EARLIER = 10
"""Worlds that are over and may still be spoken to; a request that comes later than that is for the world in force."""

MAX_BODY_BYTES = 4 * 2**20
"""Of a GraphQL request that is looked into."""

OF_A_RUN = ("files", "storage")
"""First segments of the paths that go on with entity, project and id of a run."""

FIRST_TIME = ("host", "program", "displayName", "groupName", "jobType", "notes", "tags", "sweep")
"""Variables that a client sends with the first mutation of a run only (protocol.md 3.3)."""

RUN_NAMES = ("name", "run", "runName", "runId", "run_id")
"""Variables by which clients name a run (protocol.md 3)."""


class Gateway:
    """An address that lasts as long as the process, and speaks for the world in force."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._earlier: deque[World] = deque(maxlen=MAX_EARLIER)
        self._loopback = Loopback(self.handle)

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return self._loopback.url

    def handle(self, request: Request) -> Response:
        """Answer one request, on behalf of the world that it is for."""
        return self._world_of(request).server.handle(request)

    def close(self) -> None:
        """Stop answering; the port is free afterwards."""
        self._loopback.close()
        self._earlier.clear()

    def remember(self, world: World) -> None:
        """A world is over: what still comes for its runs is its own."""
        if any(world.server.runs):
            with self._lock:
                self._earlier.append(world)

    def _world_of(self, request: Request) -> World:
        present = current()
        if not self._earlier:
            return present
        run_id, must_be_alive = _run_continued(request)
        if run_id is None or _knows(present, run_id):
            return present
        with self._lock:
            earlier = list(self._earlier)
        known = (world for world in reversed(earlier) if _knows(world, run_id, must_be_alive=must_be_alive))
        return next(known, present)


def _knows(world: World, run_id: str, *, must_be_alive: bool = False) -> bool:
    return any(run.path.run_id == run_id and (run.state in ALIVE or not must_be_alive) for run in world.server.runs)


def _run_continued(request: Request) -> tuple[str | None, bool]:
    """The id of the run that a request continues, None if it asks or begins with one; and whether that must be alive.

    A stream or a file goes to a run that is there. A mutation may be the first of a new run with the id of an old one,
    which then has ended.
    """
    parts = request.path.split("/")
    if len(parts) > 4 and parts[1] in OF_A_RUN:
        return unquote(parts[4]), False
    variables = _variables(request) if parts[1] == "graphql" else {}
    if any(variables.get(name) is not None for name in FIRST_TIME):
        return None, True
    return next((value for name in RUN_NAMES if isinstance(value := variables.get(name), str)), None), True


def _variables(request: Request) -> Mapping[str, Any]:
    """The variables of a mutation; those of a question tell nothing about late news."""
    try:
        body = json_object(request, MAX_BODY_BYTES)
    except WireError:
        return {}  # the server answers it, and says what is wrong
    variables = body.get("variables")
    return variables if "mutation" in str(body.get("query", "")) and isinstance(variables, dict) else {}
