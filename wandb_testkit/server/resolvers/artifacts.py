"""Resolves versions of artifacts, and the mutations that make and use them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from wandb_testkit.records import Refusal, RunPath
from wandb_testkit.server import artifact_edits
from wandb_testkit.server.artifact_collections import Membership
from wandb_testkit.server.artifact_commits import commit
from wandb_testkit.server.artifact_links import use
from wandb_testkit.server.artifacts import NewArtifact
from wandb_testkit.server.context import Context
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.artifact_ids import (
    artifact_id,
    collection_id,
    existing_artifact,
    visible_artifact,
    writable_artifact,
)
from wandb_testkit.server.resolvers.connection import connection
from wandb_testkit.server.resolvers.ids import date_time, storage_id
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.run_hands import DEFAULT_PROJECT
from wandb_testkit.server.stored_artifact import INHERIT_TTL, ArtifactState, StoredArtifact
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.wire.http import ENDS, GOES_ON, as_object, decode_json

MAX_INT = 2**63


class Alias(NamedTuple):
    """An alias of a version in one collection; its version is one of them."""

    membership: Membership
    name: str


class Tag(NamedTuple):
    """A tag of a version or a collection."""

    name: str


def aliases_of(membership: Membership) -> list[Alias]:
    """The aliases of a version in one collection; clients find its version among them (protocol.md 8.1)."""
    return [Alias(membership, name) for name in (*sorted(membership.aliases), membership.version)]


def tags_of(names: set[str]) -> list[Tag]:
    """Tags, in order of their names."""
    return [Tag(name) for name in sorted(names)]


def success(input: dict[str, Any]) -> dict[str, Any]:
    """What answers a mutation that has nothing to tell."""
    return {"success": True, "clientMutationId": input.get("client_mutation_id")}


# ---------------------------------------------------------------- reads


def artifact(source: None, context: Context, id: str) -> StoredArtifact | None:
    return visible_artifact(context, id)


def client_id_mapping(source: None, context: Context, client_id: str) -> dict[str, Any] | None:
    """The id of the version that a client named by an id of its own making, before it was logged."""
    found = context.server.artifacts.by_client_id(client_id)
    if found is None or not context.may_see(found.sequence.entity, found.sequence.project):
        return None
    return {"serverID": artifact_id(found.number)}


def input_artifacts(
    run: StoredRun, context: Context, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    return connection(_touched(run, context, "used"), first, after)


def output_artifacts(
    run: StoredRun, context: Context, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    return connection(_touched(run, context, "logged"), first, after)


def _touched(run: StoredRun, context: Context, how: str) -> list[StoredArtifact]:
    found = [one for one, done in run.touched.items() if how in done and one.state is ArtifactState.COMMITTED]
    context.spend(len(found))
    return found


def _used_by(
    artifact: StoredArtifact,
    context: Context,
    before: str | None = None,
    after: str | None = None,
    first: int | None = None,
    last: int | None = None,
) -> dict[str, Any]:
    if before is not None or last is not None:
        raise Refused(Refusal(400, "usedBy can be asked for with first and after, not with before and last"))
    runs = [run for run in context.server.runs if "used" in run.touched.get(artifact, "")]
    found = [run for run in runs if context.run(run.path) is run]
    context.spend(len(found))
    return connection(found, first, after)


def _created_by(artifact: StoredArtifact, context: Context) -> Any:
    """The run that logged it; where there is none, or none any more, its user."""
    run = None if artifact.by is None else context.run(artifact.by)
    return context.server.accounts.user(artifact.user) if run is None else run


def _aliases(artifact: StoredArtifact, context: Context) -> list[Alias]:
    return [alias for membership in _visible(artifact, context) for alias in aliases_of(membership)]


def _memberships(
    artifact: StoredArtifact, context: Context, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    return connection(_visible(artifact, context), first, after)


def _visible(artifact: StoredArtifact, context: Context) -> list[Membership]:
    found = [one for one in artifact.memberships if context.may_see(one.collection.entity, one.collection.project)]
    context.spend(len(found))
    return found


# ---------------------------------------------------------------- mutations


def create_artifact(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    fault = context.meet("artifact")
    entity, project = input["entity_name"] or context.account.entity, input["project_name"] or DEFAULT_PROJECT
    context.must_write(entity)
    run = _run(context, RunPath(entity, project, input["run_name"])) if input.get("run_name") else None
    named = input.get("artifact_collection_name")
    names = [named] if named else list(dict.fromkeys(input.get("artifact_collection_names") or ()))
    if len(names) != 1:
        raise Refused(Refusal(400, f"an artifact is logged to one collection, not to {names}; link it to the others"))
    deduplicates = input.get("enable_digest_deduplication")
    new = NewArtifact(
        entity=entity,
        project=project,
        name=names[0],
        type=input["artifact_type_name"],
        digest=input["digest"],
        description=input.get("description"),
        metadata=metadata_of(input) or {},
        labels=input.get("labels"),
        aliases=_plain_aliases(input, names[0]),
        tags=tag_names(input.get("tags")),
        ttl_s=int_of(input, "ttl_duration_seconds"),
        client_id=input.get("client_id"),
        sequence_client_id=input.get("sequence_client_id"),
        distributed_id=input.get("distributed_id"),
        history_step=int_of(input, "history_step"),
        deduplicates=deduplicates is not False,  # clients until 0.12 do not say, and rely on it
    )
    made = context.server.artifacts.create(new, user=context.account.acts_for or context.account.name, run=run)
    context.server.projects.ensure(entity, project)
    if made.state is ArtifactState.COMMITTED and context.said != GOES_ON:
        context.carried_out(fault)
    elif fault is not None:
        context.server.owed[made.number] = fault
    return {"artifact": made}


def commit_artifact(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    found = writable_artifact(context, input["artifact_id"])
    commit(context.server.artifacts, found)
    if context.said != GOES_ON:
        context.carried_out(context.server.owed.pop(found.number, None))
    return payload(found, input)


def use_artifact(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Note that a run uses a version, of whatever project; `usedAs` is a name for it that clients no longer read."""
    fault = None if context.said == ENDS else context.meet("use_artifact")
    path = RunPath(input["entity_name"], input["project_name"], input["run_name"])
    context.must_write(path.entity, path.project)
    found = existing_artifact(context, input["artifact_id"])
    use(found, _run(context, path))
    context.carried_out(context.server.owed.pop(found.number, None) if context.said == ENDS else fault)
    return payload(found, input)


