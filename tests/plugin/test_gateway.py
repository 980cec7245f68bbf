"""Which world a request is for, when one address serves many."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from wandb_testkit.plugin.gateway import Gateway
from wandb_testkit.server.accounts import DEFAULT_KEY
from wandb_testkit.wire.http import Request, Response
from wandb_testkit.world import World, fake

UPSERT = "mutation UpsertBucket($name: String, $project: String, $config: JSONString, $host: String, $state: String)"
DOCUMENT = (
    UPSERT + "{ upsertBucket(input: {name: $name, modelName: $project, config: $config, host: $host, state: $state})"
    "{ bucket { id } } }"
)
CONFIG = json.dumps({"_wandb": {"value": {}}})


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.close()


def ask(gateway: Gateway, path: str, body: dict[str, Any]) -> Response:
    key = base64.b64encode(f"api:{DEFAULT_KEY}".encode()).decode()
    request = Request("POST", path, "", {"authorization": f"Basic {key}"}, json.dumps(body).encode(), gateway.url)
    return gateway.handle(request)


def upsert(gateway: Gateway, run_id: str, **more: object) -> Response:
    variables = {"name": run_id, "project": "demo", "config": CONFIG, **more}
    return ask(gateway, "/graphql", {"query": DOCUMENT, "variables": variables})


def stream(gateway: Gateway, run_id: str, **body: object) -> Response:
    return ask(gateway, f"/files/testkit-user/demo/{run_id}/file_stream", body)


def rows(*values: float) -> dict[str, Any]:
    return {"wandb-history.jsonl": {"offset": 0, "content": [json.dumps({"_step": 0, "loss": v}) for v in values]}}


@pytest.fixture
def earlier(gateway: Gateway) -> World:
    """A world that is over, with a run that its client has not ended."""
    with fake() as world:
        assert upsert(gateway, "late", host="machine").status == 200
        gateway.remember(world)
    return world


def test_a_request_is_for_the_world_in_force(gateway: Gateway) -> None:
    with fake() as outer, fake() as inner:
        upsert(gateway, "abc", host="machine")

    assert [run.id for run in inner.runs] == ["abc"]
    assert outer.runs == []


def test_what_comes_late_goes_to_the_world_that_knows_its_run(gateway: Gateway, earlier: World) -> None:
    with fake() as present:
        answers = [
            stream(gateway, "late", files=rows(0.5)),
            upsert(gateway, "late"),
            stream(gateway, "late", exitcode=0),
        ]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert earlier.runs[0].history["loss"] == [0.5]
    assert present.runs == []
    assert present.recorder.refusals == []


def test_a_new_run_may_have_the_id_of_an_earlier_one(gateway: Gateway, earlier: World) -> None:
    with fake() as present:
        upsert(gateway, "late", host="machine")
        stream(gateway, "late", files=rows(0.25))

    assert present.run.history["loss"] == [0.25]
    assert len(earlier.runs[0].history) == 0


def test_a_run_that_has_ended_is_not_continued(gateway: Gateway, earlier: World) -> None:
    with fake() as present:
        stream(gateway, "late", complete=True, exitcode=0)
        upsert(gateway, "late")

    assert [run.id for run in present.runs] == ["late"]


def test_a_body_that_cannot_be_read_is_for_the_world_in_force(gateway: Gateway, earlier: World) -> None:
    with fake() as present:
        answer = gateway.handle(Request("POST", "/graphql", "", {}, b"{", gateway.url))

    assert answer.status == 400
    assert len(present.recorder.refusals) == 1
