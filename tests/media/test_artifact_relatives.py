"""What belongs to an artifact that has been logged, its place in config, and save() where no run is active."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.offline_runs import read_quietly
from wandb_testkit.profiles import CLASSIC
from wandb_testkit.world import World


@pytest.fixture
def data(wandb: Any) -> Callable[..., Any]:
    """Make an artifact with one file."""

    def make(content: str = "rows", name: str = "data") -> Any:
        artifact = wandb.Artifact(name, "dataset")
        with artifact.new_file("rows.txt") as file:
            file.write(content)
        return artifact

    return make


def test_an_artifact_knows_its_runs_and_its_files(wandb: Any, data: Any, run: Any) -> None:
    artifact = run.log_artifact(data()).wait()
    with wandb.init(project="p", id="user", reinit="create_new") as other:
        other.use_artifact("data:v0")

    assert (artifact.logged_by().id, [one.id for one in artifact.used_by()]) == ("r", ["user"])
    (file,) = artifact.files()
    with file.download("out") as opened:
        assert (file.name, file.size, opened.read()) == ("rows.txt", 4, "rows")
    assert len(artifact.files(names=["nothing"])) == 0


def test_an_artifact_knows_its_collection_and_its_links(wandb: Any, data: Any, run: Any) -> None:
    artifact = run.log_artifact(data()).wait()
    link = run.link_artifact(artifact, "shelf", aliases=["top"])

    assert (link.collection.name, link.source_collection.name) == ("shelf", "data")
    assert (link.collection.is_sequence(), artifact.collection.is_sequence()) == (False, True)
    assert [one.qualified_name for one in artifact.linked_artifacts] == ["testkit-user/p/shelf:v0"]
    assert (link.linked_artifacts, artifact.linked_at) == ([], None)
    assert str(link.linked_at).endswith("Z")


@pytest.mark.parametrize("name", ["collection", "source_collection", "linked_artifacts", "linked_at"])
def test_a_draft_has_no_relatives(data: Any, name: str) -> None:
    with pytest.raises(AttributeError, match=f"'Artifact.{name}' used prior to logging"):
        getattr(data(), name)


def test_a_collection_is_edited_and_deleted(wandb: Any, data: Any, run: Any) -> None:
    artifact = run.log_artifact(data()).wait()
    collection = artifact.collection
    collection.name, collection.description, collection.tags = "renamed", "all of it", ["t"]
    collection.type = "raw"
    collection.save()

    found = wandb.Api().artifact_collection("raw", "p/renamed")
    assert (found.description, found.tags, found.type) == ("all of it", ["t"], "raw")
    with pytest.raises(wandb.CommError, match="reserved for internal use"):
        found.change_type("wandb-own")
    found.delete()
    assert not wandb.Api().artifact_exists("p/renamed:v0")


def test_a_draft_is_saved_by_a_run_of_its_own_where_none_is_active(wandb: Any, data: Any, world: World) -> None:
    artifact = data()
    artifact.save(project="q")

    assert (world.run.project, world.run.job_type, list(world.run.artifacts)) == ("q", "auto", ["data"])
    assert artifact.wait().name == "data:v0"
    assert wandb.run is None


def test_an_artifact_in_config_is_used(wandb: Any, data: Any, run: Any, world: World) -> None:
    artifact = run.log_artifact(data()).wait()
    run.finish()
    with wandb.init(project="p", id="r2", config={"data": artifact, "lr": 1}) as second:
        second.config["again"] = "wandb-artifact://testkit-user/p/data:latest"
        assert second.config["data"] is artifact

    view = world.runs[1]
    assert view.artifacts["data:v0"].used
    assert view.config["again"] == view.config["data"]
    assert view.config["data"] == {
        "_type": "artifactVersion",
        "_version": "v0",
        "id": artifact.id,
        "sequenceName": "data",
        "usedAs": None,
        "version": "v0",
    }


def test_an_artifact_below_a_key_of_config_is_refused(wandb: Any, data: Any, run: Any) -> None:
    artifact = run.log_artifact(data()).wait()

    with pytest.raises(ValueError, match="can only be top level keys in a run's config"):
        run.config.update({"data": {"train": artifact}})
    assert run.config.keys() == []


@pytest.mark.parametrize("profile", [CLASSIC], ids=str)
def test_an_artifact_in_config_is_a_text_to_classic(wandb: Any, data: Any, run: Any, world: World) -> None:
    run.config["data"] = data()

    assert isinstance(world.run.config["data"], str)
    assert not world.run.artifacts


def test_a_disabled_run_uses_no_artifact(wandb: Any, data: Any) -> None:
    run = wandb.init(mode="disabled")

    with pytest.raises(TypeError, match="disabled run"):
        run.config["data"] = data()


def test_artifacts_of_an_offline_run_are_beside_its_log(tmp_path: Path) -> None:
    with wt.fake(profile="current", environ={}, root=tmp_path) as world:
        from wandb_testkit.sdk.artifacts.artifact import Artifact

        run: Any = world.init(project="p", id="r", mode="offline")
        artifact = Artifact("data", "dataset")
        with artifact.new_file("sub/rows.txt") as file:
            file.write("rows")
        run.log_artifact(artifact)
        run.finish()
    (log,) = tmp_path.rglob("*.wandb")
    (kept,) = tmp_path.rglob("rows.txt")

    assert b"rows" not in log.read_bytes().replace(b"rows.txt", b"")
    assert wt.read_offline(log).artifacts["data"].files == {"sub/rows.txt": b"rows"}
    moved = log.parent.rename(tmp_path / "moved")
    assert wt.read_offline(moved).artifacts["data"].files == {"sub/rows.txt": b"rows"}
    next(moved.rglob("rows.txt")).write_text("changed since")
    run_view, losses = read_quietly(moved)
    assert (dict(run_view.artifacts), len(losses)) == ({}, 2)
    assert f"names {str(kept)!r} as a file of an artifact, and there is none there, or another" in str(losses[-1])
