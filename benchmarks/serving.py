"""Owns the speed of the server: requests and history rows a second, by each way in, and 200 clients at once.

`python -m benchmarks.serving` prints it.
"""

from __future__ import annotations

import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.side_by_side import ROOT
from benchmarks.table import Table, number, show
from wandb_testkit.observation import RunView
from wandb_testkit.recorder import Recorder
from wandb_testkit.server.accounts import DEFAULT_KEY
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.asgi import asgi_app
from wandb_testkit.server.mounts.loopback import Loopback
from wandb_testkit.server.store import Store
from wandb_testkit.wire.http import Request

QUESTIONS = 400
BODIES = 40
ROWS_A_BODY = 500
CLIENTS = 200
BODIES_A_CLIENT = 5
ROWS_OF_A_CLIENT = 20
ROUNDS = 5
NAMES = [f"client-{turn}" for turn in range(CLIENTS)]

HEADERS = {"authorization": "Basic " + b64encode(f"api:{DEFAULT_KEY}".encode()).decode()}
VIEWER = json.dumps({"query": "query Viewer { viewer { id entity flags teams { edges { node { name } } } } }"}).encode()
UPSERT = (
    "mutation UpsertBucket($name: String!) "
    '{ upsertBucket(input: {name: $name, modelName: "p", host: "here", config: "{}"}) { bucket { id name } inserted } }'
)

Send = Callable[[str, bytes], None]
"""Sends a POST over a connection that is kept, and raises if the answer is not 200."""


class Extent(NamedTuple):
    """How much is measured: rounds, and a divisor of everything in them."""

    rounds: int
    divisor: int


THOROUGH = Extent(ROUNDS, 1)
QUICK = Extent(1, 10)


class Speed(NamedTuple):
    """What one way in does.

    Attributes:
        requests_s: Questions (GraphQL, its document known) a second, one after the other.
        rows_s: History rows a second, in bodies of file_stream.
        clients_s: Requests a second of 200 clients at once; None for what is called, and has no connections.
        lost: Rows of theirs that the server does not have afterwards, or has twice.
    """

    label: str
    requests_s: float
    rows_s: float
    clients_s: float | None
    lost: int | None


class _Way(NamedTuple):
    """One way in, open: how to call it, or where it listens; and the server's runs."""

    call: Send | None
    netloc: str
    views: Callable[[], list[RunView]]


def _server() -> tuple[FakeServer, Recorder]:
    recorder = Recorder(lambda: None)
    return FakeServer(recorder, lambda is_armed: None), recorder


@contextmanager
def _called(store: bool) -> Iterator[_Way]:
    server, recorder = _server()

    def send(path: str, body: bytes) -> None:
        response = server.handle(Request("POST", path, "", HEADERS, body))
        if response.status != 200:
            raise RuntimeError(response.body.decode())

    with tempfile.TemporaryDirectory() as where:
        kept = Store(server, Path(where, "runs.db")) if store else None
        yield _Way(send, "", lambda: recorder.runs)
        if kept is not None:
            kept.close()


def _over(netloc: str) -> Send:
    connection = http.client.HTTPConnection(netloc, timeout=60)

    def send(path: str, body: bytes) -> None:
        connection.request("POST", path, body, HEADERS)
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise RuntimeError(answer.decode())

    return send


@contextmanager
def _loopback(store: bool) -> Iterator[_Way]:
    server, recorder = _server()
    with tempfile.TemporaryDirectory() as where:
        kept = Store(server, Path(where, "runs.db")) if store else None
        mount = Loopback(server.handle)
        yield _Way(None, urlsplit(mount.url).netloc, lambda: recorder.runs)
        mount.close()
        if kept is not None:
            kept.close()


@contextmanager
def _asgi(store: bool) -> Iterator[_Way]:
    import uvicorn

    server, recorder = _server()
    with (
        tempfile.TemporaryDirectory() as where,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening,
    ):
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        kept = Store(server, Path(where, "runs.db")) if store else None
        config = uvicorn.Config(asgi_app(server), log_level="critical", access_log=False, timeout_graceful_shutdown=1)
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        yield _Way(None, f"127.0.0.1:{listening.getsockname()[1]}", lambda: recorder.runs)
        running.should_exit = True
        thread.join()
        if kept is not None:
            kept.close()


WAYS = {
    "handle(), called": (_called, False),
    "handle(), with a store": (_called, True),
    "loopback": (_loopback, False),
    "ASGI, uvicorn": (_asgi, False),
    "ASGI, uvicorn, with a store": (_asgi, True),
}


