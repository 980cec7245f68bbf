"""Carries HTTP over the loopback interface to FakeServer.handle, for real clients and for child processes.

The standard library's threading server, with four settings put right (design.md section 6): answers are buffered, the
backlog is long, the name service is not asked, and no thread stays behind with a connection that a client keeps open.
"""

from __future__ import annotations

import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from wandb_testkit.wire.http import Request, Response, WireError, error_response

HOST = "127.0.0.1"

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""A browser may be told that any other name leads here, by who owns the name; clients of W&B send no Origin."""

BACKLOG = 1024
"""Connections that wait to be accepted; the standard library's 5 resets most of 200 simultaneous ones."""

MAX_BODY_BYTES = 256 * 2**20

MAX_UPLOAD_BYTES = 5 * 2**30
"""Of what is sent with PUT: S3 takes no more in one request, and clients send larger files in parts."""

CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
"""The line before a chunk: its size, and extensions that nobody reads."""

MAX_TRAILERS = 100

Handle = Callable[[Request], Response]


class Loopback:
    """An HTTP server on a free port of 127.0.0.1; it answers from the moment it is made until close().

    Args:
        handle: Answers one request; is called from many threads.
    """

    def __init__(self, handle: Handle) -> None:
        self._server = _Server(handle)
        self._thread = threading.Thread(target=self._server.accept_until_closed, name="wandb_testkit-loopback")
        self._thread.daemon = True  # an interpreter that ends does not wait for who forgot close()
        self._thread.start()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return self._server.origin

    def close(self) -> None:
        """Stop: connections are cut, threads have ended and the port is free when this returns."""
        self._server.stop()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = BACKLOG
    daemon_threads = True

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._is_stopping = False
        super().__init__((HOST, 0), _Handler)
        self.origin = f"http://{HOST}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind as any TCP server does; HTTPServer would ask the name service for the name of the host."""
        socketserver.TCPServer.server_bind(self)
        self.server_name = HOST
        self.server_port = self.server_address[1]

    def accept_until_closed(self) -> None:
        """Hand each connection to a thread of its own."""
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                if self._is_stopping:
                    return
                time.sleep(0.01)  # the client is gone again, or there are too many open files; both pass
                continue
            with self._lock:
                if self._is_stopping:
                    connection.close()
                    return
                thread = threading.Thread(target=self._serve, args=(connection,), name="wandb_testkit-connection")
                thread.daemon = True
                self._connections[connection] = thread
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            _Handler(connection, (HOST, 0), self)
        except OSError:
            pass  # the client is gone, or close() has cut the connection
        finally:
            with self._lock:
                del self._connections[connection]
            self.shutdown_request(connection)

    def stop(self) -> None:
        """Cut every connection, wait for its thread, and wake up the one that accepts."""
        with self._lock:
            self._is_stopping = True
            connections = dict(self._connections)
            for connection in connections:
                _cut(connection)
        # An accept() that waits is woken by the one on some platforms, by the other on the rest.
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        with suppress(OSError), socket.create_connection((HOST, self.server_port)):
            pass
        for thread in connections.values():
            if thread is not threading.current_thread():
                thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # answers leave in one piece; unbuffered, each header is a packet of its own
    disable_nagle_algorithm = True
    server: _Server

    def serve(self) -> None:
        """Answer one request."""
        try:
            body = self._body()
        except WireError as error:
            self.close_connection = True  # what follows on it cannot be told from the rest of the body
            self._send(error_response(error.status, error.message))
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host", HOST).rpartition(":")[0] or headers.get("host", HOST)
        if "origin" in headers and host not in LOCAL_NAMES:
            self._send(error_response(403, f"a page of {host!r} has a browser send this; it is for this machine alone"))
            return
        self._send(self.server.handle(Request(self.command, path, query, headers, body, self.server.origin)))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = serve

    def _body(self) -> bytes:
        """The whole body; where its end could be read in two ways nothing is (RFC 9112, 6.3 and 11.2)."""
        encodings, lengths = (self.headers.get_all(name, []) for name in ("transfer-encoding", "content-length"))
        if self.headers.defects or len(encodings) + len(lengths) > 1:
            raise WireError("the headers can be read in two ways: one Content-Length or Transfer-Encoding is needed")
        if encodings:
            if encodings[0].lower() != "chunked":
                raise WireError("Transfer-Encoding should be chunked", 501)
            return self._chunks()
        length = lengths[0] if lengths else "0"
        if not (length.isascii() and length.isdigit() and len(length) < 20):
            raise WireError(f"Content-Length should be a number, not {length!r}")
        return self._read(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            line = CHUNK.fullmatch(self.rfile.readline(100))
            if line is None:
                raise WireError("the size of a chunk cannot be read")
            size = int(line.group(1), 16)
            if len(body) + size > MAX_BODY_BYTES:
                raise WireError(f"the body has more than {MAX_BODY_BYTES} bytes", 413)
            if size == 0:
                for _ in range(MAX_TRAILERS):
                    if not self.rfile.readline(1000).strip():
                        return bytes(body)
                raise WireError(f"the body has more than {MAX_TRAILERS} trailers", 431)
            body += self._read(size)
            if self.rfile.readline(3).strip(b"\r\n"):
                raise WireError("a chunk is longer than its size")

    def _read(self, length: int) -> bytes:
        most = MAX_UPLOAD_BYTES if self.command == "PUT" else MAX_BODY_BYTES
        if length > most:
            raise WireError(f"the body has more than {most} bytes", 413)
        body = self.rfile.read(length)
        if len(body) < length:
            raise WireError(f"the body ended after {len(body)} of {length} bytes")
        return body

    def _send(self, response: Response) -> None:
        if response.status == 0:
            self.close_connection = True
            _cut(self.connection)
            return
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.sent)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.sent)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the recorder has it all."""


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)
