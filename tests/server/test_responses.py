"""The mount for code that uses requests: the same server, without a socket."""

from __future__ import annotations

import io

import pytest
import requests

from wandb_testkit.server.mounts.responses import intercepted
from wandb_testkit.world import World

URL = "https://api.wandb.ai"


def test_requests_are_answered_by_the_fake_server(world: World) -> None:
    with intercepted(world.server.handle), requests.Session() as session:
        session.auth = ("api", world.api_key)
        query = {"query": 'mutation {upsertBucket(input: {name: "r", modelName: "p"}) {bucket {name}}}'}
        made = session.post(f"{URL}/graphql", json=query).json()
        ask = """mutation {createRunFiles(input: {entityName: "testkit-user", projectName: "p", runName: "r",
            files: ["a.txt"]}) {files {uploadUrl}}}"""
        url = session.post(f"{URL}/graphql", json={"query": ask}).json()["data"]["createRunFiles"]["files"][0][
            "uploadUrl"
        ]
        status = requests.put(url, data=io.BytesIO(b"content")).status_code

    assert made == {"data": {"upsertBucket": {"bucket": {"name": "r"}}}}
    assert url.startswith(f"{URL}/storage/")
    assert status == 200
    assert world.run.files == {"a.txt": b"content"}


def test_status_0_is_a_connection_that_fails(world: World) -> None:
    world.server.fail("any", reply=0)

    with intercepted(world.server.handle), pytest.raises(requests.ConnectionError, match="cut the connection"):
        requests.post(f"{URL}/graphql", json={"query": "{viewer {id}}"})


def test_other_hosts_are_refused(world: World) -> None:
    with intercepted(world.server.handle), pytest.raises(requests.ConnectionError):
        requests.get("https://api.wandb.ai.example.com/graphql")
