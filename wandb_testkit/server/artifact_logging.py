"""Logs a version in one step, for who has its files at hand: tests, and clients that do not speak HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wandb_testkit.server.artifact_blobs import base64_of, md5_of
from wandb_testkit.server.artifact_commits import commit, store_manifest
from wandb_testkit.server.artifact_manifests import digest_of, read_manifest
from wandb_testkit.server.artifacts import Artifacts, NewArtifact
from wandb_testkit.server.stored_artifact import ArtifactState, StoredArtifact

if TYPE_CHECKING:
    from wandb_testkit.server.stored_run import StoredRun


def log_artifact(
    artifacts: Artifacts,
    new: NewArtifact,
    files: Mapping[str, bytes],
    references: Mapping[str, str],
    *,
    user: str,
    run: StoredRun | None = None,
) -> StoredArtifact:
    """Log a version: it is committed when this returns, or is the one that has this content already.

    Args:
        new: What is said of it; its digest is computed here.
        files: Path -> content.
        references: Path -> URI; nothing is fetched.
    Raises:
        Refused: 400: a name, an alias or a path that cannot be one, or a collection of another type.
    """
    contents: dict[str, Any] = {
        **{path: {"digest": base64_of(md5_of(content)), "size": len(content)} for path, content in files.items()},
        **{path: {"digest": uri, "ref": uri} for path, uri in references.items()},
    }
    policy = {"storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": {"storageLayout": "V2"}}
    manifest = json.dumps({"version": 1, **policy, "contents": contents}).encode()
    digest = digest_of(read_manifest(manifest))
    made = artifacts.create(replace(new, digest=digest), user=user, run=run)
    if made.state is ArtifactState.PENDING:
        for content in files.values():
            artifacts.blobs.store(new.entity, md5_of(content), content, made.number)
        announced = artifacts.add_manifest(made, "FULL", "wandb_manifest.json", None)
        store_manifest(artifacts, announced.number, manifest)
        commit(artifacts, made)
    return made
