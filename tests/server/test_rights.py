"""Who may see and change what: every role, access and action, through both doors."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from tests.server.conftest import STATUS, UPSERT, HandClient, message_of
from wandb_testkit.records import ExitRecord, RunPath, RunStatusRequest, SummaryRecord
from wandb_testkit.server.rights import RIGHTS, Access, Action, Role
from wandb_testkit.world import World, fake

EXPECTED = {
    "owner": {"private": "smw", "team": "smw", "public": "smw"},
    "admin": {"private": "smw", "team": "smw", "public": "smw"},
    "member": {"private": "", "team": "sw", "public": "sw"},
    "service": {"private": "", "team": "sw", "public": "sw"},
    "view-only": {"private": "", "team": "s", "public": "s"},
    "guest": {"private": "smw", "team": "smw", "public": "smw"},
    "stranger": {"private": "", "team": "", "public": "s"},
    "anonymous": {"private": "", "team": "", "public": "s"},
}
"""Role -> access -> first letters of what is allowed: see, write, manage."""

LETTERS = {Action.SEE: "s", Action.WRITE: "w", Action.MANAGE: "m"}

SEE_RUN = """
    query Q($entity: String!) { project(entityName: $entity, name: "p") { run(name: "r") { name } } }
"""

LIST = "query Q($entity: String!) { models(entityName: $entity) { edges { node { name } } } }"

MANAGE = """
    mutation M($entity: String!) {
      upsertModel(input: {entityName: $entity, name: "p", access: "USER_READ"}) { model { access } }
    }
"""

HEARTBEAT = """
    mutation M($entity: String!) {
      createAgent(input: {host: "h", entityName: $entity, projectName: "p", sweep: "s"}) { agent { id } }
    }
