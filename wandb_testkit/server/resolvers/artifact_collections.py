"""Resolves types and collections of artifacts, and the mutations that change them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wandb_testkit.records import Refusal
from wandb_testkit.server import artifact_edits, artifact_links
from wandb_testkit.server.artifact_collections import Membership, StoredCollection
from wandb_testkit.server.artifact_filters import value_of_collection, value_of_version
from wandb_testkit.server.artifacts import ArtifactType, check_project
from wandb_testkit.server.context import Context
from wandb_testkit.server.projects import StoredProject
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.artifact_ids import artifact_id, collection_id, number_of, writable_collection
from wandb_testkit.server.resolvers.artifacts import aliases_of, success, tags_of
from wandb_testkit.server.resolvers.connection import connection
from wandb_testkit.server.resolvers.ids import date_time, storage_id
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.run_filters import chosen, in_order
from wandb_testkit.server.stored_artifact import StoredArtifact

# ---------------------------------------------------------------- reads


def artifact_collection(source: None, context: Context, id: str) -> StoredCollection | None:
    found = context.server.artifacts.collection_of(number_of("ArtifactCollection", id))
    return None if found is None or found.is_deleted or not context.may_see(found.entity, found.project) else found


def _named_artifact(
    project: StoredProject, context: Context, name: str, enable_tracking: bool | None = None
) -> StoredArtifact | None:
    found = _named_membership(project, context, name)
    return None if found is None else found.artifact


def _named_membership(project: StoredProject, context: Context, name: str) -> Membership | None:
    return context.server.artifacts.membership(project.entity, project.name, name)


def _type(project: StoredProject, context: Context, name: str) -> ArtifactType | None:
    return context.server.artifacts.type(project.entity, project.name, name)


def _types(
    project: StoredProject,
    context: Context,
    include_all: bool | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The types of a project; there are none besides, which `includeAll` would tell of."""
    found = context.server.artifacts.types(project.entity, project.name)
    context.spend(len(found))
    return connection(found, first, after)


def _collection(project: StoredProject, context: Context, name: str) -> StoredCollection | None:
    return context.server.artifacts.collection(project.entity, project.name, name)


