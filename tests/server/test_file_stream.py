"""The bodies of file_stream: what they become, and that nothing is stored twice, or by mistake (protocol.md 4.5)."""

from __future__ import annotations

import gzip
import json
import math
from typing import Any

import pytest

from tests.server.conftest import STATUS, HandClient, message_of
from wandb_testkit.world import World


def test_one_body_may_hold_everything(world: World, client: HandClient) -> None:
    client.start("r")
    body = {
        "files": {
            "wandb-history.jsonl": {"offset": 0, "content": ['{"_step": 0, "a": NaN, "_timestamp": 7, "_runtime": 1}']},
            "wandb-summary.json": {"offset": 0, "content": ["{}", '{"a": 1, "_runtime": 2}']},
            "wandb-events.jsonl": {"offset": 0, "content": ['{"system.cpu": 4.0}']},
            "output.log": {
                "offset": 0,
                "content": ["2026-01-31T12:00:00.000000 plain\n", '{"ts": "t", "content": "new"}'],
            },
        },
        "uploaded": ["config.yaml"],
        "complete": True,
        "exitcode": 3,
    }

    response = client.stream("r", body)

    run = world.run
    assert json.loads(response.body) == {"exitcode": None, "limits": {}}
    assert math.isnan(run.history["a"][0])
    assert (run.history["_timestamp"], run.history["_runtime"]) == ([7.0], [1.0])
    assert (run.summary, run.client["summary"]) == ({"a": 1}, {"_runtime": 2})
    assert run.client["stats"] == [{"system.cpu": 4.0}]
    assert run.output == ["plain", "new"]
    assert (run.state, run.exit_code) == ("failed", 3)


def test_the_same_body_twice_changes_nothing(world: World, client: HandClient) -> None:
    client.start("r")
    client.log("r", 0, 0, 1)
    client.log("r", 2, 2)

    client.log("r", 0, 0, 1)

    assert world.run.history.steps("a") == [0, 1, 2]


def test_lines_that_overlap_are_replaced(world: World, client: HandClient) -> None:
    client.start("r")
    client.log("r", 0, 0, 1, 2)

    client.log("r", 1, 1, 2, 3, value=9)

    assert world.run.history["a"] == [0, 9, 9, 9]


def test_the_first_body_of_an_overwriting_start_begins_the_stream_anew(world: World, client: HandClient) -> None:
    client.start("r")
    client.log("r", 0, 0, 1, 2, time=1.0)
    client.start("r")

    client.log("r", 0, 0, time=2.0)

    assert world.run.history.steps("a") == [0]


def test_a_late_body_of_before_an_overwriting_start_does_not_begin_the_stream(world: World, client: HandClient) -> None:
    client.start("r")
    client.log("r", 0, 0, 1, 2, time=1.0)
    client.start("r")
    client.log("r", 0, 0, 1, 2, time=1.0)

    client.log("r", 0, 0, time=2.0)

    assert world.run.history.steps("a") == [0]


def test_a_start_that_asked_about_the_run_goes_on_behind_its_last_row(world: World, client: HandClient) -> None:
    client.start("r")
    client.log("r", 0, 0, 1)
    bucket = client.data(STATUS, project="p", name="r")["model"]["bucket"]
    client.start("r")
    client.log("r", 2, 2)

    run = world.run
    tail = json.loads(bucket["historyTail"])
    assert bucket["historyLineCount"] == 2
    assert json.loads(tail[-1])["_step"] == 1
    assert '"t":' in bucket["wandbConfig"]
    assert (run.resumed_from, run.history.steps("a")) == (2, [0, 1, 2])


def test_a_gap_in_history_is_refused_and_changes_nothing(world: World, client: HandClient) -> None:
    client.start("r")

    response = client.log("r", 5, 5)

    assert (response.status, message_of(response)) == (
        400,
        "history of testkit-user/p/r has 0 lines; there is no line 5 to write at",
    )
    assert world.run.history == []


def test_a_gap_in_the_console_is_left_empty(world: World, client: HandClient) -> None:
    client.start("r")

    client.stream("r", {"files": {"output.log": {"offset": 2, "content": ["late"]}}})
    client.stream("r", {"files": {"output.log": {"offset": 1, "content": ["early", "later"]}}})

    assert world.run.output == ["", "early", "later"]


def test_what_the_user_prints_is_not_taken_for_a_prefix(world: World, client: HandClient) -> None:
    client.start("r")
    lines = ['{"a": 1}', '{"broken', "ERROR mine", "2026-01-31T12:00:00.5 ERROR 2026-01-31T12:00:00.5 x"]

    client.stream("r", {"files": {"output.log": {"offset": 0, "content": lines}}})

    assert world.run.output == ['{"a": 1}', '{"broken', "ERROR mine", "ERROR 2026-01-31T12:00:00.5 x"]


