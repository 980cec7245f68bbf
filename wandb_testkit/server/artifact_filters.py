"""Owns what the filters and orders of clients may ask of versions, collections and registries (protocol.md 8.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit.records import Refusal
from wandb_testkit.server.artifact_collections import Membership, StoredCollection
from wandb_testkit.server.projects import StoredProject
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.ids import date_time
from wandb_testkit.server.run_filters import MISSING, inside

VERSION_FIELDS: dict[str, Callable[[Membership], Any]] = {
    "state": lambda member: str(member.artifact.state),
    "digest": lambda member: member.artifact.digest,
    "description": lambda member: member.artifact.description,
    "versionIndex": lambda member: member.version_index,
    "alias": lambda member: (*member.aliases, member.version),
    "aliases": lambda member: (*member.aliases, member.version),
    "tag": lambda member: tuple(member.artifact.tags),
    "tags": lambda member: tuple(member.artifact.tags),
    "size": lambda member: member.artifact.size,
    "createdAt": lambda member: date_time(member.artifact.created_at),
    "updatedAt": lambda member: date_time(member.artifact.updated_at),
}

COLLECTION_FIELDS: dict[str, Callable[[StoredCollection], Any]] = {
    "name": lambda collection: collection.name,
    "description": lambda collection: collection.description,
    "tag": lambda collection: tuple(collection.tags),
    "tags": lambda collection: tuple(collection.tags),
    "type": lambda collection: collection.type,
    "createdAt": lambda collection: date_time(collection.created_at),
    "updatedAt": lambda collection: date_time(collection.updated_at),
}

REGISTRY_FIELDS: dict[str, Callable[[StoredProject], Any]] = {
    "id": lambda project: project.number,
    "projectId": lambda project: project.number,
    "name": lambda project: project.name,
    "description": lambda project: project.description,
    "createdAt": lambda project: date_time(project.created_at),
}


def value_of_registry(project: StoredProject, key: str) -> Any:
    """What a registry answers to a key: one of REGISTRY_FIELDS in either case.

    Raises:
        Refused: 400: there is no such key.
    """
    return _value("registries", REGISTRY_FIELDS, project, key)


def value_of_version(member: Membership, key: str) -> Any:
    """What a version answers to a key: one of VERSION_FIELDS in either case, or `metadata.<key>`.

    Raises:
        Refused: 400: there is no such key.
    """
    where, _, name = key.partition(".")
    if where == "metadata" and name:
        return inside(member.artifact.metadata, name)
    return _value("versions", VERSION_FIELDS, member, key)


def value_of_collection(collection: StoredCollection, key: str) -> Any:
    """What a collection answers to a key: one of COLLECTION_FIELDS in either case.

    Raises:
        Refused: 400: there is no such key.
    """
    return _value("collections", COLLECTION_FIELDS, collection, key)


def _value(what: str, fields: Mapping[str, Callable[[Any], Any]], thing: object, key: str) -> Any:
    first, *rest = key.split("_")
    field = fields.get(first + "".join(map(str.capitalize, rest)))
    if field is None:
        raise Refused(Refusal(400, f"key {key!r} of {what} is not part of the fake; it knows {', '.join(fields)}"))
    found = field(thing)
    return MISSING if found is None else found
