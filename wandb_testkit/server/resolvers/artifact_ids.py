"""Owns the ids of artifacts, collections and manifests, and finds what they stand for: where the account may see it."""

from __future__ import annotations

from wandb_testkit.records import Refusal
from wandb_testkit.server.artifact_collections import StoredCollection
from wandb_testkit.server.artifact_manifests import StoredManifest
from wandb_testkit.server.context import Context
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.ids import parts_of, storage_id
from wandb_testkit.server.stored_artifact import StoredArtifact


def artifact_id(number: int) -> str:
    """The id of a version; in URLs of files it stands as it is, so it has no "/" (protocol.md 2)."""
    return storage_id("Artifact", str(number))


def collection_id(collection: StoredCollection) -> str:
    """The id of a collection."""
    return storage_id("ArtifactCollection", str(collection.number))


def manifest_id(manifest: StoredManifest) -> str:
    """The id of a manifest."""
    return storage_id("ArtifactManifest", str(manifest.number))


def number_of(kind: str, given: str) -> int:
    """The number in an id.

    Raises:
        Refused: 404: it is not the id of such a thing.
    """
    (number,) = parts_of(kind, given, 1)
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0


def visible_artifact(context: Context, given: str) -> StoredArtifact | None:
    """The version with an id, where there is one that the account may see: as its own, or through a portfolio."""
    artifact = context.server.artifacts.find(number_of("Artifact", given))
    if artifact is None:
        return None
    entities = {artifact.sequence.entity, *(membership.collection.entity for membership in artifact.memberships)}
    return artifact if any(map(context.may_see, entities)) else None


def existing_artifact(context: Context, given: str) -> StoredArtifact:
    """The version with an id.

    Raises:
        Refused: 404: there is none that the account may see.
    """
    artifact = visible_artifact(context, given)
    if artifact is None:
        raise Refused(Refusal(404, f"artifact {given!r} does not exist"))
    return artifact


def writable_artifact(context: Context, given: str) -> StoredArtifact:
    """The version with an id, which the account may change.

    Raises:
        Refused: 404: there is none; 403: the account may not write to its entity.
    """
    artifact = existing_artifact(context, given)
    context.must_write(artifact.sequence.entity, artifact.sequence.project)
    return artifact


def writable_collection(context: Context, given: str) -> StoredCollection:
    """The collection with an id, which the account may change.

    Raises:
        Refused: 404: there is none; 403: the account may not write to its entity.
    """
    collection = context.server.artifacts.collection_of(number_of("ArtifactCollection", given))
    if collection is None or collection.is_deleted:
        raise Refused(Refusal(404, f"artifact collection {given!r} does not exist"))
    context.must_write(collection.entity, collection.project)
    return collection


def manifest_by_id(context: Context, given: str) -> StoredManifest:
    """The manifest with an id.

    Raises:
        Refused: 404: there is none.
    """
    manifest = context.server.artifacts.manifest_of(number_of("ArtifactManifest", given))
    if manifest is None:
        raise Refused(Refusal(404, f"artifact manifest {given!r} does not exist"))
    return manifest
