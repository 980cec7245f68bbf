"""Owns how a version of an artifact is said in wandb's own messages, and heard from them.

A log names the files of a version by where they are on the disk; real clients keep them in a place of their own.
Source: logs of wandb 0.15.12 and 0.31.0; their descriptors.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit.artifact_records import ArtifactRecord
from wandb_testkit.wire.http import decode_json
from wandb_testkit.wire.json_text import json_text
from wandb_testkit.wire.said_parts import utf8

ALGORITHM = "MANIFEST_MD5"

_TEXTS = {
    "type": "type",
    "name": "name",
    "digest": "digest",
    "description": "description",
    "client_id": "client_id",
    "sequence_client_id": "sequence_client_id",
    "distributed_id": "distributed_id",
    "base_id": "base_id",
}
_FLAGS = {"is_last": "finalize", "is_used": "use_after_commit", "is_incremental": "incremental_beta1"}
_MAX_TTL_S = 2**63 - 1


def put_artifact(message: Any, record: ArtifactRecord) -> frozenset[str]:
    """Say a version; returns the names of the fields that were said exactly."""
    said = message.artifact
    said.run_id, said.entity, said.project = map(utf8, (record.path.run_id, record.path.entity, record.path.project))
    said.user_created, said.digest_algorithm = record.is_used, ALGORITHM  # what it uses, a run has not made
    for ours, theirs in _TEXTS.items():
        setattr(said, theirs, utf8(getattr(record, ours) or ""))
    for ours, theirs in _FLAGS.items():
        setattr(said, theirs, getattr(record, ours))
    for name in ("aliases", "tags"):
        getattr(said, name).extend(map(utf8, getattr(record, name)))
    said.metadata = json_text(dict(record.metadata)) if record.metadata else ""
    if record.ttl_s is not None:
        said.ttl_duration_seconds = max(-_MAX_TTL_S, min(_MAX_TTL_S, record.ttl_s))
    _put_manifest(said.manifest, record.manifest)
    heard = take_artifact(message)
    return frozenset(name for name, value in heard.items() if _is_same(getattr(record, name), value))


def take_artifact(message: Any) -> dict[str, Any]:
    """What a version says, by field of ArtifactRecord; its files are told by files_of()."""
    said = message.artifact
    heard: dict[str, Any] = {
        ours: getattr(said, theirs) for ours, theirs in _TEXTS.items() if getattr(said, theirs) or ours in _ALWAYS
    }
    heard.update({ours: getattr(said, theirs) for ours, theirs in _FLAGS.items()})
    heard.update(aliases=tuple(said.aliases), tags=tuple(said.tags), manifest=_take_manifest(said.manifest))
    heard["metadata"] = decode_json(said.metadata, "metadata") if said.metadata else {}
    if said.ttl_duration_seconds:
        heard["ttl_s"] = said.ttl_duration_seconds
    return heard


_ALWAYS = frozenset({"type", "name", "digest", "client_id", "sequence_client_id"})
"""Texts that a record always has; of the others "" means that there is none."""


def put_places(message: Any, place_of: Callable[[str], str]) -> None:
    """Say where the files of a version are."""
    for entry in message.artifact.manifest.contents:
        if not entry.ref:
            entry.local_path = utf8(place_of(entry.path))


def files_of(
    message: Any, content_at: Callable[[str], bytes | None], tell_missing: Callable[[str], None]
) -> dict[str, bytes]:
    """Path -> content of the files of a version, as far as what is in their places has the digest that it should.

    Args:
        content_at: Tells the content of a place, None where there is nothing.
        tell_missing: Is told of places whose content is gone or another one.
    """
    found = {}
    for entry in message.artifact.manifest.contents:
        if entry.ref:
            continue
        content = content_at(entry.local_path) if entry.local_path else None
        if content is None or _md5(content) != entry.digest:
            tell_missing(entry.local_path or entry.path)
        else:
            found[entry.path] = content
    return found


def _put_manifest(said: Any, manifest: Mapping[str, Any]) -> None:
    said.version = int(manifest.get("version", 1))
    said.storage_policy = utf8(str(manifest.get("storagePolicy", "")))
    for key, value in manifest.get("storagePolicyConfig", {}).items():
        said.storage_policy_config.add(key=utf8(key), value_json=json_text(value))
    for path, entry in manifest.get("contents", {}).items():
        one = said.contents.add(
            path=utf8(path),
            digest=utf8(entry.get("digest", "")),
            ref=utf8(entry.get("ref") or ""),
            birth_artifact_id=utf8(entry.get("birthArtifactID") or ""),
            size=entry.get("size") or 0,
        )
        for key, value in (entry.get("extra") or {}).items():
            one.extra.add(key=utf8(key), value_json=json_text(value))


def _take_manifest(said: Any) -> dict[str, Any]:
    contents = {}
    for entry in said.contents:
        one: dict[str, Any] = {"digest": entry.digest}
        if entry.ref:
            one["ref"] = entry.ref
        if entry.birth_artifact_id:
            one["birthArtifactID"] = entry.birth_artifact_id
        if entry.size or not entry.ref:
            one["size"] = entry.size
        if entry.extra:
            one["extra"] = {item.key: decode_json(item.value_json, "an entry") for item in entry.extra}
        contents[entry.path] = one
    config = {item.key: decode_json(item.value_json, "a storage policy") for item in said.storage_policy_config}
    return {
        "version": said.version,
        "storagePolicy": said.storage_policy,
        "storagePolicyConfig": config,
        "contents": contents,
    }


def _is_same(mine: Any, heard: Any) -> bool:
    return type(mine) is type(heard) and bool(mine == heard) and json_text(mine) == json_text(heard)


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
