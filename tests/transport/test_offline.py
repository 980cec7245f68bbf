"""Offline runs write their directory: a transaction log and files, where a place was named or a path asked for."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.records import ConfigRecord, ExitRecord, HistoryRecord, Record, RunPath, RunRecord, SummaryRecord
from wandb_testkit.wire.log_file import LogReader, LogWriter
from wandb_testkit.wire.record_codec import parsed
from wandb_testkit.wire.transaction_log import Payload, payloads

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fake(profile: Profile) -> Iterator[wt.World]:
    with wt.fake(profile=profile, environ={}) as world:
        yield world


def records_in(log: Path) -> list[Record]:
    reader = LogReader()
    found = list(reader.feed(log.read_bytes()))
    assert reader.damage is None
    return found


def only_log(below: Path) -> Path:
    (log,) = below.rglob("*.wandb")
    return log


def test_an_offline_run_writes_a_directory_of_its_own(profile: Profile, tmp_path: Path) -> None:
    """MODE-3"""
    with wt.fake(profile=profile, environ={}, root=tmp_path, logged_in=False) as world:
        run: Any = world.init(mode="offline", id="abc", project="p", config={"lr": 0.1})
        stamp = time.strftime("%Y%m%d_%H%M%S", time.localtime(run.start_time))
        log = tmp_path / "wandb" / f"offline-run-{stamp}-abc" / "run-abc.wandb"
        start = records_in(log)
        run.log({"loss": 0.5})
        run.finish(exit_code=3)

        assert [type(record) for record in start] == [RunRecord]
        assert [type(record) for record in records_in(log)] == [RunRecord, HistoryRecord, SummaryRecord, ExitRecord]
        assert world.recorder.records == []
        assert world.run.requests == []


def test_the_default_job_type_is_in_the_log_of_an_offline_run(profile: Profile, tmp_path: Path) -> None:
    """META-2"""
    with wt.fake(profile=profile, environ={}, root=tmp_path) as world:
        world.init(mode="offline").finish()

    start = records_in(only_log(tmp_path))[0]
    assert isinstance(start, RunRecord)
    assert start.job_type == {CLASSIC: "train", CURRENT: None}[profile]


def test_the_directory_is_below_the_one_that_dir_names(profile: Profile, tmp_path: Path) -> None:
    """MODE-3, LOGSETUP-3"""
    with wt.fake(profile=profile, environ={}) as world:
        world.init(mode="offline", id="abc", dir=str(tmp_path)).finish()

    assert only_log(tmp_path).parent.parent == tmp_path / "wandb"


def test_nothing_is_on_the_disk_until_a_path_is_asked_for_and_then_the_whole_log_is(fake: wt.World) -> None:
    """DIR-1"""
    run: Any = fake.init(mode="offline", id="abc")
    run.log({"loss": 0.5})
    run.config["late"] = True
    fake.recorder.flush()

    directory = Path(run.dir).parent
    run.finish()

    log = directory / "run-abc.wandb"
    assert [type(record) for record in records_in(log)] == [
        RunRecord,
        HistoryRecord,
        SummaryRecord,
        ConfigRecord,
        ExitRecord,
    ]


def test_an_offline_run_in_memory_does_not_even_load_protobuf() -> None:
    code = """
import sys
import wandb_testkit as wt
with wt.fake(environ={}) as fake:
    with fake.init(mode="offline") as run:
        run.log({"a": 1})
    assert fake.run.history["a"] == [1]
    print("google.protobuf" in sys.modules)
    run.dir
    print("google.protobuf" in sys.modules)
"""

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.split() == ["False", "True"]


def test_two_offline_runs_of_one_id_and_second_do_not_share_a_log(profile: Profile, tmp_path: Path) -> None:
    """MODE-3, RESUME-13"""
    with wt.fake(profile=profile, environ={}, root=tmp_path) as world:
        for number in range(3):
            run = world.init(mode="offline", id="abc")
            run.log({"number": number})
            run.finish()

        logs = sorted(tmp_path.rglob("*.wandb"), key=str)
        rows = [record.rows for log in logs for record in records_in(log) if isinstance(record, HistoryRecord)]
        assert sorted(rows, key=str) == [[{"number": number, "_step": 0}] for number in range(3)]
        assert [seen.history["number"] for seen in world.runs] == [[0], [1], [2]]


def test_a_file_of_an_offline_run_is_below_its_files_directory(fake: wt.World, tmp_path: Path) -> None:
    """MODE-3"""
    (tmp_path / "model.txt").write_text("weights")
    run: Any = fake.init(mode="offline", dir=str(tmp_path))
    run.save(str(tmp_path / "model.txt"), base_path=str(tmp_path))
    run.finish()

    assert (only_log(tmp_path).parent / "files" / "model.txt").read_text() == "weights"


def test_what_is_no_longer_in_the_summary_is_told_to_real_readers(tmp_path: Path) -> None:
    path = RunPath("", "p", "abc")
    writer, log = LogWriter(), bytearray()
    for record in (SummaryRecord(path, {"a": 1, "b": 2}), SummaryRecord(path, {"b": 3})):
        log += writer.write(record, len(log))

    messages = [parsed(payload.data) for payload in payloads(bytes(log)) if isinstance(payload, Payload)]
    assert [message.num for message in messages] == [1, 2, 3]
    assert [message.WhichOneof("record_type") for message in messages] == ["header", "summary", "summary"]
    assert [[item.key for item in message.summary.remove] for message in messages[1:]] == [[], ["a"]]


# ---------------------------------------------------------------------- a world whose runs all go through a log


@pytest.fixture
def logged(profile: Profile) -> Iterator[wt.World]:
    with wt.fake(profile=profile, environ={}, transport="offline") as world:
        yield world


def test_runs_of_a_world_may_travel_through_a_log(logged: wt.World) -> None:
    with logged.init(id="abc", config={"lr": 0.1}) as run:
        run.log({"loss": float("nan"), "d": {"e": [1, None]}})
        run.summary["best"] = 7

    seen = logged.run
    assert (seen.state, seen.config, seen.mode) == ("finished", {"lr": 0.1}, "online")
    assert seen.history["d"] == [{"e": [1, None]}]
    assert seen.summary["best"] == 7
    assert seen.requests[0] == "run"


def test_a_question_is_answered_after_all_that_was_written_before_it(logged: wt.World) -> None:
    run = logged.init(id="abc", resume="allow")
    run.log({"loss": 1})
    logged.process(environ={})
    run.finish()
    again: Any = logged.init(id="abc", resume="must")

    assert (again.resumed, again.starting_step) == (True, 1)


def test_a_fault_refuses_the_second_row_and_no_other(logged: wt.World) -> None:
    logged.server.fail("history", nth=2)
    run = logged.init()
    for number in range(3):
        run.log({"number": number})

    assert logged.run.history["number"] == [0, 2]
    assert len(logged.recorder.refusals) == 1


def test_a_delivered_question_that_is_refused_says_why(logged: wt.World) -> None:
    logged.server.fail("run", reply=403, message="not today")

    with pytest.raises(Exception, match="not today"):
        logged.init()
