"""The twenty traps of protocol.md section 0, where a request by hand can show them; tests/clients has the others."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import STATUS, UPSERT, HandClient, message_of
from wandb_testkit.world import World

TESTS = Path(__file__).parents[1]

PROBE = """query {
    QueryType: __type(name: "Query") {...names} MutationType: __type(name: "Mutation") {...names}
    ServerInfoType: __type(name: "ServerInfo") {...names} Settings: __type(name: "ServerSettings") {...names}
    Launch: __type(name: "LaunchAgent") {...names}}
    fragment names on __Type {fields {name}}"""

EDIT = """mutation UpsertBucket($id: String, $notes: String) {upsertBucket(input: {id: $id, notes: $notes}) {
    bucket {id name state}}}"""

RUN = """query($specs: [JSONString!]!, $low: Int64, $high: Int64) {project(name: "p") {run(name: "r") {
    config summaryMetrics historyKeys history(minStep: $low, maxStep: $high) sampledHistory(specs: $specs)}}}"""


def names(found: dict[str, Any]) -> set[str]:
    return {field["name"] for field in found["fields"]}


def test_two_routes_and_urls_of_the_servers_own_are_all_there_is(world: World, client: HandClient) -> None:
    """trap 1"""
    client.start("r")
    documents = [UPSERT, UPSERT.replace("UpsertBucket(", "Model("), UPSERT.replace("mutation UpsertBucket", "mutation")]

    answers = [client.ask(document, name="r", project="p") for document in documents]

    assert [answer.status for answer in answers] == [200, 200, 200]  # by any name, or without one
    assert client.log("r", 0, 0).status == 200
    assert client.send("GET", "/healthz").status == 501


def test_introspection_tells_what_the_schema_has(client: HandClient) -> None:
    """trap 2"""
    types = client.data(PROBE)

    assert {"viewer", "serverInfo", "project", "model"} <= names(types["QueryType"])
    assert {"upsertBucket", "createRunFiles", "stopRun"} <= names(types["MutationType"])
    assert {"cliVersionInfo", "latestLocalVersionInfo"} <= names(types["ServerInfoType"])
    assert types["Launch"] is None


def test_server_settings_are_there_with_a_list_of_messages(client: HandClient) -> None:
    """trap 3"""
    settings = "serverSettings {serverMessages {utfText plainText htmlText messageType messageLevel}}"

    answer = client.data(f'mutation {{upsertBucket(input: {{name: "r", modelName: "p"}}) {{{settings}}}}}')

    assert names(client.data(PROBE)["Settings"]) == {"serverMessages"}
    assert answer == {"upsertBucket": {"serverSettings": {"serverMessages": []}}}


def test_json_is_a_string_where_clients_read_one_and_a_value_where_they_do_not(client: HandClient) -> None:
    """trap 4"""
    client.start("r", config={"lr": {"value": 0.1}})
    client.log("r", 0, 0, 1)

    bucket = client.data(STATUS, project="p", name="r")["model"]["bucket"]
    run = client.data(RUN, specs=['{"keys": ["_step", "a"], "samples": 10}'])["project"]["run"]

    (row,) = json.loads(bucket["historyTail"])
    assert json.loads(row)["_step"] == 1  # a string that holds a list of strings that hold a row
    assert [json.loads(line)["_step"] for line in run["history"]] == [0, 1]
    assert run["sampledHistory"] == [[{"_step": 0, "a": 0}, {"_step": 1, "a": 0}]]
    assert run["historyKeys"]["lastStep"] == 1
    assert json.loads(run["config"])["lr"]["value"] == 0.1
    assert all(isinstance(bucket[name], str) for name in ("config", "summaryMetrics", "eventsTail", "wandbConfig"))


def test_nan_and_infinity_come_back_as_they_were_sent(world: World, client: HandClient) -> None:
    """trap 5"""
    client.start("r")
    client.stream("r", {"files": {"wandb-summary.json": {"offset": 0, "content": ['{"a": NaN, "b": -Infinity}']}}})
    client.log("r", 0, 0, value=math.nan)

    answer = client.ask(RUN, specs=['{"keys": ["a"]}'])

    run = json.loads(answer.body)["data"]["project"]["run"]
    assert ('"a": NaN' in run["summaryMetrics"], '"b": -Infinity' in run["summaryMetrics"]) == (True, True)
    assert '"a": NaN' in run["history"][0]
    assert math.isnan(world.run.summary["a"])
    assert run["sampledHistory"] == [[{"a": "NaN"}]]  # no string of JSON: clients from 0.28 on read it strictly
    assert json.loads(answer.body, parse_constant=pytest.fail)


def test_a_run_exists_for_resume_once_a_client_has_started_it(client: HandClient) -> None:
    """trap 6"""
    client.start("started")
    client.data('mutation {upsertBucket(input: {name: "made", modelName: "p"}) {inserted}}')

    started, made = (client.data(STATUS, project="p", name=name)["model"]["bucket"] for name in ("started", "made"))

    assert '"t":' in started["wandbConfig"]  # 0.17 and 0.18 look for these very characters
    assert '"t"' not in made["wandbConfig"]
    assert client.data(STATUS, project="nothing", name="r")["model"] == {"bucket": None}


def test_nothing_that_a_resume_reads_is_null(client: HandClient) -> None:
    """trap 7"""
    client.start("r")

    bucket = client.data(STATUS, project="p", name="r")["model"]["bucket"]

    assert bucket == {
        "historyLineCount": 0,
        "logLineCount": 0,
        "eventsLineCount": 0,
        "historyTail": "[]",
        "eventsTail": "[]",
        "summaryMetrics": "{}",
        "config": bucket["config"],
        "wandbConfig": bucket["wandbConfig"],
    }
    assert json.loads(bucket["config"])["_wandb"]["value"] == {"t": {"1": []}}


def test_an_upsert_tells_how_much_history_there_is_and_offsets_are_honoured(world: World, client: HandClient) -> None:
    """trap 8"""
    client.start("r")
    client.log("r", 0, 0, 1)

    lines = client.start("r")["bucket"]["historyLineCount"]
    client.log("r", lines, 0, value=7, time=2.0)

    assert (lines, world.run.history["a"]) == (2, [0, 0, 7])  # as newer clients do; older ones write at 0


def test_the_id_of_a_deleted_run_is_answered_410(world: World, client: HandClient) -> None:
    """trap 9"""
    client.start("r")
    world.server.delete_run("r")

    response = client.ask(UPSERT, name="r", project="p")

    assert response.status == 410
    assert "was deleted" in message_of(response)


@pytest.mark.parametrize(
    ("query", "variables"),
    [("{nothing}", {}), ("{viewer {id", {}), (UPSERT, {"tags": 3}), ('{viewer(x: "y") {id}}', {})],
)
def test_a_document_that_does_not_fit_is_answered_400_and_not_200_with_errors(
    client: HandClient, query: str, variables: dict[str, Any]
) -> None:
    """trap 10"""
    response = client.ask(query, **variables)

    assert response.status == 400
    assert "data" not in json.loads(response.body)


def test_every_refusal_asks_for_no_wait(world: World, client: HandClient) -> None:
    """trap 11"""
    answers = [client.ask("{nothing}"), client.stream("missing", {}), client.send("GET", "/nothing")]
    world.server.fail("graphql", reply=503)
    answers.append(client.ask("{viewer {id}}"))

    assert [answer.status for answer in answers] == [400, 404, 501, 503]
    assert {answer.headers["Retry-After"] for answer in answers} == {"0"}


def test_a_wait_that_is_asked_for_is_in_whole_seconds(world: World, client: HandClient) -> None:
    """trap 12"""
    with pytest.raises(ValueError, match="whole seconds"):
        world.server.fail("graphql", reply=429, retry_after=0.2)  # type: ignore[arg-type]


def test_a_stop_is_told_on_both_channels(world: World, client: HandClient) -> None:
    """trap 13"""
    client.start("r")
    world.server.stop_run("r")

    polled = client.data('{project(name: "p") {run(name: "r") {stopped}}}')["project"]["run"]

    assert (polled, json.loads(client.stream("r", {}).body)["stopped"]) == ({"stopped": True}, True)


def test_an_edit_by_the_public_api_does_not_set_a_run_going_again(world: World, client: HandClient) -> None:
    """trap 14"""
    started = client.start("r")
    client.stream("r", {"complete": True, "exitcode": 0})

    edited = client.data(EDIT, id=started["bucket"]["id"], notes="n", name="r", project="p")

    assert edited["upsertBucket"]["bucket"]["state"] == "finished"
    assert (world.run.notes, world.run.exit_code) == ("n", 0)


def test_ids_that_strict_clients_read_are_strings(client: HandClient) -> None:
    """trap 15"""
    client.start("r")

    project = client.data('{project(name: "p") {id internalId user {id}}}')["project"]

    assert all(isinstance(value, str) for value in (project["id"], project["internalId"], project["user"]["id"]))


def test_one_body_or_three_come_to_the_same(world: World, client: HandClient) -> None:
    """trap 16"""
    rows = {"wandb-history.jsonl": {"offset": 0, "content": ['{"_step": 0, "a": 1}']}}
    summary = {"wandb-summary.json": {"offset": 0, "content": ['{"a": 1}']}}
    end = {"complete": True, "exitcode": 0}
    for run_id in ("apart", "together", "empty"):
        client.start(run_id)

    for body in ({"files": rows}, {"files": summary}, {"complete": False, "failed": False, "uploaded": []}, {}, end):
        client.stream("apart", body)
    client.stream("together", {"files": {**rows, **summary}, "uploaded": ["config.yaml"], **end})
    client.stream("empty", end)

    apart, together, empty = world.runs
    assert (apart.history, apart.summary, apart.state) == (together.history, together.summary, together.state)
    assert (len(empty.history), str(empty.state)) == (0, "finished")


def test_an_anonymous_key_is_one_that_every_client_takes(client: HandClient) -> None:
    """trap 17"""
    keys = [
        client.data("mutation {createAnonymousEntity(input: {}) {apiKey {name}}}")["createAnonymousEntity"]["apiKey"]
        for _ in range(11)
    ]

    assert all(re.fullmatch(r"\w{40}", key["name"]) for key in keys)  # what is before a "-" is another server's mark
    assert len({key["name"] for key in keys}) == 11


def test_what_clients_tell_of_their_health_is_taken_and_their_version_is_new_enough(client: HandClient) -> None:
    """trap 18"""
    known = client.data("{serverInfo {cliVersionInfo latestLocalVersionInfo {outOfDate}}}")["serverInfo"]

    assert isinstance(known["cliVersionInfo"], dict)
    assert client.send("POST", "/sdk/otel/v1/metrics", b"\0").status == 200


def test_a_key_that_is_not_accepted_is_refused_where_it_matters(world: World, client: HandClient) -> None:
    """trap 19"""
    client.start("r")
    world.server.accounts.revoke(client.api_key)

    statuses = [client.ask("{viewer {id}}").status, client.ask(UPSERT, name="r").status, client.log("r", 0, 0).status]

    assert statuses == [401, 401, 401]


def test_the_bounds_of_pages_are_those_of_who_asks(client: HandClient) -> None:
    """trap 20"""
    client.start("r")
    client.log("r", 0, *range(6))

    def sampled(spec: dict[str, Any]) -> list[int]:
        rows = client.data(RUN, specs=[json.dumps(spec)])["project"]["run"]["sampledHistory"][0]
        return [row.get("_step", row.get("a")) for row in rows]

    pages = {"minStep": 2, "maxStep": 4, "samples": 100}
    whole = client.data(RUN, specs=[], low=2, high=4)["project"]["run"]["history"]

    assert [json.loads(row)["_step"] for row in whole] == [2, 3]
    assert len(sampled({"keys": ["a"], **pages})) == 2  # Python clients: exclusive
    assert sampled({"keys": ["_step", "a", "_step"], **pages}) == [2, 3, 4]  # the core: inclusive, one less


def test_every_trap_has_a_test_that_names_it() -> None:
    text = "".join(
        path.read_text(encoding="utf-8") for room in ("server", "clients") for path in (TESTS / room).glob("test_*.py")
    )

    named = {int(number) for number in re.findall(r'"""trap (\d+)"""', text)}

    assert named == set(range(1, 21))
