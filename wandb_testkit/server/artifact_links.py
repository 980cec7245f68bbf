"""Owns what ties versions to runs and portfolios, and how they go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wandb_testkit.records import Refusal
from wandb_testkit.server.artifact_collections import Membership, StoredCollection, check_alias
from wandb_testkit.server.artifacts import Artifacts
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.stored_artifact import ArtifactState, StoredArtifact

if TYPE_CHECKING:
    from wandb_testkit.server.stored_run import StoredRun


def use(artifact: StoredArtifact, run: StoredRun) -> None:
    """Note that a run used a version.

    Raises:
        Refused: 400: the version is not committed.
    """
    if artifact.state is not ArtifactState.COMMITTED:
        raise Refused(Refusal(400, f"artifact {artifact.sequence} is not committed; only then can it be used"))
    run.touch(artifact, "used")


def link(
    artifacts: Artifacts, artifact: StoredArtifact, entity: str, project: str, name: str, aliases: Iterable[str]
) -> Membership:
    """Put a version into a portfolio, which is made now if there was none; a version is there once.

    Raises:
        Refused: 400: the name is a sequence, or the type is another.
    """
    if artifact.state is not ArtifactState.COMMITTED:
        raise Refused(Refusal(400, f"artifact {artifact.sequence} is not committed; only then can it be linked"))
    given = list(aliases)
    for alias in given:
        check_alias(alias)
    portfolio = artifacts.collection(entity, project, name)
    if portfolio is None:
        artifacts.ensure_type(entity, project, artifact.sequence.type)
        portfolio = artifacts.new_collection(entity, project, name, artifact.sequence.type, is_portfolio=True)
    if not portfolio.is_portfolio:
        raise Refused(Refusal(400, f"{portfolio} is a sequence of logged versions; link to another name"))
    if portfolio.type != artifact.sequence.type:
        raise Refused(
            Refusal(400, f"portfolio {portfolio} has type {portfolio.type!r}, the artifact {artifact.sequence.type!r}")
        )
    membership = portfolio.of(artifact)
    if membership is None:
        return portfolio.add(artifact, given, artifacts.now())
    portfolio.give(given, membership)
    return membership


def unlink(artifact: StoredArtifact, portfolio: StoredCollection) -> None:
    """Take a version out of a portfolio.

    Raises:
        Refused: 400: it is a sequence; 404: the version is not in it.
    """
    if not portfolio.is_portfolio:
        raise Refused(Refusal(400, f"{portfolio} is a sequence; delete the version instead of unlinking it"))
    membership = portfolio.of(artifact)
    if membership is None:
        raise Refused(Refusal(404, f"artifact {artifact.sequence} is not linked to {portfolio}"))
    portfolio.remove(membership)


def delete(artifact: StoredArtifact, *, with_aliases: bool) -> None:
    """Delete a version; its number never comes again.

    Raises:
        Refused: 400: it has aliases, and they are not to go with it.
    """
    aliases = sorted(alias for one in artifact.memberships for alias in one.aliases)
    if aliases and not with_aliases:
        raise Refused(
            Refusal(
                400,
                f"version v{artifact.version_index} of {artifact.sequence} has aliases {aliases}; "
                f"delete them first, or delete it with delete_aliases=True",
            )
        )
    artifact.state = ArtifactState.DELETED
    for membership in list(artifact.memberships):
        membership.collection.remove(membership)


def delete_collection(collection: StoredCollection) -> None:
    """Delete a collection: the versions of a sequence with it, of a portfolio no more than the links."""
    for membership in list(collection.memberships):
        if collection.is_portfolio:
            collection.remove(membership)
        else:
            delete(membership.artifact, with_aliases=True)
    collection.is_deleted = True
