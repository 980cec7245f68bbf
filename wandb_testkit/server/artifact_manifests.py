"""Owns manifests: what they may say, the digest that names them, and how one is laid over another (protocol.md 8.1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wandb_testkit.records import Refusal
from wandb_testkit.server.artifact_blobs import hex_of
from wandb_testkit.server.files import name_refusal
from wandb_testkit.server.refused import Refused
from wandb_testkit.wire.http import WireError, as_object, decode_json

MAX_ENTRIES = 100_000
MAX_BYTES = 64 * 2**20
"""Of one manifest."""

DIGEST_HEADER = "wandb-artifact-manifest-v1\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a manifest: a file by its digest, or a reference.

    Attributes:
        digest: MD5 in base64 of a file; of a reference whatever its kind of storage calls a digest.
        size: Bytes as the client told them, None if it did not.
        ref: The URI of a reference, None for a file.
        raw: The entry as it was sent.
    """

    digest: str
    size: int | None
    ref: str | None
    raw: Mapping[str, Any] = field(compare=False)

    @property
    def hex_md5(self) -> str:
        """The MD5 of a file, in hex."""
        return hex_of(self.digest) or ""


Entries = dict[str, Entry]


class StoredManifest:
    """One manifest of a version: `kind` is FULL, PATCH or INCREMENTAL; `content` comes with its upload."""

    __slots__ = ("artifact", "base", "content", "hex_md5", "kind", "name", "number")

    def __init__(self, number: int, artifact: int, kind: str, name: str, base: int | None) -> None:
        self.number = number
        self.artifact = artifact
        self.kind = kind
        self.name = name
        self.base = base
        self.hex_md5: str | None = None
        self.content: bytes | None = None


def read_manifest(content: bytes) -> Entries:
    """The entries of a manifest, by path.

    Raises:
        Refused: 400: it is no manifest, or has a path that leads out of the artifact; 413: it is too large.
    """
    if len(content) > MAX_BYTES:
        raise Refused(Refusal(413, f"the manifest has {len(content)} bytes; {MAX_BYTES} is the most there can be"))
    try:
        manifest = as_object(decode_json(content, "the manifest"), "the manifest")
        contents = as_object(manifest.get("contents"), "contents of the manifest")
    except WireError as error:
        raise Refused(Refusal(error.status, error.message)) from None
    if manifest.get("version") != 1:
        raise Refused(Refusal(400, f"version of the manifest should be 1, not {manifest.get('version')!r}"))
    if len(contents) > MAX_ENTRIES:
        raise Refused(Refusal(413, f"the manifest has {len(contents)} entries; {MAX_ENTRIES} is the most there can be"))
    return {path: _entry(path, raw) for path, raw in contents.items()}


def _entry(path: str, raw: object) -> Entry:
    if name_refusal(path):
        raise Refused(Refusal(400, f"path {path!r} in the manifest should stay below the artifact, such as 'a/b.txt'"))
    if not isinstance(raw, dict):
        raise Refused(Refusal(400, f"entry {path!r} of the manifest should be an object, not {type(raw).__name__}"))
    digest, size, ref = raw.get("digest"), raw.get("size"), raw.get("ref")
    if not isinstance(digest, str) or (ref is None and hex_of(digest) is None):
        raise Refused(Refusal(400, f"digest of {path!r} in the manifest should be an MD5 in base64, not {digest!r}"))
    if not (ref is None or isinstance(ref, str)):
        raise Refused(Refusal(400, f"ref of {path!r} in the manifest should be a URI, not {ref!r}"))
    if not (size is None or (type(size) is int and 0 <= size < 2**63)):
        raise Refused(Refusal(400, f"size of {path!r} in the manifest should be a number of bytes, not {size!r}"))
    return Entry(digest, size, ref, raw)


def digest_of(entries: Entries) -> str:
    """The digest of a manifest: hex MD5 of a header and one line for each path, in their order."""
    hasher = hashlib.md5(DIGEST_HEADER.encode(), usedforsecurity=False)
    for path in sorted(entries):
        hasher.update(f"{path}:{entries[path].digest}\n".encode("utf-8", "surrogatepass"))
    return hasher.hexdigest()


def laid_over(base: Entries, changes: Iterable[Entries]) -> Entries:
    """The entries of a base with those of later manifests over them."""
    merged = dict(base)
    for change in changes:
        merged.update(change)
    return merged


def write_manifest(like: bytes, entries: Entries) -> bytes:
    """A whole manifest with these entries, and all else as in one that a client wrote."""
    manifest = json.loads(like)
    return json.dumps({**manifest, "contents": {path: dict(entry.raw) for path, entry in entries.items()}}).encode()