def test_a_gzip_body_is_read_by_its_header(world: World, client: HandClient) -> None:
    client.start("r")
    body = gzip.compress(json.dumps({"complete": True, "exitcode": 0}).encode())

    response = client.send("POST", "/files/testkit-user/p/r/file_stream", body, content_encoding="gzip")

    assert response.status == 200
    assert world.run.state == "finished"


def test_a_gzip_bomb_is_refused(client: HandClient) -> None:
    bomb = gzip.compress(b" " * (65 * 2**20))

    response = client.send("POST", "/files/testkit-user/p/r/file_stream", bomb, content_encoding="gzip")

    assert response.status == 413


def test_a_request_to_stop_is_told_in_the_answer_and_in_the_query(world: World, client: HandClient) -> None:
    client.start("r")

    world.server.stop_run("r")

    assert json.loads(client.stream("r", {}).body)["stopped"] is True
    assert client.data('{project(name: "p") {run(name: "r") {stopped}}}') == {"project": {"run": {"stopped": True}}}
    client.start("r")
    assert "stopped" not in json.loads(client.stream("r", {}).body)


def test_a_heartbeat_of_a_run_that_does_not_exist_is_refused(client: HandClient) -> None:
    assert client.stream("r", {}).status == 404


@pytest.mark.parametrize("path", ["/files/testkit-user/p/a/b/file_stream", "/files/testkit-user/p/a"])
def test_the_stream_of_an_id_that_breaks_its_url_is_not_found(world: World, client: HandClient, path: str) -> None:
    """A client that takes such ids, 0.15, would repeat for ever what is answered with 501."""
    response = client.send("POST", path, b"{}")

    assert response.status == 404
    assert "an id with / or # or ? in it does not get through a URL" in message_of(response)
    assert world.recorder.refusals


def test_rows_of_a_shared_run_have_no_step_so_the_server_counts_them(world: World, client: HandClient) -> None:
    """SHARED-1; wandb 0.28.2 and older leave the step to the server."""
    client.start("r")

    client.stream("r", {"files": {"wandb-history.jsonl": {"offset": 0, "content": ['{"x": 1}', '{"x": 2}']}}})

    assert list(world.run.history) == [{"_step": 0, "x": 1}, {"_step": 1, "x": 2}]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"files": []}, None),
        ({"files": [1]}, "files should be a JSON object"),
        ({"files": {"other.jsonl": {}}}, "file_stream of 'other.jsonl' is not part of the fake"),
        ({"files": {"output.log": {"offset": -1, "content": []}}}, "offset should be a line number"),
        ({"files": {"output.log": {"offset": True, "content": []}}}, "offset should be a line number"),
        ({"files": {"output.log": {"offset": 10**12, "content": ["x"]}}}, "is too far"),
        ({"files": {"output.log": {"content": "x"}}}, "content should be a list of strings"),
        ({"files": {"output.log": {"content": ["x"], "encoding": "base64"}}}, "encoding is not part of the fake"),
        ({"files": {"wandb-summary.json": {"content": []}}}, "has no line"),
        ({"files": {"wandb-summary.json": {"content": ["[]"]}}}, "the summary should be a JSON object"),
        ({"files": {"wandb-history.jsonl": {"content": ["{"]}}}, "history line 0 is not JSON"),
        ({"files": {"wandb-history.jsonl": {"content": ["[" * 100_000]}}}, "nested too deeply"),
        ({"files": {"wandb-history.jsonl": {"content": ['{"_step": 0.5}']}}}, "_step should be an int"),
        ({"files": {"wandb-history.jsonl": {"content": ['{"_step": 0, "_runtime": "x"}']}}}, "should be a number"),
        ({"files": {"wandb-history.jsonl": {"content": ['{"_step": 0, "_runtime": Infinity}']}}}, "should be finite"),
        ({"complete": True, "exitcode": "0"}, "exitcode should be an int"),
    ],
)
def test_a_body_of_another_shape_is_refused_by_name(
    world: World, client: HandClient, body: dict[str, Any], told: str | None
) -> None:
    client.start("r")

    response = client.stream("r", body)

    if told is None:
        assert response.status == 200
    else:
        assert response.status == 400
        assert told in message_of(response)
        assert world.recorder.refusals
    assert (list(world.run.history), world.run.summary, str(world.run.state)) == ([], {}, "running")
