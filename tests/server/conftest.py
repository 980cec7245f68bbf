"""What the tests of the server share: a world, and a client that speaks HTTP to it by hand, without a socket."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from wandb_testkit.wire.http import Request, Response
from wandb_testkit.world import World, fake

UPSERT = """
    mutation UpsertBucket($id: String, $name: String, $project: String, $entity: String, $config: JSONString,
        $host: String, $tags: [String!], $displayName: String, $notes: String, $summaryMetrics: JSONString) {
      upsertBucket(input: {id: $id, name: $name, modelName: $project, entityName: $entity, config: $config, host: $host,
          tags: $tags, displayName: $displayName, notes: $notes, summaryMetrics: $summaryMetrics}) {
        bucket { id name displayName config historyLineCount project { name entity { name } } }
        inserted
      }
    }
"""

STATUS = """
    query Model($project: String!, $name: String!) {
      model(name: $project) {
        bucket(name: $name, missingOk: true) {
          historyLineCount logLineCount eventsLineCount historyTail eventsTail summaryMetrics config
          wandbConfig(keys: ["t"])
        }
      }
    }
"""


class HandClient:
    """Sends requests as a client would, with the key of the default user unless another one is given."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.api_key = world.api_key

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
        credentials = base64.b64encode(f"api:{self.api_key}".encode()).decode()
        path, _, query = path.partition("?")
        named = {"authorization": f"Basic {credentials}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.world.server.handle(Request(method, path, query, named, body, "http://here"))

    def ask(self, query: str, **variables: Any) -> Response:
        return self.send("POST", "/graphql", json.dumps({"query": query, "variables": variables}).encode())

    def data(self, query: str, **variables: Any) -> Any:
        response = self.ask(query, **variables)
        assert response.status == 200, response.body.decode()
        return json.loads(response.body)["data"]

    def start(self, run_id: str, **variables: Any) -> Any:
        """The upsert with which a client begins to log."""
        config = json.dumps({"_wandb": {"value": {"t": {"1": []}}}, **variables.pop("config", {})})
        given = {"name": run_id, "project": "p", "host": "here", "config": config, **variables}
        return self.data(UPSERT, **given)["upsertBucket"]

    def stream(self, run_id: str, body: dict[str, Any], **headers: str) -> Response:
        user = self.world.server.accounts.default.entity
        return self.send("POST", f"/files/{user}/p/{run_id}/file_stream", json.dumps(body).encode(), **headers)

    def log(self, run_id: str, first_line: int, *steps: int, value: Any = 0, time: float = 1.0) -> Response:
        rows = [json.dumps({"_step": step, "a": value, "_timestamp": time, "_runtime": 0.5}) for step in steps]
        return self.stream(run_id, {"files": {"wandb-history.jsonl": {"offset": first_line, "content": rows}}})


def message_of(response: Response) -> str:
    return str(json.loads(response.body)["errors"][0]["message"])


@pytest.fixture
def world() -> Iterator[World]:
    with fake(profile="current") as world:
        yield world


@pytest.fixture
def client(world: World) -> HandClient:
    return HandClient(world)
