"""Owns the way to one server over HTTP: sends requests with `requests`, again where that helps, never for ever.

Each request carries an Idempotency-Key, the same at every try: a server that knows it (the fake does) answers a
repetition as it answered the first, so what was carried out while the answer got lost is not carried out again.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from wandb_testkit.records import Refusal
from wandb_testkit.transport.patience import Patience, Retries
from wandb_testkit.wire.http import KEY_HEADER, WireError, decode_json

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

CHUNK_BYTES = 1 << 16


class NotAccepted(Exception):
    """The server refused a request, or it did not get there (status 0); `key` is its Idempotency-Key."""

    def __init__(self, refusal: Refusal, key: str) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.key = key


class Answer(NamedTuple):
    """What came back for an accepted request."""

    body: bytes
    key: str


class Connection:
    """A server, and who talks to it; one request is under way at a time.

    Args:
        url: Scheme, host and port.
        api_key: None: no credentials.
        agent: The User-Agent.
    """

    def __init__(self, url: str, api_key: str | None, *, agent: str, patience: Patience) -> None:
        self.url = url.rstrip("/")
        self._patience = patience
        self._credentials = None if api_key is None else ("api", api_key)
        self._lock = threading.Lock()
        self._adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1)
        self._session = session = requests.Session()
        session.trust_env = urlsplit(self.url).hostname not in LOOPBACK  # no proxy is asked the way to ourselves
        session.headers.update({"User-Agent": agent, "Accept-Encoding": "identity"})
        for scheme in ("http://", "https://"):
            session.mount(scheme, self._adapter)

    def send(
        self,
        method: str,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        retried: frozenset[int],
        retries: int | None = None,
        has_credentials: bool = True,
    ) -> Answer:
        """Send one request, again while its status is one of `retried`, and no answer came.

        Args:
            retries: As many times after the first; None: as patience has it.
        Raises:
            NotAccepted: The server refused it, could not be reached, or did not answer in time (status 0).
        """
        key = secrets.token_hex(16)
        given = {**headers, KEY_HEADER: key}
        auth = _as_given(self._credentials if has_credentials else None)
        with self._lock:
            left = self._patience.retries if retries is None else retries
            while True:
                self._adapter.max_retries = Retries(patience=self._patience, statuses=retried, retries=left)
                try:
                    status, content = self._try(method, url, body, given, auth)
                    break
                except (requests.RequestException, HTTPError, TimeoutError) as error:
                    if left > 0 and _was_cut_before_urllib3(error):
                        left -= 1
                        continue
                    told = f"the server at {self.url} cannot be reached: {type(error).__name__}: {error}"
                    raise NotAccepted(Refusal(0, told), key) from None
        if not 200 <= status < 300:
            raise NotAccepted(Refusal(status, _told(content)), key)
        return Answer(content, key)

    def _try(self, method: str, url: str, body: bytes, headers: Mapping[str, str], auth: Any) -> tuple[int, bytes]:
        with self._session.request(
            method,
            url,
            data=body,
            headers=headers,
            auth=auth,
            timeout=self._patience.try_s,
            allow_redirects=False,
            stream=True,
        ) as response:
            return response.status_code, _read(response, time.monotonic() + self._patience.try_s)

    def close(self) -> None:
        """Cut what is kept open."""
        self._session.close()


def _as_given(credentials: tuple[str, str] | None) -> Any:
    """Authentication for `requests` that adds nothing from netrc where there are no credentials."""
    return credentials if credentials is not None else lambda request: request


def _was_cut_before_urllib3(error: Exception) -> bool:
    """Whether it comes from who answers instead of urllib3 (`responses`), so that nobody has tried again."""
    is_cut = isinstance(error, requests.ConnectionError)
    return is_cut and not any(isinstance(cause, (HTTPError, OSError)) for cause in error.args)


def _read(response: requests.Response, deadline: float) -> bytes:
    """The body; a server that says it byte by byte for ever is not listened to for ever."""
    raw = response.raw
    read = getattr(raw, "read1", raw.read)  # urllib3 1.26 has no read1(): there the body alone has no deadline
    parts = []
    while part := read(CHUNK_BYTES):
        parts.append(part)
        if time.monotonic() > deadline:
            raise TimeoutError("the answer takes too long")
    return b"".join(parts)


def _told(content: bytes) -> str:
    """What a server says about a refusal, in whichever of the forms that clients know (protocol.md 3.1)."""
    try:
        told = decode_json(content, "the answer")
    except WireError:
        told = None
    if isinstance(told, dict):
        errors = told.get("errors")
        if isinstance(errors, list):
            return "; ".join(str(one.get("message", one)) if isinstance(one, dict) else str(one) for one in errors)
        for name in ("error", "message"):
            if isinstance(told.get(name), str):
                return str(told[name])
    return content[:500].decode("utf-8", "replace") or "no reason was given"
