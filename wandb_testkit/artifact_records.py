"""What crosses from client to server about artifacts: records, and what the server tells of a version.

Paths are those of records, which holds all the others (protocol.md 8).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from wandb_testkit.frozen import dataclass

if TYPE_CHECKING:
    from wandb_testkit.records import RunPath


@dataclass(frozen=True, slots=True)
class ArtifactRecord:
    """A run logs a version of an artifact (protocol.md 8.1).

    Attributes:
        name, type: Of its collection.
        manifest: The whole manifest, as it is uploaded: each path with its digest.
        files: Path -> content, of those that are no references.
        digest: Of the manifest, in hex.
        ttl_s: Seconds to live, -1 as its collection, -2 for ever; None if nothing was said.
        client_id, sequence_client_id: Ids of the client's own making, for the version and its collection.
        distributed_id: Under which several writers work on one version; `is_last` commits it.
        base_id: The id of the version that this one is added to.
        is_used: The run uses what it logs.
    """

    path: RunPath
    name: str
    type: str
    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    digest: str
    description: str | None = None
    metadata: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    ttl_s: int | None = None
    client_id: str = ""
    sequence_client_id: str = ""
    distributed_id: str | None = None
    is_last: bool = True
    base_id: str | None = None
    is_incremental: bool = False
    is_used: bool = False
    history_step: int | None = None


@dataclass(frozen=True, slots=True)
class UseArtifactRecord:
    """A run uses a version, by its id."""

    path: RunPath
    artifact_id: str


@dataclass(frozen=True, slots=True)
class ArtifactRequest:
    """Which version is this? By "name", "name:alias" or "name:v0"; or by its id alone.

    `path` names entity and project, and no run; "" where the server is to fill them in.
    """

    path: RunPath
    name: str
    artifact_id: str = ""


@dataclass(frozen=True, slots=True)
class ArtifactFileRequest:
    """What is in this file of a version? `path` as in ArtifactRequest."""

    path: RunPath
    artifact_id: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkArtifactRecord:
    """Put a version into a collection of links, `path` naming entity and project (protocol.md 8.2)."""

    path: RunPath
    artifact_id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditArtifactRecord:
    """Change what is said of a version; None leaves it as it is. Aliases are those in collection `name` of `path`."""

    path: RunPath
    artifact_id: str
    name: str
    description: str | None = None
    metadata: Mapping[str, Any] | None = None
    ttl_s: int | None = None
    aliases_added: tuple[str, ...] = ()
    aliases_deleted: tuple[str, ...] = ()
    tags_added: tuple[str, ...] = ()
    tags_deleted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteArtifactRecord:
    """Delete a version, or with `unlinked_from` only its link in that collection of `path`."""

    path: RunPath
    artifact_id: str
    with_aliases: bool = False
    unlinked_from: str = ""


AboutArtifact = Union[  # noqa: UP007 - a runtime value: isinstance and tables use the members
    ArtifactRecord,
    UseArtifactRecord,
    ArtifactRequest,
    ArtifactFileRequest,
    LinkArtifactRecord,
    EditArtifactRecord,
    DeleteArtifactRecord,
]

ARTIFACT_KINDS: dict[type, str] = {
    ArtifactRecord: "artifact",
    UseArtifactRecord: "use_artifact",
    ArtifactRequest: "find_artifact",
    ArtifactFileRequest: "artifact_file",
    LinkArtifactRecord: "link_artifact",
    EditArtifactRecord: "edit_artifact",
    DeleteArtifactRecord: "delete_artifact",
}
"""Their short names, as KINDS of records has all of them."""


class ArtifactInfo(NamedTuple):
    """A version, as the server knows it.

    Attributes:
        path: Entity and project in which it was found, and no run.
        name, version: Of the collection in which it was found, and its number there, such as "v0".
        aliases: Those that it has there, in order of their names.
        source: Entity, project and run id that logged it first; run_id is "" where none did.
        source_name, source_version: Where it was logged to; another name than `name` for a link.
        state: "PENDING" or "COMMITTED".
        manifest: The whole manifest.
        created_at, updated_at: Seconds since the epoch.
        linked_at: When a link was made, None of what is none.
    """

    id: str
    path: RunPath
    name: str
    version: str
    type: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    description: str | None
    metadata: Mapping[str, Any]
    digest: str
    size: int
    state: str
    ttl_s: int
    manifest: Mapping[str, Any]
    source: RunPath
    source_name: str
    source_version: str
    created_at: float
    updated_at: float
    history_step: int | None = None
    linked_at: float | None = None
