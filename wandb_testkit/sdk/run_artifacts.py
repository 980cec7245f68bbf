"""Owns the artifacts of a run: what it logs, uses and links.

Source: protocol.md 8; observed with 0.31.0.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wandb_testkit.artifact_records import ArtifactRecord, ArtifactRequest, UseArtifactRecord
from wandb_testkit.errors import CommError
from wandb_testkit.records import Result, RunPath
from wandb_testkit.sdk.artifacts import checks
from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.artifacts.names import ARTIFACT_URI, target_of
from wandb_testkit.sdk.artifacts.registries import with_organization
from wandb_testkit.sdk.artifacts.standing import NOWHERE, Line

if TYPE_CHECKING:
    from wandb_testkit.sdk.run import Run

MODEL_REGISTRY = "model-registry"
NOT_A_MODEL = (
    "You can only use this method for 'model' artifacts. For an artifact to be a 'model' artifact, its type property "
    "must contain the substring 'model'."
)


def log_artifact(
    run: Run,
    artifact_or_path: Any,
    name: str | None = None,
    type: str | None = None,
    aliases: Any = None,
    tags: Any = None,
    *,
    distributed_id: str | None = None,
    is_last: bool = True,
    is_used: bool = False,
) -> Artifact:
    """Log an artifact, or a file, a directory or a URI as one; wait() of what is returned tells its version.

    Raises:
        TypeError: It is none of these.
        ValueError: There is no such file, an alias or tag cannot be one, or the artifact has another type already.
    """
    named = checks.names_of_aliases(aliases) or ["latest"]
    tagged = checks.names_of_tags(tags)
    artifact = _artifact_of(run, artifact_or_path, name, type)
    artifact.finalize()
    artifact.distributed_id = distributed_id
    if not artifact.is_draft():
        return artifact
    line = line_of(run)
    _must_have_type(run, artifact)
    artifact._sent(_log(run, artifact, named, tagged, is_last=is_last, is_used=is_used), line)
    return artifact


def _log(run: Run, artifact: Artifact, aliases: list[str], tags: list[str], *, is_last: bool, is_used: bool) -> Result:
    manifest = artifact.manifest
    run._history.flush()
    return run._transport.deliver(
        ArtifactRecord(
            run._path,
            artifact.name,
            artifact.type,
            manifest.to_manifest_json(),
            {path: entry.content for path, entry in manifest.entries.items() if entry.content is not None},
            manifest.digest(),
            description=artifact.description,
            metadata=artifact.checked_metadata(artifact.metadata),
            aliases=tuple(aliases),
            tags=tuple(tags),
            ttl_s=artifact._ttl_s,
            client_id=artifact._client_id,
            sequence_client_id=artifact._sequence_client_id,
            distributed_id=artifact.distributed_id,
            is_last=is_last,
            base_id=artifact._base_id,
            is_incremental=artifact.incremental,
            is_used=is_used,
            history_step=run.step,
        )
    )


def use_artifact(run: Run, artifact_or_name: Any, type: str | None = None, aliases: Any = None) -> Artifact:
    """Say that the run uses an artifact, given or by its name; a draft is logged before.

    Raises:
        CommError: There is none of that name.
        TypeError: The run is offline.
        ValueError: It has another type, or is no artifact at all.
    """
    if run.offline:
        raise TypeError("Cannot use artifact when in offline mode.")
    if isinstance(artifact_or_name, str):
        artifact = find_artifact(run, artifact_or_name)
        if type is not None and type != artifact.type:
            raise artifact.type_mismatch(type)
    elif not isinstance(artifact_or_name, Artifact):
        raise ValueError(
            'You must pass an artifact name (e.g. "pedestrian-dataset:v1"), an instance of `wandb.Artifact`, or '
            f"`wandb.Api().artifact()` to `use_artifact`, not {artifact_or_name!r}"
        )
    else:
        artifact = artifact_or_name
        if artifact.is_draft():
            log_artifact(run, artifact, aliases=aliases, is_used=True)
            return artifact.wait()
    run._history.flush()
    assert artifact.id is not None
    result = run._transport.deliver(UseArtifactRecord(run._path, artifact.id))
    if result.refusal is not None:
        raise CommError(result.refusal.message)
    return artifact


def find_artifact(run: Run, name: str) -> Artifact:
    """An artifact by its name, which may leave out entity and project where they are the run's.

    Raises:
        CommError: There is none.
    """
    whole = name if ":" in name else f"{name}:latest"
    path, asked = target_of(whole, RunPath(run.entity, run.project, ""))
    path = with_organization(path, run.entity, run._session.of_process().get("organization"), run._transport.deliver)
    result = run._transport.deliver(ArtifactRequest(path, asked))
    if result.artifact is None:
        where = f"artifact membership {asked!r} not found in '{path.entity}/{path.project}'"
        reason = where if result.refusal is None else result.refusal.message
        raise CommError(reason)
    found: Artifact = run._behaviour.media().artifact.known_as(result.artifact, line_of(run), asked)
    return found


def use_what_config_names(run: Run, value: Any) -> Artifact:
    """Use an artifact that is a value of config: itself, by its URI, or by what config kept of it.

    Raises:
        CommError: There is none.
        ValueError: The URI names none.
    """
    if run.offline or isinstance(value, Artifact):
        return use_artifact(run, value)
    if isinstance(value, dict):
        return use_artifact(run, _by_id(run, value["id"]))
    place = urlsplit(value.removeprefix(ARTIFACT_URI))
    parts = (place.path.split("/")[1:] if place.scheme else value.removeprefix(ARTIFACT_URI).split("/"))[:3]
    if parts[0] == "_id" and len(parts) > 1:
        return use_artifact(run, _by_id(run, parts[1]))
    if len(parts) < 3:
        raise ValueError(f"Invalid artifact string: {value}")
    return use_artifact(run, find_artifact(run, "/".join(parts)))


def _by_id(run: Run, artifact_id: str) -> Artifact:
    result = run._transport.deliver(ArtifactRequest(NOWHERE, "", artifact_id))
    if result.artifact is None:
        reason = f"there is no artifact with the id {artifact_id!r}"
        raise CommError(reason if result.refusal is None else result.refusal.message)
    found: Artifact = run._behaviour.media().artifact.known_as(result.artifact, line_of(run))
    return found


def use_model(run: Run, name: str) -> str:
    """Download a model, and return the path of its only file, or its directory.

    Raises:
        AssertionError: It is no model.
        RuntimeError: The run is offline.
    """
    if run.offline:
        raise RuntimeError("`use_model` not supported in offline mode.")
    artifact = use_artifact(run, name)
    if "model" not in artifact.type.lower():
        raise AssertionError(NOT_A_MODEL)
    root = artifact.download()
    files = os.listdir(root)
    return os.path.join(root, files[0]) if len(files) == 1 else root


def link_artifact(run: Run, artifact: Artifact, target_path: str, aliases: Any = None) -> Artifact:
    """Link an artifact to a collection; a draft is logged before.

    Raises:
        NotImplementedError: The run is offline.
    """
    if artifact.is_draft() and artifact._outcome is None:
        log_artifact(run, artifact)
    if run.offline:
        raise NotImplementedError("link_artifact() asks the server, and this run is offline")
    path, name = target_of(target_path, RunPath(run.entity, run.project, ""))
    return artifact.link("/".join(part for part in (path.entity, path.project, name) if part), aliases)


def link_model(
    run: Run, path: Any, registered_model_name: str, name: str | None = None, aliases: Any = None
) -> Artifact:
    """Log a model, and link it to the model registry.

    Raises:
        AssertionError: The name has a "/", or the artifact of that name is no model.
    """
    if "/" in registered_model_name:
        raise AssertionError(
            "Please provide only the name of the registered model. Do not append the entity or project name."
        )
    kind = "model"
    with suppress(CommError, ValueError):
        kind = find_artifact(run, f"{name}:latest").type
    if "model" not in kind.lower():
        raise AssertionError(NOT_A_MODEL)
    artifact = log_artifact(run, path, name, kind)
    return link_artifact(run, artifact, f"{run.entity}/{MODEL_REGISTRY}/{registered_model_name}", aliases)


def upsert(
    run: Run, artifact_or_path: Any, name: Any, type: Any, aliases: Any, distributed_id: str | None, *, is_last: bool
) -> Artifact:
    """Add to a version that several writers work on, under an id or else the group of the run.

    Raises:
        TypeError: There is neither.
    """
    if distributed_id is None and not run.group:
        what = "finish" if is_last else "upsert"
        raise TypeError(f"Cannot {what} artifact unless run is in a group or distributed_id is provided")
    mark = run.group if distributed_id is None else distributed_id
    return log_artifact(run, artifact_or_path, name, type, aliases, distributed_id=mark, is_last=is_last)


def line_of(run: Run) -> Line:
    """How artifacts of a run reach the server."""
    return Line(run._transport, run._session.base_url())


def _artifact_of(run: Run, given: Any, name: str | None, type: str | None) -> Artifact:
    if isinstance(given, Artifact):
        return given
    if not isinstance(given, (str, os.PathLike)):
        raise run._behaviour.media().not_an_artifact(
            "You must pass an instance of wandb.Artifact or a valid file path to log_artifact, not "
            f"{given.__class__.__name__}"
        )
    path = os.fspath(given)
    artifact: Artifact = run._behaviour.media().artifact(
        name or f"run-{run.id}-{os.path.basename(path)}", type or "unspecified"
    )
    if os.path.isfile(path):
        artifact.add_file(path)
    elif os.path.isdir(path):
        artifact.add_dir(path)
    elif "://" in path:
        artifact.add_reference(path)
    else:
        raise ValueError(f"path must be a file, directory or externalreference like s3://bucket/path, not {path!r}")
    return artifact


def _must_have_type(run: Run, artifact: Artifact) -> None:
    """A collection has artifacts of one type."""
    if run.offline:
        return
    known = run._transport.deliver(ArtifactRequest(run._path._replace(run_id=""), artifact.name)).artifact
    if known is not None and known.type != artifact.type:
        raise artifact.type_conflict(known.type)
