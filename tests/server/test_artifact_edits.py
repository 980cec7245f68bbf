"""Artifacts that are there already: edited, linked, found in pages, and deleted (protocol.md 8.2)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server.artifact_client import ArtifactClient, entries_of, manifest_digest
from tests.server.conftest import HandClient, message_of
from wandb_testkit.world import World

UPDATE = """mutation UpdateArtifact($input: UpdateArtifactInput!) {
  updateArtifact(input: $input) { artifact { id description metadata ttlDurationSeconds ttlIsInherited tags { name } } }
}"""

ALIASES = """mutation Aliases($input: %sAliasesInput!) { result: %sAliases(input: $input) { success } }"""

LINK = """mutation LinkArtifact($input: LinkArtifactInput!) {
  linkArtifact(input: $input) {
    versionIndex artifactMembership { versionIndex aliases { alias } artifactCollection { __typename name id } }
  }
}"""

COLLECTION = """query ProjectArtifactCollection($project: String = "p", $type: String = "model", $name: String!,
    $filters: JSONString, $order: String, $first: Int, $after: String) {
  project(name: $project) {
    artifactType(name: $type) {
      artifactCollection(name: $name) {
        __typename id name description state
        defaultArtifactType { name }
        tags { edges { node { name } } }
        aliases { edges { node { alias } } }
        artifacts(filters: $filters, order: $order, first: $first, after: $after) {
          totalCount pageInfo { hasNextPage endCursor } edges { version node { id } }
        }
      }
    }
  }
}"""


@pytest.fixture
def artifacts(client: HandClient) -> ArtifactClient:
    client.start("r")
    return ArtifactClient(client)


def collection_of(artifacts: ArtifactClient, name: str, **more: Any) -> Any:
    kind = artifacts.client.data(COLLECTION, name=name, **more)["project"]["artifactType"]
    return None if kind is None else kind["artifactCollection"]


def link(artifacts: ArtifactClient, artifact: str, name: str = "shelf", *aliases: str, **more: Any) -> Any:
    given = [{"artifactCollectionName": name, "alias": alias} for alias in aliases]
    target = {"artifactPortfolioName": name, "entityName": "testkit-user", "projectName": "p", **more}
    return artifacts.client.ask(LINK, input={"artifactID": artifact, "aliases": given, **target})


def linked(answer: Any) -> Any:
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["data"]["linkArtifact"]


def versions(artifacts: ArtifactClient, name: str = "model", **more: Any) -> list[str]:
    return [edge["version"] for edge in collection_of(artifacts, name, **more)["artifacts"]["edges"]]


def names(found: Any) -> list[str]:
    return [alias["alias"] for alias in found["aliases"]]


# ---------------------------------------------------------------- edits of a version


def test_null_leaves_things_as_they_are(artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"}, description="d", metadata='{"x": 1}', tags=[{"tagName": "t"}])

    answer = artifacts.client.data(UPDATE, input={"artifactID": made})["updateArtifact"]["artifact"]

    assert answer == {
        "id": made,
        "description": "d",
        "metadata": '{"x": 1}',
        "ttlDurationSeconds": -1,
        "ttlIsInherited": True,
        "tags": [{"name": "t"}],
    }


def test_description_metadata_tags_and_ttl_are_edited(world: World, artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"}, tags=[{"tagName": "old"}, {"tagName": "kept"}])

    given = {
        "artifactID": made,
        "description": "new",
        "metadata": '{"x": {"y": NaN}}',
        "tagsToAdd": [{"tagName": "new one"}],
        "tagsToDelete": [{"tagName": "old"}],
        "ttlDurationSeconds": 60,
    }
    answer = artifacts.client.data(UPDATE, input=given)["updateArtifact"]["artifact"]

    assert (answer["ttlDurationSeconds"], answer["ttlIsInherited"]) == (60, False)
    view = world.run.artifacts["model"]
    assert (view.description, view.tags) == ("new", ("kept", "new one"))
    assert str(view.metadata) == "{'x': {'y': nan}}"


@pytest.mark.parametrize(("sent", "inherited"), [(-1, True), (-2, False), (0, False), (2**40, False)])
def test_a_time_to_live_is_an_integer_always(artifacts: ArtifactClient, sent: int, inherited: bool) -> None:
    made = artifacts.log("model", {"a": b"1"}, ttlDurationSeconds=sent)

    found = artifacts.find("model:v0")

    assert (found["id"], found["ttlDurationSeconds"], found["ttlIsInherited"]) == (made, sent, inherited)


def test_old_clients_replace_all_aliases_at_once(artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"}, aliases=[{"artifactCollectionName": "model", "alias": "best"}])

    def replace(*aliases: str) -> list[str]:
        given = [{"artifactCollectionName": "model", "alias": alias} for alias in aliases]
        artifacts.client.data(UPDATE, input={"artifactID": made, "aliases": given})
        return names(artifacts.find("model:v0"))

    assert replace("latest", "good", "v0") == ["good", "latest", "v0"]
    assert replace() == ["v0"]


def test_new_clients_add_and_delete_aliases(artifacts: ArtifactClient) -> None:
    first = artifacts.log("model", {"a": b"1"})
    second = artifacts.log("model", {"a": b"2"})

    def change(verb: str, artifact: str, *aliases: str) -> Any:
        where = {"entityName": "testkit-user", "projectName": "p", "artifactCollectionName": "model"}
        given = {"artifactID": artifact, "aliases": [{**where, "alias": alias} for alias in aliases]}
        return artifacts.client.ask(ALIASES % (verb, verb.lower()), input=given)

    assert change("Add", first, "best", "latest").status == 200
    assert names(artifacts.find("model:v0")) == ["best", "latest", "v0"]
    assert change("Delete", first, "best", "unknown").status == 200
    assert names(artifacts.find("model:v0")) == ["latest", "v0"]
    assert names(artifacts.find("model:v1")) == ["v1"]
    assert change("Add", second, "v0").status == 400


# ---------------------------------------------------------------- portfolios


def test_a_link_is_a_version_of_the_portfolio_and_made_once(world: World, artifacts: ArtifactClient) -> None:
    first = artifacts.log("model", {"a": b"1"})
    second = artifacts.log("model", {"a": b"2"})

    answers = [linked(link(artifacts, *given)) for given in ((second, "shelf", "x"), (first,), (second, "shelf", "y"))]

    assert [answer["versionIndex"] for answer in answers] == [0, 1, 0]
    assert names(answers[-1]["artifactMembership"]) == ["x", "y", "v0"]
    assert answers[0]["artifactMembership"]["artifactCollection"]["__typename"] == "ArtifactPortfolio"
    assert artifacts.find("shelf:latest")["id"] == first
    assert artifacts.find("shelf:y")["id"] == second
    assert collection_of(artifacts, "shelf")["__typename"] == "ArtifactPortfolio"
    assert world.run.artifacts["model"].aliases == ("latest",)


def test_a_link_by_client_id_and_to_another_project(artifacts: ArtifactClient) -> None:
    artifacts.log("model", {"a": b"1"}, clientID="c" * 128)

    linked(link(artifacts, "", artifactID=None, clientID="c" * 128, projectName="other"))

    assert artifacts.find("shelf:v0", project="other")["artifactSequence"] == {"name": "model"}


def test_what_cannot_be_linked_is_refused(artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"})
    other = artifacts.log("data", {"a": b"2"}, artifactTypeName="dataset")
    link(artifacts, made)

    answers = {
        "sequence": link(artifacts, made, "data"),
        "type": link(artifacts, other),
        "alias": link(artifacts, made, "shelf", "v7"),
        "pending": link(artifacts, artifacts.create("new", "0" * 32)["id"]),
    }

    assert {answer.status for answer in answers.values()} == {400}
    unknown = link(artifacts, made, projectName="wandb-registry-model", entityName="an-organisation")
    assert "registry 'wandb-registry-model': 'an-organisation' is no organization" in message_of(unknown)


def test_unlinking_leaves_the_version_and_deleting_a_portfolio_too(artifacts: ArtifactClient) -> None:
    first, second = artifacts.log("model", {"a": b"1"}), artifacts.log("model", {"a": b"2"})
    shelf = linked(link(artifacts, first))["artifactMembership"]["artifactCollection"]["id"]
    link(artifacts, second)

    unlink = "mutation U($input: UnlinkArtifactInput!) { unlinkArtifact(input: $input) { success } }"
    done = artifacts.client.ask(unlink, input={"artifactID": first, "artifactPortfolioID": shelf})
    again = artifacts.client.ask(unlink, input={"artifactID": first, "artifactPortfolioID": shelf})

    assert (done.status, again.status) == (200, 404)
    assert versions(artifacts, "shelf") == ["v1"]
    delete = """mutation D($id: ID!) {
      deleteArtifactPortfolio(input: {artifactPortfolioID: $id}) { artifactCollection { __typename state } } }"""
    assert artifacts.client.data(delete, id=shelf)["deleteArtifactPortfolio"]["artifactCollection"] == {
        "__typename": "ArtifactPortfolio",
        "state": "DELETED",
    }
    assert collection_of(artifacts, "shelf") is None
    assert versions(artifacts) == ["v1", "v0"]


def test_who_sees_the_portfolio_sees_and_fetches_what_is_linked(world: World, artifacts: ArtifactClient) -> None:
    world.server.add_user("other")
    world.server.add_team("team", members=("testkit-user", "other"))
    made = artifacts.log("model", {"a": b"1"})
    artifacts.log("secret", {"s": b"2"})
    linked(link(artifacts, made, entityName="team"))
    other = ArtifactClient(HandClient(world))
    other.client.api_key = next(a.api_key for a in [world.server.accounts.named("other")] if a is not None)

    query = """{project(entityName: "team", name: "p") {artifactCollectionMembership(name: "shelf:latest") {
      artifact {id} files {edges {node {directUrl}}}}}}"""
    found = other.client.data(query)["project"]["artifactCollectionMembership"]

    assert found["artifact"]["id"] == made
    assert other.get(found["files"]["edges"][0]["node"]["directUrl"]).body == b"1"
    assert (
        other.client.ask('{project(entityName: "testkit-user", name: "p") {id}}').body == b'{"data": {"project": null}}'
    )
    delete = "mutation M($id: ID!) {deleteArtifact(input: {artifactID: $id}) {artifact {id}}}"
    assert other.client.ask(delete, id=made).status == 403


# ---------------------------------------------------------------- types and collections


def test_collections_are_renamed_described_tagged_and_moved(artifacts: ArtifactClient) -> None:
    artifacts.log("model", {"a": b"1"})
    artifacts.log("other", {"a": b"1"})
    found = collection_of(artifacts, "model")["id"]
    update = """mutation U($input: UpdateArtifactSequenceInput!) {
      updateArtifactSequence(input: $input) { artifactCollection { name description } } }"""

    taken = artifacts.client.ask(update, input={"artifactSequenceID": found, "name": "other"})
    artifacts.client.data(update, input={"artifactSequenceID": found, "name": "net", "description": "nets"})
    tags = {"entityName": "testkit-user", "projectName": "p", "artifactCollectionName": "net"}
    for verb, chosen in (("create", ["a", "b"]), ("delete", ["a"])):
        kind = f"{verb.capitalize()}ArtifactCollectionTagAssignmentsInput"
        field = "tags { name }" if verb == "create" else "success"
        document = (
            f"mutation T($input: {kind}!) {{ {verb}ArtifactCollectionTagAssignments(input: $input) {{{field}}} }}"
        )
        artifacts.client.data(document, input={**tags, "tags": [{"tagName": name} for name in chosen]})
    move = """mutation M($id: ID!, $type: String!) {
      moveArtifactSequence(input: {artifactSequenceID: $id, destinationArtifactTypeName: $type}) {
        artifactCollection { defaultArtifactType { name } } } }"""
    artifacts.client.data(move, id=found, type="net")

    assert taken.status == 400
    assert collection_of(artifacts, "model") is None
    moved = collection_of(artifacts, "net", type="net")
    assert (moved["description"], moved["tags"]) == ("nets", {"edges": [{"node": {"name": "b"}}]})
    assert artifacts.find("net:v0")["artifactType"] == {"name": "net"}
    assert (
        artifacts.create("net", manifest_digest(entries_of({"a": b"1"})), artifactTypeName="net")["versionIndex"] == 0
    )


def test_types_and_collections_are_listed_in_pages(artifacts: ArtifactClient) -> None:
    for name in ("one", "two", "three"):
        artifacts.log(name, {"a": b"1"})
    artifacts.log("data", {"a": b"1"}, artifactTypeName="dataset")

    query = """query P($first: Int, $after: String, $filters: JSONString, $order: String) {project(name: "p") {
      artifactTypes {edges {node {name}} totalCount}
      artifactCollections(first: $first, after: $after, filters: $filters, order: $order) {
        totalCount pageInfo {hasNextPage endCursor} edges {node {name}}}}}"""

    def page(**variables: Any) -> tuple[list[str], bool, str]:
        found = artifacts.client.data(query, **variables)["project"]["artifactCollections"]
        info = found["pageInfo"]
        return [edge["node"]["name"] for edge in found["edges"]], info["hasNextPage"], info["endCursor"]

    types = artifacts.client.data(query)["project"]["artifactTypes"]
    assert [edge["node"]["name"] for edge in types["edges"]] == ["model", "dataset"]
    assert page(first=3) == (["data", "three", "two"], True, "3")
    assert page(first=3, after="3") == (["one"], False, "4")
    assert page(order="+name")[0] == ["data", "one", "three", "two"]
    assert page(filters='{"name": {"$regex": "^t"}}', order="created_at")[0] == ["two", "three"]
    assert artifacts.client.ask(query, filters='{"colour": 1}').status == 400


def test_versions_are_filtered_and_ordered(artifacts: ArtifactClient) -> None:
    for number in range(3):
        artifacts.log("model", {"a": str(number).encode()}, metadata=json.dumps({"n": {"m": -number}}))

    assert versions(artifacts) == ["v2", "v1", "v0"]
    assert versions(artifacts, order="+versionIndex", first=2) == ["v0", "v1"]
    assert versions(artifacts, order="createdAt", first=2, after="2") == ["v2"]
    assert versions(artifacts, order="metadata.n.m") == ["v2", "v1", "v0"]
    assert versions(artifacts, filters='{"state": "COMMITTED", "metadata.n.m": {"$lt": 0}}') == ["v2", "v1"]
    assert versions(artifacts, filters='{"aliases": "latest"}') == ["v2"]
    assert collection_of(artifacts, "model", first=1)["artifacts"]["totalCount"] == 3


# ---------------------------------------------------------------- deletion


def delete(artifacts: ArtifactClient, artifact: str, *, with_aliases: bool | None = None) -> Any:
    document = """mutation DeleteArtifact($id: ID!, $aliases: Boolean) {
      deleteArtifact(input: {artifactID: $id, deleteAliases: $aliases}) {artifact {id}}}"""
    return artifacts.client.ask(document, id=artifact, aliases=with_aliases)


def test_a_version_with_aliases_is_deleted_with_them_or_not_at_all(world: World, artifacts: ArtifactClient) -> None:
    first, second = artifacts.log("model", {"a": b"1"}), artifacts.log("model", {"a": b"2"})

    refused = delete(artifacts, second)

    assert refused.status == 400
    assert "version v1 of testkit-user/p/model has aliases ['latest']" in message_of(refused)
    assert (delete(artifacts, first).status, delete(artifacts, second, with_aliases=True).status) == (200, 200)
    assert delete(artifacts, second).status == 404
    assert versions(artifacts) == []
    assert world.run.artifacts == {}
    artifacts.log("model", {"a": b"1"})
    assert versions(artifacts) == ["v2"]


def test_what_another_version_has_too_outlives_a_deleted_one(world: World, artifacts: ArtifactClient) -> None:
    first = artifacts.log("model", {"a": b"1"})
    artifacts.log("other", {"b": b"1"})

    delete(artifacts, first, with_aliases=True)

    assert world.run.artifacts["other"].files == {"b": b"1"}
    (edge,) = artifacts.find("other:v0")["files"]["edges"]
    assert artifacts.get(edge["node"]["directUrl"]).body == b"1"


def test_a_sequence_goes_with_its_versions_and_their_links(artifacts: ArtifactClient) -> None:
    made = artifacts.log("model", {"a": b"1"})
    link(artifacts, made)
    found = collection_of(artifacts, "model")["id"]

    document = """mutation D($id: ID!) {
      deleteArtifactSequence(input: {artifactSequenceID: $id}) { artifactCollection { state } } }"""
    artifacts.client.data(document, id=found)

    assert artifacts.client.ask(document, id=found).status == 404
    assert collection_of(artifacts, "model") is None
    assert versions(artifacts, "shelf") == []
    artifacts.log("model", {"a": b"1"})
    assert versions(artifacts) == ["v0"]
