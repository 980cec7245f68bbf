"""Replacing names of the module, with the tools that tests use: nothing stays behind when a patch is undone."""

from __future__ import annotations

import importlib
from typing import Any
from unittest import mock

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import Profile
from wandb_testkit.world import fake

NAMES = ["run", "config", "summary", "init", "log", "finish", "Settings", "errors"]


@pytest.mark.parametrize("name", NAMES)
def test_mock_patch_replaces_and_restores(wandb: Any, name: str) -> None:
    before = getattr(wandb, name)
    with mock.patch(f"wandb.{name}") as replaced:
        assert getattr(wandb, name) is replaced

    assert getattr(wandb, name) is before
    assert name in dir(wandb)


@pytest.mark.parametrize("name", NAMES)
def test_monkeypatch_replaces_and_restores(wandb: Any, name: str) -> None:
    before, value = getattr(wandb, name), object()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(wandb, name, value)
        assert getattr(wandb, name) is value

    assert getattr(wandb, name) is before


@pytest.mark.parametrize("name", [name for name in NAMES if name != "errors"])
def test_monkeypatch_deletes_and_restores(wandb: Any, name: str) -> None:
    before = getattr(wandb, name)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.delattr(f"wandb.{name}")
        assert not hasattr(wandb, name)
        assert name not in dir(wandb)

    assert getattr(wandb, name) is before


@pytest.mark.parametrize("name", NAMES)
def test_patches_may_be_nested(wandb: Any, name: str) -> None:
    before = getattr(wandb, name)
    with mock.patch(f"wandb.{name}") as outer:
        with mock.patch(f"wandb.{name}") as inner:
            assert getattr(wandb, name) is inner
        assert getattr(wandb, name) is outer
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(wandb, name, "third")
            assert getattr(wandb, name) == "third"
        assert getattr(wandb, name) is outer

    assert getattr(wandb, name) is before


@pytest.mark.parametrize("with_mock", [True, False], ids=["mock", "monkeypatch"])
def test_a_patch_of_run_that_saw_init_pins_nothing(wandb: Any, with_mock: bool) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        if with_mock:
            patch = mock.patch("wandb.run")
            patch.start()
        else:
            monkeypatch.setattr(wandb, "run", "mine")
        run = wandb.init(project="p")
        assert wandb.run is run  # init() assigns it, as in wandb
        if with_mock:
            patch.stop()

    assert wandb.run is run
    run.finish()
    assert wandb.run is None


def test_a_patch_of_run_that_saw_finish_pins_nothing(wandb: Any) -> None:
    run = wandb.init(project="p")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("wandb.run", "mine")
        run.finish()
        assert wandb.run is None

    assert wandb.run is None


def test_what_is_assigned_to_run_does_not_reach_another_world(wandb: Any, profile: Profile) -> None:
    wandb.run = "mine"
    with fake(profile=profile):
        assert wandb.run is None
        inner = wandb.init(project="p")
        assert wandb.run is inner
        wandb.finish()
    assert wandb.run == "mine"
    wandb.run = None

    assert wandb.init(project="p") is wandb.run
    wandb.finish()


def test_a_patch_may_be_undone_in_another_world(wandb: Any, profile: Profile) -> None:
    run = wandb.init(project="p")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(wandb, "run", "mine")
    with fake(profile=profile):
        monkeypatch.undo()
        assert wandb.run is None

    assert wandb.run is run
    wandb.finish()
    assert wandb.run is None


def test_finish_ends_what_a_test_has_put_in_the_place_of_run(wandb: Any) -> None:
    with mock.patch("wandb.run") as run:
        wandb.finish(exit_code=1)

    run.finish.assert_called_once_with(exit_code=1)


def test_autospec_knows_the_signature(wandb: Any) -> None:
    with mock.patch("wandb.log", autospec=True) as log:
        wandb.log({"loss": 1}, step=3)
        with pytest.raises(TypeError):
            wandb.log()

    log.assert_called_once_with({"loss": 1}, step=3)


def test_a_name_deep_in_the_tree_can_be_patched_by_its_dotted_path(wandb: Any) -> None:
    with mock.patch("wandb.sdk.wandb_run.Run.log", autospec=True) as log:
        wandb.init(project="p")
        wandb.log({"loss": 1})
        wandb.finish()

    assert log.call_count == 1


def test_a_new_name_can_be_assigned_and_deleted(wandb: Any) -> None:
    wandb.extra = 1
    assert "extra" in dir(wandb)
    del wandb.extra

    assert not hasattr(wandb, "extra")
    with pytest.raises(AttributeError):
        del wandb.extra
    del wandb.log
    with pytest.raises(AttributeError):
        del wandb.log


def test_what_was_assigned_ends_with_the_installation(profile: Profile) -> None:
    with install(profile=profile), fake(profile=profile):
        wandb: Any = importlib.import_module("wandb")
        log = wandb.log
        wandb.log = wandb.run = wandb.extra = "mine"
        del wandb.finish
    with install(profile=profile), fake(profile=profile):
        assert wandb.log is log
        assert wandb.run is None
        assert callable(wandb.finish)
        assert not hasattr(wandb, "extra")
