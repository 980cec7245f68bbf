"""What the module's names mean, and what may be set on a run (GLOBAL)."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import Profile


@pytest.fixture
def wandb(profile: Profile, fake: wt.World) -> Iterator[Any]:
    """What `import wandb` gives in the world of the test."""
    with install(profile=profile):
        yield importlib.import_module("wandb")


def test_without_a_run_the_names_tell_to_call_init(wandb: Any) -> None:
    """GLOBAL-1"""
    before = wandb.run
    wandb.init().finish()

    with pytest.raises(wandb.Error, match=r"wandb\.init\(\)"):
        wandb.log({"a": 1})
    with pytest.raises(wandb.Error, match=r"wandb\.init\(\)"):
        _ = wandb.config.x
    with pytest.raises(wandb.Error, match=r"wandb\.init\(\)"):
        wandb.config["x"]

    assert (before, wandb.run) == (None, None)


def test_after_init_the_names_belong_to_the_run(wandb: Any, fake: wt.World) -> None:
    """GLOBAL-2"""
    run = wandb.init(config={"a": 1})

    wandb.log({"loss": 1})
    wandb.summary["best"] = 1
    wandb.config.b = 2

    assert wandb.run is run
    assert (wandb.config["a"], wandb.summary["loss"]) == (1, 1)
    assert (fake.run.history["loss"], fake.run.config, fake.run.summary["best"]) == ([1], {"a": 1, "b": 2}, 1)


def test_finish_ends_wandb_run_and_does_nothing_without_one(wandb: Any, fake: wt.World) -> None:
    """GLOBAL-3"""
    wandb.finish()
    wandb.init()

    wandb.finish()
    wandb.finish()

    assert wandb.run is None
    assert fake.run.state == "finished"


@pytest.mark.parametrize("name", ["foo", "_foo", "los"])
def test_a_run_is_closed_to_new_attributes(fake: wt.World, name: str) -> None:
    """GLOBAL-4"""
    run = fake.init()

    with pytest.raises(Exception, match=f"'{name}'.*GLOBAL-4") as raised:
        setattr(run, name, 1)

    assert type(raised.value) is Exception
    assert not hasattr(run, name)


def test_name_notes_and_tags_can_be_set_and_are_sent(fake: wt.World) -> None:
    """GLOBAL-4"""
    run: Any = fake.init(name="old", notes="old", tags=["old"], group="kept")

    run.name = "new"
    run.notes = "first\nsecond"
    run.tags = ["a", "b"]

    seen = fake.run
    assert (run.name, run.notes, run.tags) == ("new", "first\nsecond", ("a", "b"))
    assert (seen.name, seen.notes, seen.tags, seen.group) == ("new", "first\nsecond", ("a", "b"), "kept")


@pytest.mark.parametrize("name", ["id", "entity", "project", "group", "job_type", "url", "step", "config", "summary"])
def test_the_rest_cannot_be_set(fake: wt.World, name: str) -> None:
    """GLOBAL-4"""
    run = fake.init()

    with pytest.raises(AttributeError):
        setattr(run, name, "x")


@pytest.mark.parametrize("name", ["name", "notes", "tags"])
def test_nothing_can_be_set_after_finish(fake: wt.World, name: str) -> None:
    """GLOBAL-4, LOG-6: observed with 0.10.33 and 0.31.0"""
    run = fake.init(name="kept", notes="kept", tags=["kept"])
    run.finish()

    with pytest.raises(Exception, match="after finish"):
        setattr(run, name, "x")

    assert (fake.run.name, fake.run.notes, fake.run.tags) == ("kept", "kept", ("kept",))


def test_the_other_names_belong_to_the_run_too(wandb: Any, fake: wt.World, tmp_path: Path) -> None:
    """GLOBAL-2"""
    (tmp_path / "f.txt").write_text("kept")
    run = wandb.init(id="abc")

    wandb.alert("title", "text", level=wandb.AlertLevel.WARN)
    wandb.save(str(tmp_path / "f.txt"), base_path=str(tmp_path), policy="now")
    wandb.mark_preempting()
    with wandb.restore("f.txt", root=str(tmp_path / "there")) as file:
        read = file.read()

    assert (fake.run.alerts[0]["level"], fake.run.state, read) == ("WARN", "preempting", "kept")
    assert wandb.run is run


def test_without_a_run_only_a_named_one_is_restored_from(wandb: Any, tmp_path: Path) -> None:
    """GLOBAL-1"""
    (tmp_path / "f.txt").write_text("kept")
    with wandb.init(id="abc", project="p") as run:
        run.save(str(tmp_path / "f.txt"), base_path=str(tmp_path))

    with wandb.restore("f.txt", "p/abc", root=str(tmp_path / "there")) as file:
        read = file.read()

    assert read == "kept"
    with pytest.raises(ValueError, match="run_path required"):
        wandb.restore("f.txt")
    for call in (partial(wandb.alert, "t", "x"), wandb.mark_preempting):
        with pytest.raises(wandb.Error, match=r"wandb\.init\(\)"):
            call()


def test_a_disabled_run_restores_what_is_there_already(wandb: Any, tmp_path: Path) -> None:
    """DISABLED-7"""
    (tmp_path / "f.txt").write_text("local")
    wandb.init(mode="disabled")

    with wandb.restore("f.txt", "p/abc", root=str(tmp_path)) as file:
        read = file.read()

    assert (read, wandb.restore("g.txt", "p/abc", root=str(tmp_path))) == ("local", None)
