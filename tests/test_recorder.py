"""The recorder: records in order, refusals, dropped rows, warnings; frozen when read."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.recorder import Notice, path_of
from wandb_testkit.records import (
    DONE,
    KINDS,
    AnonymousAccountRequest,
    ExitRecord,
    HistoryRecord,
    RunPath,
    RunRecord,
    RunStatusRequest,
    SummaryRecord,
    ViewerRequest,
)

PATH = RunPath("testkit-user", "uncategorized", "abc")


@pytest.fixture(params=[CLASSIC, CURRENT], ids=str)
def fake(request: pytest.FixtureRequest) -> Iterator[wt.World]:
    profile: Profile = request.param
    with wt.fake(profile=profile, environ={}, directory="") as world:
        yield world


def test_records_are_kept_in_order(fake: wt.World) -> None:
    with fake.init(id="abc", resume="allow") as run:
        run.log({"loss": 1})

    assert [type(record) for record in fake.recorder.records] == [
        ViewerRequest,
        RunStatusRequest,
        RunRecord,
        HistoryRecord,
        SummaryRecord,
        ExitRecord,
    ]
    assert fake.run.requests == ["status", "run", "history", "summary", "exit"]


def test_reading_anything_publishes_open_rows(fake: wt.World) -> None:
    run = fake.init()
    run.log({"loss": 1})

    kinds = [KINDS[type(record)] for record in fake.recorder.records]

    assert kinds[-2:] == ["history", "summary"]


def test_what_was_read_does_not_change(fake: wt.World) -> None:
    run = fake.init()
    read = (fake.recorder.records, fake.recorder.refusals, fake.recorder.warnings, fake.recorder.runs)
    lengths = [len(part) for part in read]

    fake.server.fail("history")
    run.log({"loss": 1})
    run.log({"loss": 1}, step=0)
    run.save("nothing-that-exists")
    run.finish()

    assert [len(part) for part in read] == lengths
    assert fake.recorder.refusals


def test_refusals_keep_the_record_and_the_reason(fake: wt.World) -> None:
    fake.server.fail("exit", reply=503, message="maintenance")
    run = fake.init(id="abc")
    run.finish()

    (refused,) = fake.recorder.refusals

    assert (refused.record.__class__, path_of(refused.record)) == (ExitRecord, PATH)
    assert (refused.refusal.status, refused.refusal.message) == (503, "maintenance")


def test_dropped_rows_and_warnings_are_told_by_run(fake: wt.World) -> None:
    first = fake.init(id="first")
    first.log({"a": 1}, step=3, commit=True)
    first.log({"a": 2}, step=1)
    first.finish()
    second = fake.init(id="second")
    second.save("nothing-that-exists")

    (dropped,) = fake.recorder.dropped_rows
    (warned,) = fake.recorder.warnings
    assert (dropped.run_id, warned.run_id) == ("first", "second")
    assert [run.warnings for run in fake.runs] == [[dropped.message], [warned.message]]


def test_a_warning_before_there_is_a_run_belongs_to_none(fake: wt.World) -> None:
    fake.session.warn("kind", "text")

    assert fake.recorder.warnings == [Notice(None, "text")]
    assert fake.session.told == ["kind"]
    assert fake.terminal.lines == [("warning", "text")]


def test_deleted_runs_are_gone_and_the_order_is_that_of_creation(fake: wt.World) -> None:
    for run_id in ("a", "b", "c"):
        fake.init(id=run_id).finish()
    fake.init(id="a", resume="must")

    fake.server.delete_run("b")

    assert [run.id for run in fake.recorder.runs] == ["a", "c"]


def test_it_cannot_be_told_of_a_refusal_that_was_none(fake: wt.World) -> None:
    with pytest.raises(ValueError, match="was accepted"):
        fake.recorder.refused(ViewerRequest(), DONE)


@pytest.mark.parametrize("record", [ViewerRequest(), AnonymousAccountRequest()])
def test_records_about_accounts_are_about_no_run(record: ViewerRequest | AnonymousAccountRequest) -> None:
    assert path_of(record) is None


def test_threads_may_tell_and_read_at_once(fake: wt.World) -> None:
    run = fake.init()
    wrong: list[object] = []

    def read() -> None:
        for _ in range(200):
            records = fake.recorder.records
            if fake.recorder.records[: len(records)] != records:
                wrong.append(records)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for loss in range(500):
        run.log({"loss": loss})
    for reader in readers:
        reader.join()

    assert wrong == []
    assert fake.run.history["loss"] == list(range(500))


def test_what_was_said_since_a_mark_is_told_refusals_last() -> None:
    with wt.fake(profile="current", environ={}) as fake:
        fake.init(id="before")
        mark = fake.recorder.mark()
        fake.server.fail("alert", nth=1, reply=400)
        run = fake.init(id="after", reinit="create_new")
        run.alert("title", "text")

        kinds = [KINDS[type(record)] for record in fake.recorder.since(mark)]

    assert kinds == ["run", "alert"]


def test_runs_of_one_id_in_two_projects_have_warnings_of_their_own(fake: wt.World) -> None:
    for project in ("one", "two"):
        with fake.init(id="same", project=project) as run:
            run.log({"a": 1}, step=3, commit=True)
            if project == "two":
                run.log({"a": 2}, step=1)
                run.save("nothing-that-exists")

    first, second = fake.runs
    assert (len(first.warnings), len(second.warnings)) == (0, 2)
