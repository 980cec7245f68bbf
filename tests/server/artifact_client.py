"""A client that logs artifacts by hand: the same steps as real ones (protocol.md 8.1), each of which can go wrong."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

from tests.server.conftest import HandClient
from wandb_testkit.wire.http import Response

CREATE = """mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) {
    artifact { id state digest versionIndex artifactSequence { id latestArtifact { id versionIndex } } }
  }
}"""

MANIFEST = """mutation CreateArtifactManifest($artifactID: ID!, $base: ID, $digest: String!,
    $type: ArtifactManifestType, $name: String!, $upload: Boolean!) {
  createArtifactManifest(input: {artifactID: $artifactID, baseArtifactID: $base, digest: $digest, type: $type,
      name: $name, entityName: "", projectName: "p", runName: "r"}) {
    artifactManifest { id file { id uploadUrl @include(if: $upload) uploadHeaders @include(if: $upload) } }
  }
}"""

FILES = """mutation CreateArtifactFiles($files: [CreateArtifactFileSpecInput!]!) {
  createArtifactFiles(input: {artifactFiles: $files, storageLayout: V2}) {
    files { edges { node { name storagePath uploadUrl uploadHeaders artifact { id }
      uploadMultipartUrls { uploadID uploadUrlParts { partNumber uploadUrl } } } } }
  }
}"""

COMMIT = (
    "mutation CommitArtifact($id: ID!) { commitArtifact(input: {artifactID: $id}) { artifact { id digest state } } }"
)

BY_NAME = """query ArtifactByName($name: String!, $project: String = "p") {
  project(name: $project) {
    artifact(name: $name) {
      id digest state size fileCount versionIndex description metadata ttlDurationSeconds ttlIsInherited
      tags { name } aliases { alias artifactCollectionName } artifactType { name } artifactSequence { name }
      createdBy { __typename ... on Run { name } } usedBy { edges { node { name } } }
      currentManifest { file { directUrl } } files { totalCount edges { node { name directUrl md5 } } }
    }
  }
}"""


def b64_md5(content: bytes) -> str:
    """MD5 in base64, as manifests have it."""
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def manifest_digest(contents: dict[str, Any]) -> str:
    """The digest of a manifest, as real clients compute it."""
    lines = "".join(f"{path}:{contents[path]['digest']}\n" for path in sorted(contents))
    return hashlib.md5(b"wandb-artifact-manifest-v1\n" + lines.encode()).hexdigest()


def entries_of(files: dict[str, bytes]) -> dict[str, Any]:
    """What a manifest says of files."""
    return {path: {"digest": b64_md5(content), "size": len(content)} for path, content in files.items()}


def manifest_of(contents: dict[str, Any]) -> bytes:
    """A manifest as a client writes it."""
    policy = {"storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": {"storageLayout": "V2"}}
    return json.dumps({"version": 1, **policy, "contents": contents}).encode()


class ArtifactClient:
    """Logs artifacts of run "r" in project "p", step by step; a step that is refused fails the test."""

    def __init__(self, client: HandClient) -> None:
        self.client = client

    def create(self, name: str, digest: str, **more: Any) -> Any:
        given = {
            "entityName": self.client.world.server.accounts.default.entity,
            "projectName": "p",
            "runName": "r",
            "artifactTypeName": "model",
            "artifactCollectionName": name,
            "digest": digest,
            **more,
        }
        return self.client.data(CREATE, input=given)["createArtifact"]["artifact"]

    def put(self, url: str, content: bytes) -> Response:
        parts = urlsplit(url)
        return self.client.send("PUT", f"{parts.path}?{parts.query}", content)

    def get(self, url: str) -> Response:
        parts = urlsplit(url)
        return self.client.send("GET", f"{parts.path}?{parts.query}")

    def rooms(self, artifact: str, specs: list[dict[str, Any]]) -> list[Any]:
        answer = self.client.data(FILES, files=[{"artifactID": artifact, **spec} for spec in specs])
        return [edge["node"] for edge in answer["createArtifactFiles"]["files"]["edges"]]

    def upload(self, artifact: str, files: dict[str, bytes]) -> None:
        specs = [{"name": path, "md5": b64_md5(content)} for path, content in files.items()]
        for node, content in zip(self.rooms(artifact, specs), files.values(), strict=True):
            if node["uploadUrl"] is not None:
                assert self.put(node["uploadUrl"], content).status == 200

    def manifest(self, artifact: str, content: bytes, *, type: str = "FULL", base: str | None = None) -> Response:
        given = {"artifactID": artifact, "digest": b64_md5(content), "type": type, "base": base, "upload": True}
        made = self.client.data(MANIFEST, name="wandb_manifest.json", **given)["createArtifactManifest"]
        return self.put(made["artifactManifest"]["file"]["uploadUrl"], content)

    def commit(self, artifact: str) -> Response:
        return self.client.ask(COMMIT, id=artifact)

    def log(self, name: str, files: dict[str, bytes], **more: Any) -> str:
        """Log one version, and give its id."""
        contents = entries_of(files)
        made = self.create(name, manifest_digest(contents), **more)
        if made["state"] == "PENDING":
            self.upload(made["id"], files)
            assert self.manifest(made["id"], manifest_of(contents)).status == 200
            assert self.commit(made["id"]).status == 200
        return str(made["id"])

    def find(self, name: str, **more: Any) -> Any:
        return self.client.data(BY_NAME, name=name, **more)["project"]["artifact"]
