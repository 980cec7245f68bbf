"""Owns how a version becomes visible: its manifests, however many there are, and all its files must have come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from wandb_testkit.records import Refusal
from wandb_testkit.server.artifact_blobs import check_md5
from wandb_testkit.server.artifact_manifests import (
    Entries,
    StoredManifest,
    digest_of,
    laid_over,
    read_manifest,
    write_manifest,
)
from wandb_testkit.server.artifacts import Artifacts
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.stored_artifact import ArtifactState, StoredArtifact


def store_manifest(artifacts: Artifacts, number: int, content: bytes) -> None:
    """Keep the file of a manifest.

    Raises:
        Refused: 404: no such manifest was announced; 400: its MD5 is another, or it cannot be read.
    """
    manifest = artifacts.manifest_of(number)
    if manifest is None:
        raise Refused(Refusal(404, f"artifact manifest {number} was not announced"))
    if manifest.hex_md5 is not None:
        check_md5(content, manifest.hex_md5, f"manifest {manifest.name!r}")
    read_manifest(content)
    manifest.content = content


def commit(artifacts: Artifacts, artifact: StoredArtifact) -> None:
    """Make a version visible: it gets its number and its aliases; to do it again does nothing.

    Raises:
        Refused: 400: the manifest or a file has not come, or the digest is not the one that was announced.
    """
    if artifact.state is ArtifactState.COMMITTED:
        return
    sent = [one for one in artifact.manifests if one.content is not None]
    if not sent:
        raise Refused(Refusal(400, f"artifact {artifact.sequence} has no manifest yet; upload it before the commit"))
    entries = _entries(artifacts, sent)
    digest = digest_of(entries)
    last = sent[-1]
    if last.kind == "FULL" and digest != artifact.digest:
        raise Refused(
            Refusal(400, f"the manifest of {artifact.sequence} has digest {digest}, announced was {artifact.digest}")
        )
    artifact.contents = _contents(artifacts, artifact, entries)
    artifact.entries = entries
    artifact.digest = digest
    artifact.manifest = last if last.kind == "FULL" else _whole(artifacts, artifact, last, entries)
    artifact.state = ArtifactState.COMMITTED
    artifact.updated_at = artifacts.now()
    member = artifact.sequence.add(artifact, artifact.wanted_aliases, artifact.updated_at)
    artifact.version_index = member.version_index


def _entries(artifacts: Artifacts, sent: Sequence[StoredManifest]) -> Entries:
    """What the manifests of a version say together."""
    last = sent[-1]
    if last.kind == "FULL":
        return read_manifest(cast(bytes, last.content))
    base: Entries = {}
    if last.kind == "INCREMENTAL" and last.base is not None:
        below = artifacts.find(last.base)
        base = {} if below is None else below.entries
    return laid_over(base, (read_manifest(cast(bytes, one.content)) for one in sent if one.kind == last.kind))


def _whole(artifacts: Artifacts, artifact: StoredArtifact, last: StoredManifest, entries: Entries) -> StoredManifest:
    """The manifest of a whole version that came in pieces."""
    whole = artifacts.add_manifest(artifact, "FULL", "wandb_manifest.json", None)
    whole.content = write_manifest(cast(bytes, last.content), entries)
    return whole


def _contents(artifacts: Artifacts, artifact: StoredArtifact, entries: Entries) -> dict[str, bytes]:
    """Path -> content of every file; all must have come."""
    found = {
        path: artifacts.blobs.find(artifact.sequence.entity, entry.hex_md5)
        for path, entry in entries.items()
        if entry.ref is None
    }
    missing = [path for path, blob in found.items() if blob is None]
    if missing:
        shown = ", ".join(map(repr, missing[:5])) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise Refused(Refusal(400, f"artifact {artifact.sequence} lacks files that were not uploaded: {shown}"))
    return {path: blob.content for path, blob in found.items() if blob is not None}
