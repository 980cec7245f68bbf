"""Owns what is told of a file of a version: one that is stored, a reference, or a manifest; and where it is fetched.

References are found at their URIs, and stored nowhere: clients of 0.31 take whatever the files of a version name for
what download() is to fetch, and its `fileCount` for all of it.
"""

from __future__ import annotations

import mimetypes
from typing import Any

from wandb_testkit.frozen import dataclass
from wandb_testkit.server.artifact_blobs import base64_of
from wandb_testkit.server.artifact_manifests import StoredManifest
from wandb_testkit.server.context import Context
from wandb_testkit.server.resolvers.ids import storage_id
from wandb_testkit.server.stored_artifact import StoredArtifact
from wandb_testkit.server.urls import ARTIFACT_STORAGE


@dataclass(frozen=True, slots=True)
class FileOfVersion:
    """What the files and the references of a version have in common, by their names in it."""

    owner: StoredArtifact
    name: str

    @property
    def file_id(self) -> str:
        """Its storage id."""
        return storage_id("ArtifactFile", str(self.owner.number), self.name)

    @property
    def updated_at(self) -> float:
        """Seconds since the epoch."""
        return self.owner.created_at

    @property
    def mimetype(self) -> str | None:
        """Guessed from the name."""
        return mimetypes.guess_type(self.name)[0]

    @property
    def artifact(self) -> StoredArtifact:
        """The version with which the content came, or that names the reference."""
        return self.owner


@dataclass(frozen=True, slots=True)
class FileOfArtifact(FileOfVersion):
    """A file of a version, by the MD5 of its content in hex; or the room for one that is to be uploaded.

    `is_stored`: the content is there already, and no upload is needed. `upload` is the id of an upload in parts.
    """

    hex_md5: str
    is_stored: bool = True
    upload: str | None = None
    parts: int = 0

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.owner.contents.get(self.name, b""))

    @property
    def md5(self) -> str:
        """In base64."""
        return base64_of(self.hex_md5)

    @property
    def storage_path(self) -> str:
        """Where it is stored."""
        return f"wandb_artifacts/{self.owner.number}/{self.hex_md5}"

    @property
    def upload_headers(self) -> list[str]:
        """What is to be sent along with the content."""
        return [f"Content-MD5:{self.md5}"]

    def url(self, context: Context, *, upload: bool) -> str | None:
        """Where to fetch it, or to store it: None if it is stored already."""
        if upload and self.is_stored:
            return None
        return _url(context, "PUT" if upload else "GET", self.owner, f"file/{self.hex_md5}/{self.name}")

    def upload_urls(self, context: Context) -> dict[str, Any] | None:
        """Where to store its parts; None if it is to be stored whole."""
        if self.upload is None:
            return None
        parts = [
            {"partNumber": number, "uploadUrl": _url(context, "PUT", self.owner, f"part/{self.upload}/{number}")}
            for number in range(1, self.parts + 1)
        ]
        return {"uploadID": self.upload, "uploadUrlParts": parts}


@dataclass(frozen=True, slots=True)
class FileOfReference(FileOfVersion):
    """A reference of a version, as a file is told of."""

    uri: str
    digest: str
    bytes_told: int | None

    @property
    def size(self) -> int:
        """Bytes, as far as the client knew."""
        return self.bytes_told or 0

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

    def url(self, context: Context, *, upload: bool) -> str | None:
        """Its URI."""
        return None if upload else self.uri

    def upload_urls(self, context: Context) -> None:
        """None: it is not uploaded."""


@dataclass(frozen=True, slots=True)
class FileOfManifest:
    """The file that a manifest is, and the version that it describes."""

    artifact: StoredArtifact
    manifest: StoredManifest

    @property
    def name(self) -> str:
        """As the client called it."""
        return self.manifest.name

    @property
    def file_id(self) -> str:
        """Its storage id."""
        return storage_id("ManifestFile", str(self.manifest.number))

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.manifest.content or b"")

    @property
    def updated_at(self) -> float:
        """Seconds since the epoch."""
        return self.artifact.created_at

    @property
    def mimetype(self) -> str:
        """Always JSON."""
        return "application/json"

    @property
    def md5(self) -> str | None:
        """In base64, None if it is not known yet."""
        return self.manifest.hex_md5 and base64_of(self.manifest.hex_md5)

    @property
    def storage_path(self) -> str:
        """Where it is stored."""
        return f"wandb_manifests/{self.manifest.number}"

    @property
    def upload_headers(self) -> list[str]:
        """What is to be sent along with the content."""
        return [] if self.md5 is None else [f"Content-MD5:{self.md5}"]

    def url(self, context: Context, *, upload: bool) -> str:
        """Where to fetch or to store it."""
        return _url(context, "PUT" if upload else "GET", self.artifact, f"manifest/{self.manifest.number}")

    def upload_urls(self, context: Context) -> None:
        """None: manifests are stored whole."""


def _url(context: Context, verb: str, artifact: StoredArtifact, what: str) -> str:
    return context.url(verb, (artifact.sequence.entity, str(artifact.number)), what, ARTIFACT_STORAGE)
