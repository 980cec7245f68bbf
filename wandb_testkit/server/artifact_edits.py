"""Owns the edits of what is there: aliases, tags, texts and times of versions and collections (protocol.md 8.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wandb_testkit.records import Refusal
from wandb_testkit.server.artifact_collections import Membership, StoredCollection, check_name
from wandb_testkit.server.artifacts import Artifacts
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.stored_artifact import StoredArtifact

MAX_TAG_LENGTH = 128

_TAG = re.compile(r"[-\w]+( +[-\w]+)*")


def update(
    artifact: StoredArtifact,
    *,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    labels: str | None = None,
    ttl_s: int | None = None,
    now: float,
) -> None:
    """Change what is said of a version; None leaves it as it is."""
    if description is not None:
        artifact.description = description
    if metadata is not None:
        artifact.metadata = dict(metadata)
    if labels is not None:
        artifact.labels = labels
    if ttl_s is not None:
        artifact.ttl_s = ttl_s
    artifact.updated_at = now


def add_aliases(artifact: StoredArtifact, collection: StoredCollection, aliases: Iterable[str]) -> None:
    """Give aliases to a version in one collection.

    Raises:
        Refused: 404: the version is not in it; 400: an alias that cannot be one.
    """
    collection.give(aliases, _membership(artifact, collection))


def delete_aliases(artifact: StoredArtifact, collection: StoredCollection, aliases: Iterable[str]) -> None:
    """Take aliases from a version in one collection; those that it does not have are passed over."""
    _membership(artifact, collection).aliases -= set(aliases)


def set_aliases(artifact: StoredArtifact, by_collection: Mapping[str, Iterable[str]]) -> None:
    """Replace all aliases of a version in its sequence, or in the portfolios that are named (clients until 0.13).

    Args:
        by_collection: Name of a collection -> aliases; where it is empty, the version has none in its sequence.
    """
    for name, aliases in (by_collection or {artifact.sequence.name: ()}).items():
        found = [one for one in artifact.memberships if one.collection.name == name]
        if not found:
            raise Refused(Refusal(404, f"artifact {artifact.sequence} is not in a collection {name!r}"))
        for membership in found[:1]:
            membership.aliases.clear()
            membership.collection.give(aliases, membership)


def add_tags(thing: StoredArtifact | StoredCollection, tags: Iterable[str], *, now: float) -> None:
    """Tag a version or a collection.

    Raises:
        Refused: 400: a tag that cannot be one.
    """
    given = set(tags)
    for tag in given:
        check_tag(tag)
    thing.tags |= given
    thing.updated_at = now


def delete_tags(thing: StoredArtifact | StoredCollection, tags: Iterable[str], *, now: float) -> None:
    """Take tags from a version or a collection; those that it does not have are passed over."""
    thing.tags -= set(tags)
    thing.updated_at = now


def check_tag(tag: str) -> None:
    """Refuse what cannot be a tag.

    Raises:
        Refused: 400: it has other characters than letters, digits, "_", "-" and spaces between.
    """
    if len(tag) > MAX_TAG_LENGTH or not _TAG.fullmatch(tag):
        raise Refused(
            Refusal(400, f"tag {tag!r} should have 1 to {MAX_TAG_LENGTH} letters, digits, '_', '-' and spaces between")
        )


def update_collection(
    artifacts: Artifacts, collection: StoredCollection, *, name: str | None = None, description: str | None = None
) -> None:
    """Rename a collection, or describe it; None leaves it as it is.

    Raises:
        Refused: 400: the name cannot be one, or belongs to another collection.
    """
    if name is not None and name != collection.name:
        check_name(name, "collection")
        if artifacts.collection(collection.entity, collection.project, name) is not None:
            raise Refused(Refusal(400, f"collection {name!r} exists already; choose another name for {collection}"))
        collection.name = name
    if description is not None:
        collection.description = description
    collection.updated_at = artifacts.now()


def change_type(artifacts: Artifacts, collection: StoredCollection, type: str) -> None:
    """Give a sequence another type; portfolios keep theirs.

    Raises:
        Refused: 400: it is a portfolio.
    """
    if collection.is_portfolio:
        raise Refused(Refusal(400, f"{collection} is a portfolio; only the type of a sequence can be changed"))
    collection.type = artifacts.ensure_type(collection.entity, collection.project, type).name
    collection.updated_at = artifacts.now()


def _membership(artifact: StoredArtifact, collection: StoredCollection) -> Membership:
    membership = collection.of(artifact)
    if membership is None:
        raise Refused(Refusal(404, f"artifact {artifact.sequence} is not in collection {collection}"))
    return membership