def _run(context: Context, path: RunPath) -> StoredRun:
    run = context.run(path)
    if run is None:
        raise Refused(Refusal(404, f"run {path} does not exist"))
    return run


def payload(found: StoredArtifact, input: dict[str, Any]) -> dict[str, Any]:
    return {"artifact": found, "clientMutationId": input.get("client_mutation_id")}


def metadata_of(input: dict[str, Any]) -> dict[str, Any] | None:
    text = input.get("metadata")
    return None if text is None else as_object(decode_json(text, "metadata") or {}, "metadata")


def _plain_aliases(input: dict[str, Any], name: str) -> list[str]:
    """The aliases in the collection that the version is logged to."""
    given = input.get("aliases") or []
    others = sorted({alias["artifact_collection_name"] for alias in given} - {name})
    if others:
        raise Refused(Refusal(400, f"aliases are given with the artifact {name!r} itself, not for {others}; link it"))
    return [alias["alias"] for alias in given]


def tag_names(given: list[dict[str, Any]] | None) -> list[str]:
    names = [tag["tag_name"] for tag in given or ()]
    for name in names:
        artifact_edits.check_tag(name)
    return names


def int_of(input: dict[str, Any], key: str) -> int | None:
    value = input.get(key)
    if value is None or (type(value) is int and -MAX_INT <= value < MAX_INT):
        return value
    raise Refused(Refusal(400, f"{key} should be a 64-bit integer, not {value!r}"))


QUERY: Fields = {"artifact": artifact, "clientIDMapping": client_id_mapping}

MUTATION: Fields = {
    "createArtifact": create_artifact,
    "commitArtifact": commit_artifact,
    "useArtifact": use_artifact,
}

RUN: Fields = {"inputArtifacts": input_artifacts, "outputArtifacts": output_artifacts}

ARTIFACT: Fields = {
    "id": lambda artifact, context: artifact_id(artifact.number),
    "digest": lambda artifact, context: artifact.digest,
    "digestAlgorithm": lambda artifact, context: "MANIFEST_MD5",
    "description": lambda artifact, context: artifact.description,
    "metadata": lambda artifact, context: json.dumps(artifact.metadata),
    "labels": lambda artifact, context: artifact.labels,
    "state": lambda artifact, context: str(artifact.state),
    "size": lambda artifact, context: artifact.size,
    "fileCount": lambda artifact, context: len(artifact.entries),
    "versionIndex": lambda artifact, context: artifact.version_index,
    "commitHash": lambda artifact, context: artifact.digest[:20] or None,
    "createdAt": lambda artifact, context: date_time(artifact.created_at),
    "updatedAt": lambda artifact, context: date_time(artifact.updated_at),
    "historyStep": lambda artifact, context: artifact.history_step,
    "ttlDurationSeconds": lambda artifact, context: artifact.ttl_s,
    "ttlIsInherited": lambda artifact, context: artifact.ttl_s == INHERIT_TTL,
    "tags": lambda artifact, context: tags_of(artifact.tags),
    "aliases": _aliases,
    "artifactType": lambda artifact, context: context.server.artifacts.ensure_type(
        artifact.sequence.entity, artifact.sequence.project, artifact.sequence.type
    ),
    "artifactSequence": lambda artifact, context: artifact.sequence,
    "artifactMemberships": _memberships,
    "currentManifest": lambda artifact, context: artifact.manifest,
    "createdBy": _created_by,
    "usedBy": _used_by,
}

ALIAS: Fields = {
    "id": lambda alias, context: storage_id("ArtifactAlias", collection_id(alias.membership.collection), alias.name),
    "alias": lambda alias, context: alias.name,
    "artifactCollectionName": lambda alias, context: alias.membership.collection.name,
    "artifactCollection": lambda alias, context: alias.membership.collection,
}

TAG: Fields = {
    "id": lambda tag, context: storage_id("Tag", tag.name),
    "name": lambda tag, context: tag.name,
    "tagCategoryName": lambda tag, context: None,
}
