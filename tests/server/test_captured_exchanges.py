"""What real clients of each version said is answered as it was, and becomes the same run (fixtures/wire/)."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.clients.capture import FIXTURES, answer_of
from tests.server.conftest import HandClient
from wandb_testkit.server.urls import ARTIFACT_STORAGE, Grant
from wandb_testkit.targets.environments import CLIENTS
from wandb_testkit.world import World

CAPTURED = sorted(FIXTURES.glob("*-online.json"))

RESUMED = sorted(FIXTURES.glob("*-resume.json"))

BY_THE_API = sorted(FIXTURES.glob("*-api.json"))

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


def answered_otherwise(client: HandClient, fixture: Path) -> list[Any]:
    """Each exchange of a fixture that is not answered as it was: what it is answered now, and what it was then."""
    text = fixture.read_text(encoding="utf-8")
    client.world.server.set_code_saving(False if "code_saving_enabled" in text else None)  # as it was for the account
    pairs = [
        (without_sums(replay(client, exchange)), without_sums((exchange["status"], exchange["answer"])))
        for exchange in json.loads(text)["exchanges"]
    ]
    return [(now, then) for now, then in pairs if not is_as_it_was(now, then)]


def is_as_it_was(now: Any, then: Any, key: str = "") -> bool:
    """Whether an answer holds what it held; of what the schema has there may be more by now."""
    if isinstance(now, dict) and isinstance(then, dict):
        return now.keys() == then.keys() and all(is_as_it_was(now[name], then[name], name) for name in then)
    if isinstance(now, list) and isinstance(then, list):
        if key in GROWING:
            return all(any(is_as_it_was(one, known) for one in now) for known in then)
        return len(now) == len(then) and all(map(is_as_it_was, now, then))
    return bool(now == then)


GROWING = ("fields", "inputFields", "args", "features", "types")
"""Lists of introspection, and of the features of the server."""


def without_sums(answers: Any) -> Any:
    """Answers without sizes and sums of files: the content of some is redacted, and has others."""
    text = re.sub(r'"(md5|digest)": "[^"]{2,}"', r'"\1": "some sum"', json.dumps(answers))
    return json.loads(re.sub(r'"sizeBytes": \d+', '"sizeBytes": 1', text))


@pytest.mark.parametrize("fixture", CAPTURED, ids=lambda path: path.stem)
def test_a_captured_run_is_answered_as_it_was(world: World, client: HandClient, fixture: Path) -> None:
    assert answered_otherwise(client, fixture) == []

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


@pytest.mark.parametrize("fixture", RESUMED, ids=lambda path: path.stem)
def test_a_captured_resumption_is_answered_as_it_was(world: World, client: HandClient, fixture: Path) -> None:
    """RESUME-7"""
    assert answered_otherwise(client, fixture) == []

    run = world.run
    assert run.history == [{"_step": 0, "by_none": 0}, {"_step": 1, "by_none": 1}, {"_step": 2, "by_allow": 0}]
    assert (run.resumed_from, run.config, run.state) == (2, {"none": 1, "allow": 1}, "finished")


@pytest.mark.parametrize("fixture", BY_THE_API, ids=lambda path: path.stem)
def test_what_the_public_api_asked_is_answered_as_it_was(world: World, client: HandClient, fixture: Path) -> None:
    assert answered_otherwise(client, fixture) == []

    run = world.run
    assert (run.notes, run.config["new"], run.summary["added"], run.state) == ("edited", 2, 5, "finished")
    assert not world.recorder.refusals


def _of_then(answer: Any, then: Any) -> Any:
    """An answer without the names of fields and features that there are since: clients look for those they know."""
    if isinstance(answer, dict) and isinstance(then, dict):
        return {key: _of_then(value, then.get(key)) for key, value in answer.items()}
    if isinstance(answer, tuple):
        return tuple(_of_then(*pair) for pair in zip(answer, then, strict=True))
    is_of_names = isinstance(answer, list) and all(
        isinstance(one, dict) and {*one} in ({"name"}, {"name", "isEnabled"}) for one in answer
    )
    return [one for one in answer if one in then] if is_of_names and isinstance(then, list) else answer


@pytest.mark.parametrize("fixture", WITH_ARTIFACTS, ids=lambda path: path.stem)
def test_captured_artifacts_are_answered_as_they_were(world: World, client: HandClient, fixture: Path) -> None:
    captured = json.loads(fixture.read_text(encoding="utf-8"))

    answers = [replay(client, exchange) for exchange in captured["exchanges"]]

    then = [(exchange["status"], exchange["answer"]) for exchange in captured["exchanges"]]
    assert [_of_then(*pair) for pair in zip(answers, then, strict=True)] == then
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


def test_there_is_a_captured_run_of_every_client_and_more_of_one_of_each_generation() -> None:
    by_name = {
        name: {path.stem.rpartition("-")[0] for path in fixtures}
        for name, fixtures in (("online", CAPTURED), ("resume", RESUMED), ("api", BY_THE_API))
    }

    few = {"0.10.33", "0.15.12", "0.22.3", "0.31.0"}
    assert by_name == {"online": set(CLIENTS), "resume": few, "api": few}


@pytest.mark.parametrize("fixtures", [CAPTURED, WITH_ARTIFACTS], ids=["online", "artifacts"])
def test_there_are_captured_runs_of_every_generation(fixtures: list[Path]) -> None:
    captured = [json.loads(path.read_text(encoding="utf-8"))["header"] for path in fixtures]

    assert {"0.10.33", "0.15.12", "0.22.3", "0.28.2", "0.31.0"} <= {header["client"] for header in captured}
    assert all(header["date"] and header["script"] for header in captured)


@pytest.mark.parametrize(
    ("now", "then", "is_so"),
    [
        ({"fields": [{"name": "a"}, {"name": "b"}]}, {"fields": [{"name": "b"}]}, True),
        ({"fields": [{"name": "a"}]}, {"fields": [{"name": "b"}]}, False),
        ({"runs": [1, 2]}, {"runs": [1]}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([200, {"a": [1]}], [200, {"a": [2]}], False),
    ],
)
def test_an_answer_may_grow_where_it_tells_of_the_schema_and_nowhere_else(now: Any, then: Any, is_so: bool) -> None:
    assert is_as_it_was(now, then) is is_so
