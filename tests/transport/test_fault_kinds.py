"""Faults on a kind of record mean the same over HTTP; those on artifacts have a file of their own."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from wandb_testkit.artifact_records import AboutArtifact
from wandb_testkit.records import (
    KINDS,
    AlertRecord,
    AnonymousAccountRequest,
    ConfigRecord,
    ExitRecord,
    FileRequest,
    FilesRecord,
    GraphQLRequest,
    HistoryRecord,
    MetricRecord,
    OutputRecord,
    PreemptingRecord,
    Record,
    RewindRequest,
    RunPath,
    RunRecord,
    RunStatusRequest,
    StatsRecord,
    SummaryRecord,
    UnknownRequest,
    ViewerRequest,
    WatchRecord,
)
from wandb_testkit.wiring import LINES
from wandb_testkit.world import fake

PATH = RunPath("testkit-user", "p", "r")

ONE_OF_EACH: dict[str, Record] = {
    KINDS[type(record)]: record
    for record in (
        ViewerRequest(),
        AnonymousAccountRequest(),
        RunStatusRequest(PATH),
        RewindRequest(PATH, 0),
        RunRecord(PATH, notes="n"),
        HistoryRecord(PATH, 0, [{"_step": 0, "n": 1}], [1.0], [0.0]),
        SummaryRecord(PATH, {"n": 1}),
        ConfigRecord(PATH, {"a": 2, "_wandb": {"t": {}}}),
        MetricRecord(PATH, "n", summary=("min",)),
        OutputRecord(PATH, 0, ["line"]),
        FilesRecord(PATH, {"f.txt": b"x"}),
        ExitRecord(PATH, 0, 1.0),
        StatsRecord(PATH, 0, [{"system.cpu": 1.0}]),
        AlertRecord(PATH, "t", "x", "INFO", 1.0),
        PreemptingRecord(PATH),
    )
}


def after_a_fault(transport: str, on: str, reply: int = 500, how: str = "refuse") -> list[Any]:
    with fake(profile="current", transport=transport, environ={}) as world:
        there = world.session.connect(world.api_key)
        there.deliver(RunRecord(PATH, starts=True, config={"a": 1, "_wandb": {"t": {}}}))
        world.server.fail(on=on, nth=1, reply=reply, how=how, limit_s=0.0)
        answer = there.deliver(ONE_OF_EACH[on])
        again = there.deliver(ONE_OF_EACH[on])
        told = [(KINDS[type(one.record)], one.refusal.status) for one in world.recorder.refusals]
        return [answer.refusal and answer.refusal.status, again.refusal, told, world.runs]


@pytest.mark.parametrize("reply", [0, 403, 500])
@pytest.mark.parametrize("on", ONE_OF_EACH)
@pytest.mark.parametrize("transport", ["responses", "loopback"])
def test_the_first_record_of_a_kind_fails_and_the_second_does_not(transport: str, on: str, reply: int) -> None:
    over_memory = after_a_fault("memory", on, reply)

    assert after_a_fault(transport, on, reply) == over_memory
    assert over_memory[0] == (None if on == "files" and reply != 403 else reply)  # it is sent again, and arrives
    assert over_memory[2] == [(on, reply)]


@pytest.mark.parametrize("how", ["cut", "lose_answer", "malformed", "twice", "slow"])
@pytest.mark.parametrize("on", ONE_OF_EACH)
def test_each_way_to_fail_is_the_same_over_http(on: str, how: str) -> None:
    over_memory = after_a_fault("memory", on, how=how)

    assert after_a_fault("responses", on, how=how) == over_memory


def test_every_kind_is_tried_here_or_in_test_faults_on_artifacts() -> None:
    assert set(KINDS.values()) - set(ONE_OF_EACH) == {
        KINDS[kind] for kind in (WatchRecord, FileRequest, GraphQLRequest, UnknownRequest, *get_args(AboutArtifact))
    }
    assert set(LINES) >= {"memory", "responses", "loopback", "process"}
