"""Owns what a server keeps of one version of an artifact, and how it is shown as an ArtifactView."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from wandb_testkit.artifact_view import Artifacts, ArtifactView
from wandb_testkit.records import RunPath
from wandb_testkit.server.artifact_collections import Membership, StoredCollection
from wandb_testkit.server.artifact_manifests import Entries, StoredManifest

INHERIT_TTL = -1
"""The time to live of a version that has none of its own (protocol.md trap 15); -2 is "for ever"."""


class ArtifactState(str, Enum):
    """Where a version stands."""

    PENDING = "PENDING"
    COMMITTED = "COMMITTED"
    DELETED = "DELETED"

    def __str__(self) -> str:
        return self.value


class StoredArtifact:
    """One version.

    Attributes:
        number: Its id.
        sequence: The collection that it was logged to.
        memberships: Where it is found: in its sequence first, then in portfolios.
        by: The run that logged it first, None if none did.
        version_index: Its number in the sequence, None until it is committed.
        entries, contents: What is in it, once it is committed: path -> entry, and path of each file -> content.
        manifests, manifest: Those that clients announced, and the one of the whole version, once it is committed.
        wanted_aliases: What it is to be called once it is committed.
        ttl_s: Seconds to live; INHERIT_TTL if it has no time of its own.
    """

    __slots__ = (
        "by",
        "client_id",
        "contents",
        "created_at",
        "description",
        "digest",
        "distributed_id",
        "entries",
        "history_step",
        "labels",
        "manifest",
        "manifests",
        "memberships",
        "metadata",
        "number",
        "sequence",
        "state",
        "tags",
        "ttl_s",
        "updated_at",
        "user",
        "version_index",
        "wanted_aliases",
    )

    def __init__(
        self, number: int, sequence: StoredCollection, digest: str, user: str, by: RunPath | None, created_at: float
    ) -> None:
        self.number = number
        self.sequence = sequence
        self.digest = digest
        self.user = user
        self.by = by
        self.state = ArtifactState.PENDING
        self.version_index: int | None = None
        self.memberships: list[Membership] = []
        self.description: str | None = None
        self.metadata: dict[str, Any] = {}
        self.labels: str | None = None
        self.tags: set[str] = set()
        self.ttl_s = INHERIT_TTL
        self.history_step: int | None = None
        self.client_id: str | None = None
        self.distributed_id: str | None = None
        self.wanted_aliases: tuple[str, ...] = ()
        self.manifests: list[StoredManifest] = []
        self.manifest: StoredManifest | None = None
        self.entries: Entries = {}
        self.contents: dict[str, bytes] = {}
        self.created_at = self.updated_at = created_at

    @property
    def size(self) -> int:
        """Bytes of all files, and of references as far as their size is known."""
        references = (entry.size or 0 for entry in self.entries.values() if entry.ref is not None)
        return sum(map(len, self.contents.values())) + sum(references)

    def view(self, *, logged: bool, used: bool) -> ArtifactView:
        """The version as a frozen value, seen from a run."""
        home = self.sequence.of(self)
        return ArtifactView(
            name=self.sequence.name,
            version=f"v{self.version_index}",
            type=self.sequence.type,
            aliases=() if home is None else tuple(sorted(home.aliases)),
            description=self.description,
            metadata=self.metadata,
            digest=self.digest,
            size=self.size,
            files=self.contents,
            references={path: entry.ref for path, entry in self.entries.items() if entry.ref is not None},
            tags=tuple(sorted(self.tags)),
            logged=logged,
            used=used,
        )


def artifacts_of(run: RunPath, touched: Mapping[StoredArtifact, str]) -> Artifacts:
    """The artifacts that a run touched, by name.

    Args:
        touched: Version -> "logged", "used", or both words; in order of the first touch.
    """
    by_name: dict[str, list[ArtifactView]] = {}
    for artifact, how in touched.items():
        if artifact.state is not ArtifactState.COMMITTED:
            continue
        sequence = artifact.sequence
        is_near = (sequence.entity, sequence.project) == (run.entity, run.project)
        view = artifact.view(logged="logged" in how, used="used" in how)
        by_name.setdefault(sequence.name if is_near else str(sequence), []).append(view)
    return Artifacts(by_name)
