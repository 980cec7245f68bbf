"""Transports that wrap a transport, around each of ours: every transport fails alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from wandb_testkit.faults import Fault
from wandb_testkit.ports import Transport
from wandb_testkit.records import (
    HistoryRecord,
    Record,
    Refusal,
    Result,
    RunPath,
    RunRecord,
    SummaryRecord,
    ViewerRequest,
)
from wandb_testkit.transport.wrap import faulty, recording
from wandb_testkit.wiring import LINES
from wandb_testkit.world import World, fake

EVERY = pytest.mark.parametrize("transport", LINES)


def wrapped(world: World, wrap: Callable[[Transport], Any]) -> list[Any]:
    """Wraps what the session of a world connects with; the list fills with the wrappers."""
    made: list[Any] = []
    connect = world.session.connect

    def connecting(api_key: str | None) -> Transport:
        made.append(wrap(connect(api_key)))
        return made[-1]  # type: ignore[no-any-return]

    world.session.connect = connecting
    return made


@EVERY
@pytest.mark.parametrize("profile", ["classic", "current"])
def test_what_passes_is_noted_in_order_with_its_answer(transport: str, profile: str) -> None:
    with fake(profile=profile, transport=transport, environ={}) as world:
        made = wrapped(world, recording)
        run = world.init(project="p", id="r")
        run.log({"n": 1})
        run.finish()
        viewer, started = made
        passed = started.passed

    assert [type(one.record) for one in viewer.passed] == [ViewerRequest]
    assert viewer.passed[0].result.account.entity == world.server.accounts.default.entity
    assert [type(one.record).__name__ for one in passed[:3]] == ["RunRecord", "HistoryRecord", "SummaryRecord"]
    assert passed[0].result.run.inserted
    assert type(passed[-1].record).__name__ == "ExitRecord"
    assert passed[-1].result is None
    assert isinstance(passed, tuple)


def test_a_recording_is_frozen_when_read_and_keeps_the_order_of_threads() -> None:
    class Echo:
        def deliver(self, record: Record) -> Result:
            return Result(refusal=Refusal(400, repr(record)))

        def publish(self, record: Record) -> None:
            pass

        def close(self) -> None:
            pass

    noted = recording(Echo())
    path = RunPath("e", "p", "r")
    threads = [
        threading.Thread(target=lambda n=n: [noted.deliver(SummaryRecord(path, {"n": n})) for _ in range(50)])
        for n in range(4)
    ]
    before = noted.passed
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert before == ()
    assert len(noted.passed) == 200
    assert all(one.result == Result(refusal=Refusal(400, repr(one.record))) for one in noted.passed)


@EVERY
@pytest.mark.parametrize("profile", ["classic", "current"])
@pytest.mark.parametrize(("on", "reply"), [("run", 0), ("run", 500), ("viewer", 0), ("status", 403)])
def test_every_transport_fails_alike(transport: str, profile: str, on: str, reply: int) -> None:
    seen = []
    for name in ("memory", transport):
        with fake(profile=profile, transport=name, environ={}) as world:
            wrapped(world, lambda inner: faulty(inner, [Fault(on, reply=reply)]))
            error: tuple[type | None, str] = (None, "")
            try:
                world.init(project="p", id="r", resume="allow").finish()
            except Exception as raised:
                error = (type(raised), str(raised))
            seen.append((error, world.runs))

    assert seen[1] == seen[0]


@EVERY
def test_a_lost_answer_is_a_refusal_after_the_work_was_done(transport: str) -> None:
    with fake(transport=transport, environ={}) as world:
        plain = world.session.connect(world.api_key)
        losing = faulty(plain, [Fault("run", nth=1, how="lose_answer")])

        answer = losing.deliver(RunRecord(RunPath("", "p", "r"), starts=True))

        lost = Refusal(0, "the answer got lost, as the test asked", on_purpose=True, how="lose_answer")
        assert answer == Result(refusal=lost)
        assert [run.id for run in world.runs] == ["r"]
        assert losing.refused == ((RunRecord(RunPath("", "p", "r"), starts=True), lost),)


@EVERY
def test_rows_that_are_delivered_twice_are_stored_once(transport: str) -> None:
    with fake(transport=transport, environ={}) as world:
        plain = world.session.connect(world.api_key)
        path = RunPath(world.server.accounts.default.entity, "p", "r")
        plain.deliver(RunRecord(path, starts=True))
        twice = faulty(plain, [Fault("history", nth=1, how="twice")])

        for line in range(2):
            twice.publish(HistoryRecord(path, line, [{"_step": line, "n": line}], [float(line)], [0.0]))

        assert world.run.history["n"] == [0, 1]


@EVERY
def test_the_nth_record_does_not_leave(transport: str) -> None:
    with fake(transport=transport, environ={}) as world:
        path = RunPath(world.server.accounts.default.entity, "p", "r")
        broken = faulty(world.session.connect(world.api_key), [Fault("summary", nth=2, reply=429)])
        broken.deliver(RunRecord(path, starts=True))

        for best in (1, 2):
            broken.publish(SummaryRecord(path, {"best": best}))

        assert world.run.summary == {"best": 1}
        assert [refusal.status for _, refusal in broken.refused] == [429]


def test_faults_on_requests_belong_to_the_server() -> None:
    with fake(environ={}) as world:
        plain = world.session.connect(world.api_key)

        with pytest.raises(ValueError, match=r"FakeServer\.fail"):
            faulty(plain, [Fault("file_stream")])
