"""Offline runs: kept by the server's own model, and no server hears of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.recorder import Recorder
from wandb_testkit.records import AnonymousAccountRequest, FileRequest, RunPath, RunStatusRequest, ViewerRequest
from wandb_testkit.server.local import LocalRun


@pytest.fixture(params=[CLASSIC, CURRENT], ids=str)
def fake(request: pytest.FixtureRequest) -> Iterator[wt.World]:
    profile: Profile = request.param
    with wt.fake(profile=profile, environ={}) as world:
        yield world


def what_happened(world: wt.World, mode: str) -> dict[str, Any]:
    with world.init(mode=mode, id=mode, project="p", entity="testkit-user", name="n", config={"a": 1}) as run:
        run.define_metric("loss", summary="min")
        for loss in (2, 1, 3):
            run.log({"loss": loss})
        run.summary["best"] = 1
        run.config["b"] = 2
    seen = world.runs[-1]
    same = ("project", "entity", "name", "state", "exit_code", "config", "summary", "tags", "files", "output")
    return {"rows": list(seen.history), **{name: getattr(seen, name) for name in same}}


def test_an_offline_run_reads_like_an_online_one(fake: wt.World) -> None:
    assert what_happened(fake, "offline") == what_happened(fake, "online")


def test_the_same_id_may_be_a_run_offline_and_another_online(fake: wt.World) -> None:
    fake.init(id="abc", project="p", entity="testkit-user").finish()
    fake.init(id="abc", project="p", entity="testkit-user", mode="offline").finish()

    assert [(run.id, run.mode) for run in fake.runs] == [("abc", "online"), ("abc", "offline")]
    assert [run.requests for run in fake.runs] == [["run", "exit"], []]


@pytest.mark.parametrize(
    "question",
    [
        ViewerRequest(),
        AnonymousAccountRequest(),
        RunStatusRequest(RunPath("", "p", "abc")),
        FileRequest(RunPath("", "p", "abc"), "a.txt"),
    ],
)
def test_a_question_that_only_a_server_can_answer_is_refused(
    question: ViewerRequest | AnonymousAccountRequest | RunStatusRequest | FileRequest,
) -> None:
    recorder = Recorder(lambda: None)

    refusal = LocalRun(recorder.opened, time, recorder.refused).apply(question).refusal

    assert refusal is not None
    assert (refusal.status, refusal.message) == (0, "an offline run asks no server")
    assert [refused.record for refused in recorder.refusals] == [question]
