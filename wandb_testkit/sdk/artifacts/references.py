"""Owns what becomes of references: the entries of a URI. Nothing that is elsewhere is ever fetched.

A file:// reference has the MD5 of the file. Of https, s3 and gs the real client asks the server for a check sum; here
the URI stands for it, as with `checksum=False`. Source: observed with 0.31.0.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from wandb_testkit.sdk import present
from wandb_testkit.sdk.artifacts.manifest import ManifestEntry, md5_base64

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact

MAX_OBJECTS = 10_000_000
REMOTE = ("http", "https", "s3", "gs")


def entries_of(
    uri: str, name: str | None, checksum: bool, max_objects: int | None, target: Callable[[str], Artifact | None]
) -> list[ManifestEntry]:
    """The entries that a reference becomes.

    Args:
        name: In the artifact; None: made of the URI.
        target: Finds the artifact that a URI of an artifact speaks of.
    Raises:
        ValueError: It is no URI, there is no such file, or no name where one is needed.
    """
    scheme, _, path, _, _ = urlsplit(uri)
    if not scheme:
        raise ValueError("References must be URIs. To reference a local file, use file://")
    if scheme == "file":
        return _files(uri, unquote(path), name, checksum, max_objects or MAX_OBJECTS)
    if scheme in ("wandb-artifact", "wandb-client-artifact"):
        return [_of_artifact(uri, path.lstrip("/"), name, target(uri))]
    if scheme in REMOTE:
        return [ManifestEntry(name or os.path.basename(uri), uri, ref=uri)]
    if name is None:
        raise ValueError(f'You must pass name="<entry_name>" when tracking references with unknown schemes. ref: {uri}')
    text = f"Artifact references with unsupported schemes cannot be checksummed: {uri}"
    present.session().warn("no_check_sum", text)
    return [ManifestEntry(name, uri, ref=uri)]


def _files(uri: str, path: str, name: str | None, checksum: bool, limit: int) -> list[ManifestEntry]:
    def entry(of: str, ref: str, where: str) -> ManifestEntry:
        content = Path(of).read_bytes()
        digest = md5_base64(content if checksum else Path(of).resolve().as_uri().encode())
        return ManifestEntry(where, digest, ref=ref, size=len(content))

    if os.path.isfile(path):
        return [entry(path, uri, name or os.path.basename(path))]
    if not os.path.isdir(path):
        raise ValueError(f"Path {uri!r} must be a valid file or directory path")
    found = [os.path.join(folder, one) for folder, _, names in os.walk(path) for one in names]
    if len(found) > limit:
        raise ValueError(f"Exceeded {limit!r} objects tracked, pass max_objects to add_reference")
    relative = [os.path.relpath(one, path) for one in found]
    return [
        entry(one, os.path.join(uri, below), os.path.join(name or "", below))
        for one, below in zip(found, relative, strict=True)
    ]


def _of_artifact(uri: str, path: str, name: str | None, target: Artifact | None) -> ManifestEntry:
    known = None if target is None else target.manifest.entries.get(path)
    if known is None:
        raise ValueError(f"reference {uri!r}: there is no such artifact, or it has no {path!r}")
    return ManifestEntry(name or os.path.basename(uri), known.digest, ref=uri, size=0)
