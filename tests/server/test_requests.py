"""Routes, files and faults: what happens to a request as a whole."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.server.conftest import UPSERT, HandClient, message_of
from wandb_testkit.observation import Exchange
from wandb_testkit.world import World

CREATE_FILES = """mutation($files: [String!]!) {
    createRunFiles(input: {entityName: "testkit-user", projectName: "p", runName: "r", files: $files}) {
        runID uploadHeaders files {name uploadUrl}}}"""

FILES = """query($names: [String]) {project(name: "p") {run(name: "r") {fileCount
    files(names: $names) {edges {node {name directUrl url(upload: true) sizeBytes md5 mimetype}}}}}}"""


def upload(client: HandClient, name: str, content: bytes) -> int:
    (file,) = client.data(CREATE_FILES, files=[name])["createRunFiles"]["files"]
    return put(client, file["uploadUrl"], content)


def put(client: HandClient, url: str, content: bytes) -> int:
    parts = urlsplit(url)
    client.api_key = ""  # clients send no key with an upload
    status = client.send("PUT", f"{parts.path}?{parts.query}", content).status
    client.api_key = client.world.api_key
    return status


def test_a_route_that_is_not_modelled_is_refused_by_name_and_recorded(world: World, client: HandClient) -> None:
    response = client.send("GET", "/api/v2/nothing", user_agent="me")

    assert response.status == 501
    assert "GET /api/v2/nothing is not part of the fake. It knows:\n  POST /graphql" in message_of(response)
    assert world.recorder.exchanges == [Exchange("GET", "/api/v2/nothing", "", 501, "me")]
    assert [refused.refusal.status for refused in world.recorder.refusals] == [501]


def test_what_clients_tell_of_their_own_health_is_taken(client: HandClient) -> None:
    assert client.send("POST", "/sdk/otel/v1/metrics", b"\0").status == 200


def test_an_identity_token_is_exchanged_for_one_that_gives_access(world: World, client: HandClient) -> None:
    """A.4, protocol.md 7"""
    token = ".".join(("h" * 20, "p" * 20, "s" * 20))
    world.server.add_user("service", api_key=token)

    answer = client.send("POST", "/oidc/token", f"grant_type=x&assertion={token}".encode())
    access = json.loads(answer.body)["access_token"]
    viewer = client.send("POST", "/graphql", b'{"query": "{viewer {entity}}"}', authorization=f"Bearer {access}")

    assert (answer.status, json.loads(answer.body)["expires_in"]) == (200, 3600)
    assert json.loads(viewer.body) == {"data": {"viewer": {"entity": "service"}}}


@pytest.mark.parametrize("form", [b"", b"assertion=", b"assertion=short", b"\xff"])
def test_what_is_no_identity_token_gives_no_access(client: HandClient, form: bytes) -> None:
    """A.4, protocol.md 7"""
    assert client.send("POST", "/oidc/token", form).status == 401


def test_files_are_stored_and_fetched_at_the_urls_that_the_server_hands_out(world: World, client: HandClient) -> None:
    client.start("r")
    assert upload(client, "media/a b.txt", b"content") == 200

    run = client.data(FILES, names=[])["project"]["run"]
    node = run["files"]["edges"][0]["node"]
    where = urlsplit(node["directUrl"])
    fetched = client.send("GET", f"{where.path}?{where.query}")
    assert world.run.files == {"media/a b.txt": b"content"}
    assert (run["fileCount"], node["name"], node["sizeBytes"]) == (1, "media/a b.txt", 7)
    assert (fetched.status, fetched.body) == (200, b"content")
    assert (where.scheme, where.netloc) == ("http", "here")


def test_files_that_clients_write_of_their_own_accord_are_kept_apart(world: World, client: HandClient) -> None:
    client.start("r")

    upload(client, "wandb-metadata.json", b"{}")

    assert (world.run.files, world.run.client["files"]) == ({}, {"wandb-metadata.json": b"{}"})


def test_a_name_without_a_file_gets_a_url_to_upload_to(world: World, client: HandClient) -> None:
    client.start("r")

    (edge,) = client.data(FILES, names=["new.txt"])["project"]["run"]["files"]["edges"]

    assert put(client, edge["node"]["url"], b"new") == 200
    assert world.run.files == {"new.txt": b"new"}


def test_a_url_is_good_for_what_it_was_handed_out_for_alone(world: World, client: HandClient) -> None:
    client.start("r")
    (file,) = client.data(CREATE_FILES, files=["a.txt"])["createRunFiles"]["files"]
    where = urlsplit(file["uploadUrl"])

    assert client.send("GET", f"{where.path}?{where.query}").status == 403
    assert client.send("PUT", where.path.replace("a.txt", "b.txt") + f"?{where.query}", b"").status == 403
    assert client.send("PUT", where.path, b"").status == 403
    assert client.send("PUT", where.path + "?by=testkit-user&signature=%00%ff", b"").status == 403
    assert world.run.files == {}


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "", ".", "a//b", "a\\b", "a\0b"])
def test_a_name_that_leaves_the_files_of_the_run_is_refused(client: HandClient, name: str) -> None:
    client.start("r")

    assert client.ask(CREATE_FILES, files=[name]).status == 400


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410, 429, 500])
def test_a_fault_on_a_kind_of_request_is_its_status(world: World, client: HandClient, status: int) -> None:
    client.start("r")
    world.server.fail("file_stream", nth=2, reply=status, message="no")

    answers = [client.log("r", 0, 0), client.log("r", 1, 1), client.log("r", 1, 1)]

    assert [answer.status for answer in answers] == [200, status, 200]
    assert message_of(answers[1]) == "no"
    assert answers[1].headers["Retry-After"] == "0"
    assert world.run.history.steps("a") == [0, 1]


def test_a_fault_on_a_record_is_the_status_of_the_request_that_holds_it(world: World, client: HandClient) -> None:
    client.start("r")
    world.server.fail("summary", nth=1, reply=503)
    body = {
        "files": {
            "wandb-history.jsonl": {"offset": 0, "content": ['{"_step": 0, "a": 1}']},
            "wandb-summary.json": {"offset": 0, "content": ['{"a": 1}']},
        }
    }

    answers = [client.stream("r", body), client.stream("r", body)]

    assert [answer.status for answer in answers] == [503, 200]
    assert world.run.history == [{"_step": 0, "a": 1}]
    assert world.run.summary == {"a": 1}


def test_a_fault_on_a_run_refuses_the_upsert(world: World, client: HandClient) -> None:
    world.server.fail("run", reply=409)

    assert client.ask(UPSERT, name="r", project="p").status == 409
    assert world.runs == []


def test_a_fault_on_any_meets_each_request_once(world: World, client: HandClient) -> None:
    client.start("r")
    world.server.fail("any", nth=2, reply=0)

    assert [client.log("r", 0, 0).status, client.ask("{viewer {id}}").status] == [200, 0]
    assert client.ask("{viewer {id}}").status == 200


def test_keys_are_nowhere_in_what_is_recorded(world: World, client: HandClient) -> None:
    client.start("r")
    client.log("r", 0, 0)
    client.ask("{viewer {apiKeys {edges {node {name}}}}}")
    upload(client, "a.txt", b"")
    client.send("GET", "/nothing?key=" + world.api_key)

    told = json.dumps([world.recorder.exchanges, repr(world.recorder.records), repr(world.recorder.refusals)])
    assert world.api_key not in told
    assert "signature" not in told
