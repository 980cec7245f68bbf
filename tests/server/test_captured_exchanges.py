"""What real clients of each version said is answered as it was, and becomes the same run (fixtures/wire/)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.clients.capture import FIXTURES, answer_of
from tests.server.conftest import HandClient
from wandb_testkit.server.urls import ARTIFACT_STORAGE, Grant
from wandb_testkit.world import World

CAPTURED = sorted(FIXTURES.glob("*-online.json"))

WITH_ARTIFACTS = sorted(FIXTURES.glob("*-artifacts.json"))


def replay(client: HandClient, exchange: dict[str, Any]) -> tuple[int, Any]:
    path, body = exchange["path"], exchange["body"]
    if exchange["method"] in ("PUT", "GET"):
        _, room, entity, *rest = map(unquote, path.split("/"))
        length = 1 if room == ARTIFACT_STORAGE else 2
        where, name = (entity, *rest[:length]), "/".join(rest[length:])
        grant = Grant(exchange["method"], where, name, entity, room)
        path += "?" + urlsplit(client.world.server.urls.url("", grant)).query
    sent = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else b""
    response = client.send(exchange["method"], path, sent)
    return response.status, answer_of(response)


@pytest.mark.parametrize("fixture", CAPTURED, ids=lambda path: path.stem)
def test_a_captured_run_is_answered_as_it_was(world: World, client: HandClient, fixture: Path) -> None:
    captured = json.loads(fixture.read_text(encoding="utf-8"))

    answers = [replay(client, exchange) for exchange in captured["exchanges"]]

    assert answers == [(exchange["status"], exchange["answer"]) for exchange in captured["exchanges"]]
    run = world.run
    assert (run.state, run.exit_code, run.name, set(run.tags)) == ("finished", 0, "my name", {"a", "b"})
    assert run.config == {"lr": 0.1, "net": {"depth": 3}, "late": True}
    assert run.history["loss"] == [1, 0.5, pytest.approx(1 / 3)]
    assert math.isnan(run.history["odd"][0])
    assert run.history.steps("late") == [9]
    assert run.files == {"f.txt": b"hi"}
    assert not world.recorder.refusals


@pytest.mark.parametrize("fixture", CAPTURED, ids=lambda path: path.stem)
def test_a_captured_run_delivered_twice_is_stored_once(world: World, client: HandClient, fixture: Path) -> None:
    captured = json.loads(fixture.read_text(encoding="utf-8"))

    for exchange in captured["exchanges"]:
        replay(client, exchange)
        if exchange["path"].endswith("file_stream"):
            replay(client, exchange)

    run = world.run
    assert run.history.steps("loss") == [0, 1, 2]
    assert run.output.count("a line of the user") == 1
    assert run.state == "finished"


@pytest.mark.parametrize("fixture", WITH_ARTIFACTS, ids=lambda path: path.stem)
def test_captured_artifacts_are_answered_as_they_were(world: World, client: HandClient, fixture: Path) -> None:
    captured = json.loads(fixture.read_text(encoding="utf-8"))

    answers = [replay(client, exchange) for exchange in captured["exchanges"]]

    assert answers == [(exchange["status"], exchange["answer"]) for exchange in captured["exchanges"]]
    first, second = world.run.artifacts["model:v0"], world.run.artifacts["model:v1"]
    assert (first.aliases, first.files, first.logged, first.used) == (("again", "best"), {"a.txt": b"1"}, True, True)
    assert (second.aliases, second.files, second.logged, second.used) == (("latest",), {"a.txt": b"2"}, True, False)
    assert second.references == {"far": "http://127.0.0.1:9/nothing/there"}
    assert second.metadata == {"depth": 3}
    assert not world.recorder.refusals


@pytest.mark.parametrize("fixture", WITH_ARTIFACTS, ids=lambda path: path.stem)
def test_captured_artifacts_delivered_twice_are_stored_once(world: World, client: HandClient, fixture: Path) -> None:
    captured = json.loads(fixture.read_text(encoding="utf-8"))

    for exchange in captured["exchanges"]:
        replay(client, exchange)
        if "commitArtifact" in str(exchange["body"]):
            replay(client, exchange)

    assert [view.version for view in world.run.artifacts.versions("model")] == ["v1", "v0"]


@pytest.mark.parametrize("fixtures", [CAPTURED, WITH_ARTIFACTS], ids=["online", "artifacts"])
def test_there_are_captured_runs_of_every_generation(fixtures: list[Path]) -> None:
    captured = [json.loads(path.read_text(encoding="utf-8"))["header"] for path in fixtures]

    assert {"0.10.33", "0.15.12", "0.22.3", "0.28.2", "0.31.0"} <= {header["client"] for header in captured}
    assert all(header["date"] and header["script"] for header in captured)
