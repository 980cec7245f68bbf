"""Carries what code sends with `requests` to FakeServer.handle, without a socket (extra: responses)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wandb_testkit.errors import NotModelledError
from wandb_testkit.forks import free_in_forks
from wandb_testkit.wire.http import Request, Response

if TYPE_CHECKING:
    from requests import PreparedRequest
    from responses import RequestsMock

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

PRODUCT_URL = "https://api.wandb.ai"


class Mounted:
    """A server that answers below its URL, until close(); requests to anywhere else go where they should.

    One interception serves all that are mounted at a time, so they may be closed in any order.

    Raises:
        NotModelledError: `responses` is not installed.
    """

    _lock = free_in_forks(threading.Lock())
    _mocks: list[RequestsMock] = []
    _mounted: list[Mounted] = []

    def __init__(self, handle: Callable[[Request], Response], url: str) -> None:
        responses = _responses()
        self.url = url
        answer = _answering(handle)
        pattern = re.compile(re.escape(url) + r"(?:[/?].*)?$")
        with self._lock:
            if not self._mocks:
                mock = responses.RequestsMock(assert_all_requests_are_fired=False)
                mock.add_passthru(re.compile(""))
                mock.start()
                self._mocks.append(mock)
            mock = self._mocks[0]
            self._answers = [
                mock.add(responses.CallbackResponse(method, pattern, answer, content_type=None)) for method in METHODS
            ]
            self._mounted.append(self)

    def close(self) -> None:
        """Stop answering; the last one that closes ends the interception."""
        with self._lock:
            if self not in self._mounted:
                return
            self._mounted.remove(self)
            mock = self._mocks[0]
            for answer in self._answers:
                mock.remove(answer)
            if not self._mounted:
                self._mocks.clear()
                mock.stop()
                mock.reset()


@contextmanager
def intercepted(handle: Callable[[Request], Response], base_url: str = PRODUCT_URL) -> Iterator[RequestsMock]:
    """Answer every request below `base_url` that this process sends with `requests`; others are refused.

    Yields:
        The `responses.RequestsMock`; call its `add_passthru` for hosts that are to be reached.
    Raises:
        NotModelledError: `responses` is not installed.
    """
    responses = _responses()
    answer = _answering(handle)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in METHODS:
            mock.add_callback(method, re.compile(re.escape(base_url) + r"(?:[/?].*)?$"), answer, content_type=None)
        yield mock


def _responses() -> Any:
    try:
        import responses
    except ImportError:
        raise NotModelledError("this needs the extra: pip install 'wandb_testkit[responses]'") from None
    return responses


def _answering(handle: Callable[[Request], Response]) -> Callable[[PreparedRequest], Any]:
    import requests

    def answer(request: PreparedRequest) -> Any:
        response = handle(_as_request(request))
        if response.status == 0:
            raise requests.ConnectionError(f"the fake server cut the connection of {request.method} {request.url}")
        return response.status, dict(response.headers), bytes(response.sent)

    return answer


def _as_request(request: PreparedRequest) -> Request:
    parts = urlsplit(request.url or "")
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    origin = f"{parts.scheme}://{parts.netloc}"
    return Request(request.method or "GET", parts.path or "/", parts.query, headers, _bytes(request.body), origin)


def _bytes(body: Any) -> bytes:
    """The body, which may be text, a file or an iterator, as `requests` would send it."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    return bytes(body.read()) if hasattr(body, "read") else b"".join(body)
