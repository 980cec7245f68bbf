"""Transaction logs between the kit and real clients, both ways, with the kit beside the real wandb in one process."""

from __future__ import annotations

import math
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from tests.clients.conftest import VERSIONS, Client
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.artifacts.classic import Artifact as ClassicArtifact
from wandb_testkit.targets.environments import python_of
from wandb_testkit.world import World

pytestmark = pytest.mark.needs_client

ROOT = Path(__file__).parents[2]
SAME = (
    *("id", "project", "name", "group", "job_type", "notes", "tags", "state", "exit_code"),
    *("config", "summary", "files"),
)


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_wandb_sync_uploads_a_run_that_we_logged_offline(
    world: World, client: Client, profile: Profile, tmp_path: Path
) -> None:
    """MODE-3"""
    (tmp_path / "f.txt").write_text("hi")
    with wt.fake(profile=profile, environ={}, root=tmp_path / "ours") as ours:
        run: Any = ours.init(
            mode="offline",
            **{"id": "abc", "project": "p", "name": "my name", "notes": "my notes", "tags": ["a", "b"], "group": "g"},
            job_type="eval",
            config={"lr": 0.1, "net": {"depth": 3}, "gone": 1},
        )
        run.define_metric("loss", summary="min")
        for i in range(3):
            run.log({"loss": 1.0 / (i + 1), "m/n": i, "d": {"e": i}})
        run.log({"odd": math.nan, "late": "ü" * 40_000}, step=9)
        run.summary["best"] = 7
        run.config["late"] = True
        run.save(str(tmp_path / "f.txt"), base_path=str(tmp_path))
        run.finish(exit_code=3)
        offline = ours.run

    played = client.play("sync.py", Path(run.dir).parent)

    assert played.exit_code == 0, played.output
    assert not world.recorder.refusals
    online = world.run
    assert repr({name: ordered(getattr(online, name)) for name in SAME}) == repr(
        {name: ordered(getattr(offline, name)) for name in SAME}
    )
    assert online.history[:3] == offline.history[:3]
    assert math.isnan(online.history["odd"][0])
    assert online.history[3]["late"] == offline.history[3]["late"]
    assert online.history["_timestamp"] == pytest.approx(offline.history["_timestamp"])
    assert online.client["metrics"]["loss"].summary == ("min",)
    assert list(Path(run.dir).parent.glob("*.wandb.synced"))


def ordered(value: Any) -> Any:
    """Dicts in order of their keys, whole floats as ints: what JSON of another language tells apart or does not."""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value)}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def test_a_run_that_a_real_client_logged_offline_is_read(client: Client, tmp_path: Path) -> None:
    """MODE-3"""
    played = client.play("offline_run.py", 60_000)
    (directory,) = tmp_path.glob("*/wandb/offline-run-*")

    run = wt.read_offline(directory)

    assert (run.name, run.state, run.exit_code) == ("my name", "failed", 3), played.output
    assert run.config == {"lr": 0.1, "net": {"depth": 3}, "late": True}
    assert run.history[:3] == [{"_step": i, "loss": 1 / (i + 1), "m/n": i, "d": {"e": i}} for i in range(3)]
    assert run.history[4] == {"_step": 9, "late": "ü", "many": ["x"] * 60_000}
    assert run.summary["loss"] == {"min": pytest.approx(1 / 3)}
    assert run.files == {"f.txt": b"hi", "own.txt": b"there"}
    assert "a line of the user" in run.output
    assert run.alerts[0]["title"] == "title"
    assert run.warnings == []


ARTIFACTS = {CLASSIC: ClassicArtifact, CURRENT: Artifact}


def logs_artifacts(kind: type[Artifact], run: Any) -> None:
    """As offline_artifacts.py does."""
    data = kind("data", type="dataset", description="all of it", metadata={"rows": 2, "deep": {"x": [1.5]}})
    for name, text in (("f.txt", "f"), ("sub/ü.txt", "n"), ("empty", "")):
        with data.new_file(name) as file:
            file.write(text)
    data.add_reference("https://h.invalid/k", name="elsewhere", checksum=False)
    run.log_artifact(data, aliases=["best"])
    run.log({"x": 1})
    second = kind("data", type="dataset")
    with second.new_file("f.txt") as file:
        file.write("another")
    run.log_artifact(second)


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_wandb_sync_uploads_artifacts_that_we_logged_offline(
    world: World, client: Client, profile: Profile, tmp_path: Path
) -> None:
    """MODE-3"""
    with wt.fake(profile=profile, environ={}, root=tmp_path / "ours") as ours:
        run: Any = ours.init(mode="offline", id="r1", project="p")
        logs_artifacts(ARTIFACTS[profile], run)
        run.finish()
        offline = ours.run

    played = client.play("sync.py", Path(run.dir).parent)

    assert played.exit_code == 0, played.output
    assert not world.recorder.refusals
    assert versions_of(world.run) == versions_of(offline)
    assert world.run.artifacts["data:best"].files == {"f.txt": b"f", "sub/ü.txt": b"n", "empty": b""}
    assert world.run.artifacts["data:best"].references == {"elsewhere": "https://h.invalid/k"}


def test_artifacts_that_a_real_client_logged_offline_are_read(world: World, client: Client, tmp_path: Path) -> None:
    """MODE-3"""
    played = client.play("offline_artifacts.py")
    (directory,) = tmp_path.glob("*/wandb/offline-run-*")

    run = wt.read_offline(directory)

    assert run.warnings == [], played.output
    with wt.fake(profile=CURRENT, environ={}) as ours:
        own: Any = ours.init(mode="offline", id="r1", project="p")
        logs_artifacts(Artifact, own)
        own.finish()
        assert versions_of(run) == versions_of(ours.run)


def versions_of(run: wt.RunView) -> list[tuple[Any, ...]]:
    """What is to be the same of every version of "data", whichever way it has come."""
    return [
        (one.version, one.type, one.aliases, one.description, one.metadata, one.digest, one.size, one.files)
        for one in run.artifacts.versions("data")
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_our_messages_live_beside_those_of_the_real_wandb(version: str, tmp_path: Path) -> None:
    """Both in one process, whatever protobuf the real one has brought; the log is read with its own classes."""
    code = """
import sys
import wandb
from wandb.proto import wandb_internal_pb2
from wandb_testkit.records import RunPath, SummaryRecord
from wandb_testkit.wire.record_codec import decode, encode, messages_of
record = SummaryRecord(RunPath("e", "p", "r1"), {"a": 1})
assert decode(encode(record)) == record
(message,) = messages_of(record)
theirs = wandb_internal_pb2.Record.FromString(message.SerializeToString())
print(theirs.WhichOneof("record_type"), theirs.summary.update[0].key, theirs.summary.update[0].value_json)
"""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}

    done = subprocess.run(
        [str(python_of(version)), "-c", code], env=environ, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.stdout.split() == ["summary", "a", "1"], done.stderr
