"""replay(): an offline run is said again, and the server then shows the same run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.errors import SyncRefusedError
from wandb_testkit.offline_runs import OfflineLog
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.syncing import replay
from wandb_testkit.transport.memory import MemoryTransport

LOGS = Path(__file__).parents[1] / "fixtures" / "transaction_logs"
SAME = (
    *("id", "project", "name", "state", "exit_code", "config", "summary", "tags", "group", "job_type", "notes"),
    *("files", "output", "alerts"),
)


@pytest.fixture(params=[CLASSIC, CURRENT], ids=str)
def fake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[wt.World]:
    profile: Profile = request.param
    with wt.fake(profile=profile, environ={}, root=tmp_path) as world:
        yield world


def to(world: wt.World) -> MemoryTransport:
    return MemoryTransport(world.server, world.api_key)


def what_is_shown(run: wt.RunView) -> dict[str, Any]:
    return {"rows": repr(run.history.with_times()), **{name: repr(getattr(run, name)) for name in SAME}}


@pytest.mark.parametrize("version", ["0.15.12", "0.31.0"])
def test_a_run_of_a_real_client_is_then_on_the_server(fake: wt.World, version: str) -> None:
    log = OfflineLog(LOGS / version)

    synced = replay(log, to(fake))

    assert what_is_shown(fake.run) == what_is_shown(wt.read_offline(log.file))
    assert (str(synced.path), synced.display_name, synced.rows) == ("testkit-user/p/r1", "my name", 5)
    assert synced.files == len(list((LOGS / version / "files").iterdir()))
    assert (fake.run.entity, fake.run.mode) == ("testkit-user", "online")


def test_a_run_of_ours_is_then_on_the_server(fake: wt.World) -> None:
    with fake.init(mode="offline", id="abc", project="p", name="n", config={"lr": 0.1}) as run:
        for loss in (2, 1, 3):
            run.log({"loss": loss})
        run.summary["best"] = 1

    replay(OfflineLog(Path(run.dir).parent), to(fake))

    offline, online = fake.runs
    assert (offline.mode, online.mode) == ("offline", "online")
    assert what_is_shown(online) == what_is_shown(offline)


def test_a_run_that_is_there_already_goes_on_behind_its_rows(fake: wt.World) -> None:
    """RESUME-1"""
    log = OfflineLog(LOGS / "0.31.0")

    replay(log, to(fake))
    replay(log, to(fake))

    assert len(fake.run.history) == 10


def test_every_record_is_told_as_it_is_accepted(fake: wt.World) -> None:
    told: list[str] = []

    replay(OfflineLog(LOGS / "0.31.0"), to(fake), on_record=told.append)

    assert (told[0], told[-1], len(told)) == ("run", "exit", len(fake.recorder.records))


def test_a_refusal_says_what_was_refused_and_why(fake: wt.World) -> None:
    fake.server.fail("history", reply=403, message="no more rows")

    with pytest.raises(SyncRefusedError, match=r"the history record was not accepted: no more rows \(HTTP 403\)"):
        replay(OfflineLog(LOGS / "0.31.0"), to(fake))


def test_a_server_that_is_not_reached_is_told(fake: wt.World) -> None:
    fake.server.fail(reply=0)

    with pytest.raises(SyncRefusedError, match=r"the run record was not accepted: the server cannot be reached$"):
        replay(OfflineLog(LOGS / "0.31.0"), to(fake))
