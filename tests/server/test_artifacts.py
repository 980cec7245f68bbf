"""Artifacts over HTTP, step by step: how a version comes into being, is found, used and fetched (protocol.md 8)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.server.artifact_client import (
    MANIFEST,
    ArtifactClient,
    b64_md5,
    entries_of,
    manifest_digest,
    manifest_of,
)
from tests.server.conftest import HandClient, message_of
from wandb_testkit.artifact_view import Artifacts, ArtifactView
from wandb_testkit.world import World

USE = """mutation UseArtifact($id: ID!, $run: String!) {
  useArtifact(input: {entityName: "testkit-user", projectName: "p", runName: $run, artifactID: $id}) { artifact { id } }
}"""


@pytest.fixture
def artifacts(client: HandClient) -> ArtifactClient:
    client.start("r")
    return ArtifactClient(client)


def test_a_version_becomes_a_plain_value_of_the_run(world: World, artifacts: ArtifactClient) -> None:
    aliases = [{"artifactCollectionName": "model", "alias": "best"}]
    artifacts.log("model", {"a.txt": b"1", "d/b": b""}, aliases=aliases, metadata='{"depth": 3}', description="mine")

    digest = manifest_digest(entries_of({"a.txt": b"1", "d/b": b""}))
    view = ArtifactView(
        name="model",
        version="v0",
        type="model",
        aliases=("best", "latest"),
        description="mine",
        metadata={"depth": 3},
        digest=digest,
        size=1,
        files={"a.txt": b"1", "d/b": b""},
        references={},
        logged=True,
    )
    assert world.run.artifacts == {"model": view}
    assert artifacts.find("model:best")["digest"] == digest


def test_a_run_without_artifacts_has_an_empty_mapping(world: World, client: HandClient) -> None:
    client.start("r")

    assert world.run.artifacts == {}


def test_the_same_content_is_the_same_version_and_takes_the_aliases(artifacts: ArtifactClient) -> None:
    first = artifacts.log("model", {"a": b"1"})
    second = artifacts.log("model", {"a": b"2"})

    again = artifacts.create(
        "model",
        manifest_digest(entries_of({"a": b"1"})),
        aliases=[{"artifactCollectionName": "model", "alias": "latest"}],
        enableDigestDeduplication=True,
    )

    assert (again["id"], again["state"], again["versionIndex"]) == (first, "COMMITTED", 0)
    assert artifacts.find("model:latest")["id"] == first
    assert artifacts.find("model:v1")["id"] == second


def test_who_asks_for_no_deduplication_gets_a_version_of_its_own(artifacts: ArtifactClient) -> None:
    artifacts.log("model", {"a": b"1"})

    artifacts.log("model", {"a": b"1"}, enableDigestDeduplication=False)

    assert artifacts.find("model:latest")["versionIndex"] == 1


def test_a_content_that_is_stored_is_not_uploaded_again(artifacts: ArtifactClient) -> None:
    first = artifacts.log("model", {"a": b"1"})
    other = artifacts.create("other", "0" * 32)

    (node,) = artifacts.rooms(other["id"], [{"name": "b", "md5": b64_md5(b"1")}])

    assert (node["uploadUrl"], node["artifact"]) == (None, {"id": first})


def test_a_pending_version_is_found_by_nobody_and_is_not_the_latest(artifacts: ArtifactClient) -> None:
    made = artifacts.create("model", "0" * 32)

    assert made["state"] == "PENDING"
    assert made["artifactSequence"]["latestArtifact"] is None
    assert artifacts.find("model:latest") is None
    assert artifacts.find("model:v0") is None


def test_an_alias_belongs_to_one_version_and_the_newest_is_latest(artifacts: ArtifactClient) -> None:
    best = [{"artifactCollectionName": "model", "alias": "best"}]
    artifacts.log("model", {"a": b"1"}, aliases=best)

    artifacts.log("model", {"a": b"2"}, aliases=best)

    assert [alias["alias"] for alias in artifacts.find("model:v0")["aliases"]] == ["v0"]
    assert [alias["alias"] for alias in artifacts.find("model:v1")["aliases"]] == ["best", "latest", "v1"]
    assert artifacts.find("model")["versionIndex"] == 1
    assert artifacts.find(manifest_digest(entries_of({"a": b"1"})))["versionIndex"] == 0


def test_files_and_manifest_are_fetched_under_signed_urls(artifacts: ArtifactClient) -> None:
    artifacts.log("model", {"a b/c.txt": b"1"})
    found = artifacts.find("model:v0")

    (edge,) = found["files"]["edges"]
    manifest = artifacts.get(found["currentManifest"]["file"]["directUrl"])

    assert artifacts.get(edge["node"]["directUrl"]).body == b"1"
    assert json.loads(manifest.body)["contents"] == entries_of({"a b/c.txt": b"1"})
    assert (edge["node"]["name"], edge["node"]["md5"]) == ("a b/c.txt", b64_md5(b"1"))
    assert artifacts.get(edge["node"]["directUrl"][:-1] + "x").status == 403


@pytest.mark.parametrize(
    "route",
    [
        "/artifacts/{entity}/{digest}",
        "/artifactsV2/default/{entity}/{artifact}/{digest}",
        "/artifactsV2/default/{entity}//{digest}",
        "/artifactsV2/default/{entity}/p/model/{artifact}/{digest}/a.txt",
        "/artifactsV2/default/{entity}/p/model/{artifact}/{artifact}/{digest}/a.txt",
    ],
)
def test_a_file_is_found_by_its_digest_on_every_route_of_the_clients(artifacts: ArtifactClient, route: str) -> None:
    made = artifacts.log("model", {"a.txt": b"1"})
    entity = artifacts.client.world.server.accounts.default.entity

    path = route.format(entity=entity, digest=hashlib.md5(b"1").hexdigest(), artifact=made)
    answer = artifacts.client.send("GET", path)

    assert answer.status == 302
    assert artifacts.get(answer.headers["Location"]).body == b"1"
    missing = artifacts.client.send("GET", path.replace(hashlib.md5(b"1").hexdigest(), "0" * 32))
    assert missing.status == 404


def test_a_file_in_parts_is_put_together(world: World, artifacts: ArtifactClient) -> None:
    parts, whole = [b"abc", b"def", b"g"], b"abcdefg"
    made = artifacts.create("model", manifest_digest(entries_of({"big": whole})))
    told = [{"partNumber": n, "hexMD5": hashlib.md5(part).hexdigest()} for n, part in enumerate(parts, 1)]
    (node,) = artifacts.rooms(made["id"], [{"name": "big", "md5": b64_md5(whole), "uploadPartsInput": told}])
    upload = node["uploadMultipartUrls"]

    wrong = artifacts.put(upload["uploadUrlParts"][0]["uploadUrl"], b"xyz")
    tags = [
        artifacts.put(room["uploadUrl"], part).headers["ETag"]
        for room, part in zip(upload["uploadUrlParts"], parts, strict=True)
    ]
    complete = """mutation Complete($id: ID!, $path: String!, $upload: String!, $parts: [UploadPartsInput!]!) {
      completeMultipartUploadArtifact(input: {completeMultipartAction: Complete, artifactID: $id, storagePath: $path,
          uploadID: $upload, completedParts: $parts}) { digest } }"""
    given = {"id": made["id"], "path": node["storagePath"], "upload": upload["uploadID"]}
    early = artifacts.client.ask(complete, **given, parts=told[:2])
    done = artifacts.client.data(complete, **given, parts=told)
    again = artifacts.client.data(complete, **given, parts=told)  # the answer to the first got lost

    assert again == done
    assert [upload.parts for upload in world.server.artifacts.blobs._uploads.values()] == [{}]
    assert (wrong.status, early.status) == (400, 400)
    assert tags == [one["hexMD5"] for one in told]
    assert done["completeMultipartUploadArtifact"]["digest"] == b64_md5(whole)
    artifacts.manifest(made["id"], manifest_of(entries_of({"big": whole})))
    assert artifacts.commit(made["id"]).status == 200
    assert world.run.artifacts["model"].files == {"big": whole}


def test_references_need_no_upload(world: World, artifacts: ArtifactClient) -> None:
    contents = {"far": {"digest": "an etag", "ref": "s3://bucket/key", "size": 7, "extra": {"versionID": "x"}}}
    made = artifacts.create("links", manifest_digest(contents))

    artifacts.manifest(made["id"], manifest_of(contents))
    artifacts.commit(made["id"])

    view = world.run.artifacts["links"]
    assert (view.references, view.files, view.size) == ({"far": "s3://bucket/key"}, {}, 7)


def test_a_commit_that_is_repeated_does_nothing_more(artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"})

    again = artifacts.commit(made)

    assert again.status == 200
    assert artifacts.find("model:latest")["versionIndex"] == 0


def test_a_create_that_is_repeated_with_its_client_id_is_one_version(artifacts: ArtifactClient) -> None:
    ids = {"clientID": "c" * 128, "sequenceClientID": "s" * 128}

    first, again = (artifacts.create("model", "0" * 32, **ids) for _ in range(2))

    mapped = artifacts.client.data(
        "query ClientIDMapping($id: ID!) { clientIDMapping(clientID: $id) { serverID } }", id="c" * 128
    )
    assert first["id"] == again["id"] == mapped["clientIDMapping"]["serverID"]
    assert artifacts.client.data('{clientIDMapping(clientID: "other") {serverID}}') == {"clientIDMapping": None}


def test_parts_of_several_writers_are_one_version(world: World, artifacts: ArtifactClient) -> None:
    for path, content in (("a", b"1"), ("b", b"2")):
        made = artifacts.create("shared", manifest_digest(entries_of({path: content})), distributedID="together")
        artifacts.upload(made["id"], {path: content})
        artifacts.manifest(made["id"], manifest_of(entries_of({path: content})), type="PATCH")
    artifacts.commit(made["id"])

    view = world.run.artifacts["shared"]
    assert (view.version, view.files) == ("v0", {"a": b"1", "b": b"2"})
    assert view.digest == manifest_digest(entries_of(view.files))
    manifest = artifacts.get(artifacts.find("shared:v0")["currentManifest"]["file"]["directUrl"])
    assert json.loads(manifest.body)["contents"] == entries_of(view.files)


def test_an_incremental_version_is_laid_over_the_one_below(world: World, artifacts: ArtifactClient) -> None:
    base = artifacts.log("grown", {"a": b"1", "b": b"2"})
    changed = {"b": b"3", "c": b"4"}
    made = artifacts.create("grown", manifest_digest(entries_of(changed)))
    artifacts.upload(made["id"], changed)

    artifacts.manifest(made["id"], manifest_of(entries_of(changed)), type="INCREMENTAL", base=base)
    artifacts.commit(made["id"])

    view = world.run.artifacts["grown:v1"]
    assert view.files == {"a": b"1", "b": b"3", "c": b"4"}


def test_a_use_is_seen_from_both_sides(world: World, artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"})
    artifacts.client.start("other")

    artifacts.client.data(USE, id=made, run="other")
    artifacts.client.data(USE, id=made, run="r")

    first, other = world.runs
    assert (first.artifacts["model"].logged, first.artifacts["model"].used) == (True, True)
    assert (other.artifacts["model"].logged, other.artifacts["model"].used) == (False, True)
    found = artifacts.find("model:v0")
    assert found["createdBy"] == {"__typename": "Run", "name": "r"}
    assert [edge["node"]["name"] for edge in found["usedBy"]["edges"]] == ["r", "other"]
    lists = '{project(name: "p") {run(name: "other") {inputArtifacts {totalCount} outputArtifacts {totalCount}}}}'
    run = artifacts.client.data(lists)["project"]["run"]
    assert run == {"inputArtifacts": {"totalCount": 1}, "outputArtifacts": {"totalCount": 0}}


def test_an_artifact_of_another_project_is_named_in_full(world: World, artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"}, projectName="q", runName=None)

    artifacts.client.data(USE, id=made, run="r")

    assert list(world.run.artifacts) == ["testkit-user/q/model"]
    assert artifacts.find("model:v0", project="q")["createdBy"]["__typename"] == "User"


def test_deleting_a_run_with_its_artifacts_deletes_what_it_logged(artifacts: ArtifactClient) -> None:
    artifacts.log("model", {"a": b"1"})
    run = artifacts.client.start("r")["bucket"]["id"]

    artifacts.client.data(
        "mutation DeleteRun($id: ID!) {deleteRun(input: {id: $id, deleteArtifacts: true}) {success}}", id=run
    )

    assert artifacts.find("model:v0") is None


def test_artifacts_of_a_run_are_found_by_name_version_and_alias() -> None:
    def view(version: str, *aliases: str) -> ArtifactView:
        return ArtifactView("model", version, "model", aliases, None, {}, "", 0, {}, {})

    artifacts = Artifacts({"model": [view("v0", "best"), view("v1")]})

    assert (list(artifacts), len(artifacts)) == (["model"], 1)
    assert (artifacts["model"], artifacts["model:best"]) == (view("v1"), view("v0", "best"))
    assert artifacts.versions("model") == [view("v0", "best"), view("v1")]
    assert artifacts.versions("other") == []
    with pytest.raises(KeyError, match=r"artifact 'model:v7': the run has 'model:v0', 'model:v1'"):
        artifacts["model:v7"]
    with pytest.raises(KeyError, match="the run has none"):
        Artifacts({})["model"]


# ---------------------------------------------------------------- by the hands of a test


def test_a_test_puts_a_version_on_the_server(world: World, artifacts: ArtifactClient) -> None:
    files, references = {"a": b"1"}, {"far": "s3://bucket/key"}
    given: dict[str, Any] = {"type": "model", "project": "p", "aliases": ["best"], "metadata": {"depth": 3}}

    view = world.server.add_artifact("model", files, references=references, run_id="r", **given)
    again = world.server.add_artifact("model", files, references=references, type="model", project="p")

    assert world.run.artifacts == {"model": view}
    assert (view.version, view.aliases, view.files, view.references) == ("v0", ("best", "latest"), files, references)
    assert (view.metadata, view.size, view.logged) == ({"depth": 3}, 1, True)
    assert again.version == "v0"
    found = artifacts.find("model:best")
    assert artifacts.get(found["files"]["edges"][0]["node"]["directUrl"]).body == b"1"


def test_what_a_test_cannot_put_there_is_a_value_error(world: World, artifacts: ArtifactClient) -> None:
    world.server.add_artifact("model", {"a": b"1"}, type="model", project="p")

    with pytest.raises(ValueError, match="has type 'model'"):
        world.server.add_artifact("model", {"a": b"2"}, type="dataset", project="p")
    with pytest.raises(ValueError, match=r"path '\.\./a' in the manifest"):
        world.server.add_artifact("other", {"../a": b"2"}, type="model", project="p")
    with pytest.raises(LookupError, match="run testkit-user/p/nobody does not exist"):
        world.server.add_artifact("other", {"a": b"2"}, type="model", project="p", run_id="nobody")


# ---------------------------------------------------------------- what is refused


def refusal(artifacts: ArtifactClient, name: str = "model", **more: Any) -> tuple[int, str]:
    """How a create is refused."""
    document = "mutation Create($input: CreateArtifactInput!) {createArtifact(input: $input) {artifact {id}}}"
    given = {"entityName": "testkit-user", "projectName": "p", "artifactTypeName": "model", "digest": "0" * 32}
    answer = artifacts.client.ask(document, input={**given, "artifactCollectionName": name, **more})
    return answer.status, message_of(answer)


def test_what_cannot_be_logged_is_refused_by_name(artifacts: ArtifactClient) -> None:
    artifacts.log("model", {"a": b"1"})

    def alias(text: str, name: str = "model") -> list[dict[str, str]]:
        return [{"artifactCollectionName": name, "alias": text}]

    refusals = {
        "type": refusal(artifacts, artifactTypeName="dataset"),
        "name": refusal(artifacts, "a/b"),
        "run": refusal(artifacts, runName="nobody"),
        "version as alias": refusal(artifacts, aliases=alias("v3")),
        "alias": refusal(artifacts, aliases=alias("a/b")),
        "other": refusal(artifacts, aliases=alias("a", "other")),
        "tag": refusal(artifacts, tags=[{"tagName": "a;b"}]),
        "registry": refusal(artifacts, projectName="wandb-registry-model"),
        "metadata": refusal(artifacts, metadata="[1]"),
        "ttl": refusal(artifacts, ttlDurationSeconds=0.5),
    }

    assert {name: status for name, (status, _) in refusals.items()} == {**dict.fromkeys(refusals, 400), "run": 404}
    assert "has type 'model'; it cannot be logged as 'dataset'" in refusals["type"][1]
    assert "log to a project, and link what was logged to a registry" in refusals["registry"][1]
    assert "has the form of a version" in refusals["version as alias"][1]


def test_a_content_with_another_md5_is_refused(artifacts: ArtifactClient) -> None:
    made = artifacts.create("model", "0" * 32)
    (node,) = artifacts.rooms(made["id"], [{"name": "a", "md5": b64_md5(b"1")}])

    answer = artifacts.put(node["uploadUrl"], b"2")

    assert node["uploadHeaders"] == [f"Content-MD5:{b64_md5(b'1')}"]
    assert answer.status == 400
    assert message_of(answer) == (
        f"the file has MD5 {b64_md5(b'2')}, and {b64_md5(b'1')} was announced; upload it again"
    )


def test_a_commit_without_manifest_or_files_is_refused(artifacts: ArtifactClient) -> None:
    contents = entries_of({"a": b"1", "b": b"2"})
    made = artifacts.create("model", manifest_digest(contents))

    bare = artifacts.commit(made["id"])
    artifacts.upload(made["id"], {"a": b"1"})
    artifacts.manifest(made["id"], manifest_of(contents))
    half = artifacts.commit(made["id"])
    wrong = artifacts.create("wrong", "0" * 32)
    artifacts.manifest(wrong["id"], manifest_of({}))
    other = artifacts.commit(wrong["id"])

    assert (bare.status, half.status, other.status) == (400, 400, 400)
    assert "has no manifest yet" in message_of(bare)
    assert message_of(half) == "artifact testkit-user/p/model lacks files that were not uploaded: 'b'"
    assert "announced was 00000000000000000000000000000000" in message_of(other)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"[" * 5000,
        b'{"version": 2, "contents": {}}',
        b'{"version": 1}',
        manifest_of({"../a": {"digest": b64_md5(b"1")}}),
        manifest_of({"a/../../b": {"digest": b64_md5(b"1")}}),
        manifest_of({"/etc/passwd": {"digest": b64_md5(b"1")}}),
        manifest_of({"a\\b": {"digest": b64_md5(b"1")}}),
        manifest_of({"": {"digest": b64_md5(b"1")}}),
        manifest_of({"a": {"digest": "short"}}),
        manifest_of({"a": {"digest": 7}}),
        manifest_of({"a": "entry"}),
        manifest_of({"a": {"digest": "x", "ref": 7}}),
        manifest_of({"a": {"digest": b64_md5(b"1"), "size": -1}}),
        manifest_of({"a": {"digest": b64_md5(b"1"), "size": 1e400}}),
    ],
)
def test_a_manifest_that_cannot_be_is_refused(artifacts: ArtifactClient, content: bytes) -> None:
    made = artifacts.create("model", "0" * 32)

    assert artifacts.manifest(made["id"], content).status == 400


def test_a_manifest_with_too_many_entries_is_refused(
    artifacts: ArtifactClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wandb_testkit.server.artifact_manifests.MAX_ENTRIES", 2)
    made = artifacts.create("model", "0" * 32)

    answer = artifacts.manifest(made["id"], manifest_of(entries_of({"a": b"", "b": b"", "c": b""})))

    assert (answer.status, message_of(answer)) == (413, "the manifest has 3 entries; 2 is the most there can be")


@pytest.mark.parametrize("name", ["../a", "a/../b", "/a", "", "a\\b", "a\0b"])
def test_no_room_is_made_for_a_file_outside_of_the_artifact(artifacts: ArtifactClient, name: str) -> None:
    made = artifacts.create("model", "0" * 32)

    document = """mutation Files($files: [CreateArtifactFileSpecInput!]!) {
      createArtifactFiles(input: {artifactFiles: $files}) {files {edges {node {uploadUrl}}}}}"""
    answer = artifacts.client.ask(document, files=[{"artifactID": made["id"], "name": name, "md5": b64_md5(b"")}])

    assert answer.status == 400
    assert "below the artifact" in message_of(answer)


def test_what_is_committed_cannot_be_changed(artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"})

    given = {"artifactID": made, "digest": "", "name": "wandb_manifest.json", "upload": False}
    answer = artifacts.client.ask(MANIFEST, **given)

    assert answer.status == 400
    assert "version v0 of testkit-user/p/model is committed" in message_of(answer)


def test_strangers_neither_see_nor_change_artifacts(world: World, artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"})
    stranger = ArtifactClient(HandClient(world))
    stranger.client.api_key = world.server.add_user("stranger").api_key

    assert stranger.client.data("query A($id: ID!) {artifact(id: $id) {id}}", id=made) == {"artifact": None}
    assert refusal(stranger)[0] == 403
    for document in (
        "mutation M($id: ID!) {deleteArtifact(input: {artifactID: $id, deleteAliases: true}) {artifact {id}}}",
        'mutation M($id: ID!) {updateArtifact(input: {artifactID: $id, description: "x"}) {artifact {id}}}',
        "mutation M($id: ID!) {commitArtifact(input: {artifactID: $id}) {artifact {id}}}",
        'mutation M($id: ID!) {linkArtifact(input: {artifactID: $id, artifactPortfolioName: "x"}) {versionIndex}}',
    ):
        assert stranger.client.ask(document, id=made).status == 404
    digest = hashlib.md5(b"1").hexdigest()
    assert stranger.client.send("GET", f"/artifacts/testkit-user/{digest}").status == 404
    assert artifacts.find("model:v0")["description"] is None


@pytest.mark.parametrize("given", ["", "x", "QXJ0aWZhY3Q6MQ==", "WyJBcnRpZmFjdCIsICI5OTkiXQ==", "\ud800"])
def test_an_id_that_is_none_is_an_answer_and_no_mistake(artifacts: ArtifactClient, given: str) -> None:
    answer = artifacts.client.ask("query A($id: ID!) {artifact(id: $id) {id}}", id=given)

    assert answer.status in (200, 404)
    assert b'"id"' not in answer.body
