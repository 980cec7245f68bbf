"""Each way to fail, for requests and for records inside of them; what is delivered late, or again, is there once."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import STATUS, UPSERT, HandClient, message_of
from wandb_testkit.faults import FAILURES, Fault
from wandb_testkit.world import World, fake

REWIND = """mutation($step: Float!) {rewindRun(input: {runName: "r", entityName: "testkit-user", projectName: "p",
    metricName: "_step", metricValue: $step}) {rewoundRun {historyLineCount}}}"""

ALERT = """mutation {notifyScriptableRunAlert(input: {entityName: "testkit-user", projectName: "p", runName: "r",
    title: "t", text: "x"}) {success}}"""

BOTH = pytest.mark.parametrize("on", ["file_stream", "history"])
"""The request as a whole, and a record inside of it."""


@BOTH
def test_a_refusal_says_how_long_to_wait(world: World, client: HandClient, on: str) -> None:
    client.start("r")
    world.server.fail(on, nth=1, reply=429, retry_after=7, message="slow down")

    response = client.log("r", 0, 0)

    assert (response.status, response.headers["Retry-After"]) == (429, "7")
    assert message_of(response) == "slow down"
    assert world.run.history == []


@BOTH
def test_a_cut_connection_leaves_nothing_behind(world: World, client: HandClient, on: str) -> None:
    client.start("r")
    world.server.fail(on, nth=1, how="cut")

    assert [client.log("r", 0, 0).status, len(world.run.history)] == [0, 0]
    assert [client.log("r", 0, 0).status, len(world.run.history)] == [200, 1]


@BOTH
def test_an_answer_that_is_lost_leaves_the_work_done_and_a_second_try_changes_nothing(
    world: World, client: HandClient, on: str
) -> None:
    client.start("r")
    world.server.fail(on, nth=1, how="lose_answer")

    assert [client.log("r", 0, 0).status, world.run.history.steps("a")] == [0, [0]]
    assert [client.log("r", 0, 0).status, world.run.history.steps("a")] == [200, [0]]
    assert world.recorder.refusals == []


@BOTH
def test_an_answer_that_is_malformed_is_half_of_a_json_text(world: World, client: HandClient, on: str) -> None:
    client.start("r")
    world.server.fail(on, nth=1, how="malformed")

    response = client.log("r", 0, 0)

    assert (response.status, response.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(response.body)
    assert world.run.history.steps("a") == [0]


@BOTH
def test_what_is_delivered_twice_is_stored_once(world: World, client: HandClient, on: str) -> None:
    client.start("r")
    client.log("r", 0, 0, 1, 2)
    client.start("r")  # without resume: the next write at line 0 begins the stream anew, its repetition does not
    world.server.fail(on, how="twice")

    assert client.log("r", 0, 0, time=2.0).status == 200
    assert client.log("r", 1, 1, time=2.5).status == 200

    assert world.run.history.steps("a") == [0, 1]


@BOTH
def test_a_slow_answer_waits_for_its_release_and_holds_nobody_else(world: World, client: HandClient, on: str) -> None:
    client.start("r")
    fault = world.server.fail(on, nth=1, how="slow", limit_s=60)
    answers: list[int] = []
    waiting = threading.Thread(target=lambda: answers.append(client.log("r", 0, 0).status))
    waiting.start()

    while not world.run.history:  # the work comes first
        assert client.ask("{viewer {id}}").status == 200
    assert answers == []
    fault.release()
    waiting.join(10)

    assert answers == [200]


def test_a_slow_answer_comes_when_its_limit_is_over(world: World, client: HandClient) -> None:
    world.server.fail("graphql", how="slow", limit_s=0.0)

    assert client.ask("{viewer {id}}").status == 200


def test_healing_and_leaving_let_slow_answers_go(world: World, client: HandClient) -> None:
    client.start("r")
    held = [world.server.fail("file_stream", nth=nth, how="slow", limit_s=60) for nth in (1, 2)]
    waiting = [threading.Thread(target=client.stream, args=("r", {})) for _ in range(2)]
    for thread in waiting:
        thread.start()

    world.server.heal(held[0])
    world.close()
    for thread in waiting:
        thread.join(10)

    assert not any(thread.is_alive() for thread in waiting)


def test_a_start_whose_answer_is_lost_still_resumes(world: World, client: HandClient) -> None:
    """RESUME-7"""
    client.start("r")
    client.log("r", 0, 0, 1)
    client.stream("r", {"files": {"wandb-summary.json": {"offset": 0, "content": ['{"a": 1}']}}})
    client.data(STATUS, project="p", name="r")
    world.server.fail("graphql", nth=1, how="lose_answer")
    variables: dict[str, Any] = {"name": "r", "project": "p", "host": "here", "config": '{"_wandb": {"value": {}}}'}

    statuses = [client.ask(UPSERT, **variables).status for _ in range(2)]
    client.log("r", 2, 2, time=2.0)

    run = world.run
    assert statuses == [0, 200]
    assert (run.resumed_from, run.summary, run.history.steps("a")) == (2, {"a": 1}, [0, 1, 2])


def test_a_late_body_does_not_reach_the_stream_that_took_the_place_of_its_own(world: World, client: HandClient) -> None:
    """RESUME-1"""
    client.start("r")
    client.log("r", 0, 0, 1, 2, time=1.0)
    client.start("r")
    client.log("r", 0, 0, value=7, time=2.0)

    assert client.log("r", 0, 0, 1, 2, time=1.0).status == 200

    assert world.run.history["a"] == [7]


def test_a_late_body_does_not_bring_back_what_was_rewound(world: World, client: HandClient) -> None:
    client.start("r")
    client.log("r", 0, 0, time=1.0)
    client.log("r", 1, 1, 2, time=1.5)
    client.data(REWIND, step=0)

    assert client.log("r", 1, 1, 2, time=1.5).status == 200
    assert world.run.history.steps("a") == [0]
    client.log("r", 1, 1, value=7, time=2.0)
    assert world.run.history["a"] == [0, 7]


def test_an_alert_that_is_delivered_twice_inside_of_a_request_is_kept_once(world: World, client: HandClient) -> None:
    client.start("r")
    world.server.fail("alert", how="twice")

    client.data(ALERT)

    assert len(world.run.alerts) == 1


@pytest.mark.parametrize("how", FAILURES)
def test_a_run_of_ours_comes_through_each_way_to_fail_once(how: str) -> None:
    """The first row, exit and summary fail; what the user has afterwards is the same over memory and over HTTP."""
    seen = []
    for transport in ("memory", "responses"):
        with fake(profile="current", transport=transport, environ={}) as world:
            run = world.init(project="p", id="r")
            for kind in ("history", "summary", "exit"):
                world.server.fail(kind, nth=1, how=how, limit_s=0.0)
            for loss in range(3):
                run.log({"loss": loss})
            run.finish()
            got = world.run
            seen.append((got.history, got.summary, got.state, got.exit_code))

    assert seen[0] == seen[1]
    is_told = how in ("malformed", "twice", "slow")  # a row that was not acknowledged gives its line to the next one
    assert seen[0][0].steps("loss") == ([0, 1, 2] if is_told else [1, 2])
    assert seen[0][2] == ("running" if how in ("refuse", "cut") else "finished")


@pytest.mark.parametrize(("transport", "on"), [("memory", "files"), ("responses", "files"), ("responses", "upload")])
def test_a_fault_may_be_about_one_file(
    transport: str, on: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent before and after it neither fails nor counts."""
    monkeypatch.chdir(tmp_path)
    with fake(profile="current", transport=transport, environ={}) as world:
        world.server.fail(on, nth=1, reply=403, file="*.ckpt")
        run = world.init(project="p", id="r")
        for name in ("a.txt", "b.ckpt", "c.ckpt"):
            Path(name).write_text(name)
            run.save(name, policy="now")
        run.finish()

        assert sorted(world.run.files) == ["a.txt", "c.ckpt"]
        assert [refused.refusal.message for refused in world.recorder.refusals] == ["HTTP 403, as the test asked"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"how": "explode"}, "how='explode'.*lose_answer"),
        ({"retry_after": 0.5}, "retry_after=0.5.*whole seconds"),
        ({"retry_after": -1}, "retry_after=-1.*whole seconds"),
        ({"limit_s": -1}, "limit_s=-1.*0 or more"),
        ({"limit_s": float("nan")}, "limit_s=nan"),
        ({"on": "history", "file": "*.ckpt"}, r"on='history', file='\*.ckpt'.*only files, upload, download"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Fault(**arguments)


def test_faults_that_say_the_same_are_equal() -> None:
    assert Fault("run", how="slow") == Fault("run", how="slow")
    assert "released" not in repr(Fault())


def test_a_fault_that_nothing_can_meet_is_refused() -> None:
    with pytest.raises(ValueError, match=r"on='unknown'.*there is no such record; expected one of any, viewer"):
        Fault("unknown")
