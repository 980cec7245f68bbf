"""Owns the requests that records about artifacts are over HTTP, and what the answers say (protocol.md 8)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from wandb_testkit.artifact_records import (
    AboutArtifact,
    ArtifactFileRequest,
    ArtifactInfo,
    ArtifactRecord,
    ArtifactRequest,
    DeleteArtifactRecord,
    EditArtifactRecord,
    LinkArtifactRecord,
    UseArtifactRecord,
)
from wandb_testkit.records import DONE, Result, RunPath
from wandb_testkit.transport import artifact_documents as documents
from wandb_testkit.transport.documents import Document
from wandb_testkit.wire.http import ENDS, GOES_ON, as_object, decode_json

INHERIT_TTL = -1
STORAGE_LAYOUT = "V2"


class Requests(Protocol):
    """What the transport does for this module."""

    def ask(
        self,
        document: Document,
        variables: Mapping[str, Any],
        reading: Callable[[Mapping[str, Any]], Any],
        what: str = "",
    ) -> Any:
        """What `reading` finds in the answer to a document, which says `what` (RECORD_HEADER)."""

    def put(self, url: str, content: bytes, headers: Sequence[str]) -> None:
        """Upload a file."""

    def get(self, url: str) -> bytes:
        """Download a file."""

    def own_entity(self) -> str:
        """The entity of the key."""


def send(record: AboutArtifact, requests: Requests) -> Result:
    """Say a record."""
    return _SENDS[type(record)](record, requests)


def _log(record: ArtifactRecord, requests: Requests) -> Result:
    path = record.path
    asked = {
        "entityName": path.entity,
        "projectName": path.project,
        "runName": None if record.is_used else path.run_id,  # what a run logs in order to use it, it has not made
        "artifactTypeName": record.type,
        "artifactCollectionName": record.name,
        "digest": record.digest,
        "digestAlgorithm": "MANIFEST_MD5",
        "description": record.description,
        "metadata": json.dumps(record.metadata),
        "aliases": [{"artifactCollectionName": record.name, "alias": alias} for alias in record.aliases],
        "tags": [{"tagName": tag} for tag in record.tags],
        "ttlDurationSeconds": record.ttl_s,
        "historyStep": record.history_step,
        "clientID": record.client_id or None,
        "sequenceClientID": record.sequence_client_id or None,
        "distributedID": record.distributed_id,
        "enableDigestDeduplication": not (record.distributed_id or record.is_incremental),
    }
    what = GOES_ON if record.is_used else ""
    made = requests.ask(documents.CREATE, {"input": asked}, lambda data: data["createArtifact"]["artifact"], what)
    if made["state"] == "PENDING":
        _upload(record, made["id"], requests)
        if record.is_last:
            made = requests.ask(
                documents.COMMIT, {"artifactID": made["id"]}, lambda data: data["commitArtifact"]["artifact"], what
            )
    if record.is_used:
        _use(UseArtifactRecord(path, made["id"]), requests, ENDS)
    return Result(artifact=_info(made, None, requests))


def _upload(record: ArtifactRecord, artifact_id: str, requests: Requests) -> None:
    specs = [{"artifactID": artifact_id, "name": name, "md5": _md5(content)} for name, content in record.files.items()]
    if specs:
        nodes = requests.ask(
            documents.CREATE_FILES,
            {"storageLayout": STORAGE_LAYOUT, "files": specs},
            lambda data: [edge["node"] for edge in data["createArtifactFiles"]["files"]["edges"]],
        )
        for node, content in zip(nodes, record.files.values(), strict=True):
            if node["uploadUrl"] is not None:  # else the server has that content
                requests.put(node["uploadUrl"], content, node["uploadHeaders"] or ())
    kind, base = "FULL", None
    if record.distributed_id:
        kind = "PATCH"
    elif record.is_incremental:
        kind, base = "INCREMENTAL", record.base_id or _latest(record, requests)
    manifest = json.dumps(record.manifest).encode()
    asked = {
        "entityName": record.path.entity,
        "projectName": record.path.project,
        "runName": record.path.run_id,
        "artifactID": artifact_id,
        "baseArtifactID": base,
        "name": "wandb_manifest.json",
        "digest": _md5(manifest),
        "type": kind,
    }
    file = requests.ask(
        documents.CREATE_MANIFEST,
        {"input": asked},
        lambda data: data["createArtifactManifest"]["artifactManifest"]["file"],
    )
    requests.put(file["uploadUrl"], manifest, file["uploadHeaders"] or ())


def _latest(record: ArtifactRecord, requests: Requests) -> str | None:
    found = _found(ArtifactRequest(record.path, f"{record.name}:latest"), requests, "").artifact
    return None if found is None else found.id


def _use(record: UseArtifactRecord, requests: Requests, what: str = "") -> Result:
    path = record.path
    asked = {
        "entityName": path.entity,
        "projectName": path.project,
        "runName": path.run_id,
        "artifactID": record.artifact_id,
    }
    requests.ask(documents.USE, {"input": asked}, lambda data: data["useArtifact"], what)
    return DONE


def _find(record: ArtifactRequest, requests: Requests) -> Result:
    return _found(record, requests, "find_artifact")


def _found(record: ArtifactRequest, requests: Requests, what: str) -> Result:
    if record.artifact_id:
        made = requests.ask(documents.BY_ID, {"id": record.artifact_id}, lambda data: data["artifact"], what)
        return DONE if made is None else Result(artifact=_info(made, None, requests))
    asked = {**_where(record.path, requests), "name": record.name}
    member = requests.ask(
        documents.BY_NAME, asked, lambda data: (data["project"] or {}).get("artifactCollectionMembership"), what
    )
    return DONE if member is None else Result(artifact=_info(member["artifact"], member, requests))


def _file(record: ArtifactFileRequest, requests: Requests) -> Result:
    nodes = requests.ask(
        documents.FILE,
        {"id": record.artifact_id, "names": [record.name]},
        lambda data: [edge["node"] for edge in data["artifact"]["files"]["edges"]],
        "artifact_file",
    )
    found = [node["directUrl"] for node in nodes if node["name"] == record.name and node["directUrl"]]
    return Result(file=requests.get(found[0])) if found else DONE


def _link(record: LinkArtifactRecord, requests: Requests) -> Result:
    where = _where(record.path, requests)
    asked = {
        "artifactID": record.artifact_id,
        "artifactPortfolioName": record.name,
        "entityName": where["entity"],
        "projectName": where["project"],
        "aliases": [{"artifactCollectionName": record.name, "alias": alias} for alias in record.aliases],
    }
    member = requests.ask(documents.LINK, {"input": asked}, lambda data: data["linkArtifact"]["artifactMembership"])
    return Result(artifact=_info(member["artifact"], member, requests))


def _edit(record: EditArtifactRecord, requests: Requests) -> Result:
    where, what = _where(record.path, requests), "edit_artifact"
    for document, aliases in (
        (documents.ADD_ALIASES, record.aliases_added),
        (documents.DELETE_ALIASES, record.aliases_deleted),
    ):
        if aliases:
            place = {
                "artifactCollectionName": record.name,
                "entityName": where["entity"],
                "projectName": where["project"],
            }
            named = {"artifactID": record.artifact_id, "aliases": [{**place, "alias": alias} for alias in aliases]}
            requests.ask(document, {"input": named}, lambda data: data, what)
            what = GOES_ON
    asked = {
        "artifactID": record.artifact_id,
        "description": record.description,
        "metadata": None if record.metadata is None else json.dumps(record.metadata),
        "ttlDurationSeconds": record.ttl_s,
        "tagsToAdd": [{"tagName": tag} for tag in record.tags_added],
        "tagsToDelete": [{"tagName": tag} for tag in record.tags_deleted],
    }
    what = ENDS if what == GOES_ON else ""
    requests.ask(documents.UPDATE, {"input": asked}, lambda data: data["updateArtifact"], what)
    member = requests.ask(documents.BY_ID, {"id": record.artifact_id}, lambda data: data["artifact"])
    version = f"v{member['versionIndex']}"
    found = _found(ArtifactRequest(record.path, f"{record.name}:{version}"), requests, "")
    return found if found.artifact is not None else Result(artifact=_info(member, None, requests))


def _delete(record: DeleteArtifactRecord, requests: Requests) -> Result:
    if not record.unlinked_from:
        asked = {"artifactID": record.artifact_id, "deleteAliases": record.with_aliases}
        requests.ask(documents.DELETE, {"input": asked}, lambda data: data["deleteArtifact"])
        return DONE
    named = {**_where(record.path, requests), "name": record.unlinked_from}
    portfolio = requests.ask(documents.COLLECTION, named, lambda data: data["project"]["artifactCollection"]["id"])
    asked = {"artifactID": record.artifact_id, "artifactPortfolioID": portfolio}
    requests.ask(documents.UNLINK, {"input": asked}, lambda data: data["unlinkArtifact"])
    return DONE


# ---------------------------------------------------------------------- answers


def _info(made: Mapping[str, Any], member: Mapping[str, Any] | None, requests: Requests) -> ArtifactInfo:
    sequence = made["artifactSequence"]
    collection = sequence if member is None else member["artifactCollection"]
    home = _path(sequence)
    version = "" if made["versionIndex"] is None else f"v{made['versionIndex']}"
    if member is None:
        names = [one["alias"] for one in made["aliases"] if one["artifactCollectionName"] == sequence["name"]]
    else:
        names = [one["alias"] for one in member["aliases"]]
    file = (made["currentManifest"] or {}).get("file") if made["state"] == "COMMITTED" else None
    manifest = {} if file is None else as_object(decode_json(requests.get(file["directUrl"]), "manifest"), "manifest")
    by = made["createdBy"] or {}
    shown = version if member is None else f"v{member['versionIndex']}"
    is_link = member is not None and collection["__typename"] == "ArtifactPortfolio"
    return ArtifactInfo(
        id=made["id"],
        path=_path(collection),
        name=collection["name"],
        version=shown,
        type=made["artifactType"]["name"],
        aliases=tuple(sorted(name for name in names if name != shown)),
        tags=tuple(sorted(tag["name"] for tag in made["tags"])),
        description=made["description"],
        metadata=json.loads(made["metadata"] or "{}") or {},
        digest=made["digest"],
        size=int(made["size"]),
        state=made["state"],
        ttl_s=INHERIT_TTL if made["ttlIsInherited"] else int(made["ttlDurationSeconds"]),
        manifest=manifest,
        source=home._replace(run_id=by["name"] if by.get("__typename") == "Run" else ""),
        source_name=sequence["name"],
        source_version=version,
        created_at=_seconds(made["createdAt"]),
        updated_at=_seconds(made["updatedAt"] or made["createdAt"]),
        history_step=None if made["historyStep"] is None else int(made["historyStep"]),
        linked_at=_seconds(member["createdAt"]) if member is not None and is_link else None,
    )


def _path(collection: Mapping[str, Any]) -> RunPath:
    project = collection["project"]
    return RunPath(project["entity"]["name"], project["name"], "")


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()


def _where(path: RunPath, requests: Requests) -> dict[str, str]:
    return {"entity": path.entity or requests.own_entity(), "project": path.project or "uncategorized"}


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


_SENDS: dict[type, Callable[[Any, Requests], Result]] = {
    ArtifactRecord: _log,
    UseArtifactRecord: _use,
    ArtifactRequest: _find,
    ArtifactFileRequest: _file,
    LinkArtifactRecord: _link,
    EditArtifactRecord: _edit,
    DeleteArtifactRecord: _delete,
}
