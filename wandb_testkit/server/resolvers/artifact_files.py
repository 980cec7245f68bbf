"""Resolves the files of artifacts and their manifests, and makes room for those that are to be uploaded."""

from __future__ import annotations

import re
from typing import Any

from wandb_testkit.records import Refusal
from wandb_testkit.server.artifact_blobs import PartsUpload, base64_of, hex_of
from wandb_testkit.server.artifact_collections import Membership
from wandb_testkit.server.artifact_manifests import StoredManifest
from wandb_testkit.server.artifacts import check_pending
from wandb_testkit.server.context import Context
from wandb_testkit.server.files import name_refusal
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.artifact_ids import (
    artifact_id,
    manifest_by_id,
    manifest_id,
    visible_artifact,
    writable_artifact,
)
from wandb_testkit.server.resolvers.connection import connection
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.resolvers.told_files import FileOfArtifact, FileOfManifest, FileOfReference
from wandb_testkit.server.stored_artifact import StoredArtifact

DEFAULT_FIRST = 5000
"""Files on one page, as clients ask for them (protocol.md 3.6)."""


def file_of(artifact: StoredArtifact, path: str) -> FileOfArtifact | FileOfReference:
    """A file or a reference of a committed version."""
    entry = artifact.entries[path]
    if entry.ref is not None:
        return FileOfReference(artifact, path, entry.ref, entry.digest, entry.size)
    return FileOfArtifact(artifact, path, entry.hex_md5)


def files(
    artifact: StoredArtifact,
    context: Context,
    names: list[str] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The files of a version and its references, in order of their paths."""
    known = artifact.entries
    chosen = sorted(known) if names is None else [name for name in names if name in known]
    context.spend(len(chosen))
    found = connection([file_of(artifact, path) for path in chosen], DEFAULT_FIRST if first is None else first, after)
    return {**found, "uploadHeaders": []}


def files_of_membership(
    membership: Membership,
    context: Context,
    names: list[str] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    return files(membership.artifact, context, names, first, after)


def files_by_manifest_entries(
    artifact: StoredArtifact,
    context: Context,
    storage_layout: str,
    manifest_version: str,
    entries: list[dict[str, Any]] | None = None,
    storage_region: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The files that a client found in the manifest, each by its name."""
    return files(artifact, context, [str(entry.get("name")) for entry in entries or ()], first, after)


# ---------------------------------------------------------------- uploads


def create_artifact_files(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Tell for each file where it is to be uploaded; nowhere if its content is stored already."""
    context.spend(len(input["artifact_files"]))
    chosen = [_room_for(context, spec) for spec in input["artifact_files"]]
    return {"files": {**connection(chosen, len(chosen)), "uploadHeaders": []}}


def _room_for(context: Context, spec: dict[str, Any]) -> FileOfArtifact:
    artifact, name, hex_md5 = writable_artifact(context, spec["artifact_id"]), spec["name"], hex_of(spec["md5"])
    check_pending(artifact)
    if name_refusal(name):
        raise Refused(Refusal(400, f"file name {name!r} should be a path below the artifact, such as 'a/b.txt'"))
    if hex_md5 is None:
        raise Refused(Refusal(400, f"md5 of {name!r} should be an MD5 in base64, not {spec['md5']!r}"))
    artifacts = context.server.artifacts
    blob = artifacts.blobs.find(artifact.sequence.entity, hex_md5)
    if blob is not None:
        return FileOfArtifact(artifacts.find(blob.birth) or artifact, name, hex_md5)
    parts = {_number(part["part_number"]): part["hex_md5"] for part in spec.get("upload_parts_input") or ()}
    context.spend(len(parts))
    upload = None
    if parts:
        entity = artifact.sequence.entity
        upload = artifacts.blobs.begin_parts(PartsUpload(entity, artifact.number, hex_md5, parts))
    return FileOfArtifact(artifact, name, hex_md5, False, upload, len(parts))


def _number(value: object) -> int:
    if type(value) is not int:
        raise Refused(Refusal(400, f"partNumber should be an integer, not {value!r}"))
    return value


def complete_multipart_upload_artifact(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    artifact = writable_artifact(context, input["artifact_id"])
    told = [(_number(part["part_number"]), part["hex_md5"]) for part in input["completed_parts"]]
    hex_md5 = context.server.artifacts.blobs.complete_parts(input["upload_id"], artifact.number, told)
    return {"digest": base64_of(hex_md5)}


# ---------------------------------------------------------------- manifests


def create_artifact_manifest(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Announce a manifest; its digest is that of the file, "" if it will only be known later."""
    artifact = writable_artifact(context, input["artifact_id"])
    base = visible_artifact(context, input["base_artifact_id"]) if input.get("base_artifact_id") else None
    if name_refusal(input["name"]):
        raise Refused(Refusal(400, f"name of a manifest should be that of a file, not {input['name']!r}"))
    number = None if base is None else base.number
    manifest = context.server.artifacts.add_manifest(artifact, input.get("type") or "FULL", input["name"], number)
    _announce(manifest, input["digest"])
    return {"artifactManifest": manifest}


def update_artifact_manifest(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    manifest = manifest_by_id(context, input["artifact_manifest_id"])
    artifact = writable_artifact(context, artifact_id(manifest.artifact))
    check_pending(artifact)
    if input.get("base_artifact_id"):
        base = visible_artifact(context, input["base_artifact_id"])
        manifest.base = None if base is None else base.number
    _announce(manifest, input.get("digest"))
    return {"artifactManifest": manifest}


def _announce(manifest: StoredManifest, digest: str | None) -> None:
    if not digest:
        return
    manifest.hex_md5 = digest if re.fullmatch("[0-9a-f]{32}", digest) else hex_of(digest)
    if manifest.hex_md5 is None:
        raise Refused(Refusal(400, f"digest of a manifest should be the MD5 of its file, not {digest!r}"))


def _file(manifest: StoredManifest, context: Context) -> FileOfManifest | None:
    artifact = context.server.artifacts.find(manifest.artifact)
    return None if artifact is None else FileOfManifest(artifact, manifest)


MUTATION: Fields = {
    "createArtifactFiles": create_artifact_files,
    "completeMultipartUploadArtifact": complete_multipart_upload_artifact,
    "createArtifactManifest": create_artifact_manifest,
    "updateArtifactManifest": update_artifact_manifest,
}

ARTIFACT: Fields = {"files": files, "filesByManifestEntries": files_by_manifest_entries}

MEMBERSHIP: Fields = {"files": files_of_membership}

MANIFEST: Fields = {
    "id": lambda manifest, context: manifest_id(manifest),
    "type": lambda manifest, context: manifest.kind,
    "digest": lambda manifest, context: manifest.hex_md5,
    "file": _file,
}
