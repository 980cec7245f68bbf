"""What each record does to the state of the server, and which it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.records import (
    DONE,
    ConfigRecord,
    ExitRecord,
    FilesRecord,
    HistoryRecord,
    MetricRecord,
    OutputRecord,
    Record,
    Result,
    RewindRequest,
    RunPath,
    RunRecord,
    RunStatusRequest,
    SummaryRecord,
    ViewerRequest,
    WatchRecord,
)

PATH = RunPath("testkit-user", "p", "abc")


@pytest.fixture
def fake() -> Iterator[wt.World]:
    with wt.fake(environ={}, directory="") as world:
        yield world


def send(world: wt.World, record: Record) -> Result:
    return world.server.apply(record, api_key=world.api_key)


def started(world: wt.World, **given: Any) -> Result:
    return send(world, RunRecord(PATH, starts=True, **given))


def rows(first: int, *losses: int, at: float = 0.0) -> HistoryRecord:
    lines = [{"_step": first + number, "loss": loss} for number, loss in enumerate(losses)]
    return HistoryRecord(PATH, first, lines, [at] * len(lines), [at] * len(lines))


def test_an_account_is_told_by_its_key(fake: wt.World) -> None:
    account = send(fake, ViewerRequest()).account

    assert account is not None
    assert account.entity == "testkit-user"


@pytest.mark.parametrize("record", [ViewerRequest(), RunStatusRequest(PATH), RunRecord(PATH), rows(0, 1)])
def test_without_a_key_everything_is_refused(fake: wt.World, record: Record) -> None:
    refusal = fake.server.apply(record).refusal

    assert refusal is not None
    assert refusal.status == 401


def test_an_unknown_run_has_no_status(fake: wt.World) -> None:
    assert send(fake, RunStatusRequest(PATH)) == DONE


def test_the_status_tells_where_a_run_stopped(fake: wt.World) -> None:
    started(fake, display_name="mine", notes="n", tags=("t",), config={"a": 1})
    send(fake, HistoryRecord(PATH, 0, [{"_step": 7}], [5.0], [4.0]))
    send(fake, SummaryRecord(PATH, {"loss": 1, "_runtime": 3.0}))
    send(fake, OutputRecord(PATH, 0, ["line"]))

    status = send(fake, RunStatusRequest(PATH)).status

    assert status is not None
    assert status._asdict() == {
        "display_name": "mine",
        "config": {"a": 1},
        "summary": {"loss": 1, "_runtime": 3.0},
        "tags": ("t",),
        "notes": "n",
        "last_step": 7,
        "last_runtime": 4.0,
        "history_lines": 1,
        "output_lines": 1,
        "started": True,
        "unreadable": (),
    }


def test_entity_project_and_name_are_filled_in(fake: wt.World) -> None:
    info = send(fake, RunRecord(RunPath("", "", "abc"), starts=True)).run

    assert info is not None
    assert (str(info.path), info.inserted) == ("testkit-user/uncategorized/abc", True)
    assert (fake.run.path, fake.run.name) == ("testkit-user/uncategorized/abc", info.display_name)


def test_names_count_up_in_each_project(fake: wt.World) -> None:
    infos = [
        send(fake, RunRecord(RunPath("", project, run_id), starts=True)).run
        for project, run_id in (("p", "a"), ("p", "b"), ("q", "c"))
    ]

    assert [info.display_name.rpartition("-")[2] for info in infos if info] == ["1", "2", "1"]


def test_none_leaves_a_value_as_it_is(fake: wt.World) -> None:
    started(fake, display_name="mine", notes="n", tags=("t",), group="g", job_type="j")
    before = fake.run

    send(fake, RunRecord(PATH))

    assert fake.run == before


def test_an_edit_changes_what_it_names(fake: wt.World) -> None:
    started(fake, config={"a": 1}, tags=("t",))
    send(fake, ExitRecord(PATH, 0, 1.0))

    send(fake, RunRecord(PATH, notes="later", tags=()))

    assert (fake.run.notes, fake.run.tags, fake.run.state, fake.run.config) == ("later", (), "finished", {"a": 1})


def test_an_answer_tells_the_length_of_the_history_unless_switched_off(fake: wt.World) -> None:
    started(fake)
    send(fake, rows(0, 3, 2, 1))

    told = started(fake).run
    fake.server.runs.reports_history_length = False
    untold = started(fake).run

    assert told is not None
    assert untold is not None
    assert (told.inserted, told.history_lines, untold.history_lines) == (False, 3, 0)


def test_lines_that_are_there_already_are_replaced(fake: wt.World) -> None:
    started(fake)
    send(fake, rows(0, 3, 2, 1))
    before = fake.run.history

    send(fake, rows(1, 20, 10))
    send(fake, rows(3, 0))

    assert fake.run.history["loss"] == [3, 20, 10, 0]
    assert before["loss"] == [3, 2, 1]


def test_a_gap_in_history_is_refused(fake: wt.World) -> None:
    started(fake)

    refusal = send(fake, rows(2, 1)).refusal

    assert refusal is not None
    assert (refusal.status, "no line 2" in refusal.message) == (400, True)
    assert fake.run.history == []


@pytest.mark.parametrize(
    "record",
    [rows(0, 1), SummaryRecord(PATH, {}), ConfigRecord(PATH, {}), ExitRecord(PATH, 0, 0.0), FilesRecord(PATH, {})],
)
def test_a_record_about_a_run_that_does_not_exist_is_refused(fake: wt.World, record: Record) -> None:
    refusal = send(fake, record).refusal

    assert refusal is not None
    assert (refusal.status, refusal.message) == (404, "run testkit-user/p/abc does not exist")


def test_a_deleted_run_takes_nothing_and_its_id_is_gone(fake: wt.World) -> None:
    started(fake)
    fake.server.delete_run("abc")

    statuses = [result.refusal and result.refusal.status for result in (send(fake, rows(0, 1)), started(fake))]

    assert statuses == [404, 410]
    assert send(fake, RunStatusRequest(PATH)) == DONE


def test_what_belongs_to_others_is_refused(fake: wt.World) -> None:
    fake.server.add_user("other")

    for record in (RunStatusRequest(PATH._replace(entity="other")), RunRecord(PATH._replace(entity="other"))):
        refusal = send(fake, record).refusal
        assert refusal is not None
        assert refusal.status == 403


def test_config_and_summary_are_replaced_whole(fake: wt.World) -> None:
    started(fake, config={"a": 1})
    send(fake, SummaryRecord(PATH, {"x": 1}))
    before = fake.run

    send(fake, ConfigRecord(PATH, {"b": 1, "_wandb": {"t": {}}}))
    send(fake, SummaryRecord(PATH, {"y": 1, "_timestamp": 5}))

    assert (fake.run.config, fake.run.summary) == ({"b": 1}, {"y": 1})
    assert (fake.run.client["config"], fake.run.client["summary"]) == ({"t": {}}, {"_timestamp": 5})
    assert (before.config, before.summary) == ({"a": 1}, {"x": 1})


def test_the_last_upload_of_a_file_wins(fake: wt.World) -> None:
    started(fake)
    send(fake, FilesRecord(PATH, {"a": b"1", "b": b"1"}))
    before = fake.run

    send(fake, FilesRecord(PATH, {"a": b"2"}))

    assert fake.run.files == {"a": b"2", "b": b"1"}
    assert before.files == {"a": b"1", "b": b"1"}


def test_console_lines_are_written_at_their_line(fake: wt.World) -> None:
    started(fake)

    for first, lines in ((0, ["a", "b"]), (1, ["B", "c"]), (5, ["f"])):
        send(fake, OutputRecord(PATH, first, lines))

    assert fake.run.output == ["a", "B", "c", "", "", "f"]


def test_definitions_and_watched_models_are_kept(fake: wt.World) -> None:
    started(fake)

    send(fake, MetricRecord(PATH, "loss", summary=("min",)))
    send(fake, MetricRecord(PATH, "loss", summary=("max",)))
    send(fake, WatchRecord(PATH, "Net", "all", 10))

    assert fake.run.client["metrics"] == {"loss": MetricRecord(PATH, "loss", summary=("max",))}
    assert fake.run.client["watched"] == [{"model": "Net", "log": "all", "log_freq": 10}]


@pytest.mark.parametrize(("exit_code", "state"), [(0, "finished"), (1, "failed"), (255, "failed")])
def test_the_end_decides_the_state(fake: wt.World, exit_code: int, state: str) -> None:
    started(fake)

    send(fake, ExitRecord(PATH, exit_code, 1.0))

    assert (fake.run.state, fake.run.exit_code) == (state, exit_code)


def test_a_start_sets_an_ended_run_running(fake: wt.World) -> None:
    started(fake)
    send(fake, ExitRecord(PATH, 1, 1.0))

    started(fake, resumed=True)

    assert (fake.run.state, fake.run.exit_code) == ("running", None)


def test_a_start_that_is_not_resumed_keeps_the_old_rows_until_the_first_new_one(fake: wt.World) -> None:
    """RESUME-1"""
    started(fake)
    send(fake, rows(0, 3, 2))
    send(fake, SummaryRecord(PATH, {"loss": 2}))

    started(fake)
    between = (fake.run.history["loss"], fake.run.summary)
    send(fake, rows(0, 9))

    assert between == ([3, 2], {})
    assert fake.run.history["loss"] == [9]


def test_a_resumed_start_keeps_everything(fake: wt.World) -> None:
    """RESUME-7"""
    started(fake, config={"a": 1})
    send(fake, rows(0, 3, 2))
    send(fake, SummaryRecord(PATH, {"loss": 2}))

    started(fake, resumed=True, config={"a": 1, "b": 2})
    send(fake, rows(2, 1))

    assert (fake.run.history["loss"], fake.run.summary, fake.run.config, fake.run.resumed_from) == (
        [3, 2, 1],
        {"loss": 2},
        {"a": 1, "b": 2},
        2,
    )


def test_a_rewound_run_has_forgotten_the_rows_after_the_step(fake: wt.World) -> None:
    """FORK-2"""
    started(fake)
    send(fake, HistoryRecord(PATH, 0, [{"_step": step} for step in range(4)], [0.0] * 4, [0.0, 1.0, 2.0, 3.0]))

    status = send(fake, RewindRequest(PATH, 1.5)).status

    assert status is not None
    assert (status.last_step, status.history_lines, status.last_runtime) == (1, 2, 1.0)


def test_a_run_that_is_not_there_cannot_be_rewound(fake: wt.World) -> None:
    """FORK-2"""
    refusal = send(fake, RewindRequest(PATH, 1)).refusal

    assert refusal is not None
    assert refusal.status == 404
