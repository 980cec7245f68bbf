"""save() and run.dir: which files belong to the run, under which names, with which content.

The specification has no clause on save() itself: names and refusals were observed with 0.10.33 and 0.31.0 (offline).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with some files; what the kit makes goes elsewhere."""
    work = tmp_path / "work"
    for name in ("a.txt", "b.txt", "c.log", "data/x.txt", "data/deep/y.txt", ".hidden"):
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(work)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return work


def names(world: wt.World) -> list[str]:
    return sorted(world.run.files)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a.txt", ["a.txt"]),
        ("*.txt", ["a.txt", "b.txt"]),
        ("?.*", ["a.txt", "b.txt", "c.log"]),
        ("[ab].txt", ["a.txt", "b.txt"]),
        ("data/deep/y.txt", ["data/deep/y.txt"]),
        ("data/*.txt", ["data/x.txt"]),
        ("data/../a.txt", ["a.txt"]),
        (".hidden", [".hidden"]),
        ("./a.txt", ["a.txt"]),
    ],
)
def test_names_are_relative_to_the_working_directory(fake: wt.World, pattern: str, expected: list[str]) -> None:
    run = fake.init()

    run.save(pattern)
    run.finish()

    assert names(fake) == expected
    assert fake.run.files == {name: name.encode() for name in expected}


def test_a_directory_brings_all_files_below_it(fake: wt.World) -> None:
    run = fake.init()

    run.save("data")

    assert names(fake) == ["data/deep/y.txt", "data/x.txt"]


@pytest.mark.parametrize(
    ("base", "expected"), [("data", "deep/y.txt"), ("data/deep", "y.txt"), (".", "data/deep/y.txt")]
)
@pytest.mark.parametrize("as_absolute", [True, False])
def test_names_are_relative_to_base_path(
    fake: wt.World, folder: Path, base: str, expected: str, as_absolute: bool
) -> None:
    run = fake.init()

    run.save("data/deep/y.txt", base_path=str(folder / base) if as_absolute else base)

    assert names(fake) == [expected]


def test_an_absolute_path_gives_the_bare_name_in_classic_and_its_folder_too_in_current(
    classic: wt.World, current: wt.World, folder: Path
) -> None:
    for world in (classic, current):
        world.init().save(str(folder / "data" / "deep" / "y.txt"))

    assert (names(classic), names(current)) == (["y.txt"], ["deep/y.txt"])


def test_an_absolute_path_may_have_a_base_path(fake: wt.World, folder: Path) -> None:
    fake.init().save(str(folder / "data" / "deep" / "y.txt"), base_path=str(folder / "data"))

    assert names(fake) == ["deep/y.txt"]


def test_current_takes_a_path_object_and_classic_refuses_it(classic: wt.World, current: wt.World) -> None:
    current.init().save(Path("a.txt"))

    assert names(current) == ["a.txt"]
    with pytest.raises(ValueError, match=r"PosixPath|WindowsPath"):
        classic.init().save(Path("a.txt"))


def test_bytes_are_a_path_too(fake: wt.World) -> None:
    run: Any = fake.init()

    run.save(b"a.txt")

    assert names(fake) == ["a.txt"]


def test_current_may_take_the_pattern_literally(current: wt.World, folder: Path) -> None:
    (folder / "[ab].txt").write_text("odd")

    current.init().save("[ab].txt", glob=False)

    assert current.run.files == {"[ab].txt": b"odd"}


@pytest.mark.parametrize("pattern", ["nope.txt", "nope*", "s3://bucket/x"])
def test_where_no_file_is_there_is_a_warning(fake: wt.World, pattern: str) -> None:
    run = fake.init()

    assert run.save(pattern) == []
    assert [warning for warning in fake.run.warnings if pattern in warning]
    assert names(fake) == []


def test_classic_without_a_pattern_does_nothing_and_says_true(classic: wt.World) -> None:
    run: Any = classic.init()

    assert run.save() is True
    assert run.save(None) is True
    assert names(classic) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"glob_str": "a.txt", "policy": "never"}, "policy='never'.*'live', 'now', 'end'"),
        ({"glob_str": "a.txt", "base_path": "data"}, "not below base_path"),
        ({"glob_str": ""}, "''"),
    ],
)
def test_wrong_arguments_are_refused(fake: wt.World, arguments: dict[str, Any], words: str) -> None:
    run = fake.init()

    with pytest.raises(ValueError, match=words):
        run.save(**arguments)

    assert names(fake) == []


