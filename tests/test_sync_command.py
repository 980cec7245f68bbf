"""wandb-testkit sync: offline runs are uploaded over HTTP, marked, and what became of each is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import wandb_testkit as wt
from wandb_testkit.cli import main
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

LOGS = Path(__file__).parents[1] / "fixtures" / "transaction_logs"
SAME = (
    *("id", "project", "name", "state", "exit_code", "config", "tags", "group", "job_type", "notes"),
    *("files", "output"),
)


@pytest.fixture
def server() -> Iterator[wt.World]:
    with wt.fake(profile="current", environ={}) as world:
        yield world


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LOGS / "0.31.0", tmp_path / "offline-run-20260101_000000-r1"))


def sync(server: wt.World, *arguments: object, api_key: str | None = None) -> Result:
    told = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, ["sync", *told, "--url", server.url, "--api-key", api_key or server.api_key])


@pytest.mark.parametrize("version", ["0.15.12", "0.31.0"])
def test_a_run_of_a_real_client_is_uploaded_and_marked(server: wt.World, tmp_path: Path, version: str) -> None:
    directory = Path(shutil.copytree(LOGS / version, tmp_path / "run"))

    done = sync(server, directory)

    offline = wt.read_offline(directory)
    assert (done.exit_code, server.recorder.refusals) == (0, [])
    assert {name: getattr(server.run, name) for name in SAME} == {name: getattr(offline, name) for name in SAME}
    assert repr(server.run.history.with_times()) == repr(offline.history.with_times())
    assert repr(server.run.summary) == repr(offline.summary)
    assert (directory / "run-r1.wandb.synced").exists()
    files = len(list((directory / "files").iterdir()))
    assert done.output.strip() == f"{directory}: my name, 5 rows, {files} files -> testkit-user/p/r1"


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_a_run_of_ours_is_uploaded(server: wt.World, tmp_path: Path, profile: Profile) -> None:
    with wt.fake(profile=profile, environ={}, root=tmp_path) as world:
        with world.init(mode="offline", id="abc", project="p", name="n", config={"lr": 0.1}) as run:
            for loss in (2, 1, 3):
                run.log({"loss": loss, "odd": float("inf")})
        offline = world.run

    done = sync(server, Path(run.dir).parent)

    assert done.exit_code == 0, done.output
    assert {name: getattr(server.run, name) for name in SAME} == {name: getattr(offline, name) for name in SAME}
    assert server.run.history == offline.history
    assert server.run.summary == offline.summary


def test_a_run_is_not_uploaded_twice_unless_it_is_asked_for(server: wt.World, run_dir: Path) -> None:
    sync(server, run_dir)

    again = sync(server, run_dir)
    rows = len(server.run.history)
    asked = sync(server, run_dir, "--include-synced")

    assert (again.exit_code, rows) == (0, 5)
    assert again.output.strip() == f"{run_dir}: was uploaded before; --include-synced uploads it again"
    assert (asked.exit_code, len(server.run.history)) == (0, 10)


def test_what_is_no_run_directory_is_refused_and_stops_no_other(server: wt.World, run_dir: Path) -> None:
    done = sync(server, run_dir.parent, run_dir)

    first, second = done.output.strip().splitlines()
    assert done.exit_code == 1
    assert first.startswith(f"{run_dir.parent}: not uploaded. {run_dir.parent} is not the directory of a run")
    assert first.endswith(f"the directories of runs are below it: {run_dir.name}")
    assert second.endswith("-> testkit-user/p/r1")


def test_a_refused_run_is_told_and_not_marked(server: wt.World, run_dir: Path) -> None:
    done = sync(server, run_dir, api_key="nobody's")

    assert done.exit_code == 1
    assert "the run record was not accepted: the API key is not accepted" in done.output
    assert not list(run_dir.glob("*.synced"))


def test_a_damaged_run_is_uploaded_as_far_as_it_goes(server: wt.World, run_dir: Path) -> None:
    log = run_dir / "run-r1.wandb"
    log.write_bytes(log.read_bytes()[:-3])

    done = sync(server, run_dir)

    assert done.exit_code == 0
    assert "cannot be read from byte" in done.output
    assert (len(server.run.history), server.run.state) == (5, "running")


def test_without_a_key_it_says_where_one_can_be_given(run_dir: Path) -> None:
    done = CliRunner().invoke(main, ["sync", str(run_dir)], env={"WANDB_API_KEY": None})

    assert done.exit_code == 2
    assert "give --api-key, or set WANDB_API_KEY" in done.output
