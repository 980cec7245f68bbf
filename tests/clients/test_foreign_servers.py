"""Servers that are not ours as conformance targets: a real client plays cases against whatever speaks the protocol."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.server.test_serve import KEY, Served
from wandb_testkit.conformance import CASES, Case, CaseResult, Outcome, Target, judge, load
from wandb_testkit.server.mounts.loopback import Loopback
from wandb_testkit.targets.server import server_target
from wandb_testkit.wire.http import Request, Response

CLIENT = "wandb==0.31.0"

RESUMED = "resume/allow-goes-on-with-an-existing-run"
ROWS = "log/each-log-is-a-row"
TRIED = (
    ROWS,
    "fork/a-fork-is-a-run-of-its-own",
    "resume/states/must-with-a-killed-run",
    "log/offline-rows-are-the-same",
    "mode/offline-needs-no-server",
    RESUMED,
)

Change = Callable[[dict[str, Any]], None]
"""Makes an answer of the server another one."""


class Between:
    """Stands between clients and a server, and changes what is answered to GraphQL."""

    def __init__(self, url: str, change: Change) -> None:
        self._url = url
        self._change = change
        self.loopback = Loopback(self._handle)

    def _handle(self, request: Request) -> Response:
        left_out = ("host", "connection", "content-length", "transfer-encoding", "accept-encoding")
        headers = {name: value for name, value in request.headers.items() if name not in left_out}
        query = f"?{request.query}" if request.query else ""
        url = f"{self._url}{request.path}{query}"
        sent = urllib.request.Request(url, request.body or None, headers, method=request.method)
        try:
            with urllib.request.urlopen(sent, timeout=60) as came:
                status, body, kind = came.status, came.read(), came.headers.get("Content-Type", "")
        except urllib.error.HTTPError as refused:
            status, body, kind = refused.code, refused.read(), refused.headers.get("Content-Type", "")
        if request.path == "/graphql" and status == 200:
            told = json.loads(body)
            self._change(told.get("data") or {})
            body = json.dumps(told).encode()
        return Response(status, body, {"Content-Type": kind})


def without_events(data: dict[str, Any]) -> None:
    """A server that has no system metrics, and says null where clients want an empty list (protocol.md trap 7)."""
    bucket = ((data.get("model") or data.get("project") or {}).get("bucket")) or {}
    if "eventsTail" in bucket:
        bucket["eventsTail"] = None


def without_rows(data: dict[str, Any]) -> None:
    """A server that keeps no rows."""
    for edge in ((data.get("project") or {}).get("runs") or {}).get("edges", ()):
        edge["node"]["history"] = []


def cases(*ids: str) -> list[Case]:
    found = [case for case in CASES if case.id in ids]
    assert len(found) == len(ids)
    return found


def tried(target: Target, *ids: str) -> dict[str, CaseResult]:
    """What becomes of some cases, each tried once."""
    try:
        return {case.id: judge(case, replace(target, tries=1)) for case in cases(*ids)}
    finally:
        assert target.close is not None
        target.close()


@pytest.fixture
def served() -> Iterator[Served]:
    """`wandb-testkit serve`, in a process of its own."""
    server = Served("--port", "0")
    yield server
    server.process.kill()
    server.process.communicate()


@pytest.fixture
def between(served: Served) -> Iterator[Callable[[Change], str]]:
    """Makes a server that is wrong in one way; its URL."""
    standing: list[Between] = []

    def start(change: Change) -> str:
        standing.append(Between(served.url, change))
        return standing[-1].loopback.url

    yield start
    for one in standing:
        one.loopback.close()


def test_a_real_client_passes_on_a_server_that_does_everything(served: Served) -> None:
    target = server_target(served.url, KEY, client=CLIENT, version="1")

    found = tried(target, *TRIED)

    assert {id: one.differences or one.reason for id, one in found.items() if one.outcome is not Outcome.PASS} == {}
    assert target.name == f"{served.url} by {CLIENT}"


def test_a_real_client_finds_what_ours_passes_over(between: Callable[[Change], str]) -> None:
    """Trap 7 of protocol.md: null instead of an empty list, which our client never reads."""
    url = between(without_events)

    (case,) = cases(RESUMED)
    ours = judge(case, server_target(url, KEY, version="1"))
    real = tried(server_target(url, KEY, client=CLIENT, version="1"), RESUMED)[RESUMED]

    assert ours.outcome is Outcome.PASS
    assert real.outcome is Outcome.FAIL


def test_a_server_that_loses_rows_is_found_out(
    between: Callable[[Change], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    url = between(without_rows)
    target = load(f"{CLIENT}@{url}")

    told = tried(target, ROWS)[ROWS]

    assert KEY not in repr(target)
    assert told.outcome is Outcome.FAIL
    assert any("history: expected [{'_step': 0, 'x': 1}" in line for line in told.differences)
    assert f"target = load('{CLIENT}@{url}', 'current')" in told.script
