"""GraphQL documents of the clients' own: what they may ask, and how they are refused (protocol.md 3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import GraphQLObjectType

from tests.server.conftest import STATUS, UPSERT, HandClient, message_of
from wandb_testkit.server.executor import schema
from wandb_testkit.server.resolvers import RESOLVERS
from wandb_testkit.world import World

PLAIN = {
    "PageInfo", "SuccessPayload", "LocalVersionInfo", "ServerFeature", "ApiKey", "ApiKeyConnection", "ApiKeyEdge",
    "EntityConnection", "EntityEdge", "CreateAnonymousEntityPayload", "ProjectConnection",
    "ProjectEdge", "UpsertModelPayload", "RunConnection", "RunEdge", "ParquetHistory", "LogLine", "LogLineConnection",
    "LogLineEdge", "UpsertBucketPayload", "ServerSettings", "ServerMessage", "RewindRunPayload", "FileConnection",
    "FileEdge", "CreateRunFilesPayload", "ClientIDMapping", "ArtifactConnection", "ArtifactEdge",
    "InputArtifactConnection", "InputArtifactEdge", "VersionedArtifactConnection", "VersionedArtifactEdge",
    "ArtifactAliasConnection", "ArtifactAliasEdge", "TagConnection", "TagEdge", "ArtifactTypeConnection",
    "ArtifactTypeEdge", "ArtifactCollectionConnection", "ArtifactCollectionEdge", "ArtifactSequenceConnection",
    "ArtifactSequenceEdge", "ArtifactCollectionMembershipConnection", "ArtifactCollectionMembershipEdge",
    "UploadMultipartUrls", "UploadUrlPart", "CreateArtifactTypePayload", "CreateArtifactPayload", "ArtifactPayload",
    "ArtifactManifestPayload", "CreateArtifactFilesPayload", "CompleteMultipartUploadArtifactPayload",
    "LinkArtifactPayload", "UnlinkArtifactPayload", "ArtifactCollectionPayload", "TagsPayload",
    "SweepConnection", "SweepEdge", "AgentConnection", "AgentEdge",
    "UpsertSweepPayload", "CreateAgentPayload", "AgentHeartbeatPayload",
    "UserConnection", "UserEdge", "Member", "AdvancedRegistryFeatures",
    "UserPayload", "CreateTeamPayload", "CreateInvitePayload", "Invite", "GenerateApiKeyPayload",
}  # fmt: skip
"""Types whose values are dicts with all their fields."""


def test_every_field_of_the_schema_is_resolved() -> None:
    unresolved = [
        f"{kind.name}.{name}"
        for kind in schema().type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__") and kind.name not in PLAIN
        for name in kind.fields
        if name not in RESOLVERS.get(kind.name, {})
    ]

    assert not unresolved


def test_a_start_is_recorded_with_what_the_client_said(world: World, client: HandClient) -> None:
    answer = client.start("r", config={"lr": {"value": 0.1, "desc": None}}, tags=["a"], displayName="d", notes="n")

    run = world.run
    assert answer["inserted"] is True
    assert answer["bucket"]["project"] == {"name": "p", "entity": {"name": "testkit-user"}}
    assert json.loads(answer["bucket"]["config"])["lr"]["value"] == 0.1
    assert (run.config, run.tags, run.name, run.notes) == ({"lr": 0.1}, ("a",), "d", "n")
    assert run.client["config"] == {"t": {"1": []}}
    assert run.client["facts"] == {"host": "here"}
    assert run.requests == ["run"]


def test_entity_and_project_are_filled_in(world: World, client: HandClient) -> None:
    client.start("r", project=None)

    assert world.run.path == "testkit-user/uncategorized/r"


def test_null_leaves_things_as_they_are_and_an_empty_list_does_not(world: World, client: HandClient) -> None:
    storage_id = client.start("r", tags=["a"], notes="n")["bucket"]["id"]

    client.data(UPSERT, id=storage_id, tags=None)
    left = world.run
    client.data(UPSERT, id=storage_id, tags=[])
    cleared = world.run

    assert (left.tags, left.notes) == (("a",), "n")
    assert (cleared.tags, cleared.notes) == ((), "n")


def test_an_edit_by_the_public_api_does_not_set_a_finished_run_running(world: World, client: HandClient) -> None:
    storage_id = client.start("r")["bucket"]["id"]
    client.stream("r", {"complete": True, "exitcode": 0})

    client.data(UPSERT, id=storage_id, config='{"lr": {"value": 2}}', summaryMetrics='{"x": 1}')

    run = world.run
    assert (run.state, run.config, run.summary) == ("finished", {"lr": 2}, {"x": 1})


def test_the_config_of_a_run_that_goes_on_does_not_start_it_again(world: World, client: HandClient) -> None:
    client.start("r")
    client.log("r", 0, 0)

    client.data(
        UPSERT, name="r", project="p", entity="testkit-user", config='{"a": {"value": 1}, "_wandb": {"value": {}}}'
    )
    client.log("r", 1, 1)

    assert (world.run.config, world.run.history.steps("a")) == ({"a": 1}, [0, 1])


def test_an_edit_by_the_client_that_logs_does_not_start_its_run_again(world: World, client: HandClient) -> None:
    """META-1; new clients send their storage id, old ones the entity"""
    storage_id = client.start("r")["bucket"]["id"]
    client.log("r", 0, 0)
    client.stream("r", {"files": {"wandb-summary.json": {"offset": 0, "content": ['{"a": 1}']}}, "preempting": True})

    client.start("r", id=storage_id, entity="testkit-user", tags=["x"])
    client.start("r", entity="testkit-user", notes="said later")
    client.log("r", 1, 1)

    run = world.run
    assert (run.tags, run.notes, run.state, run.summary) == (("x",), "said later", "preempting", {"a": 1})
    assert run.history.steps("a") == [0, 1]


def test_what_a_client_sends_late_does_not_start_a_run_that_another_one_has_ended(
    world: World, client: HandClient
) -> None:
    client.start("r")
    client.stream("r", {"complete": True, "exitcode": 0})

    client.data(UPSERT, name="r", project="p", entity="testkit-user", config='{"_wandb": {"value": {}}}')

    assert world.run.state == "finished"


def test_a_client_that_asked_starts_a_run_that_is_alive(world: World, client: HandClient) -> None:
    """RESUME-7"""
    storage_id = client.start("r")["bucket"]["id"]
    client.data(STATUS, project="p", name="r")

    client.start("r", id=storage_id, entity="testkit-user")

    assert world.run.resumed_from == 0


def test_a_bare_upsert_of_a_client_starts_a_run_that_has_ended(world: World, client: HandClient) -> None:
    client.start("r")
    client.stream("r", {"complete": True, "exitcode": 0})

    client.data(UPSERT, name="r", project="p", config='{"_wandb": {"value": {}}}')

    assert world.run.state == "running"


def test_a_deleted_run_is_gone_and_its_id_is_taken(world: World, client: HandClient) -> None:
    client.start("r")
    world.server.delete_run("r")

    response = client.ask(UPSERT, name="r", project="p")

    assert response.status == 410
    assert client.data('{project(name: "p") {run(name: "r") {id} runCount runs {edges {node {id}}}}}') == {
        "project": {"run": None, "runCount": 0, "runs": {"edges": []}}
    }


def test_a_run_that_is_not_there_is_null_if_it_may_be_missing_and_404_if_not(client: HandClient) -> None:
    assert client.data(STATUS, project="p", name="r") == {"model": {"bucket": None}}
    client.start("other")
    assert client.data(STATUS, project="p", name="r") == {"model": {"bucket": None}}
    assert client.ask('{model(name: "p") {bucket(name: "r") {id}}}').status == 404


def test_metric_definitions_are_those_of_the_reference_implementation(world: World, client: HandClient) -> None:
    metrics = [
        {"1": "epoch"},
        {"1": "loss", "5": 1, "6": [1, 3], "7": [1, 2], "8": 1},
        {"2": "val/*", "4": "epoch", "6": [2, 3]},
    ]

    client.start("r", config={"_wandb": {"value": {"m": metrics}}})

    told = world.run.client["metrics"]
    assert list(told) == ["loss", "val/*"]
    assert (told["loss"].step_metric, told["loss"].step_sync, told["loss"].summary) == ("epoch", True, ("min", "max"))
    assert (told["loss"].goal, told["val/*"].hidden, told["val/*"].step_metric) == ("minimize", True, "epoch")


def test_introspection_is_real(client: HandClient) -> None:
    probe = """{M: __type(name: "Mutation") {fields {name}}
        S: __type(name: "ServerSettings") {name} N: __type(name: "X") {name}}"""

    answer = client.data(probe)

    assert {"name": "createRunFiles"} in answer["M"]["fields"]
    assert (answer["S"], answer["N"]) == ({"name": "ServerSettings"}, None)


def test_variables_that_the_document_does_not_declare_are_ignored(client: HandClient) -> None:
    assert client.data("query Q($n: String) {entity(name: $n) {name}}", n=None, b=2)["entity"]["name"]


def test_an_empty_operation_name_is_none(client: HandClient) -> None:
    body = json.dumps({"query": "{viewer {entity}}", "operationName": ""}).encode()

    assert client.send("POST", "/graphql", body).status == 200


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"query": "{viewer {nothing}}"}, "Cannot query field 'nothing' on type 'User'."),
        ({"query": "query Q($n: String!) {entity(name: $n) {id}}"}, "Variable '$n'"),
        ({"query": "{"}, "the document cannot be read"),
        ({"query": "{viewer {id}} " * 6000}, "the document cannot be read"),
        ({"query": "{" * 200_000}, "the document"),
        ({"query": "{__schema {types {" + "ofType {" * 40 + "name" + "}" * 40 + "}}}"}, "more than 25 levels deep"),
        ({"query": "query A {viewer {id}} query B {viewer {id}}"}, "Must provide operation name"),
        ({"query": "{viewer {id}}", "operationName": 1}, "operationName should be a string"),
        ({"query": "{viewer {id}}", "variables": [1]}, "variables should be a JSON object"),
        ({"query": None}, "the body has no query"),
        ({"query": 'mutation {rewindRun(input: {runName: "", metricName: "x", metricValue: 1}) {_}}'}, "Cannot query"),
        ({"query": 'mutation {upsertBucket(input: {name: "r", config: "["}) {inserted}}'}, "config is not JSON"),
        ({"query": '{models(first: -1) {edges {cursor}}}'}, "first should be 0 or more"),
    ],
)  # fmt: skip
def test_a_document_that_does_not_fit_is_refused_by_name(client: HandClient, body: dict[str, Any], told: str) -> None:
    response = client.send("POST", "/graphql", json.dumps(body).encode())

    assert response.status == 400
    assert told in message_of(response)


def test_what_is_not_modelled_is_recorded(world: World, client: HandClient) -> None:
    client.ask("query Reports {project {allViews {id}}}")

    (refused,) = world.recorder.refusals
    assert refused.record.request == "POST /graphql Reports"  # type: ignore[union-attr]
    assert "allViews" in refused.refusal.message


def test_a_query_that_multiplies_is_cut_off(world: World, client: HandClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wandb_testkit.server.context.MAX_NODES", 1000)
    for number in range(20):
        world.server.add_run(f"r{number}", project="p", rows=[{"a": 1}])
    runs = "runs {edges {node {history project {%s}}}}"

    response = client.ask('{project(name: "p") {' + runs % (runs % (runs % "id")) + "}}")

    assert (response.status, message_of(response)[:26]) == (400, "the query asks for more th")


def test_a_key_that_is_refused_gets_401_and_no_key_can_ask_what_the_server_can_do(
    world: World, client: HandClient
) -> None:
    client.api_key = ""

    assert client.ask("{viewer {id}}").status == 401
    assert client.ask("{serverInfo {features {name}}}").status == 200
    assert client.ask("mutation {createAnonymousEntity(input: {}) {apiKey {name}}}").status == 200
    assert client.stream("r", {}).status == 401


def test_nothing_of_another_account_is_shown(world: World, client: HandClient) -> None:
    client.start("secret")
    storage_id = client.data('{project(name: "p") {run(name: "secret") {id}}}')["project"]["run"]["id"]
    client.api_key = world.server.add_user("other").api_key

    assert client.data('{project(name: "p", entityName: "testkit-user") {id}}') == {"project": None}
    assert client.data('{models(entityName: "testkit-user") {edges {node {id}}}}') == {"models": {"edges": []}}
    assert client.stream("secret", {"complete": True}).status in (403, 404)
    assert client.ask(UPSERT, id=storage_id, notes="mine").status in (403, 404)
    assert client.ask("mutation($id: ID!) {deleteRun(input: {id: $id}) {success}}", id=storage_id).status == 403
    assert world.run.notes is None


def test_alerts_are_kept(world: World, client: HandClient) -> None:
    client.start("r")

    client.data(
        'mutation {notifyScriptableRunAlert(input: {entityName: "testkit-user", projectName: "p", runName: "r",'
        ' title: "t", text: "x", severity: WARN, waitDuration: 60000}) {success}}'
    )

    assert world.run.alerts == [{"title": "t", "text": "x", "level": "WARN", "wait_s": 60.0}]


def test_a_rewound_run_forgets_what_came_after(world: World, client: HandClient) -> None:
    client.start("r")
    client.log("r", 0, 0, 1, 2)
    rewind = """mutation {rewindRun(input: {runName: "r", projectName: "p", metricName: "_step", metricValue: 1})
        {rewoundRun {historyLineCount}}}"""

    answer = client.data(rewind)

    assert answer == {"rewindRun": {"rewoundRun": {"historyLineCount": 2}}}
    assert world.run.history.steps("a") == [0, 1]


@pytest.mark.parametrize(
    ("document", "subject"),
    [
        ('{ project(name: "p") { allViews { edges { node { id } } } } }', "reports"),
        ('{ project(name: "p") { runQueues { id } } }', "run queues and jobs (W&B Launch)"),
        ("mutation { createFilterTrigger(input: {}) { trigger { id } } }", "automations"),
        ("mutation { upsertRegistryProject(input: {}) { inserted } }", "registries"),
    ],
)
def test_what_is_not_part_of_the_fake_is_refused_by_name(client: HandClient, document: str, subject: str) -> None:
    response = client.ask(document)

    assert response.status == 400
    assert message_of(response).startswith(f"{subject} are not part of the fake: Cannot query field ")
