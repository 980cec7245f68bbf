"""The loopback mount: quick to start, gone without a trace, and open to many at once (design.md section 6)."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from wandb_testkit.server.mounts.loopback import Loopback
from wandb_testkit.wire.http import Request, Response
from wandb_testkit.world import World


def echo(request: Request) -> Response:
    if request.path == "/cut":
        return Response(0)
    told = [request.method, request.path, request.query, request.body.decode(), request.origin]
    return Response(200, json.dumps(told).encode(), {"X-Given": "yes"})


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    mount = Loopback(echo)
    yield mount
    mount.close()


def address_of(mount: Loopback) -> tuple[str, int]:
    host, _, port = urlsplit(mount.url).netloc.partition(":")
    return host, int(port)


def connect(mount: Loopback) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(mount.url).netloc, timeout=10)


def ask(mount: Loopback, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    connection = connect(mount)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def raw(mount: Loopback, sent: bytes) -> bytes:
    with socket.create_connection(address_of(mount), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


def test_a_request_crosses_as_it_was_sent(loopback: Loopback) -> None:
    status, body = ask(loopback, "POST", "/a%20b?c=d", b"body")

    assert (status, json.loads(body)) == (200, ["POST", "/a%20b", "c=d", "body", loopback.url])


def test_it_listens_on_the_loopback_interface_only(loopback: Loopback) -> None:
    assert loopback.url.startswith("http://127.0.0.1:")


def test_one_connection_serves_many_requests_with_a_packet_each(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second packet would wait until the first one's arrival is told, which takes 40 ms."""
    written: list[int] = []
    write = socket.SocketIO.write

    def counting(self: socket.SocketIO, data: bytes) -> int | None:
        written.append(len(data))
        return write(self, data)

    monkeypatch.setattr(socket.SocketIO, "write", counting)
    connection = connect(loopback)
    for _ in range(100):
        connection.request("GET", "/")
        connection.getresponse().read()
    connection.close()

    assert len(written) == 100


def test_200_connections_at_once_are_answered(loopback: Loopback) -> None:
    gate = threading.Barrier(200)

    def visit(number: int) -> int:
        gate.wait()
        return ask(loopback, "POST", f"/{number}", b"x" * 100)[0]

    with ThreadPoolExecutor(200) as visitors:
        statuses = list(visitors.map(visit, range(200)))

    assert statuses == [200] * 200


def test_it_stops_and_leaves_nothing_while_clients_keep_connections_open() -> None:
    threads = set(threading.enumerate())
    mount = Loopback(echo)
    clients = [connect(mount) for _ in range(5)]
    for client in clients:
        client.request("GET", "/")
        client.getresponse().read()
    mount.close()

    assert set(threading.enumerate()) == threads
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(address_of(mount))
    for client in clients:
        client.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not list open files")
@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHo", b"POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\nhalf"])
def test_no_socket_stays_behind_while_a_client_is_in_the_middle_of_something(sent: bytes) -> None:
    def sockets() -> set[str]:
        links = (os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd") if _is_open(number))
        return {link for link in links if link.startswith("socket:")}

    before = sockets()
    mount = Loopback(echo)
    clients = [socket.create_connection(address_of(mount)) for _ in range(3)]
    for client in clients:
        client.sendall(sent)
    ask(mount, "GET", "/")
    mount.close()
    for client in clients:
        client.close()

    assert sockets() <= before


def _is_open(number: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{number}")


def test_the_name_service_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the name service was asked")

    for name in ("getfqdn", "gethostbyaddr", "gethostbyname", "getnameinfo"):
        monkeypatch.setattr(socket, name, fail)

    mount = Loopback(echo)
    status, _ = ask(mount, "GET", "/")
    mount.close()

    assert status == 200


def test_status_0_cuts_the_connection(loopback: Loopback) -> None:
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(loopback, "GET", "/cut")


def test_a_chunked_body_is_put_together(loopback: Loopback) -> None:
    connection = connect(loopback)
    connection.request("POST", "/", iter([b"one ", b"two"]), encode_chunked=True)
    body = json.loads(connection.getresponse().read())
    connection.close()

    assert body[3] == "one two"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nshort", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n", b"413"),
        (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", b"501"),
    ],
)
def test_a_message_that_cannot_be_read_gets_a_clear_status(loopback: Loopback, sent: bytes, status: bytes) -> None:
    answer = raw(loopback, sent)

    assert answer.split(b" ")[1] == status
    assert ask(loopback, "GET", "/")[0] == 200


def test_a_world_starts_it_when_it_is_asked_for_its_url(world: World) -> None:
    threads = set(threading.enumerate())

    url = world.url
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.request("GET", "/nothing")
    status = connection.getresponse().status
    connection.close()
    world.close()

    assert (world.recorder.exchanges[0].path, status) == ("/nothing", 501)
    assert set(threading.enumerate()) <= threads


def test_a_handle_that_a_test_has_put_in_place_is_what_clients_meet(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A spy on the requests of a real client is one line."""
    monkeypatch.setattr(world.server, "handle", echo)

    connection = http.client.HTTPConnection(urlsplit(world.url).netloc, timeout=10)
    connection.request("GET", "/any")
    answer = json.loads(connection.getresponse().read())
    connection.close()

    assert answer[:2] == ["GET", "/any"]
