"""save_code: whether the entry script is saved, which one it is, and what it is called in the run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

SOURCE = "print('training')\n"
SAVED = {"code/sub/train.py": SOURCE.encode()}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a script in it."""
    script = tmp_path / "project" / "sub" / "train.py"
    script.parent.mkdir(parents=True)
    script.write_text(SOURCE)
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


Variables = dict[str, str]
SAVE: Variables = {"WANDB_SAVE_CODE": "true"}
DO_NOT_SAVE: Variables = {"WANDB_SAVE_CODE": "false"}
DISABLE: Variables = {"WANDB_DISABLE_CODE": "true"}

PRECEDENCE: list[tuple[bool | None, Variables, bool | None, bool, bool]] = [
    # preference, variables, argument, saved in classic, saved in current
    (None, {}, None, False, False),
    (None, {}, True, True, True),
    (None, {}, False, False, False),
    (None, SAVE, None, True, True),
    (None, SAVE, False, False, False),
    (None, DO_NOT_SAVE, None, False, False),
    (None, DO_NOT_SAVE, True, True, True),
    (None, DISABLE, None, False, False),
    (None, DISABLE, True, False, True),
    (None, {**SAVE, **DISABLE}, None, False, False),
    (True, {}, None, True, True),
    (True, {}, True, True, True),
    (True, {}, False, False, False),
    (True, SAVE, None, True, True),
    (True, DO_NOT_SAVE, None, False, False),
    (True, DISABLE, None, False, False),
    (True, DISABLE, True, False, True),
    (False, {}, None, False, False),
    (False, {}, True, True, False),
    (False, {}, False, False, False),
    (False, SAVE, None, True, False),
    (False, DISABLE, True, False, False),
]


@pytest.mark.parametrize(("prefers", "variables", "argument", "in_classic", "in_current"), PRECEDENCE)
def test_argument_variables_and_preference_decide(
    make_world: Callable[..., wt.World],
    profile: Profile,
    prefers: bool | None,
    variables: Variables,
    argument: bool | None,
    in_classic: bool,
    in_current: bool,
) -> None:
    """CODE-1, A.1.save_code"""
    world = make_world(profile, environ={"WANDB_PROGRAM": "sub/train.py", **variables})
    world.server.set_code_saving(prefers)

    world.init(save_code=argument).finish()

    saved = in_classic if profile is CLASSIC else in_current
    assert world.run.files == (SAVED if saved else {})
    assert world.run.client["config"].get("code_path") == ("code/sub/train.py" if saved else None)


def test_offline_nobody_asks_for_the_preference(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """CODE-1"""
    world = make_world(profile, environ={"WANDB_PROGRAM": "sub/train.py"})
    world.server.set_code_saving(True)

    world.init(mode="offline", id="silent").finish()
    world.init(mode="offline", id="told", save_code=True).finish()

    assert [run.files for run in world.runs] == [{}, SAVED]


@pytest.mark.parametrize("profile", [CURRENT], ids=str)
def test_settings_count_as_an_argument(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """CODE-1, A.2"""
    world = make_world(profile, environ={**DISABLE, "WANDB_PROGRAM": "sub/train.py"})

    world.init(settings={"save_code": "yes"}).finish()

    assert world.run.files == SAVED


def test_a_setting_may_name_the_script(fake: wt.World, project: Path) -> None:
    """CODE-1"""
    fake.init(save_code=True, settings={"program": str(project / "sub" / "train.py")})

    assert fake.run.files == SAVED


def test_names_are_relative_to_the_repository(fake: wt.World, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CODE-1"""
    (project / ".git").mkdir()
    monkeypatch.chdir(project / "sub")

    fake.init(save_code=True, settings={"program": "train.py"})

    assert fake.run.files == SAVED


def test_the_script_is_in_the_directory_of_the_run_too(
    make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path
) -> None:
    """CODE-1, DIR-1"""
    world = make_world(profile, environ={"WANDB_PROGRAM": "sub/train.py"}, root=tmp_path)

    run: Any = world.init(save_code=True)

    assert (Path(run.dir) / "code" / "sub" / "train.py").read_text() == SOURCE
    run.finish()
    assert world.run.files == SAVED


@pytest.mark.parametrize(
    ("program", "why"), [("gone.py", "no such file"), ("../outside.py", "lies outside of .*project")]
)
def test_a_script_that_cannot_be_saved_is_warned_of(fake: wt.World, tmp_path: Path, program: str, why: str) -> None:
    """CODE-1"""
    (tmp_path / "outside.py").touch()

    fake.init(save_code=True, settings={"program": program})

    (notice,) = fake.recorder.warnings
    assert fake.run.files == {}
    assert notice.message.startswith(f"code is to be saved, and {program!r} cannot be")
    assert re.search(why, notice.message)


def test_pytest_is_nobodys_entry_script(fake: wt.World) -> None:
    """CODE-1"""
    fake.init(save_code=True)

    (notice,) = fake.recorder.warnings
    assert fake.run.files == {}
    assert "set WANDB_PROGRAM" in notice.message


def test_a_program_that_runs_by_itself_is_its_own_entry_script(project: Path) -> None:
    """CODE-1"""
    script = project / "sub" / "alone.py"
    script.write_text(
        "import wandb_testkit as wt\n"
        "with wt.fake() as fake:\n"
        "    fake.init(save_code=True).finish()\n"
        "    print(sorted(fake.run.files), fake.recorder.warnings)\n"
    )

    done = subprocess.run(
        [sys.executable, "sub/alone.py"],
        env={**os.environ, "PYTHONPATH": str(Path(wt.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "['code/sub/alone.py'] []\n"


def test_a_disabled_run_saves_nothing(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """CODE-1, DISABLED-1"""
    world = make_world(profile, environ={"WANDB_PROGRAM": "sub/train.py"})

    world.init(mode="disabled", save_code=True)

    assert (world.runs, world.recorder.warnings) == ([], [])


def test_a_bad_flag_is_refused_by_name_in_current(make_world: Callable[..., wt.World]) -> None:
    """CODE-1, A.1"""
    with pytest.raises(wt.ValidationError, match=r"(?s)save_code.*'perhaps'"):
        make_world(CURRENT).init(save_code="perhaps")
    with pytest.raises(wt.ValidationError, match=r"(?s)disable_code.*'perhaps'"):
        make_world(CURRENT, environ={"WANDB_DISABLE_CODE": "perhaps"}).init()
