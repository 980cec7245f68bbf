"""Answers the requests for files of artifacts: under URLs of ours, and under those that clients make up themselves."""

from __future__ import annotations

from wandb_testkit.records import Refusal
from wandb_testkit.server.artifact_commits import store_manifest
from wandb_testkit.server.artifacts import check_pending
from wandb_testkit.server.context import Context
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.artifact_ids import visible_artifact
from wandb_testkit.server.urls import ARTIFACT_STORAGE
from wandb_testkit.wire.http import Request, Response, content_response


def upload_of_artifact(context: Context, request: Request, segments: dict[str, str]) -> Response:
    """Keep a file, a part of one or a manifest that is sent to a URL of ours; the answer to a part names its MD5."""
    kind, rest = _granted(context, "PUT", segments)
    artifacts = context.server.artifacts
    with context.server.lock:
        artifact = artifacts.find(int(segments["artifact"]))
        if artifact is None:
            raise Refused(Refusal(404, f"the artifact that {rest!r} belongs to was deleted"))
        check_pending(artifact)
        if kind == "part":
            upload_id, _, number = rest.partition("/")
            return Response(200, b"", {"ETag": artifacts.blobs.store_part(upload_id, int(number), request.body)})
        if kind == "manifest":
            store_manifest(artifacts, int(rest), request.body)
        else:
            artifacts.blobs.store(artifact.sequence.entity, rest.partition("/")[0], request.body, artifact.number)
    return Response(200)


def download_of_artifact(context: Context, request: Request, segments: dict[str, str]) -> Response:
    """Hand out a file or a manifest under a URL of ours."""
    kind, rest = _granted(context, "GET", segments)
    artifacts = context.server.artifacts
    if kind == "manifest":
        manifest = artifacts.manifest_of(int(rest))
        content = None if manifest is None else manifest.content
    else:
        blob = artifacts.blobs.find(segments["entity"], rest.partition("/")[0])
        content = None if blob is None else blob.content
    if content is None:
        raise Refused(Refusal(404, f"the {kind} {rest!r} was not uploaded"))
    return content_response(request, content)


def artifact_by_digest(context: Context, request: Request, segments: dict[str, str]) -> Response:
    """Lead a client that has no URL for a file of an artifact to one (protocol.md 2)."""
    hex_md5, name = segments["digest"], segments.get("file", "file")
    with context.server.lock:
        entity = _owner(context, segments)
        blob = None if entity is None else context.server.artifacts.blobs.find(entity, hex_md5)
    if entity is None or blob is None:
        raise Refused(Refusal(404, f"no artifact of {segments['entity']!r} has a file with MD5 {hex_md5!r}"))
    url = context.url("GET", (entity, str(blob.birth)), f"file/{hex_md5}/{name}", ARTIFACT_STORAGE)
    return Response(302, b"", {"Location": url})


def _owner(context: Context, segments: dict[str, str]) -> str | None:
    """The entity that has the file: the one in the URL, or that of the version, which may be linked from elsewhere."""
    for key in ("artifact", "birth"):
        artifact = visible_artifact(context, segments[key]) if segments.get(key) else None
        if artifact is not None and segments["digest"] in {entry.hex_md5 for entry in artifact.entries.values()}:
            return artifact.sequence.entity
    return segments["entity"] if context.may_see(segments["entity"]) else None


def _granted(context: Context, verb: str, segments: dict[str, str]) -> tuple[str, str]:
    """What a URL of ours is about, if it allows it: the kind of the thing, and which one."""
    where, what = (segments["entity"], segments["artifact"]), segments["what"]
    context.account_of_url(verb, where, what, ARTIFACT_STORAGE)
    kind, _, rest = what.partition("/")
    return kind, rest
