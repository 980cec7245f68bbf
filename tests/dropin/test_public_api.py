"""wandb.Api() of the drop-in module: what scripts for real clients read and edit, and what is refused."""

from __future__ import annotations

import importlib
import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.errors import CommError, NotModelledAttributeError, UsageError
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
    user = world.server.accounts.default.entity
    rows: list[dict[str, Any]] = [{"loss": 1.0, "d": {"e": 1}}, {"loss": 0.5}, {"loss": 0.25}]
    world.server.add_run("first", project="p", rows=rows, config={"lr": 0.1}, name="my name", tags=["a"])
    world.server.add_run("second", project="p", rows=[{"loss": 0.125}], config={"lr": 0.9}, state="crashed")
    world.server.add_run("third", project="p")
    world.server.runs.find(("testkit-user", "p", "first")).files["f.txt"] = b"hi"  # type: ignore[arg-type, union-attr]

    told = told_by("api.py", [user], capsys, monkeypatch)

    assert (told["state"], told["name"], told["tags"]) == ("finished", "my name", ["a"])
    assert (told["config"], told["loss"], told["last step"]) == ({"lr": 0.1}, 0.25, 2)
    assert told["history of keys"] == [{"_step": i, "loss": 0.5**i} for i in range(3)]
    assert [row["loss"] for row in told["scan"]] == [1.0, 0.5, 0.25]
    assert [row["loss"] for row in told["scan of keys"]] == [1.0, 0.5, 0.25]
    assert (told["files"], told["file"]) == (["f.txt"], "hi")
    assert told["all"] == ["first", "second", "third"]
    assert (told["finished"], told["slow"]) == (["first", "third"], ["first"])
    assert told["best first"] == ["second", "first", "third"]
    assert told["no such run"] == "CommError"
    first, second = world.runs
    assert (first.tags, first.config, first.state) == (("a", "edited"), {"lr": 0.1, "new": 2}, "finished")
    assert (first.summary["loss"], first.summary["added"]) == (0.25, 5)
    assert second.id == "second"


def test_a_script_for_real_clients_chooses_samples_and_stops_runs(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = world.server.accounts.default.entity
    states = {"r2": "running", "r3": "failed"}
    for number in range(1, 5):
        world.server.add_run(
            f"r{number}",
            project="p",
            rows=[{"loss": step / 2} for step in range(30 if number == 1 else number)],
            config={"lr": number / 10},
            summary={"loss": 5 - number},
            state=states.get(f"r{number}", "finished"),
            name=f"run {number}",
            tags=["even"] if number % 2 == 0 else [],
        )

    told = told_by("api_runs.py", [user], capsys, monkeypatch)

    assert told["filters"]["and"] == ["r4"]
    assert told["filters"]["name"] == ["r1", "r3"]
    assert told["order"]["config"] == ["r4", "r3", "r2", "r1"]
    assert (told["pages"], told["count"]) == (["r1", "r2", "r3", "r4"], 4)
    assert (told["sampled"], told["scan"], told["between"]) == (10, 30, [5, 6, 7, 8])
    assert (told["sampled keys"][0], told["sampled keys"][-1]) == (0, 14.5)
    assert told["left"] == ["r1", "r2", "r4"]
    (asked,) = [run.stop_is_requested for run in world.server.runs if run.path.run_id == "r2"]
    assert asked is bool(told.get("stopped"))


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
    with pytest.raises(NotModelledAttributeError, match=r"Api\.(client|reports)"):
        _ = wandb.Api().reports
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


def test_artifacts_of_the_classic_api_are_refused_by_name() -> None:
    with fake(profile="classic", environ={}), install(profile="classic"):
        api = importlib.import_module("wandb").Api()

        with pytest.raises(NotModelledAttributeError, match=r"Api\.artifact is part of wandb 0\.10\.33"):
            _ = api.artifact
