"""Resolves the mutations that edit, link and delete versions of artifacts."""

from __future__ import annotations

from typing import Any

from wandb_testkit.faults import Fault
from wandb_testkit.records import Refusal
from wandb_testkit.server import artifact_edits, artifact_links
from wandb_testkit.server.artifact_collections import StoredCollection
from wandb_testkit.server.context import Context
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.artifact_ids import existing_artifact, writable_artifact, writable_collection
from wandb_testkit.server.resolvers.artifacts import int_of, metadata_of, payload, success, tag_names
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.stored_artifact import StoredArtifact
from wandb_testkit.wire.http import ENDS


def update_artifact(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    fault = None if context.said == ENDS else context.meet("edit_artifact")
    found, now = writable_artifact(context, input["artifact_id"]), context.server.artifacts.now()
    artifact_edits.update(
        found,
        description=input.get("description"),
        metadata=metadata_of(input),
        labels=input.get("labels"),
        ttl_s=int_of(input, "ttl_duration_seconds"),
        now=now,
    )
    artifact_edits.add_tags(found, tag_names(input.get("tags_to_add")), now=now)
    artifact_edits.delete_tags(found, tag_names(input.get("tags_to_delete")), now=now)
    if input.get("aliases") is not None:
        wanted: dict[str, list[str]] = {}
        for alias in input["aliases"]:
            wanted.setdefault(alias["artifact_collection_name"], []).append(alias["alias"])
        artifact_edits.set_aliases(found, wanted)
    context.carried_out(context.server.owed.pop(found.number, None) if context.said == ENDS else fault)
    return payload(found, input)


def delete_artifact(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    fault = context.meet("delete_artifact")
    found = writable_artifact(context, input["artifact_id"])
    artifact_links.delete(found, with_aliases=bool(input.get("delete_aliases")))
    context.carried_out(fault)
    return payload(found, input)


def add_aliases(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    fault = _fault_of_edit(context)
    found = existing_artifact(context, input["artifact_id"])
    for collection, alias in _aliases_in_collections(context, input):
        artifact_edits.add_aliases(found, collection, [alias])
    _owe(context, found, fault)
    return success(input)


def delete_aliases(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    fault = _fault_of_edit(context)
    found = existing_artifact(context, input["artifact_id"])
    for collection, alias in _aliases_in_collections(context, input):
        artifact_edits.delete_aliases(found, collection, [alias])
    _owe(context, found, fault)
    return success(input)


def _fault_of_edit(context: Context) -> Fault | None:
    """What an edit meets that begins with its aliases."""
    return context.meet("edit_artifact") if context.said == "edit_artifact" else None


def _owe(context: Context, found: StoredArtifact, fault: Fault | None) -> None:
    if fault is not None:
        context.server.owed[found.number] = fault


def _aliases_in_collections(context: Context, input: dict[str, Any]) -> list[tuple[StoredCollection, str]]:
    found = []
    for alias in input["aliases"]:
        entity, project, name = alias["entity_name"], alias["project_name"], alias["artifact_collection_name"]
        context.must_write(entity, project)
        collection = context.server.artifacts.collection(entity, project, name)
        if collection is None:
            raise Refused(Refusal(404, f"artifact collection {entity}/{project}/{name} does not exist"))
        found.append((collection, alias["alias"]))
    return found


def link_artifact(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Link a version to a portfolio, by the id of either or by name."""
    fault = context.meet("link_artifact")
    artifacts = context.server.artifacts
    if input.get("artifact_id"):
        found = existing_artifact(context, input["artifact_id"])
    else:
        known = artifacts.by_client_id(input.get("client_id") or "")
        if known is None or not context.may_see(known.sequence.entity, known.sequence.project):
            raise Refused(Refusal(404, f"no artifact has the client id {input.get('client_id')!r}"))
        found = known
    if input.get("artifact_portfolio_id"):
        portfolio = writable_collection(context, input["artifact_portfolio_id"])
        entity, project, name = portfolio.entity, portfolio.project, portfolio.name
    else:
        entity = input.get("entity_name") or found.sequence.entity
        project = input.get("project_name") or found.sequence.project
        name = input.get("artifact_portfolio_name") or ""
    context.must_write(entity, project)
    membership = artifact_links.link(
        artifacts, found, entity, project, name, [one["alias"] for one in input.get("aliases") or ()]
    )
    context.server.projects.ensure(entity, project)
    context.carried_out(fault)
    return {"versionIndex": membership.version_index, "artifactMembership": membership}


def unlink_artifact(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    fault = context.meet("delete_artifact")
    portfolio = writable_collection(context, input["artifact_portfolio_id"])
    artifact_links.unlink(existing_artifact(context, input["artifact_id"]), portfolio)
    context.carried_out(fault)
    return {"success": True, "artifactID": input["artifact_id"]}


MUTATION: Fields = {
    "updateArtifact": update_artifact,
    "deleteArtifact": delete_artifact,
    "addAliases": add_aliases,
    "deleteAliases": delete_aliases,
    "linkArtifact": link_artifact,
    "unlinkArtifact": unlink_artifact,
}
