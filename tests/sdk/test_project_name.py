"""The project of a run that names none: that of the git repository around the program (PROJ-1)."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.sdk.project_name import project_of


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A real repository with a program in a directory of it."""
    root = tmp_path / "my-repo"
    (root / "src" / "deep").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


@pytest.mark.parametrize(
    ("directory", "program", "project"),
    [
        ("", "train.py", "my-repo"),
        ("", "src/train.py", "my-repo-src"),
        ("", "src/deep/train.py", "my-repo-src_deep"),
        ("src", "train.py", "my-repo-src"),
        ("src/deep", "../train.py", "my-repo-src"),
        ("src", None, "my-repo"),
        ("src", "/usr/bin/python", "my-repo"),
    ],
)
def test_it_is_the_repository_and_the_place_of_the_program_in_it(
    repository: Path, directory: str, program: str | None, project: str
) -> None:
    """PROJ-1"""
    assert project_of(str(repository / directory), program) == project


def test_a_worktree_has_its_own_name(repository: Path, tmp_path: Path) -> None:
    """PROJ-1"""
    git = ["git", "-C", str(repository), "-c", "user.name=n", "-c", "user.email=e"]
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "first"], check=True)
    subprocess.run([*git, "worktree", "add", "--quiet", str(tmp_path / "tree")], check=True)

    assert project_of(str(tmp_path / "tree"), None) == "tree"


def test_a_sibling_with_the_same_beginning_is_not_inside(repository: Path, tmp_path: Path) -> None:
    """PROJ-1"""
    (tmp_path / "my-repo-2").mkdir()

    assert project_of(str(repository), str(tmp_path / "my-repo-2" / "train.py")) == "my-repo"


def test_outside_of_a_repository_it_is_uncategorized(tmp_path: Path) -> None:
    """PROJ-1"""
    assert [project_of(str(tmp_path), "train.py"), project_of("", "train.py")] == ["uncategorized"] * 2


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_a_run_without_a_project_is_named_after_the_repository(
    make_world: Callable[..., wt.World], profile: Profile, repository: Path, mode: str
) -> None:
    """PROJ-1"""
    program = str(repository / "src" / "train.py")
    run = make_world(profile, directory=repository).init(mode=mode, settings={"program": program})

    assert run.project == ("" if profile is CLASSIC and mode == "offline" else "my-repo-src")


def test_a_given_project_is_never_replaced(
    make_world: Callable[..., wt.World], profile: Profile, repository: Path
) -> None:
    """PROJ-1"""
    assert make_world(profile, directory=repository).init(project="p").project == "p"


@pytest.mark.parametrize(("profile", "project"), [(CLASSIC, ""), (CURRENT, "uncategorized")], ids=str)
def test_offline_and_outside_of_a_repository(fake: wt.World, project: str) -> None:
    """PROJ-1"""
    assert fake.init(mode="offline").project == project


@pytest.mark.parametrize("variables", [{}, {"WANDB_PROJECT": "my-repo-too"}], ids=["repository", "variable"])
def test_what_is_on_the_server_before_is_in_the_project_of_an_init_without_one(
    make_world: Callable[..., wt.World], profile: Profile, repository: Path, variables: dict[str, str]
) -> None:
    """PROJ-1"""
    world = make_world(profile, directory=repository, environ=variables)
    world.server.add_run("old", rows=[{"a": 1}])
    world.server.add_artifact("data", {"a.csv": b"1"}, type="dataset")

    run = world.init(id="old", resume="must")
    assert isinstance(run, wt.Run)
    used = run.use_artifact("data:latest")

    assert run.project == variables.get("WANDB_PROJECT", "my-repo")
    assert used.version == "v0"