def _collections(
    project: StoredProject,
    context: Context,
    filters: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    return _page(
        context, context.server.artifacts.collections(project.entity, project.name), filters, order, first, after
    )


def _page(
    context: Context,
    collections: Sequence[StoredCollection],
    filters: str | None,
    order: str | None,
    first: int | None,
    after: str | None,
) -> dict[str, Any]:
    context.spend(len(collections))
    found = chosen(collections, filters, value_of_collection)
    return connection(in_order(found, order or "-createdAt", value_of_collection), first, after)


def _artifact_of_type(kind: ArtifactType, context: Context, name: str) -> StoredArtifact | None:
    found = context.server.artifacts.membership(kind.entity, kind.project, name)
    return None if found is None or found.collection.type != kind.name else found.artifact


def _collection_of_type(kind: ArtifactType, context: Context, name: str) -> StoredCollection | None:
    found = context.server.artifacts.collection(kind.entity, kind.project, name)
    return None if found is None or found.type != kind.name else found


def _sequence_of_type(kind: ArtifactType, context: Context, name: str) -> StoredCollection | None:
    found = _collection_of_type(kind, context, name)
    return None if found is None or found.is_portfolio else found


def _collections_of_type(
    kind: ArtifactType,
    context: Context,
    filters: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    found = context.server.artifacts.collections(kind.entity, kind.project, kind.name)
    return _page(context, found, filters, order, first, after)


def _sequences_of_type(
    kind: ArtifactType, context: Context, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    found = context.server.artifacts.collections(kind.entity, kind.project, kind.name)
    return _page(context, [one for one in found if not one.is_portfolio], None, None, first, after)


def _versions(
    collection: StoredCollection,
    context: Context,
    filters: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The versions of a collection, the newest first unless another order is asked for."""
    context.spend(len(collection.memberships))
    found = chosen(collection.memberships, filters, value_of_version)
    page = connection(in_order(found, order or "-versionIndex", value_of_version), first, after)
    edges = [{**edge, "node": edge["node"].artifact, "version": edge["node"].version} for edge in page["edges"]]
    return {**page, "edges": edges}


def _aliases(
    collection: StoredCollection, context: Context, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    found = [alias for membership in collection.memberships for alias in aliases_of(membership)]
    context.spend(len(found))
    return connection(found, first, after)


def _project(source: StoredCollection | ArtifactType, context: Context) -> StoredProject:
    return context.server.projects.ensure(source.entity, source.project)


# ---------------------------------------------------------------- mutations


def create_artifact_type(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    entity, project = input["entity_name"], input["project_name"]
    context.must_write(entity)
    check_project(project)
    kind = context.server.artifacts.ensure_type(entity, project, input["name"], input.get("description"))
    context.server.projects.ensure(entity, project)
    return {"artifactType": kind}


def update_artifact_sequence(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    return _updated(context, _sequence(context, input), input)


def update_artifact_portfolio(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    return _updated(context, _portfolio(context, input), input)


def _updated(context: Context, collection: StoredCollection, input: dict[str, Any]) -> dict[str, Any]:
    name, description = input.get("name"), input.get("description")
    artifact_edits.update_collection(context.server.artifacts, collection, name=name, description=description)
    return {"artifactCollection": collection}


def move_artifact_sequence(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    sequence = _sequence(context, input)
    artifact_edits.change_type(context.server.artifacts, sequence, input["destination_artifact_type_name"])
    return {"artifactCollection": sequence}


def delete_artifact_sequence(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    sequence = _sequence(context, input)
    artifact_links.delete_collection(sequence)
    return {"artifactCollection": sequence}


def delete_artifact_portfolio(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    portfolio = _portfolio(context, input)
    artifact_links.delete_collection(portfolio)
    return {"artifactCollection": portfolio}


def create_tags(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    collection, now = _tagged(context, input), context.server.artifacts.now()
    artifact_edits.add_tags(collection, [tag["tag_name"] for tag in input["tags"]], now=now)
    return {"tags": tags_of(collection.tags)}


def delete_tags(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    now = context.server.artifacts.now()
    artifact_edits.delete_tags(_tagged(context, input), [tag["tag_name"] for tag in input["tags"]], now=now)
    return success(input)


def _tagged(context: Context, input: dict[str, Any]) -> StoredCollection:
    entity, project, name = input["entity_name"], input["project_name"], input["artifact_collection_name"]
    context.must_write(entity)
    collection = context.server.artifacts.collection(entity, project, name)
    if collection is None:
        raise Refused(Refusal(404, f"artifact collection {entity}/{project}/{name} does not exist"))
    return collection


def _sequence(context: Context, input: dict[str, Any]) -> StoredCollection:
    collection = writable_collection(context, input["artifact_sequence_id"])
    if collection.is_portfolio:
        raise Refused(Refusal(400, f"{collection} is a portfolio, not a sequence"))
    return collection


def _portfolio(context: Context, input: dict[str, Any]) -> StoredCollection:
    collection = writable_collection(context, input["artifact_portfolio_id"])
    if not collection.is_portfolio:
        raise Refused(Refusal(400, f"{collection} is a sequence, not a portfolio"))
    return collection


QUERY: Fields = {"artifactCollection": artifact_collection}

MUTATION: Fields = {
    "createArtifactType": create_artifact_type,
    "updateArtifactSequence": update_artifact_sequence,
    "updateArtifactPortfolio": update_artifact_portfolio,
    "moveArtifactSequence": move_artifact_sequence,
    "deleteArtifactSequence": delete_artifact_sequence,
    "deleteArtifactPortfolio": delete_artifact_portfolio,
    "createArtifactCollectionTagAssignments": create_tags,
    "deleteArtifactCollectionTagAssignments": delete_tags,
}

PROJECT: Fields = {
    "artifact": _named_artifact,
    "artifactType": _type,
    "artifactTypes": _types,
    "artifactCollection": _collection,
    "artifactCollections": _collections,
    "artifactCollectionMembership": _named_membership,
}

TYPE: Fields = {
    "id": lambda kind, context: storage_id("ArtifactType", kind.entity, kind.project, kind.name),
    "name": lambda kind, context: kind.name,
    "description": lambda kind, context: kind.description,
    "createdAt": lambda kind, context: date_time(kind.created_at),
    "project": _project,
    "artifact": _artifact_of_type,
    "artifactSequence": _sequence_of_type,
    "artifactSequences": _sequences_of_type,
    "artifactCollection": _collection_of_type,
    "artifactCollections": _collections_of_type,
}

COLLECTION: Fields = {
    "id": lambda collection, context: collection_id(collection),
    "name": lambda collection, context: collection.name,
    "description": lambda collection, context: collection.description,
    "createdAt": lambda collection, context: date_time(collection.created_at),
    "updatedAt": lambda collection, context: date_time(collection.updated_at),
    "state": lambda collection, context: "DELETED" if collection.is_deleted else "READY",
    "project": _project,
    "defaultArtifactType": lambda collection, context: context.server.artifacts.ensure_type(
        collection.entity, collection.project, collection.type
    ),
    "tags": lambda collection, context: {"edges": [{"node": tag} for tag in tags_of(collection.tags)]},
    "aliases": _aliases,
    "artifacts": _versions,
    "artifactMembership": lambda collection, context, alias_name: collection.find(alias_name),
}
"""Of sequences and portfolios alike."""

SEQUENCE: Fields = {
    **COLLECTION,
    "latestArtifact": lambda sequence, context: None if sequence.latest is None else sequence.latest.artifact,
    "digestAlgorithm": lambda sequence, context: "MANIFEST_MD5",
}

MEMBERSHIP: Fields = {
    "id": lambda membership, context: storage_id(
        "ArtifactCollectionMembership", collection_id(membership.collection), artifact_id(membership.artifact.number)
    ),
    "versionIndex": lambda membership, context: membership.version_index,
    "createdAt": lambda membership, context: date_time(membership.created_at),
    "aliases": lambda membership, context: aliases_of(membership),
    "artifactCollection": lambda membership, context: membership.collection,
    "artifact": lambda membership, context: membership.artifact,
}


def kind_of_collection(collection: StoredCollection) -> str:
    """The type of the schema that a collection is."""
    return "ArtifactPortfolio" if collection.is_portfolio else "ArtifactSequence"
