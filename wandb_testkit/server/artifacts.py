"""Owns artifacts: which there are, how a version comes into being, who used it, and how it goes (protocol.md 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from wandb_testkit.records import Refusal, RunPath
from wandb_testkit.server.artifact_blobs import Blobs
from wandb_testkit.server.artifact_collections import Membership, StoredCollection, check_alias, check_name
from wandb_testkit.server.artifact_manifests import (
    StoredManifest,
)
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.registries import is_registry
from wandb_testkit.server.stored_artifact import INHERIT_TTL, ArtifactState, StoredArtifact

if TYPE_CHECKING:
    from wandb_testkit.ports import Clock
    from wandb_testkit.server.stored_run import StoredRun


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """What a client says of a version that it is about to log.

    Attributes:
        entity, project, name, type: Where it belongs.
        digest: Of its manifest, in hex.
        deduplicates: Whether a committed version of the same digest is to be taken instead.
        distributed_id: Under which several writers work on one version.
    """

    entity: str
    project: str
    name: str
    type: str
    digest: str = ""
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    labels: str | None = None
    aliases: Sequence[str] = ()
    tags: Sequence[str] = ()
    ttl_s: int | None = None
    client_id: str | None = None
    sequence_client_id: str | None = None
    distributed_id: str | None = None
    history_step: int | None = None
    deduplicates: bool = True


class ArtifactType:
    """One type of artifacts in a project."""

    __slots__ = ("created_at", "description", "entity", "name", "project")

    def __init__(self, entity: str, project: str, name: str, created_at: float) -> None:
        self.entity = entity
        self.project = project
        self.name = name
        self.description: str | None = None
        self.created_at = created_at


class Artifacts:
    """Every type, collection and version of one server.

    Args:
        clock: Tells when they are made and changed.
    Attributes:
        blobs: The contents of files.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.blobs = Blobs()
        self._types: dict[tuple[str, str, str], ArtifactType] = {}
        self._collections: list[StoredCollection] = []
        self._artifacts: list[StoredArtifact] = []
        self._manifests: list[StoredManifest] = []
        self._by_client_id: dict[str, StoredArtifact] = {}
        self._sequence_by_client_id: dict[str, StoredCollection] = {}

    def now(self) -> float:
        """Seconds since the epoch, by the clock of the server."""
        return self._clock.time()

    # ------------------------------------------------------------------ what there is

    def types(self, entity: str, project: str) -> list[ArtifactType]:
        """The types of a project, in order of creation."""
        return [kind for kind in self._types.values() if (kind.entity, kind.project) == (entity, project)]

    def type(self, entity: str, project: str, name: str) -> ArtifactType | None:
        """A type by name."""
        return self._types.get((entity, project, name))

    def ensure_type(self, entity: str, project: str, name: str, description: str | None = None) -> ArtifactType:
        """A type by name, made now if there was none."""
        check_name(name, "artifact type")
        kind = self._types.setdefault((entity, project, name), ArtifactType(entity, project, name, self.now()))
        if description is not None:
            kind.description = description
        return kind

    def collections(self, entity: str, project: str, type: str | None = None) -> list[StoredCollection]:
        """The collections of a project, of one type if it is named; in order of creation."""
        return [
            collection
            for collection in self._collections
            if (collection.entity, collection.project) == (entity, project)
            and not collection.is_deleted
            and type in (None, collection.type)
        ]

    def collection(self, entity: str, project: str, name: str) -> StoredCollection | None:
        """A collection by name."""
        return next((one for one in self.collections(entity, project) if one.name == name), None)

    def collection_of(self, number: int) -> StoredCollection | None:
        """A collection by its id, deleted ones too."""
        return self._collections[number - 1] if 0 < number <= len(self._collections) else None

    def find(self, number: int) -> StoredArtifact | None:
        """A version by its id; deleted ones are gone."""
        found = self._artifacts[number - 1] if 0 < number <= len(self._artifacts) else None
        return None if found is None or found.state is ArtifactState.DELETED else found

    def by_client_id(self, client_id: str) -> StoredArtifact | None:
        """A version by the id that its client made for it."""
        found = self._by_client_id.get(client_id)
        return None if found is None or found.state is ArtifactState.DELETED else found

    def membership(self, entity: str, project: str, name: str) -> Membership | None:
        """A version by "name:alias", "name" (its latest) or the digest of its manifest in hex."""
        collection_name, _, alias = name.partition(":")
        collection = self.collection(entity, project, collection_name)
        if collection is not None:
            return collection.find(alias or "latest")
        if alias:
            return None
        members = (member for one in self.collections(entity, project) for member in one.memberships)
        return next((member for member in members if member.artifact.digest == name), None)

    def manifest_of(self, number: int) -> StoredManifest | None:
        """A manifest by its id."""
        return self._manifests[number - 1] if 0 < number <= len(self._manifests) else None

    def logged_by(self, run: RunPath) -> Iterator[StoredArtifact]:
        """The versions that a run logged first."""
        return (one for one in self._artifacts if one.by == run and one.state is ArtifactState.COMMITTED)

    # ------------------------------------------------------------------ how a version comes into being

    def create(self, new: NewArtifact, *, user: str, run: StoredRun | None) -> StoredArtifact:
        """The version that is to be logged: a new one, or one that has this content already.

        Raises:
            Refused: 400: a name or alias that cannot be one, or a collection of another kind or type.
        """
        check_project(new.project)
        for alias in new.aliases:
            check_alias(alias)
        sequence = self._sequence(new)
        known = self._known(new, sequence)
        if known is None:
            known = self._make(new, sequence, user, None if run is None else run.path)
        elif known.state is ArtifactState.COMMITTED:
            membership = cast(Membership, sequence.of(known))  # a committed version is in its sequence
            sequence.give(new.aliases, membership)
        if new.client_id:
            self._by_client_id[new.client_id] = known
        if run is not None:
            run.touch(known, "logged")
        return known

    def _sequence(self, new: NewArtifact) -> StoredCollection:
        """The sequence of a version, made now if there was none."""
        check_name(new.name, "artifact")
        collection = self.collection(new.entity, new.project, new.name)
        if new.sequence_client_id and collection is None:  # the client made it, and it was renamed meanwhile
            collection = self._sequence_by_client_id.get(new.sequence_client_id)
        if collection is None or collection.is_deleted:
            kind = self.ensure_type(new.entity, new.project, new.type)
            collection = self.new_collection(new.entity, new.project, new.name, kind.name, is_portfolio=False)
        if collection.is_portfolio:
            raise Refused(Refusal(400, f"{collection} is a portfolio of links; log to another name, and link it there"))
        if collection.type != new.type:
            raise Refused(
                Refusal(400, f"artifact {collection} has type {collection.type!r}; it cannot be logged as {new.type!r}")
            )
        if new.sequence_client_id:
            self._sequence_by_client_id[new.sequence_client_id] = collection
        return collection

    def new_collection(
        self, entity: str, project: str, name: str, type: str, *, is_portfolio: bool
    ) -> StoredCollection:
        """Make a collection.

        Raises:
            Refused: 400: the name cannot be one.
        """
        check_name(name, "collection")
        number = len(self._collections) + 1
        collection = StoredCollection(number, (entity, project, name), type, self.now(), is_portfolio=is_portfolio)
        self._collections.append(collection)
        return collection

    def _known(self, new: NewArtifact, sequence: StoredCollection) -> StoredArtifact | None:
        """The version that is there already: this one, repeated or begun by another writer, or one of this content."""
        again = self.by_client_id(new.client_id) if new.client_id else None
        if again is not None and again.sequence is sequence:
            return again
        if new.distributed_id:
            return next(
                (
                    one
                    for one in self._artifacts
                    if one.sequence is sequence
                    and one.distributed_id == new.distributed_id
                    and one.state is ArtifactState.PENDING
                ),
                None,
            )
        same = (member.artifact for member in sequence.memberships if member.artifact.digest == new.digest)
        return next(same, None) if new.deduplicates else None

    def _make(self, new: NewArtifact, sequence: StoredCollection, user: str, by: RunPath | None) -> StoredArtifact:
        artifact = StoredArtifact(len(self._artifacts) + 1, sequence, new.digest, user, by, self.now())
        artifact.description = new.description or None  # clients until 0.12 send "" for none
        artifact.metadata = dict(new.metadata)
        artifact.labels = new.labels
        artifact.tags = set(new.tags)
        artifact.ttl_s = INHERIT_TTL if new.ttl_s is None else new.ttl_s
        artifact.history_step = new.history_step
        artifact.client_id = new.client_id
        artifact.distributed_id = new.distributed_id
        artifact.wanted_aliases = tuple(new.aliases)
        self._artifacts.append(artifact)
        return artifact

    def add_manifest(self, artifact: StoredArtifact, kind: str, name: str, base: int | None) -> StoredManifest:
        """Announce a manifest of a version that is not committed yet.

        Args:
            kind: FULL replaces another FULL one; PATCH is one writer's part of a distributed version, INCREMENTAL
                what is new since the version with id `base`.
        """
        check_pending(artifact)
        manifest = StoredManifest(len(self._manifests) + 1, artifact.number, kind, name, base)
        self._manifests.append(manifest)
        artifact.manifests.append(manifest)
        return manifest


def check_pending(artifact: StoredArtifact) -> None:
    """Refuse to change what is in a version that is committed.

    Raises:
        Refused: 400.
    """
    if artifact.state is not ArtifactState.PENDING:
        where = f"version v{artifact.version_index} of {artifact.sequence}"
        raise Refused(Refusal(400, f"{where} is committed; what is in it cannot be changed, log a new version"))


def check_project(project: str) -> None:
    """Refuse a registry of an organization.

    Raises:
        Refused: 400.
    """
    if is_registry(project):
        raise Refused(Refusal(400, f"registry {project!r}: log to a project, and link what was logged to a registry"))
