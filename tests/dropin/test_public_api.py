"""wandb.Api() of the drop-in module: what scripts for real clients read and edit, and what is refused."""

from __future__ import annotations

import importlib
import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api_scripts import (
    FOUND_BY_0_10,
    FOUND_BY_0_31,
    add_runs_to_choose_from,
    add_runs_to_read,
    check_what_was_chosen,
    check_what_was_read,
)
from wandb_testkit.dropin.install import install
from wandb_testkit.errors import CommError, NotModelledAttributeError, UsageError
from wandb_testkit.records import RunPath
from wandb_testkit.world import World, fake

SCRIPTS = Path(__file__).parents[2] / "fixtures" / "scripts" / "clients"

BOTH = ("classic", "current")


@pytest.fixture(params=BOTH)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    with fake(profile=request.param, environ={}) as world, install(profile=request.param):
        yield world


@pytest.fixture
def wandb(world: World) -> Any:
    return importlib.import_module("wandb")


def told_by(script: str, arguments: list[str], capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> Any:
    patch.setattr("sys.argv", [script, *arguments])
    runpy.run_path(str(SCRIPTS / script), run_name="__main__")
    return json.loads(capsys.readouterr().out.partition("RESULT ")[2])


def test_a_script_for_real_clients_reads_edits_and_deletes_runs(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = add_runs_to_read(world)
    world.server.runs.find(RunPath(user, "p", "first")).files["f.txt"] = b"hi"  # type: ignore[union-attr]

    told = told_by("api.py", [user], capsys, monkeypatch)

    check_what_was_read(told, world)
    assert told["no such run"] == "CommError"


def test_a_script_for_real_clients_chooses_samples_and_stops_runs(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = add_runs_to_choose_from(world)

    told = told_by("api_runs.py", [user], capsys, monkeypatch)

    check_what_was_chosen(told, world)


def test_a_script_for_real_clients_finds_artifacts(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_by("find_artifacts.py", [], capsys, monkeypatch)

    assert told == (FOUND_BY_0_10 if str(world.profile) == "classic" else FOUND_BY_0_31)
    assert list(world.runs[1].artifacts) == ["data"]


def test_a_run_is_read_while_it_goes_on(wandb: Any) -> None:
    run = wandb.init(project="p", id="r", config={"lr": 0.1})
    run.log({"loss": 1})

    seen = wandb.Api().run("p/r")

    assert (seen.state, seen.config, [row["loss"] for row in seen.scan_history()]) == ("running", {"lr": 0.1}, [1])
    run.finish()


def test_what_was_read_stays_until_it_is_flushed(wandb: Any) -> None:
    wandb.init(project="p", id="r").finish()
    api = wandb.Api()
    run = api.run("p/r")
    wandb.init(project="p", id="r", resume="must", notes="new").finish()

    assert api.run("p/r") is run
    assert run.notes is None
    api.flush()
    assert api.run("p/r").notes == "new"


def test_a_project_from_the_settings_completes_a_path(wandb: Any) -> None:
    wandb.init(project="p", id="r").finish()

    assert wandb.Api(overrides={"project": "p"}).run("r").path == ["testkit-user", "p", "r"]
    with pytest.raises(CommError, match="names no project"):
        wandb.Api().run("r")


def test_without_a_key_there_is_no_api() -> None:
    with (
        fake(profile="current", logged_in=False, environ={}),
        install(profile="current"),
        pytest.raises(UsageError, match="wandb login"),
    ):
        importlib.import_module("wandb").Api()


def test_a_key_of_somebody_else_sees_what_they_may_see() -> None:
    with fake(profile="current", environ={}) as world, install(profile="current"):
        wandb = importlib.import_module("wandb")
        key = world.server.add_user("ann").api_key
        with wandb.init(project="p", id="r"):
            pass
        api = wandb.Api(api_key=key)

        assert api.default_entity == "ann"
        with pytest.raises(CommError, match="Could not find"):
            api.run("testkit-user/p/r")


def test_what_is_not_modelled_is_refused_by_name(wandb: Any) -> None:
    with pytest.raises(NotModelledAttributeError, match=r"Api\.sync_tensorboard"):
        _ = wandb.Api().sync_tensorboard
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = wandb.Api().nonsense


@pytest.mark.parametrize("transport", ["loopback", "process", "offline", "responses"])
def test_every_transport_carries_the_questions(transport: str) -> None:
    with fake(profile="current", environ={}, transport=transport), install(profile="current"):
        wandb = importlib.import_module("wandb")
        with wandb.init(project="p", id="r") as run:
            run.log({"loss": float("nan"), "text": "ü"})
        api = wandb.Api()
        row = next(iter(api.run("p/r").scan_history()))

        assert (row["text"], row["loss"] != row["loss"]) == ("ü", True)
        with pytest.raises(CommError, match="Could not find run"):
            api.run("p/nothing")


def test_a_refused_edit_raises_what_the_server_says() -> None:
    with fake(profile="current", environ={}) as world, install(profile="current"):
        wandb = importlib.import_module("wandb")
        wandb.init(project="p", id="r").finish()
        run = wandb.Api().run("p/r")
        world.server.delete_run("r")

        with pytest.raises(CommError, match="does not exist"):
            run.delete()


def test_classes_are_those_of_the_profile_and_of_what_is_read(wandb: Any) -> None:
    public = importlib.import_module("wandb.apis.public")
    wandb.init(project="p", id="r").finish()
    api = wandb.Api()
    run = api.run("p/r")

    assert isinstance(api, public.Api)
    assert isinstance(run, public.Run)
    assert type(run.files()) is public.Files
    assert type(next(iter(api.projects()))) is public.Project


def test_collections_of_a_project_are_found_by_filters_and_in_order(wandb: Any) -> None:
    if not hasattr(wandb.apis.public.Project, "collections"):
        pytest.skip("0.10 has no Project.collections")
    with wandb.init(project="p") as run:
        for name, kind in (("b", "model"), ("a", "dataset")):
            run.log_artifact(wandb.Artifact(name, type=kind)).wait()
    project = wandb.Api().project("p", entity="testkit-user")

    assert [(one.name, one.type) for one in project.collections(order="name")] == [("a", "dataset"), ("b", "model")]
    assert [one.name for one in project.collections(filters={"name": "b"})] == ["b"]


def test_a_run_waits_for_an_agent_again_or_is_given_up(wandb: Any) -> None:
    if not hasattr(wandb.apis.public.Run, "update_state"):
        pytest.skip("0.10 has no update_state")
    run = wandb.Api().create_run(run_id="r", project="p")

    assert (run.update_state("pending"), run.state) == (True, "pending")
    assert (run.update_state("failed"), run.state) == (True, "failed")
    with pytest.raises(CommError, match="run testkit-user/p/r is failed, and cannot become 'finished'"):
        run.update_state("finished")


def test_a_sweep_is_found_by_its_class(wandb: Any, world: World) -> None:
    sweep = world.server.add_sweep({"method": "grid", "parameters": {"lr": {"values": [1, 2]}}}, project="p")
    public = importlib.import_module("wandb.apis.public")
    api = wandb.Api()
    by = api.client if str(world.profile) == "classic" else api

    found = public.Sweep.get(by, project="p", sid=sweep.id)

    assert (found.id, type(found), list(found.runs)) == (sweep.id, public.Sweep, [])
    assert public.Sweep.get(by, project="p", sid="nothing") is None


def test_recorded_runs_are_read_where_they_are_replayed(world: World, wandb: Any) -> None:
    with fake(profile=world.profile, environ={}) as other:
        run: Any = other.init(project="p", id="r", config={"lr": 0.1}, tags=["a"], notes="n")
        for step in range(5):
            run.log({"loss": 1 / (step + 1)})
        run.finish()
        recorded = other.run

    (replayed,) = world.replay(recorded)

    seen = wandb.Api().run("p/r")
    assert replayed == recorded
    assert (seen.state, seen.config, list(seen.tags), seen.notes) == ("finished", {"lr": 0.1}, ["a"], "n")
    assert [row["loss"] for row in seen.scan_history()] == recorded.history["loss"]
    assert [row["_timestamp"] for row in seen.scan_history()] == [
        row["_timestamp"] for row in recorded.history.with_times()
    ]
    assert seen.summary["loss"] == recorded.summary["loss"]
    assert [one.id for one in wandb.Api().runs("p", filters={"config.lr": {"$lt": 0.5}})] == ["r"]
    with wandb.init(project="p", id="r", resume="must") as resumed:
        resumed.log({"loss": 0})
    assert world.run.history.steps("loss") == [0, 1, 2, 3, 4, 5]


def test_artifacts_of_a_recorded_run_are_used_where_it_is_replayed(world: World, wandb: Any, tmp_path: Path) -> None:
    with fake(profile=world.profile, environ={}) as other, install(profile=world.profile):
        with wandb.init(project="p", id="r") as run:
            artifact = wandb.Artifact("data", type="dataset", metadata={"rows": 3})
            with artifact.new_file("a.txt") as file:
                file.write("hi")
            run.log_artifact(artifact, aliases=["best"])
        recorded = other.run

    world.replay(recorded)

    found = wandb.Api().artifact("p/data:best")
    assert (found.metadata, Path(found.download(str(tmp_path / "d")), "a.txt").read_text()) == ({"rows": 3}, "hi")