@pytest.mark.parametrize(
    ("profile", "wrong", "error"),
    [
        (CLASSIC, 3, ValueError),
        (CLASSIC, ["a.txt"], ValueError),
        (CURRENT, 3, TypeError),
        (CURRENT, ["a.txt"], TypeError),
    ],
)
def test_what_is_no_path_is_refused(fake: wt.World, wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        fake.init().save(wrong)


def test_the_returned_paths_are_in_the_runs_directory_and_exist(fake: wt.World) -> None:
    run = fake.init()

    paths: Any = run.save("*.txt")

    assert paths == [os.path.join(run.dir, name) for name in ("a.txt", "b.txt")]
    assert [Path(path).read_text() for path in paths] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("policy", "during", "after"),
    [("live", b"first", b"second"), ("now", b"first", b"first"), ("end", None, b"second")],
)
def test_the_policy_decides_when_a_file_is_read(
    fake: wt.World, folder: Path, policy: str, during: bytes | None, after: bytes
) -> None:
    path = folder / "model.bin"
    path.write_bytes(b"first")
    run = fake.init()

    run.save("model.bin", policy=policy)
    meanwhile = fake.run.files.get("model.bin")
    path.write_bytes(b"second")
    run.finish()

    assert (meanwhile, fake.run.files["model.bin"]) == (during, after)


@pytest.mark.parametrize("policy", ["live", "now", "end"])
def test_a_file_that_is_gone_at_the_end_keeps_its_last_upload(fake: wt.World, folder: Path, policy: str) -> None:
    run = fake.init()

    run.save("a.txt", policy=policy)
    (folder / "a.txt").unlink()
    run.finish()

    assert fake.run.files == ({} if policy == "end" else {"a.txt": b"a.txt"})


def test_saving_again_takes_the_new_content(fake: wt.World, folder: Path) -> None:
    run = fake.init()

    run.save("a.txt", policy="now")
    (folder / "a.txt").write_text("new")
    run.save("a.txt", policy="now")

    assert fake.run.files == {"a.txt": b"new"}


def test_classic_uploads_what_is_written_into_run_dir_and_current_what_is_saved(
    fake: wt.World, profile: Profile
) -> None:
    """DIR-1"""
    with fake.init() as run:
        (Path(run.dir) / "own.txt").write_text("mine")
        (Path(run.dir) / "deep").mkdir()
        (Path(run.dir) / "deep" / "own.txt").write_text("deep")

    uploaded = {Profile.CLASSIC: {"own.txt": b"mine", "deep/own.txt": b"deep"}, Profile.CURRENT: {}}
    assert fake.run.files == uploaded[profile]


def test_a_file_in_run_dir_can_be_saved_at_once(fake: wt.World) -> None:
    run = fake.init()
    path = Path(run.dir) / "model.bin"
    path.write_text("x")

    run.save(str(path), base_path=run.dir)

    assert fake.run.files == {"model.bin": b"x"}


def test_nothing_is_on_disk_until_a_path_is_asked_for(
    make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DIR-1: a disk that is not there until asked for"""
    before = sorted(tmp_path.rglob("*"))
    world = make_world(profile)

    for mode in ("online", "offline"):
        with world.init(mode=mode, resume="auto", config={"a": 1}, reinit=True) as run:
            run.log({"loss": 1})
            run.summary["b"] = 1
            run.config["c"] = 1

    assert sorted(tmp_path.rglob("*")) == before


def test_run_dir_is_there_while_the_world_is(fake: wt.World, tmp_path: Path) -> None:
    """DIR-1"""
    run = fake.init()
    path = Path(run.dir)
    (path / "probe").write_text("writable")
    run.finish()
    after_finish = (path / "probe").exists()

    fake.close()

    assert path.is_relative_to(tmp_path / "tmp")
    assert after_finish
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_named_root_stays(make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path) -> None:
    """DIR-1"""
    world = make_world(profile, root=tmp_path / "root")
    run = world.init(resume="auto", id="abc")
    path = Path(run.dir)

    world.close()

    assert path.is_relative_to(tmp_path / "root" / "wandb")
    assert path.is_dir()
    assert (tmp_path / "root" / "wandb" / "wandb-resume.json").exists()


def test_what_was_remembered_moves_along_when_a_path_is_asked_for(fake: wt.World) -> None:
    """AUTO-1, DIR-1"""
    run = fake.init(resume="auto", id="abc")

    wandb_dir = Path(run.dir).parents[1]

    assert [path.name for path in wandb_dir.glob("*.json")] == ["wandb-resume.json"]


def test_an_offline_run_keeps_its_files_too(fake: wt.World) -> None:
    """MODE-3"""
    with fake.init(mode="offline") as run:
        run.save("a.txt")

    assert fake.run.files == {"a.txt": b"a.txt"}
