"""What a test may choose of a server: features, length of history, limits, messages (protocol.md 3.5, 6.1)."""

from __future__ import annotations

import base64
import json

import pytest

from tests.server.conftest import UPSERT, HandClient, message_of
from wandb_testkit.records import FilesRecord, RunPath, RunRecord, ViewerRequest
from wandb_testkit.server.features import FEATURES
from wandb_testkit.wire.http import KEY_HEADER, Request
from wandb_testkit.world import World

ASK_FEATURES = "query ServerFeaturesQuery { serverInfo { features { name isEnabled } } }"


def told(client: HandClient) -> set[str]:
    return {feature["name"] for feature in client.data(ASK_FEATURES)["serverInfo"]["features"]}


def test_all_features_none_or_some_can_be_on(world: World, client: HandClient) -> None:
    seen = [told(client)]
    for wanted in ("none", {"FILESTREAM_GZIP"}, "all"):
        world.server.features = wanted
        seen.append(told(client))

    assert seen == [set(FEATURES), set(), {"FILESTREAM_GZIP"}, set(FEATURES)]


def test_features_that_the_fake_does_not_have_are_refused_with_the_list(world: World) -> None:
    with pytest.raises(ValueError, match=r"\['AUTOMATION_X'\] are not part of the fake; it has \[.*FILESTREAM_GZIP"):
        world.server.features = {"AUTOMATION_X", "FILESTREAM_GZIP"}
    with pytest.raises(ValueError, match='should be "all", "none", or a set of names'):
        world.server.features = "FILESTREAM_GZIP"

    assert world.server.features == FEATURES


@pytest.mark.parametrize(("reports", "lines"), [(True, 2), (False, 0)])
def test_the_length_of_history_is_told_or_not_through_both_doors(
    world: World, client: HandClient, reports: bool, lines: int
) -> None:
    """RESUME-1"""
    world.server.add_run("r", project="p", rows=[{"a": 1}, {"a": 2}])
    world.server.reports_history_length = reports

    by_request = client.start("r")["bucket"]["historyLineCount"]
    by_record = world.server.apply(
        RunRecord(RunPath("testkit-user", "p", "r"), starts=True, config={}), api_key=world.api_key
    ).run

    assert by_record is not None
    assert (by_request, by_record.history_lines) == (lines, lines)


def test_too_many_requests_are_told_when_to_come_back(world: World, client: HandClient) -> None:
    world.server.limits(requests=2, per_s=30)

    answers = [client.ask("{ viewer { username } }") for _ in range(3)]
    world.server.limits()

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30
    assert message_of(answers[2]).startswith("rate limit exceeded: 2 requests in 30 s; try again in ")
    assert client.ask("{ viewer { username } }").status == 200


def test_a_request_that_a_limit_refused_passes_when_it_comes_again_in_time(world: World) -> None:
    world.server.limits(requests=1, per_s=30)
    body = json.dumps({"query": "{ viewer { username } }"}).encode()
    login = base64.b64encode(f"api:{world.api_key}".encode()).decode()

    def status(key: str) -> int:
        headers = {"authorization": f"Basic {login}", "content-type": "application/json", KEY_HEADER.lower(): key}
        return world.server.handle(Request("POST", "/graphql", "", headers, body)).status

    refused = [status(key) for key in ("first", "second", "second")]
    known = world.server.repeats.find("second")
    world.server.limits()

    assert refused == [200, 429, 429]
    assert known is not None
    assert known.on_purpose
    assert [status(key) for key in ("first", "second")] == [200, 200]


def test_too_many_records_are_refused_too(world: World) -> None:
    world.server.limits(requests=1, per_s=30)

    refusals = [world.server.apply(ViewerRequest(), api_key=world.api_key).refusal for _ in range(2)]

    assert refusals[0] is None
    assert refusals[1] is not None
    assert (refusals[1].status, refusals[1].on_purpose) == (429, True)


def test_a_body_that_is_too_large_is_refused(world: World, client: HandClient) -> None:
    world.server.limits(body_bytes=1000)

    answers = [client.ask(UPSERT, name="r", project="p", notes="n" * length) for length in (1, 1000)]

    assert [answer.status for answer in answers] == [200, 413]
    assert "request too large: " in message_of(answers[1])


def test_files_have_no_room_once_the_storage_is_full(world: World, client: HandClient) -> None:
    client.start("r")
    path = RunPath("testkit-user", "p", "r")
    world.server.limits(storage_bytes=10)
    document = """
        mutation M { createRunFiles(input: {entityName: "testkit-user", projectName: "p", runName: "r", files: ["b"]}) {
          files { uploadUrl } } }
    """
    url = client.data(document)["createRunFiles"]["files"][0]["uploadUrl"].removeprefix("http://here")

    stored = world.server.apply(FilesRecord(path, {"a": b"12345678"}), api_key=world.api_key).refusal
    replaced = world.server.apply(FilesRecord(path, {"a": b"1234567890"}), api_key=world.api_key).refusal
    by_record = world.server.apply(FilesRecord(path, {"b": b"1"}), api_key=world.api_key).refusal
    by_request = client.send("PUT", url, b"1")

    said = "storage limit exceeded: entity 'testkit-user' has 10 of 10 bytes, and no room for 1 more"
    assert (stored, replaced) == (None, None)
    assert by_record is not None
    assert (by_record.status, by_record.message) == (403, said)
    assert (by_request.status, message_of(by_request)) == (403, said)


@pytest.mark.parametrize(("name", "value"), [("requests", 0), ("per_s", 0), ("body_bytes", -1), ("storage_bytes", "1")])
def test_a_limit_is_a_number_above_0(world: World, name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"limits\({name}={value!r}\): a limit is a number above 0"):
        world.server.limits(**{name: value})  # type: ignore[arg-type]


def test_messages_come_with_a_start(world: World, client: HandClient) -> None:
    world.server.add_message("90 % of your storage is used", level="warning")
    document = UPSERT.replace("inserted", "serverSettings { serverMessages { plainText messageType messageLevel } }")

    answer = client.data(document, name="r", project="p", config=json.dumps({}))

    assert answer["upsertBucket"]["serverSettings"]["serverMessages"] == [
        {"plainText": "90 % of your storage is used", "messageType": "footer", "messageLevel": "30"}
    ]
    with pytest.raises(ValueError, match="should be one of"):
        world.server.add_message("x", level="loud")
