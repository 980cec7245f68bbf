"""Carries out records about artifacts: what clients say that do not speak HTTP (protocol.md 8)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

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
from wandb_testkit.records import DONE, Refusal, Result, RunPath
from wandb_testkit.server import artifact_edits, artifact_links
from wandb_testkit.server.artifact_blobs import md5_of
from wandb_testkit.server.artifact_collections import Membership, StoredCollection
from wandb_testkit.server.artifact_commits import commit, store_manifest
from wandb_testkit.server.artifacts import Artifacts, NewArtifact
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.ids import parts_of, storage_id
from wandb_testkit.server.stored_artifact import ArtifactState, StoredArtifact

if TYPE_CHECKING:
    from wandb_testkit.server.stored_run import StoredRun


class ArtifactVerbs:
    """The verbs of one client.

    Args:
        user: Who it is.
        run: Finds a run.
        may_see, must_write: Ask the rights of the client in a project; the second raises Refused.
    """

    def __init__(
        self,
        artifacts: Artifacts,
        user: str,
        run: Callable[[RunPath], StoredRun | None],
        may_see: Callable[[str, str], bool],
        must_write: Callable[[str, str], None],
    ) -> None:
        self._artifacts = artifacts
        self._user = user
        self._run = run
        self._may_see = may_see
        self._must_write = must_write

    def carry_out(self, record: AboutArtifact) -> Result:
        """Do what a record says; paths are filled in already."""
        try:
            return _VERBS[type(record)](self, record)
        except Refused as refused:
            return Result(refusal=refused.refusal)

    # ------------------------------------------------------------------ runs log and use

    def log(self, record: ArtifactRecord) -> Result:
        path = record.path
        self._must_write(path.entity, path.project)
        run = self._existing_run(path)
        new = NewArtifact(
            entity=path.entity,
            project=path.project,
            name=record.name,
            type=record.type,
            digest=record.digest,
            description=record.description,
            metadata=record.metadata,
            aliases=record.aliases,
            tags=record.tags,
            ttl_s=record.ttl_s,
            client_id=record.client_id or None,
            sequence_client_id=record.sequence_client_id or None,
            distributed_id=record.distributed_id,
            history_step=record.history_step,
            deduplicates=not (record.distributed_id or record.is_incremental),
        )
        made = self._artifacts.create(new, user=self._user, run=None if record.is_used else run)
        if made.state is ArtifactState.PENDING:
            self._store(record, made)
        if record.is_used and made.state is ArtifactState.COMMITTED:
            artifact_links.use(made, run)
        return Result(artifact=self._info(made, made.sequence))

    def _store(self, record: ArtifactRecord, made: StoredArtifact) -> None:
        for content in record.files.values():
            self._artifacts.blobs.store(record.path.entity, md5_of(content), content, made.number)
        kind, base = "FULL", None
        if record.distributed_id:
            kind = "PATCH"
        elif record.is_incremental:
            kind, base = "INCREMENTAL", self._base_of(record)
        announced = self._artifacts.add_manifest(made, kind, "wandb_manifest.json", base)
        store_manifest(self._artifacts, announced.number, json.dumps(record.manifest).encode())
        if record.is_last:
            commit(self._artifacts, made)

    def _base_of(self, record: ArtifactRecord) -> int | None:
        if record.base_id:
            return self._existing(record.base_id).number
        latest = self._artifacts.membership(record.path.entity, record.path.project, record.name)
        return None if latest is None else latest.artifact.number

    def use(self, record: UseArtifactRecord) -> Result:
        self._must_write(record.path.entity, record.path.project)
        artifact_links.use(self._existing(record.artifact_id), self._existing_run(record.path))
        return DONE

    # ------------------------------------------------------------------ questions

    def find(self, record: ArtifactRequest) -> Result:
        if record.artifact_id:
            artifact = self._existing(record.artifact_id)
            return Result(artifact=self._info(artifact, artifact.sequence))
        entity, project, _ = record.path
        found = self._artifacts.membership(entity, project, record.name) if self._may_see(entity, project) else None
        return DONE if found is None else Result(artifact=self._info(found.artifact, found.collection))

    def file(self, record: ArtifactFileRequest) -> Result:
        return Result(file=self._existing(record.artifact_id).contents.get(record.name))

    # ------------------------------------------------------------------ edits

    def link(self, record: LinkArtifactRecord) -> Result:
        entity, project, _ = record.path
        self._must_write(entity, project)
        artifact = self._existing(record.artifact_id)
        made = artifact_links.link(self._artifacts, artifact, entity, project, record.name, record.aliases)
        return Result(artifact=self._info(artifact, made.collection))

    def edit(self, record: EditArtifactRecord) -> Result:
        artifact = self._writable(record.artifact_id)
        now = self._artifacts.now()
        collection = self._artifacts.collection(record.path.entity, record.path.project, record.name)
        if collection is None:
            raise Refused(Refusal(404, f"there is no collection {record.name!r} in {record.path.project!r}"))
        if record.aliases_added:
            artifact_edits.add_aliases(artifact, collection, record.aliases_added)
        if record.aliases_deleted:
            artifact_edits.delete_aliases(artifact, collection, record.aliases_deleted)
        artifact_edits.add_tags(artifact, record.tags_added, now=now)
        artifact_edits.delete_tags(artifact, record.tags_deleted, now=now)
        artifact_edits.update(
            artifact, description=record.description, metadata=record.metadata, ttl_s=record.ttl_s, now=now
        )
        return Result(artifact=self._info(artifact, collection))

    def delete(self, record: DeleteArtifactRecord) -> Result:
        artifact = self._writable(record.artifact_id)
        if not record.unlinked_from:
            artifact_links.delete(artifact, with_aliases=record.with_aliases)
            return DONE
        portfolio = self._artifacts.collection(record.path.entity, record.path.project, record.unlinked_from)
        if portfolio is None:
            raise Refused(Refusal(404, f"there is no collection {record.unlinked_from!r} in {record.path.project!r}"))
        artifact_links.unlink(artifact, portfolio)
        return DONE

    # ------------------------------------------------------------------ inside

    def _existing(self, given: str) -> StoredArtifact:
        (number,) = parts_of("Artifact", given, 1)
        artifact = self._artifacts.find(int(number)) if number.isdigit() else None
        places = [] if artifact is None else [artifact.sequence, *(one.collection for one in artifact.memberships)]
        if artifact is None or not any(self._may_see(place.entity, place.project) for place in places):
            raise Refused(Refusal(404, f"artifact {given!r} does not exist"))
        return artifact

    def _writable(self, given: str) -> StoredArtifact:
        artifact = self._existing(given)
        self._must_write(artifact.sequence.entity, artifact.sequence.project)
        return artifact

    def _existing_run(self, path: RunPath) -> StoredRun:
        run = self._run(path)
        if run is None:
            raise Refused(Refusal(404, f"run {path} does not exist"))
        return run

    def _info(self, artifact: StoredArtifact, collection: StoredCollection) -> ArtifactInfo:
        member: Membership | None = collection.of(artifact)
        manifest: Mapping[str, Any] = {}
        if artifact.manifest is not None and artifact.manifest.content is not None:
            manifest = json.loads(artifact.manifest.content)
        version = "" if artifact.version_index is None else f"v{artifact.version_index}"
        return ArtifactInfo(
            id=storage_id("Artifact", str(artifact.number)),
            path=RunPath(collection.entity, collection.project, ""),
            name=collection.name,
            version=version if member is None else member.version,
            type=artifact.sequence.type,
            aliases=() if member is None else tuple(sorted(member.aliases)),
            tags=tuple(sorted(artifact.tags)),
            description=artifact.description,
            metadata=artifact.metadata,
            digest=artifact.digest,
            size=artifact.size,
            state=artifact.state.value,
            ttl_s=artifact.ttl_s,
            manifest=manifest,
            source=artifact.by or RunPath(artifact.sequence.entity, artifact.sequence.project, ""),
            source_name=artifact.sequence.name,
            source_version=version,
            created_at=artifact.created_at,
            updated_at=artifact.updated_at,
            history_step=artifact.history_step,
            linked_at=member.created_at if member is not None and collection.is_portfolio else None,
        )


_VERBS: dict[type, Callable[[ArtifactVerbs, Any], Result]] = {
    ArtifactRecord: ArtifactVerbs.log,
    UseArtifactRecord: ArtifactVerbs.use,
    ArtifactRequest: ArtifactVerbs.find,
    ArtifactFileRequest: ArtifactVerbs.file,
    LinkArtifactRecord: ArtifactVerbs.link,
    EditArtifactRecord: ArtifactVerbs.edit,
    DeleteArtifactRecord: ArtifactVerbs.delete,
}
