"""The server as an ASGI app: called in process as any ASGI server calls it, and behind a real uvicorn."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.server.conftest import HandClient
from wandb_testkit.server import asgi
from wandb_testkit.server.asgi import App, asgi_app
from wandb_testkit.wire.http import Request, Response
from wandb_testkit.world import World


class Echo:
    """Answers with what it was asked."""

    may_wait = False

    def body_limit(self, request: Request) -> int:
        return 2**20

    def handle(self, request: Request) -> Response:
        if request.path == "/cut":
            return Response(0)
        told = [request.method, request.path, request.query, len(request.body), request.origin]
        return Response(200, json.dumps(told).encode(), {"X-Given": "yes", "Content-Type": "application/json"})


class Answer:
    """What an app sent."""

    def __init__(self, messages: list[Any]) -> None:
        self.messages = messages
        self.status = messages[0].get("status") if messages else None
        self.headers = dict(messages[0].get("headers", ())) if messages else {}
        self.body = b"".join(message.get("body", b"") for message in messages[1:])


def scope(method: str = "GET", path: str = "/", **more: Any) -> dict[str, Any]:
    """What an ASGI server says of a request."""
    known = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"here:1")],
        "server": ("10.0.0.1", 80),
    }
    return {**known, **more}


def call(app: App, scope: dict[str, Any], *parts: dict[str, Any]) -> Answer:
    """Call an app once; after the parts nothing more comes."""
    sent: list[Any] = []

    async def run() -> None:
        left = list(parts or [{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Any:
            if left:
                return left.pop(0)
            return await asyncio.Event().wait()  # a client that says nothing more

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)

    asyncio.run(run())
    return Answer(sent)


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_request_reaches_the_server_as_it_was_sent() -> None:
    asked = scope("POST", "/a/b", raw_path=b"/a%2Fb", query_string=b"x=1")

    answer = call(asgi_app(Echo()), asked, part(b"ab", more=True), part(b"c"))

    assert json.loads(answer.body) == ["POST", "/a%2Fb", "x=1", 3, "http://here:1"]
    assert answer.headers == {
        b"x-given": b"yes",
        b"content-type": b"application/json",
        b"content-length": str(len(answer.body)).encode(),
    }


def test_a_path_without_its_raw_form_is_encoded_again() -> None:
    asked = scope(path="/a b/ü", raw_path=None, headers=[], root_path="/below")

    assert json.loads(call(asgi_app(Echo()), asked).body)[1::3] == ["/a%20b/%C3%BC", "http://10.0.0.1:80/below"]


def test_the_answer_to_head_has_the_length_and_no_body() -> None:
    answer = call(asgi_app(Echo()), scope("HEAD"))

    assert int(answer.headers[b"content-length"]) > 0
    assert answer.body == b""


@pytest.mark.parametrize(
    ("length", "parts", "status"),
    [
        (b"-1", [part(b"")], 400),
        (b"1e3", [part(b"")], 400),
        (b"9" * 30, [part(b"")], 400),
        (b"10", [part(b"short")], 400),
        (b"3", [part(b"longer")], 400),
        (b"101", [], 413),
        (None, [part(b"x" * 60, more=True), part(b"x" * 60, more=True)], 413),
        (b"5", [part(b"sl", more=True)], 408),
    ],
)
def test_a_body_that_is_not_right_is_refused(length: bytes | None, parts: list[Any], status: int) -> None:
    headers = [] if length is None else [(b"content-length", length)]
    app = asgi_app(Echo(), max_body_bytes=100, body_timeout_s=0.05)

    answer = call(app, scope("POST", headers=headers), *parts)

    assert answer.status == status
    assert json.loads(answer.body)["errors"][0]["message"]
    assert answer.headers[b"connection"] == b"close"


def test_a_path_that_is_too_long_is_refused() -> None:
    assert call(asgi_app(Echo()), scope(path="/" + "x" * 10_000)).status == 414


def test_nothing_is_said_to_a_client_that_has_left() -> None:
    assert call(asgi_app(Echo()), scope("POST"), {"type": "http.disconnect"}).messages == []


def test_a_websocket_is_closed() -> None:
    answer = call(asgi_app(Echo()), {"type": "websocket"}, {"type": "websocket.connect"})

    assert answer.messages == [{"type": "websocket.close", "code": 1003}]


def test_the_end_of_the_asgi_server_closes_what_the_app_was_given() -> None:
    closed: list[bool] = []
    app = asgi_app(Echo(), close=lambda: closed.append(True))

    answer = call(app, {"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    assert [message["type"] for message in answer.messages] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert closed == [True]


def test_a_fake_server_answers_through_it(world: World, client: HandClient) -> None:
    client.start("r")
    body = json.dumps({"query": "query { viewer { entity } }"}).encode()
    request = Request("POST", "/graphql", "", {}, body)
    key = client.send("GET", "/nothing")  # so that the client's own way is known to work
    authorization = [(b"authorization", b"Basic YXBpOnRlc3RraXQwdGVzdGtpdDB0ZXN0a2l0MHRlc3RraXQwdGVzdGtpdDA=")]

    answer = call(asgi_app(world.server), scope("POST", request.path, headers=authorization), part(body))

    assert key.status == 501
    assert json.loads(answer.body) == {"data": {"viewer": {"entity": "testkit-user"}}}


def test_the_module_has_an_app_of_its_own_with_pages_key_and_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WANDB_TESTKIT_STORE", str(tmp_path / "runs.db"))
    monkeypatch.setenv("WANDB_TESTKIT_API_KEY", "k" * 40)
    app = asgi.__getattr__("app")
    del asgi.__dict__["app"]

    refused = call(app, scope())
    call(app, {"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    assert refused.status == 401
    assert (tmp_path / "runs.db").read_bytes().startswith(b"SQLite")
    with pytest.raises(AttributeError, match="no attribute 'application'"):
        asgi.__getattr__("application")


# ---------------------------------------------------------------- behind uvicorn


class Running:
    """A uvicorn in a thread of its own."""

    def __init__(self, app: App) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.socket.getsockname()[1]
        config = uvicorn.Config(app, log_level="critical", lifespan="on", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})
        self.thread.start()

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def raw(self, sent: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(sent)
            answer = b""
            while found := connection.recv(65536):
                answer += found
            return answer

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    server = Running(asgi_app(Echo(), max_body_bytes=1000, body_timeout_s=0.3))
    yield server
    server.close()


def test_200_connections_at_once_are_answered(running: Running) -> None:
    gate = threading.Barrier(200)

    def visit(number: int) -> tuple[int, Any]:
        gate.wait()
        status, body = running.ask("POST", f"/{number}", b"x" * number)
        return status, json.loads(body)[3]

    with ThreadPoolExecutor(200) as visitors:
        answers = list(visitors.map(visit, range(200)))

    assert answers == [(200, number) for number in range(200)]


def test_a_connection_is_kept_for_the_next_request(running: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    statuses = []
    for _ in range(3):
        connection.request("GET", "/")
        first = connection.sock
        response = connection.getresponse()
        response.read()
        statuses.append((response.status, connection.sock is first))
    connection.close()

    assert statuses == [(200, True)] * 3


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nslow", b"408"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"x" * 2000 + b"\r\n", b"413"),
        (b"\x16\x03\x01 this is TLS\r\n\r\n", b"400"),
    ],
)
def test_hostile_bodies_get_a_4xx(running: Running, sent: bytes, status: bytes) -> None:
    answer = running.raw(sent)

    assert answer.split(b" ")[1] == status
    assert running.ask("GET", "/")[0] == 200


def test_status_0_is_an_answer_that_breaks_off(running: Running) -> None:
    with pytest.raises((http.client.IncompleteRead, http.client.RemoteDisconnected, ConnectionResetError)):
        running.ask("GET", "/cut")


def test_it_stops_while_clients_keep_connections_open() -> None:
    threads = set(threading.enumerate())
    server = Running(asgi_app(Echo()))
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    client.request("GET", "/")
    client.getresponse().read()

    server.close()

    assert set(threading.enumerate()) <= threads
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port))
    client.close()