"""


class Cast:
    """A world with somebody for each role, and the entity in which they have it."""

    def __init__(self, world: World, access: str) -> None:
        server = world.server
        people = ("boss", "worker", "watcher", "outsider")
        keys = {name: server.add_user(name).api_key for name in people}
        server.add_team("team", roles={"boss": "admin", "worker": "member", "watcher": "view-only"})
        keys["robot"] = server.add_service_account("robot", team="team").api_key
        anonymous = server.accounts.add_anonymous().api_key
        self.who = {
            "owner": (keys["boss"], "boss"),
            "admin": (keys["boss"], "team"),
            "member": (keys["worker"], "team"),
            "service": (keys["robot"], "team"),
            "view-only": (keys["watcher"], "team"),
            "guest": (world.api_key, "unregistered"),
            "stranger": (keys["outsider"], "team"),
            "anonymous": (anonymous, "team"),
        }
        for entity in ("boss", "team", "unregistered"):
            server.add_run("r", entity=entity, project="p")
            server.set_access("p", access, entity=entity)
            project = server.projects.find(entity, "p")
            assert project is not None
            project.made_by = "boss"


def allowed_by_record(world: World, key: str, entity: str, action: Action) -> bool:
    path = RunPath(entity, "p", "r")
    record = RunStatusRequest(path) if action is Action.SEE else SummaryRecord(path, {"loss": 1})
    refusal = world.server.apply(record, api_key=key).refusal
    assert refusal is None or refusal.status == 403
    return refusal is None


def allowed_by_request(client: HandClient, entity: str, action: Action) -> bool:
    if action is Action.SEE:
        project = client.data(SEE_RUN, entity=entity)["project"]
        listed = [edge["node"]["name"] for edge in client.data(LIST, entity=entity)["models"]["edges"]]
        assert listed == ([] if project is None else ["p"])
        return bool(project == {"run": {"name": "r"}})
    if action is Action.WRITE:
        response = client.ask(UPSERT, name="r", entity=entity, project="p", notes="n")
        assert response.status in (200, 403)
        return response.status == 200
    response = client.ask(MANAGE, entity=entity)
    assert response.status in (200, 403)
    return response.status == 200


def test_the_table_is_total_and_says_what_is_expected() -> None:
    said = {
        role.value: {access.value: {LETTERS[action] for action in RIGHTS[role][access]} for access in Access}
        for role in Role
    }

    assert said == {role: {access: set(letters) for access, letters in row.items()} for role, row in EXPECTED.items()}


@pytest.mark.parametrize("access", ["private", "team", "public"])
def test_both_doors_allow_what_the_table_does(access: str) -> None:
    for role, action in itertools.product(EXPECTED, Action):
        with fake(profile="current") as world:
            key, entity = Cast(world, access).who[role]
            client = HandClient(world)
            client.api_key = key

            by_request = allowed_by_request(client, entity, action)
            by_record = by_request if action is Action.MANAGE else allowed_by_record(world, key, entity, action)

            expected = LETTERS[action] in EXPECTED[role][access]
            assert (role, action, by_request, by_record) == (role, action, expected, expected)


def test_who_made_a_private_project_of_a_team_may_use_it(world: World, client: HandClient) -> None:
    client.api_key = world.server.add_user("worker").api_key
    world.server.add_team("team", members=("worker",))
    client.data(UPSERT, name="mine", entity="team", project="p", config="{}", host="h")
    world.server.set_access("p", "private", entity="team")

    response = client.ask(UPSERT, name="mine", entity="team", project="p", notes="n")

    assert response.status == 200
    assert client.data(SEE_RUN.replace('"r"', '"mine"'), entity="team")["project"]["run"] == {"name": "mine"}


def test_a_stranger_sees_nothing_by_any_question(world: World, client: HandClient) -> None:
    user = world.server.add_user("somebody")
    world.server.add_run("r", entity="somebody", project="p", rows=[{"a": 1}])
    client.api_key = world.server.add_user("other").api_key
    document = """
        query Q { entity(name: "somebody") { name } users(query: "some") { edges { node { name } } }
                  organization(name: "o") { name } }
    """

    seen = client.data(document)
    resumed = client.ask(
        STATUS.replace("model(name: $project)", 'model(name: $project, entityName: "somebody")'), project="p", name="r"
    )
    streamed = client.send("POST", "/files/somebody/p/r/file_stream", json.dumps({"complete": True}).encode())

    assert seen == {"entity": None, "users": {"edges": []}, "organization": None}
    assert (resumed.status, streamed.status) == (403, 404)
    assert world.server.apply(ExitRecord(RunPath("somebody", "p", "r"), 0, 1.0), api_key=user.api_key).refusal is None


def test_sweeps_and_files_are_closed_as_runs_are(world: World, client: HandClient) -> None:
    world.server.add_user("watcher")
    world.server.add_team("team", roles={"watcher": "view-only"})
    world.server.add_run("r", entity="team", project="p")
    client.api_key = (world.server.accounts.named("watcher") or world.server.accounts.default).api_key
    upload = """
        mutation M {
          createRunFiles(input: {entityName: "team", projectName: "p", runName: "r", files: ["f"]}) { runID }
        }
    """

    answers: list[Any] = [client.ask(HEARTBEAT, entity="team"), client.ask(upload)]

    told = "permission denied: 'watcher' is view-only of 'team' and may not write to a team project of it"
    assert [(answer.status, message_of(answer)) for answer in answers] == [(403, told)] * 2


def test_a_service_account_makes_runs_of_members(world: World, client: HandClient) -> None:
    """protocol.md 7"""
    world.server.add_user("worker", email="w@x.org")
    world.server.add_team("team", members=("worker",))
    client.api_key = world.server.add_service_account("robot", team="team").api_key
    document = """
        query Q {
          project(name: "p") { runs { edges { node { name user { username } } } } }
          viewer { entity username }
        }
    """

    def start(name: str, **headers: str) -> None:
        body = {"query": UPSERT, "variables": {"name": name, "project": "p", "config": "{}", "host": "h"}}
        assert client.send("POST", "/graphql", json.dumps(body).encode(), **headers).status == 200

    start("a")
    start("b", x_wandb_username="worker")
    start("c", x_wandb_user_email="w@x.org")
    start("d", x_wandb_username="nobody")

    told = client.data(document)
    assert [(edge["node"]["name"], edge["node"]["user"]["username"]) for edge in told["project"]["runs"]["edges"]] == [
        ("a", "robot"),
        ("b", "worker"),
        ("c", "worker"),
        ("d", "robot"),
    ]
    assert told["viewer"] == {"entity": "team", "username": "robot"}
    assert [run.path for run in world.runs] == [f"team/p/{name}" for name in "abcd"]
