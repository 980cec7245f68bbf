"""Tags, and where files go (TAGS-1, DIR)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def test_the_argument_replaces_settings_and_variable(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """TAGS-1"""
    world = make_world(profile, environ={"WANDB_TAGS": "a,b"})

    from_variable = world.init(reinit=True).tags
    from_settings = world.init(reinit=True, settings={"run_tags": ("s",)}).tags
    from_argument = world.init(reinit=True, settings={"run_tags": ("s",)}, tags=["c"]).tags

    assert (from_variable, from_settings, from_argument) == (("a", "b"), ("s",), ("c",))
    assert [run.tags for run in world.runs] == [("a", "b"), ("s",), ("c",)]


def test_classic_keeps_empty_items_of_the_variable(make_world: Callable[..., wt.World]) -> None:
    """TAGS-1, A.3"""
    assert make_world(CLASSIC, environ={"WANDB_TAGS": "a,,b"}).init().tags == ("a", "", "b")


@pytest.mark.parametrize("tags", [["b", "a", "b"], ("b", "a", "b")])
def test_order_and_duplicates_are_kept(fake: wt.World, tags: Any) -> None:
    """TAGS-1"""
    run = fake.init(tags=tags)

    assert (run.tags, fake.run.tags) == (("b", "a", "b"), ("b", "a", "b"))


def test_a_tag_can_be_added_later(fake: wt.World) -> None:
    """TAGS-1, GLOBAL-4"""
    run: Any = fake.init(tags=["a"])

    run.tags += ("b",)

    assert (run.tags, fake.run.tags) == (("a", "b"), ("a", "b"))


def test_a_plain_str_is_split_into_characters_in_current(current: wt.World) -> None:
    """TAGS-1"""
    assert current.init(tags="ab").tags == ("a", "b")


def test_files_go_below_dir(fake: wt.World, tmp_path: Path) -> None:
    """DIR-1"""
    run = fake.init(dir=tmp_path, id="abc")

    folder = Path(run.dir)

    assert folder.is_dir()
    assert (folder.name, folder.parent.parent) == ("files", tmp_path / "wandb")


@pytest.mark.parametrize("source", ["setting", "variable"])
def test_dir_may_come_from_elsewhere(
    make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path, source: str
) -> None:
    """DIR-1, E.2"""
    world = make_world(profile, environ={"WANDB_DIR": str(tmp_path)} if source == "variable" else {})

    run = world.init(settings={"root_dir": str(tmp_path)} if source == "setting" else None)

    assert Path(run.dir).is_relative_to(tmp_path / "wandb")


def test_a_relative_dir_is_below_the_current_directory(
    fake: wt.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DIR-1"""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()

    run = fake.init(dir="out")

    assert Path(run.dir).is_relative_to(tmp_path / "out" / "wandb")


def test_without_dir_nothing_appears_in_the_current_directory(
    fake: wt.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DIR-1: the world's own disk stands for the current directory"""
    monkeypatch.chdir(tmp_path)

    with fake.init(resume="auto") as run:
        run.log({"loss": 1})
        assert Path(run.dir).is_dir()

    assert list(tmp_path.iterdir()) == []


def test_a_missing_dir_falls_back_with_a_warning_in_classic(
    classic: wt.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DIR-2"""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    run = classic.init(dir=tmp_path / "missing")

    assert Path(run.dir).is_relative_to(temporary / "wandb")
    assert not (tmp_path / "missing").exists()
    assert [notice for notice in classic.recorder.warnings if str(tmp_path / "missing") in notice.message]


def test_a_missing_dir_is_made_in_current(current: wt.World, tmp_path: Path) -> None:
    """DIR-2"""
    run = current.init(dir=tmp_path / "missing" / "deep")

    assert Path(run.dir).is_relative_to(tmp_path / "missing" / "deep" / "wandb")
    assert current.recorder.warnings == []


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_a_dir_that_cannot_be_made_falls_back_with_a_warning(
    fake: wt.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DIR-2"""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (tmp_path / "file").write_text("no directory")

    run = fake.init(dir=tmp_path / "file" / "below")

    assert Path(run.dir).is_relative_to(temporary)
    assert [notice for notice in fake.recorder.warnings if str(tmp_path / "file" / "below") in notice.message]


@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_a_dir_that_cannot_be_written_falls_back_with_a_warning(
    fake: wt.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DIR-2"""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)

    run = fake.init(dir=locked)

    assert Path(run.dir).is_relative_to(temporary)
    assert [notice for notice in fake.recorder.warnings if str(locked) in notice.message]
