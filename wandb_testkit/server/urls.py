"""Owns the URLs under which files are stored and fetched: handed out to who may, and good for that alone.

Clients send no key with an upload (protocol.md 2), so a URL says itself what it allows, and is signed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlencode

STORAGE = "storage"
ARTIFACT_STORAGE = "artifact-storage"
"""Where files of runs and of artifacts are: the first segment of their URLs."""


class Grant(NamedTuple):
    """What a URL allows: `verb` is PUT or GET, `by` the entity it was handed out to.

    `path` is that of a run in room STORAGE; in ARTIFACT_STORAGE it is an entity and the id of a version.
    """

    verb: str
    path: tuple[str, ...]
    name: str
    by: str
    room: str = STORAGE


class FileUrls:
    """The URLs of one server; those of another are refused.

    Args:
        secret: What they are signed with; another one of its own for each server, unless a store remembers it.
    """

    def __init__(self, secret: bytes | None = None) -> None:
        self._secret = secret or os.urandom(16)

    def url(self, origin: str, grant: Grant) -> str:
        """The URL, below `origin`, that allows what the grant says."""
        where = "/".join(quote(part, safe="", errors="surrogatepass") for part in (*grant.path, *grant.name.split("/")))
        query = urlencode({"by": grant.by, "signature": self._signature(grant)}, errors="surrogatepass")
        return f"{origin}/{grant.room}/{where}?{query}"

    def allows(self, wanted: Grant, query: str) -> str | None:
        """The entity that the URL was handed out to, or None if it does not allow what is wanted (by whomever)."""
        given = {key: values[0] for key, values in parse_qs(query, keep_blank_values=True).items()}
        by = given.get("by", "")
        expected = self._signature(wanted._replace(by=by))
        return (
            by
            if hmac.compare_digest(expected.encode(), given.get("signature", "").encode("utf-8", "surrogatepass"))
            else None
        )

    def _signature(self, grant: Grant) -> str:
        text = "\0".join((grant.room, grant.verb, *grant.path, grant.name, grant.by))
        return hmac.new(self._secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
