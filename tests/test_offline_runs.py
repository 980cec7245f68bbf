"""read_offline(): runs on disk, written by real clients and by the kit, whole and damaged."""

from __future__ import annotations

import json
import math
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.offline_runs import OfflineLog
from wandb_testkit.profiles import Profile
from wandb_testkit.records import AlertRecord, OutputRecord, RunPath, StatsRecord, WatchRecord
from wandb_testkit.wire.log_file import LogWriter
from wandb_testkit.wire.messages import message_class
from wandb_testkit.wire.transaction_log import BLOCK_BYTES, Payload, framed, payloads

LOGS = Path(__file__).parents[1] / "fixtures" / "transaction_logs"
CAPTURED = sorted(path.parent for path in LOGS.glob("*/header.json"))


@pytest.fixture(params=CAPTURED, ids=lambda path: path.name)
def captured(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def fake(profile: Profile, tmp_path: Path) -> Iterator[wt.World]:
    with wt.fake(profile=profile, environ={}, root=tmp_path) as world:
        yield world


def header(producer: str) -> Any:
    message = message_class("Record")()
    message.header.version_info.producer = producer
    return message


def started(run_id: str) -> Any:
    message = message_class("Record")()
    message.run.run_id = run_id
    message.run.project = "p"
    return message


def changed(kind: str, **values: Any) -> Any:
    """A message of a real client that changes the config or the summary."""
    message = message_class("Record")()
    for key, value in values.items():
        getattr(message, kind).update.add(key=key, value_json=json.dumps(value))
    return message


def log_of(*messages: Any) -> bytes:
    log = b""
    for message in messages:
        log += framed(message.SerializeToString(), len(log))
    return log


def payloads_of(log: Path) -> list[bytes]:
    return [payload.data for payload in payloads(log.read_bytes()) if isinstance(payload, Payload)]


# ---------------------------------------------------------------------- logs of real clients


@pytest.mark.parametrize(
    ("producer", "config", "summary"),
    [
        ("0.31.0+15f8cbc", {"net": {"x": 1, "y": 2}, "k": {"a": 5}}, {"loss": 1, "z": {"w": 1}}),
        ("", {"net": {}, "k": {"a": 5}, "e": {}}, {"loss": 1, "x": None, "z": {"w": 1}}),
    ],
    ids=["core", "service"],
)
def test_a_log_is_read_as_the_client_that_wrote_it_would_upload_it(
    tmp_path: Path, producer: str, config: dict[str, Any], summary: dict[str, Any]
) -> None:
    """CONFIG-9, SUMMARY-1; `wandb sync` and online runs of 0.31.0 and 0.15.12, which did the same."""
    log = tmp_path / "run-r1.wandb"
    log.write_bytes(
        log_of(
            header(producer),
            started("r1"),
            changed("config", net={"x": 1}, k={"a": {"b": 1}}),
            changed("config", net={"y": 2}),
            changed("config", net={}, k={"a": 5}, e={}),
            changed("summary", loss=1, x=1, z={"q": 1}),
            changed("summary", x=None, z={"w": 1}),
        )
    )

    run = wt.read_offline(log)

    assert (run.config, run.summary) == (config, summary)


def test_a_run_that_a_real_client_logged_reads_as_its_script_says(captured: Path) -> None:
    """MODE-3; fixtures/scripts/clients/offline_run.py"""
    run = wt.read_offline(captured)

    assert (run.id, run.entity, run.project, run.name, run.mode) == ("r1", "", "p", "my name", "offline")
    assert (run.group, run.job_type, run.notes, run.tags) == ("g", "train", "my notes", ("a", "b", "c"))
    assert (run.state, run.exit_code) == ("failed", 3)
    assert run.config == {"lr": 0.1, "net": {"depth": 3}, "late": True}
    assert run.history[:3] == [{"_step": i, "loss": 1 / (i + 1), "m/n": i, "d": {"e": i}} for i in range(3)]
    assert math.isnan(run.history["odd"][0])
    assert run.history[4] == {"_step": 9, "late": "ü", "many": ["x", "x"]}
    assert run.history.steps("late") == [9]
    assert (run.summary["best"], run.summary["deep"], run.summary["_step"]) == (7, {"x": {"y": 2}}, 9)
    assert run.summary["loss"] == {"min": pytest.approx(1 / 3)}
    assert run.output == ["a line of the user", "progress 2"]
    assert run.files == {"f.txt": b"hi", "own.txt": b"there"}
    assert run.alerts == [{"title": "title", "text": "text", "level": "WARN", "wait_s": 60.0}]
    assert run.warnings == []


def test_what_a_real_client_wrote_of_its_own_accord_is_kept_apart(captured: Path) -> None:
    client = wt.read_offline(captured).client

    assert client["files"]["requirements.txt"] == b"redacted\n"
    assert client["facts"]["host"] == "host"
    assert {name: (one.summary, one.step_metric) for name, one in client["metrics"].items()} == {
        "loss": (("min",), None),
        "acc*": ((), "epoch"),
    }
    assert client["summary"]["_timestamp"] > 1_700_000_000


def test_times_of_rows_are_those_of_the_real_client(captured: Path) -> None:
    run = wt.read_offline(captured)

    runtimes, timestamps = run.history["_runtime"], run.history["_timestamp"]
    assert len(timestamps) == len(run.history)
    assert runtimes == sorted(runtimes)
    assert timestamps[0] - runtimes[0] == pytest.approx(timestamps[-1] - runtimes[-1], abs=0.01)


def test_a_captured_log_says_where_it_comes_from(captured: Path) -> None:
    header = json.loads((captured / "header.json").read_text())

    assert (header["client"], header["script"]) == (captured.name, "offline_run.py")


# ---------------------------------------------------------------------- ours


def what_is_seen(run: wt.RunView) -> dict[str, Any]:
    """The whole of a run, with times."""
    return {**vars(run), "history": run.history.with_times(), "requests": []}


def test_our_own_log_reads_as_the_world_shows_the_run(fake: wt.World, tmp_path: Path) -> None:
    """MODE-3, FINISH-1"""
    (tmp_path / "model.txt").write_text("weights")
    run: Any = fake.init(
        mode="offline", id="abc", project="p", name="n", notes="", tags=["a"], group="g", config={"a": {"b": [1, None]}}
    )
    run.define_metric("loss", summary="min")
    for loss in (2, float("inf"), 0.5):
        run.log({"loss": loss, "d": {"ü": None}, "text": "\ud800"})
    run.summary["best"] = -0.0
    run.config["late"] = True
    run.save(str(tmp_path / "model.txt"), base_path=str(tmp_path))
    run.name = "renamed"
    run.finish(exit_code=1)

    read = wt.read_offline(Path(run.dir).parent)

    assert repr(what_is_seen(read)) == repr(what_is_seen(fake.run))
    assert read.files == {"model.txt": b"weights"}


def test_a_log_of_many_blocks_is_read_whole(fake: wt.World) -> None:
    with fake.init(mode="offline", id="abc") as run:
        for number in range(2_000):
            run.log({"number": number, "text": "x" * (number % 90)})
        run.log({"long": "y" * (3 * BLOCK_BYTES)})

    read = wt.read_offline(Path(run.dir).parent)

    assert read.history == fake.run.history
    assert len(read.history) == 2_001


def test_a_run_that_goes_on_is_read_as_far_as_it_has_got(fake: wt.World) -> None:
    run = fake.init(mode="offline", id="abc")
    run.log({"loss": 1})
    fake.recorder.flush()

    read = wt.read_offline(Path(run.dir).parent)

    assert (read.state, read.exit_code, read.warnings) == ("running", None, [])
    assert read.history == [{"_step": 0, "loss": 1}]
    run.finish()


def test_the_log_itself_can_be_named(captured: Path) -> None:
    assert wt.read_offline(str(captured / "run-r1.wandb")).id == "r1"


def test_records_that_only_a_log_has_are_read_too(tmp_path: Path) -> None:
    path = RunPath("", "p", "abc")
    shutil.copy(CAPTURED[-1] / "run-r1.wandb", tmp_path / "run-abc.wandb")
    writer, log = LogWriter(), bytearray()
    with wt.fake(environ={}, root=tmp_path / "root") as world:
        start = world.init(mode="offline", id="abc", project="p")
        log += Path(start.dir).parent.joinpath("run-abc.wandb").read_bytes()
    for record in (
        OutputRecord(path, 0, ["one", "two"]),
        StatsRecord(path, 0, [{"system.cpu": 4.0, "_timestamp": 12.5}]),
        AlertRecord(path, "title", "", "INFO", 0.5),
        WatchRecord(path, "Net", None, 100),
    ):
        log += writer.write(record, len(log))
    (tmp_path / "run-abc.wandb").write_bytes(log)

    run = wt.read_offline(tmp_path)

    assert run.output == ["one", "two"]
    assert run.client["stats"] == [{"system.cpu": 4.0, "_timestamp": 12.5}]
    assert run.alerts == [{"title": "title", "text": "", "level": "INFO", "wait_s": 0.5}]
    assert run.client["watched"] == [{"model": "Net", "log": None, "log_freq": 100}]


# ---------------------------------------------------------------------- damage


def test_a_log_that_is_cut_off_anywhere_is_read_up_to_there(captured: Path, tmp_path: Path) -> None:
    whole = wt.read_offline(captured)
    data = (captured / "run-r1.wandb").read_bytes()
    ends = {payload.offset for payload in payloads(data) if isinstance(payload, Payload)} | {0, len(data)}
    for end in sorted({*range(0, len(data), 17), *ends}):
        (tmp_path / "run-r1.wandb").write_bytes(data[:end])
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            run = wt.read_offline(tmp_path)

        assert run.id == "r1"
        assert repr(list(run.history)) == repr(list(whole.history[: len(run.history)]))
        assert [str(one.message) for one in told] == run.warnings
        damaged = [one.message for one in told if getattr(one.message, "offset", None) is not None]
        assert len(damaged) == (end not in ends and end != 7)


def test_what_is_lost_is_told_with_its_place(tmp_path: Path) -> None:
    shutil.copytree(CAPTURED[-1], tmp_path / "run")
    log = tmp_path / "run" / "run-r1.wandb"
    size = log.stat().st_size
    log.write_bytes(log.read_bytes()[: size - 3])
    offset = [payload.offset for payload in payloads(log.read_bytes())][-1]

    with pytest.warns(wt.OfflineRunWarning) as told:
        run = wt.read_offline(tmp_path / "run")

    (loss,) = (one.message for one in told)
    assert isinstance(loss, wt.OfflineRunWarning)
    assert (loss.offset, loss.lost_bytes) == (offset, size - 3 - offset)
    assert run.warnings == [str(loss)]
    assert f"cannot be read from byte {offset} on: the file ends within a fragment" in str(loss)
    assert (run.state, run.exit_code) == ("running", None)


def test_a_flipped_bit_ends_the_reading_there(tmp_path: Path) -> None:
    shutil.copytree(CAPTURED[-1], tmp_path / "run")
    log = tmp_path / "run" / "run-r1.wandb"
    spoilt = bytearray(log.read_bytes())
    spoilt[len(spoilt) // 2] ^= 4
    log.write_bytes(spoilt)

    with pytest.warns(wt.OfflineRunWarning, match="from byte"):
        run = wt.read_offline(tmp_path / "run")

    assert run.config["lr"] == 0.1
    assert len(run.history) < 5


def test_of_a_batch_that_is_cut_off_the_rows_before_are_there(fake: wt.World) -> None:
    with fake.init(mode="offline", id="abc") as run:
        for number in range(10):
            run.log({"number": number})
    log = Path(run.dir).parent / "run-abc.wandb"
    places = [payload.offset for payload in payloads(log.read_bytes())]
    log.write_bytes(log.read_bytes()[: places[-5]])  # the last row and all that follows it are gone

    with pytest.warns(wt.OfflineRunWarning, match=r"ends amidst a record: its last lines \(1\)"):
        read = wt.read_offline(log)

    assert read.history["number"] == list(range(9))


def test_a_file_that_is_named_and_not_there_is_told(captured: Path, tmp_path: Path) -> None:
    shutil.copytree(captured, tmp_path / "run")
    (tmp_path / "run" / "files" / "f.txt").unlink()

    with pytest.warns(wt.OfflineRunWarning, match=r"names the file 'f\.txt', and there is none below files/"):
        run = wt.read_offline(tmp_path / "run")

    assert run.files == {"own.txt": b"there"}


def test_records_of_a_kind_that_is_not_modelled_are_told(captured: Path, tmp_path: Path) -> None:
    log = bytearray((captured / "run-r1.wandb").read_bytes())
    message = message_class("Record")()
    message.use_artifact.SetInParent()
    for _ in range(2):
        log += framed(message.SerializeToString(), len(log))
    shutil.copytree(captured / "files", tmp_path / "files")
    (tmp_path / "run-r1.wandb").write_bytes(log)

    with pytest.warns(wt.OfflineRunWarning, match="2 records of kind 'use_artifact', which this version of"):
        run = wt.read_offline(tmp_path)

    assert len(run.history) == 5


def test_a_row_before_the_start_is_damage(captured: Path, tmp_path: Path) -> None:
    log = bytearray()
    for payload in payloads_of(captured / "run-r1.wandb"):
        message = message_class("Record")()
        message.ParseFromString(payload)
        if message.WhichOneof("record_type") not in ("run", "environment"):
            log += framed(payload, len(log))
    (tmp_path / "run-r1.wandb").write_bytes(log)

    with pytest.warns(wt.OfflineRunWarning, match="before the first run message"):
        run = wt.read_offline(tmp_path)

    assert (run.id, len(run.history)) == ("r1", 0)


# ---------------------------------------------------------------------- no run


def test_what_is_no_run_is_refused_with_a_hint(tmp_path: Path) -> None:
    below = tmp_path / "offline-run-20260101_000000-abc"
    below.mkdir()
    (below / "run-abc.wandb").write_bytes(b"")

    with pytest.raises(wt.NotAnOfflineRunError, match=r"no run-<id>\.wandb in it; .* below it: offline-run-2026"):
        wt.read_offline(tmp_path)
    with pytest.raises(wt.NotAnOfflineRunError, match="does not exist"):
        wt.read_offline(tmp_path / "nowhere")


def test_two_logs_are_one_too_many(tmp_path: Path) -> None:
    for name in ("run-a.wandb", "run-b.wandb"):
        (tmp_path / name).write_bytes(b"")

    with pytest.raises(wt.NotAnOfflineRunError, match=r"holds 2 logs; name one: run-a\.wandb, run-b\.wandb"):
        wt.read_offline(tmp_path)


def test_another_file_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "run-abc.wandb").write_bytes(b"PK\x03\x04 and so on")

    with pytest.raises(wt.NotAnOfflineRunError, match="no log of a run: it begins with b'PK"):
        wt.read_offline(tmp_path)


def test_an_empty_log_is_a_run_that_logged_nothing(tmp_path: Path) -> None:
    (tmp_path / "run-abc.wandb").write_bytes(b"")

    run = wt.read_offline(tmp_path)

    assert (run.id, run.state, len(run.history), run.warnings) == ("abc", "running", 0, [])


def test_a_mark_of_the_real_client_tells_that_a_run_was_uploaded(captured: Path, tmp_path: Path) -> None:
    shutil.copytree(captured, tmp_path / "run")
    log = OfflineLog(tmp_path / "run")
    before = log.is_synced
    log.mark_synced()

    assert (before, log.is_synced) == (False, True)
    assert (tmp_path / "run" / "run-r1.wandb.synced").exists()
