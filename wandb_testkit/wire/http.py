"""Owns what crosses an HTTP connection, as plain values: a request, a response, and how to read the parts of them."""

from __future__ import annotations

import binascii
import json
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from wandb_testkit.frozen import dataclass

MAX_DEPTH = 100
"""How deep JSON may be nested; what is read must also be written again, and Python's stack is the limit of both."""

KEY_HEADER = "Idempotency-Key"
"""Names one request of a client, at every try the same: what comes again is answered as the first time."""

RECORD_HEADER = "X-Wandb-Testkit-Record"
"""What a request is, from a client that can tell. Other servers pass it over.

An upsert is start, resume, edit, config, metric or watch; a document file, query, find_artifact, artifact_file or
edit_artifact.
"""


GOES_ON, ENDS = "goes-on", "ends"
"""The same, of a request that is not the last of its record, or the last but not the first."""

LONG_BYTES = 2**20
"""Parts of contents that are longer are not copied: clients fetch dozens of 100 MiB each at once."""


class WireError(Exception):
    """A request that cannot be read, with the status that says so."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        method: In capitals.
        path: As sent: percent-encoded, without the query.
        query: What follows the "?", as sent.
        headers: By name in lower case.
        body: As sent: possibly compressed.
        origin: Scheme, host and port under which the client reached the server; the URLs it is given begin so.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; status 0 means that the connection is to be cut without one.

    Attributes:
        part: What is sent in the place of `body`, where that is a long part of a content: nobody copies it.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    part: memoryview | None = None

    @property
    def sent(self) -> bytes | memoryview:
        """What follows the headers."""
        return self.body if self.part is None else self.part


def json_response(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON.

    NaN and Infinity are bare tokens inside of JSON that is a string, as clients write it (protocol.md trap 5). Outside
    of one they are strings: clients from 0.28 on read answers strictly.
    """
    try:
        text = json.dumps(value, allow_nan=False)
    except ValueError:
        text = json.dumps(_strictly(value))
    return Response(status, text.encode(), {"Content-Type": "application/json", **(headers or {})})


def _strictly(value: Any) -> Any:
    """The value with a string for each number that JSON has no word for."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _strictly(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strictly(inner) for inner in value]
    return value


def error_response(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal in the form that clients of all generations show to their user (protocol.md 3.1)."""
    return json_response({"errors": [{"message": message}], "error": message}, status, headers)


def content_response(request: Request, content: bytes) -> Response:
    """The content of a file, or the part of it that the request's Range asks for, as clients fetch large ones.

    Several ranges, or one that cannot be read, are passed over (RFC 9110, 14.2); one that begins after the end is 416.
    """
    told = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
    size = len(content)
    asked = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", request.headers.get("range", "").replace(" ", ""), re.ASCII)
    if asked is None or asked.groups() == ("", ""):
        return Response(200, content, told)
    first, last = asked.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    if first and last and int(last) < start:
        return Response(200, content, told)
    if start >= size:
        return Response(416, b"", {**told, "Content-Range": f"bytes */{size}"})
    told["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    if end - start > LONG_BYTES:
        return Response(206, headers=told, part=memoryview(content)[start:end])
    return Response(206, content[start:end], told)


def api_key_of(headers: Mapping[str, str]) -> str | None:
    """The API key: the password of Basic auth, or a bearer token (protocol.md 7); None for none, or an empty one."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip() or None
    if scheme.lower() != "basic":
        return None
    try:
        import base64

        decoded = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return decoded.partition(":")[2] or None


def json_object(request: Request, max_bytes: int) -> dict[str, Any]:
    """The body of a request as a JSON object; `Content-Encoding: gzip` is undone (protocol.md 4.6).

    Raises:
        WireError: 413 for a body of more than `max_bytes` once unpacked, 400 for one that is no JSON object.
    """
    return as_object(decode_json(_unpacked(request, max_bytes), "the body"), "the body")


def decode_json(text: Any, what: str) -> Any:
    """Read JSON as permissively as clients write it.

    Args:
        text: Should be str or bytes; a scalar of the schema lets other things through.
    Raises:
        WireError: It is none, or is nested too deeply.
    """
    if not isinstance(text, (str, bytes)):
        raise WireError(f"{what} should be a string of JSON, not {type(text).__name__}")
    try:
        value = json.loads(text)
    except RecursionError:
        raise WireError(f"{what} is nested too deeply") from None
    except ValueError as error:
        raise WireError(f"{what} is not JSON: {error}") from None
    _check_depth(value, what)
    return value


def _check_depth(value: Any, what: str) -> None:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    raise WireError(f"{what} is nested too deeply")


def as_object(value: Any, what: str) -> dict[str, Any]:
    """The value, which must be a JSON object.

    Raises:
        WireError: It is something else.
    """
    if not isinstance(value, dict):
        raise WireError(f"{what} should be a JSON object, not {type(value).__name__}")
    return value


def _unpacked(request: Request, max_bytes: int) -> bytes:
    body = request.body
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "gzip":
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            body = unpacker.decompress(body, max_bytes + 1)
        except zlib.error as error:
            raise WireError(f"the body is not gzip: {error}") from None
        if not unpacker.eof and len(body) <= max_bytes:
            raise WireError("the gzip body is cut off")
    elif encoding != "identity":
        raise WireError(f"Content-Encoding {encoding!r} is not understood; send gzip or nothing", 415)
    if len(body) > max_bytes:
        raise WireError(f"the body has more than {max_bytes} bytes", 413)
    return body
