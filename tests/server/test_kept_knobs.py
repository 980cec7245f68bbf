"""What a person has set on a server with a store: it is there again after a restart, and counts on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server.test_store import Kept, kept
from wandb_testkit.faults import Fault
from wandb_testkit.records import FilesRecord, HistoryRecord, RunPath, RunRecord
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.knobs import FAULT_WORDS
from wandb_testkit.server.limits import Limits

KEY = "testkit0" * 5
PATH = RunPath("testkit-user", "p", "r")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


def killed(opened: Kept) -> None:
    """End as a kill would, without a last word."""
    opened.store._file._connection.close()


def upload(server: FakeServer) -> int:
    """What becomes of one more file: the status, 200 where it is kept."""
    result = server.apply(FilesRecord(PATH, {"a": b"1"}), api_key=KEY)
    return 200 if result.refusal is None else result.refusal.status


def test_all_that_was_set_outlives_a_kill(path: Path) -> None:
    opened = Kept(path)
    server = opened.server
    server.fail("files", nth=3, reply=503, message="no", retry_after=7)
    server.fail("any", how="slow", limit_s=2.5)
    server.limits(requests=10, per_s=1.5, body_bytes=100, storage_bytes=1_000)
    server.features = {"FILESTREAM_GZIP"}
    server.add_message("space runs out", level="warning")
    server.reports_history_length = False
    told = server.knobs.told()
    killed(opened)

    with kept(path) as again:
        assert again.server.knobs.told() == told
        assert [armed.fault for armed in again.server.armed] == [
            Fault("files", nth=3, reply=503, message="no", retry_after=7),
            Fault("any", how="slow", limit_s=2.5),
        ]
        assert again.server.gate is not None
        assert again.server.gate.limits == Limits(10, 1.5, 100, 1_000)
        assert again.server.features == {"FILESTREAM_GZIP"}
        assert again.server.messages == (("space runs out", "warning"),)
        assert again.server.reports_history_length is False


def test_the_third_upload_is_the_third_though_the_server_was_killed_before_it(path: Path) -> None:
    opened = Kept(path)
    opened.server.apply(RunRecord(PATH, starts=True), api_key=KEY)
    opened.server.fail("files", nth=3, reply=503)
    statuses = [upload(opened.server), upload(opened.server)]
    killed(opened)

    again = Kept(path)
    statuses += [upload(again.server)]
    killed(again)
    with kept(path) as third:
        statuses += [upload(third.server)]

    assert statuses == [200, 200, 503, 200]


def test_rows_count_for_a_fault_though_a_row_writes_its_run_alone(path: Path) -> None:
    opened = Kept(path)
    opened.server.apply(RunRecord(PATH, starts=True), api_key=KEY)
    opened.server.fail("history", nth=2)
    opened.server.apply(HistoryRecord(PATH, 0, [{"_step": 0}], [0.0], [0.0]), api_key=KEY)
    killed(opened)

    with kept(path) as again:
        result = again.server.apply(HistoryRecord(PATH, 1, [{"_step": 1}], [0.0], [0.0]), api_key=KEY)

    assert result.refusal is not None
    assert result.refusal.status == 500


def test_what_was_taken_back_stays_so(path: Path) -> None:
    opened = Kept(path)
    fault = opened.server.fail("files")
    opened.server.fail("history", nth=1)
    opened.server.limits(requests=1)
    opened.server.features = "none"
    opened.server.heal(fault)
    opened.server.limits()
    opened.server.features = "all"
    killed(opened)

    with kept(path) as again:
        assert [armed.fault.on for armed in again.server.armed] == ["history"]
        assert again.server.gate is None
        assert again.server.knobs.features == "all"


def test_every_word_of_a_fault_is_kept(path: Path) -> None:
    words: dict[str, Any] = {
        "on": "upload",
        "nth": 2,
        "reply": 429,
        "message": "later",
        "how": "cut",
        "retry_after": 3,
        "limit_s": 1.0,
        "file": "*.ckpt",
    }
    fault = Fault(**words)

    assert set(words) == set(FAULT_WORDS)
    with kept(path) as opened:
        opened.server.fail(**words)
    with kept(path) as again:
        assert [armed.fault for armed in again.server.armed] == [fault]
