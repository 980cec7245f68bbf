"""The mount for code that uses requests: the same server, without a socket."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests

from wandb_testkit.server.mounts.responses import METHODS, intercepted
from wandb_testkit.wire.http import Request, Response
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


class Echo:
    """Answers with what came."""

    def __call__(self, request: Request) -> Response:
        self.request = request
        return Response(200, request.body, {"Content-Type": "text/plain", "X-Method": request.method})


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"data": "text ü"}, "text ü".encode()),
        ({"data": b"bytes"}, b"bytes"),
        ({"data": io.BytesIO(b"a file")}, b"a file"),
        ({"data": iter([b"in ", b"parts"])}, b"in parts"),
        ({"data": {"a": "1 2"}}, b"a=1+2"),
        ({"json": {"a": [1, None]}}, b'{"a": [1, null]}'),
        ({}, b""),
    ],
)
def test_every_body_that_requests_can_send_arrives(given: dict[str, Any], sent: bytes) -> None:
    echo = Echo()
    with intercepted(echo):
        answer = requests.post(f"{URL}/where%20ever", params={"q": "a b"}, **given)

    assert (answer.content, echo.request.body) == (sent, sent)
    assert (echo.request.path, echo.request.query) == ("/where%20ever", "q=a+b")


def test_files_are_sent_as_a_form() -> None:
    echo = Echo()
    with intercepted(echo):
        requests.post(URL, files={"f": ("name.txt", b"content")})

    assert echo.request.headers["content-type"].startswith("multipart/form-data")
    assert b'filename="name.txt"' in echo.request.body


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_answered(method: str) -> None:
    echo = Echo()
    with intercepted(echo), requests.Session() as session:
        answer = session.request(method, f"{URL}/x", headers={"X-Own": "1"}, stream=True)

    assert (answer.status_code, answer.headers["X-Method"]) == (200, method)
    assert echo.request.headers["x-own"] == "1"
