"""Owns the way in for ASGI servers: FakeServer.handle behind ASGI 3, for a server that many machines share.

`uvicorn wandb_testkit.server.asgi:app` runs one with the pages of `wandb-testkit serve`; it reads WANDB_TESTKIT_API_KEY
(that key alone is accepted) and WANDB_TESTKIT_STORE (the file to keep the state in). One process a server: the state is
in its memory.
"""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Any, Protocol
from urllib.parse import quote

from wandb_testkit.wire.http import Request, Response, WireError, error_response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

BODY_TIMEOUT_S = 60.0
"""A body that has not come after this time is given up; clients of W&B give up after 20 to 60 s themselves."""

BYTES_IN_THE_TIMEOUT = 64 * 2**20

PIECE_BYTES = 2**20
"""Of an answer; longer ones are sent in pieces."""

MAX_PATH_LENGTH = 8_192

MAX_WAITING = 256
"""As many answers are held back at once; more requests wait until one of them goes."""


class Answers(Protocol):
    """Answers requests: a FakeServer, or one with pages."""

    @property
    def may_wait(self) -> bool:
        """Whether an answer may be held back; others are then answered beside it."""

    def body_limit(self, request: Request) -> int:
        """How many bytes the body of a request may have, told by all that comes before it."""

    def handle(self, request: Request) -> Response:
        """Answer one request."""


def asgi_app(
    server: Answers,
    *,
    max_body_bytes: int | None = None,
    body_timeout_s: float = BODY_TIMEOUT_S,
    close: Callable[[], None] | None = None,
) -> App:
    """An ASGI 3 application that answers as the server does.

    Args:
        max_body_bytes: A longer body is answered with 413, before it is read where its length is known; None leaves it
            to the server.
        body_timeout_s: A body that takes longer is answered with 408; one with a file has as long for each 64 MiB.
        close: Is called when the ASGI server stops (lifespan).
    """

    async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send, close)
        elif scope["type"] == "http":
            headers = _headers(scope["headers"])
            timeout_s = body_timeout_s
            try:
                request = _request(scope, headers)
                limit = server.body_limit(request) if max_body_bytes is None else max_body_bytes
                length = _length(headers, limit)
                timeout_s += body_timeout_s * ((length or 0) // BYTES_IN_THE_TIMEOUT)
                body = await asyncio.wait_for(_body(length, receive, limit), timeout_s)
                request = replace(request, body=body)
                if server.may_wait:
                    response = await asyncio.get_running_loop().run_in_executor(_beside(), server.handle, request)
                else:
                    response = server.handle(request)
            except _Gone:
                return
            except asyncio.TimeoutError:
                message = f"the body did not come within {timeout_s:g} s"
                response = error_response(408, message, {"Connection": "close"})
            except WireError as error:
                response = error_response(error.status, error.message, {"Connection": "close"})
            await _send(response, scope["method"], send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1003})

    return app


def __getattr__(name: str) -> Any:
    """`app`, made when an ASGI server asks for it."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from wandb_testkit.server.pages.site import served  # only who runs a server pays for pages and charts

    site = served(os.environ.get("WANDB_TESTKIT_API_KEY"), os.environ.get("WANDB_TESTKIT_STORE"))
    globals()["app"] = asgi_app(site, close=site.close)
    return globals()["app"]


@cache
def _beside() -> ThreadPoolExecutor:
    """Threads for answers that may be held back."""
    return ThreadPoolExecutor(MAX_WAITING, "wandb_testkit-waiting")


class _Gone(Exception):
    """The client has left before its body was there."""


async def _live(receive: Receive, send: Send, close: Callable[[], None] | None) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            if close is not None:
                close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _headers(given: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in given}


def _length(headers: dict[str, str], max_bytes: int) -> int | None:
    """The length that the head tells, None if it tells none.

    Raises:
        WireError: 413 for one that is too long, 400 for one that is no number.
    """
    length = headers.get("content-length")
    if length is None:
        return None
    if not (length.isascii() and length.isdigit() and len(length) < 20):
        raise WireError(f"Content-Length should be a number, not {length!r}")
    if int(length) > max_bytes:
        raise WireError(f"the body has more than {max_bytes} bytes", 413)
    return int(length)


async def _body(length: int | None, receive: Receive, max_bytes: int) -> bytes:
    """The whole body.

    Raises:
        WireError: 413 for one that is too long, 400 for one of another length than its header says.
        _Gone: The client has left.
    """
    body = io.BytesIO()  # hands out what it holds without a copy
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
        if body.tell() > max_bytes:
            raise WireError(f"the body has more than {max_bytes} bytes", 413)
    if length is not None and body.tell() != length:
        raise WireError(f"the body has {body.tell()} bytes, and Content-Length says {length}")
    return body.getvalue()


def _request(scope: MutableMapping[str, Any], headers: dict[str, str]) -> Request:
    raw: bytes | None = scope.get("raw_path")
    path = quote(scope["path"], safe="/%:@!$&'()*+,;=~") if raw is None else raw.decode("latin-1").partition("?")[0]
    if len(path) > MAX_PATH_LENGTH:
        raise WireError(f"the path has more than {MAX_PATH_LENGTH} characters", 414)
    host, port = scope.get("server") or ("127.0.0.1", None)
    where = headers.get("host") or (host if port is None else f"{host}:{port}")
    origin = f"{scope.get('scheme', 'http')}://{where}{scope.get('root_path', '')}"
    return Request(scope["method"], path, scope.get("query_string", b"").decode("latin-1"), headers, b"", origin)


async def _send(response: Response, method: str, send: Send) -> None:
    if response.status == 0:
        # ASGI has no word for a connection that is cut; an answer that breaks off is one for every client.
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 500, "headers": headers})
        return
    # `Connection` is the ASGI server's to say, but for closing what cannot be read on.
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    headers.append((b"content-length", str(len(response.sent)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    body = b"" if method == "HEAD" else response.sent
    for start in range(0, len(body) - PIECE_BYTES, PIECE_BYTES):  # no server then holds a large one a second time
        await send({"type": "http.response.body", "body": bytes(body[start : start + PIECE_BYTES]), "more_body": True})
    rest = (len(body) - 1) // PIECE_BYTES * PIECE_BYTES if body else 0
    await send({"type": "http.response.body", "body": bytes(body[rest:])})