def speeds(extent: Extent = THOROUGH) -> list[Speed]:
    """Measure every way in, all in turn."""
    taken: dict[str, list[Speed]] = {label: [] for label in WAYS}
    for _ in range(extent.rounds):
        for label, (way, has_store) in WAYS.items():
            with way(has_store) as opened:
                taken[label].append(_speed(label, opened, extent.divisor))
    return [_best(label, found) for label, found in taken.items()]


def _speed(label: str, way: _Way, divisor: int) -> Speed:
    if way.call is not None:
        return Speed(label, *_one_client(way.call, divisor), None, None)
    # Clients have a process of their own, as elsewhere: they would share a lock with the server.
    command = [sys.executable, "-m", "benchmarks.serving", "--clients-of", way.netloc, str(divisor)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{label}: {done.stderr}")
    requests_s, rows_s, clients_s = json.loads(done.stdout)
    expected = list(range(BODIES_A_CLIENT * ROWS_OF_A_CLIENT))
    found = {view.id: view.history["loss"] for view in way.views()}
    lost = sum(len(set(expected) ^ set(found[name])) + (found[name] != expected) for name in NAMES)
    return Speed(label, requests_s, rows_s, clients_s, lost)


def _one_client(send: Send, divisor: int) -> tuple[float, float]:
    """Questions and rows a second, by the median request: a busy moment of the machine is no property of the server."""
    send("/graphql", VIEWER)
    questions = [_seconds(send, "/graphql", VIEWER) for _ in range(QUESTIONS // divisor)]
    _start(send, "rows")
    bodies = [_body(turn * ROWS_A_BODY, ROWS_A_BODY) for turn in range(max(BODIES // divisor, 1))]
    rows = [_seconds(send, _stream("rows"), body) for body in bodies]
    return 1 / statistics.median(questions), ROWS_A_BODY / statistics.median(rows)


def _seconds(send: Send, path: str, body: bytes) -> float:
    start = time.perf_counter()
    send(path, body)
    return time.perf_counter() - start


def _many_clients(netloc: str) -> float:
    """Requests a second of all clients at once, each with a connection and a run of its own."""

    def client(name: str) -> None:
        send = _over(netloc)
        _start(send, name)
        for turn in range(BODIES_A_CLIENT):
            send(_stream(name), _body(turn * ROWS_OF_A_CLIENT, ROWS_OF_A_CLIENT))

    with ThreadPoolExecutor(CLIENTS) as clients:
        start = time.perf_counter()
        list(clients.map(client, NAMES))
        return CLIENTS * (BODIES_A_CLIENT + 1) / (time.perf_counter() - start)


def _start(send: Send, name: str) -> None:
    send("/graphql", json.dumps({"query": UPSERT, "variables": {"name": name}}).encode())


def _stream(name: str) -> str:
    return f"/files/testkit-user/p/{name}/file_stream"


def _body(first: int, count: int) -> bytes:
    rows = (
        {"_step": step, "loss": step, "acc": 0.5, "_timestamp": 1.0, "_runtime": 0.5}
        for step in range(first, first + count)
    )
    content = [json.dumps(row) for row in rows]
    return json.dumps({"files": {"wandb-history.jsonl": {"offset": first, "content": content}}}).encode()


def _best(label: str, taken: list[Speed]) -> Speed:
    """The best of all rounds: other users of the machine only make it slower; but every row that was lost."""
    clients = [speed.clients_s for speed in taken if speed.clients_s is not None]
    return Speed(
        label,
        max(speed.requests_s for speed in taken),
        max(speed.rows_s for speed in taken),
        max(clients, default=None),
        sum(speed.lost or 0 for speed in taken) if clients else None,
    )


def table_of(found: list[Speed]) -> Table:
    """The ways in, beside the bare call."""
    base = found[0]
    loopback = next(speed for speed in found if speed.clients_s is not None)
    return Table(
        f"The server: one client, and {CLIENTS} at once",
        [
            "way in",
            "requests a second",
            "x called",
            "history rows a second",
            "x called",
            f"{CLIENTS} clients, requests a second",
            "x loopback",
            "rows lost",
        ],
        [
            [
                speed.label,
                number(speed.requests_s),
                number(speed.requests_s / base.requests_s),
                number(speed.rows_s),
                number(speed.rows_s / base.rows_s),
                number(speed.clients_s),
                number(speed.clients_s and loopback.clients_s and speed.clients_s / loopback.clients_s),
                "-" if speed.lost is None else str(speed.lost),
            ]
            for speed in found
        ],
    )


def main(arguments: Sequence[str]) -> None:
    """Measure and print; or be the clients of a server that another process measures."""
    if arguments[:1] == ["--clients-of"]:
        netloc, divisor = arguments[1], int(arguments[2])
        print(json.dumps([*_one_client(_over(netloc), divisor), _many_clients(netloc)]))
    else:
        show(table_of(speeds()))


if __name__ == "__main__":
    main(sys.argv[1:])
