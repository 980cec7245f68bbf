"""Resolves what an organization's entity has: its registries, collections in them, and versions linked there."""

from __future__ import annotations

from typing import Any

from wandb_testkit.server.artifact_collections import Membership, StoredCollection
from wandb_testkit.server.artifact_filters import value_of_collection, value_of_registry, value_of_version
from wandb_testkit.server.context import Context
from wandb_testkit.server.projects import StoredProject
from wandb_testkit.server.registries import REGISTRY_PREFIX
from wandb_testkit.server.resolvers.connection import connection
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.run_filters import chosen, in_order

OLDEST_FIRST = "+created_at"


def _registries(entity: str, context: Context, filters: str | None) -> list[StoredProject]:
    """Those that the account may see; a registry is there before anything is linked to it."""
    organization = context.server.accounts.organization(entity)
    names = () if organization is None else organization.registries
    found = [
        context.server.projects.ensure(entity, f"{REGISTRY_PREFIX}{name}")
        for name in names
        if context.may_see(entity, f"{REGISTRY_PREFIX}{name}")
    ]
    context.spend(len(found))
    return chosen(found, filters, value_of_registry)


def _project(entity: str, context: Context, name: str | None = None) -> StoredProject | None:
    own = next((project for project in _registries(entity, context, None) if project.name == name), None)
    if own is not None or not name or not context.may_see(entity, name):
        return own
    return context.server.projects.find(entity, name)


def _projects(
    entity: str,
    context: Context,
    filters: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    found = in_order(_registries(entity, context, filters), order or OLDEST_FIRST, value_of_registry)
    return connection(found, first, after)


def _linked(
    entity: str, context: Context, project_filters: str | None, filters: str | None, is_portfolio: bool | None
) -> list[StoredCollection]:
    artifacts = context.server.artifacts
    collections = [
        collection
        for project in _registries(entity, context, project_filters)
        for collection in artifacts.collections(entity, project.name)
        if is_portfolio is None or collection.is_portfolio is is_portfolio
    ]
    context.spend(len(collections))
    return chosen(collections, filters, value_of_collection)


def _collections(
    entity: str,
    context: Context,
    project_filters: str | None = None,
    filters: str | None = None,
    collection_types: list[str] | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    kinds = {kind == "PORTFOLIO" for kind in collection_types or ()}
    is_portfolio = next(iter(kinds)) if len(kinds) == 1 else None
    found = _linked(entity, context, project_filters, filters, is_portfolio)
    return connection(in_order(found, order or OLDEST_FIRST, value_of_collection), first, after)


def _memberships(
    entity: str,
    context: Context,
    project_filters: str | None = None,
    collection_filters: str | None = None,
    filters: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    linked: list[Membership] = [
        membership
        for collection in _linked(entity, context, project_filters, collection_filters, True)
        for membership in collection.memberships
    ]
    context.spend(len(linked))
    found = in_order(chosen(linked, filters, value_of_version), order or OLDEST_FIRST, value_of_version)
    return connection(found, first, after)


ENTITY: Fields = {
    "project": _project,
    "projects": _projects,
    "artifactCollections": _collections,
    "artifactMemberships": _memberships,
}

PROJECT: Fields = {
    "updatedAt": lambda project, context: None,
    "allowAllArtifactTypesInRegistry": lambda project, context: True,
}

ORGANIZATION: Fields = {"advancedRegistryFeatures": lambda organization, context: {"advancedSearch": False}}
