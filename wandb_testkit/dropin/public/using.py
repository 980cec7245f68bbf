"""Owns how a run of the public API says that it used or logged a version of an artifact."""

from __future__ import annotations

from typing import Any

from wandb_testkit.artifact_records import UseArtifactRecord
from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.records import RunPath


def declare_used(asker: Asker, path: RunPath, artifact: Any) -> Any:
    """Say that a run used a version that is there; the version.

    Raises:
        ValueError: It is no artifact, or a draft.
    """
    if not isinstance(getattr(artifact, "id", None), str):
        raise ValueError("You must pass a wandb.Api().artifact() to use_artifact")
    asker.tell(UseArtifactRecord(path, artifact.id))
    return artifact


def declare_logged(
    asker: Asker, path: RunPath, artifact: Any, aliases: Any, tags: Any, *, only_of_project: bool = False
) -> None:
    """Say that a run logged a version that is there.

    Raises:
        TypeError: It is no artifact.
        ValueError: It is a draft, or of another project and is not to be.
    """
    from wandb_testkit.sdk.artifacts.artifact import Artifact

    if not isinstance(artifact, Artifact):
        raise TypeError("You must pass a wandb.Api().artifact() to use_artifact")
    if artifact.is_draft():
        raise ValueError(
            "Only existing artifacts are accepted by this api. Manually create one with `wandb artifact put`"
        )
    if only_of_project and (path.entity, path.project) != (artifact.source_entity, artifact.source_project):
        raise ValueError("A run can't log an artifact to a different project.")
    name = artifact.source_name.partition(":")[0]
    asked = {
        "entityName": path.entity,
        "projectName": path.project,
        "runName": path.run_id,
        "artifactTypeName": artifact.type,
        "artifactCollectionName": name,
        "digest": artifact.digest,
        "digestAlgorithm": "MANIFEST_MD5",
        "aliases": [{"artifactCollectionName": name, "alias": alias} for alias in aliases or ()],
        "tags": [{"tagName": tag} for tag in tags or ()],
        "enableDigestDeduplication": True,
    }
    asker.ask(documents.CREATE_ARTIFACT, {"input": asked})
