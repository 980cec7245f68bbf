"""Owns references among the files of a version: found at their URIs, and stored nowhere.

Clients of 0.31 take whatever the files of a version name for what download() is to fetch, and its `fileCount` for
all of it.
"""

from __future__ import annotations

import mimetypes
from typing import NamedTuple

from wandb_testkit.server.context import Context
from wandb_testkit.server.resolvers.ids import storage_id
from wandb_testkit.server.stored_artifact import StoredArtifact


class FileOfReference(NamedTuple):
    """A reference of a version, as a file is told of."""

    owner: StoredArtifact
    name: str
    uri: str
    digest: str
    bytes_told: int | None

    @property
    def file_id(self) -> str:
        """Its storage id."""
        return storage_id("ArtifactFile", str(self.owner.number), self.name)

    @property
    def size(self) -> int:
        """Bytes, as far as the client knew."""
        return self.bytes_told or 0

    @property
    def updated_at(self) -> float:
        """Seconds since the epoch."""
        return self.owner.created_at

    @property
    def mimetype(self) -> str | None:
        """Guessed from the name."""
        return mimetypes.guess_type(self.name)[0]

    @property
    def md5(self) -> str:
        """What its kind of storage calls a digest."""
        return self.digest

    @property
    def storage_path(self) -> str:
        """Where it is."""
        return self.uri

    @property
    def upload_headers(self) -> list[str]:
        """None: it is not uploaded."""
        return []

    @property
    def artifact(self) -> StoredArtifact:
        """The version that names it."""
        return self.owner

    def url(self, context: Context, *, upload: bool) -> str | None:
        """Its URI."""
        return None if upload else self.uri

    def upload_urls(self, context: Context) -> None:
        """None: it is not uploaded."""
