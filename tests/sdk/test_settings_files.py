"""Settings files of the user and of the workspace: where they are, what they may say, what becomes of wrong ones."""

from __future__ import annotations

import configparser
from collections.abc import Callable
from pathlib import Path

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

WORKSPACE = "wandb/settings"


def user_file(world: wt.World) -> str:
    return world.home.at("~/.config/wandb/settings")


def write(world: wt.World, path: str, text: str) -> None:
    world.disk.write(path, text.encode())


def errors_shown(world: wt.World) -> list[str]:
    return [text for level, text in world.terminal.lines if level == "error"]


def test_both_files_are_read_and_the_workspace_wins(fake: wt.World) -> None:
    """A.2"""
    write(fake, user_file(fake), "[default]\nproject = user\nrun_group = user\n")
    write(fake, WORKSPACE, "[default]\nproject = workspace\n")

    run = fake.init()

    assert (run.project, run.group) == ("workspace", "user")


def test_names_are_read_in_any_case_and_values_as_they_stand(fake: wt.World) -> None:
    """A.2"""
    write(fake, WORKSPACE, '[default]\nRun_Name = "quoted"\n')

    assert fake.init().name == '"quoted"'


def test_the_hidden_wandb_directory_is_preferred(fake: wt.World) -> None:
    """A.2, LOGSETUP-3"""
    write(fake, WORKSPACE, "[default]\nproject = plain\n")
    write(fake, ".wandb/settings", "[default]\nproject = hidden\n")

    assert fake.init().project == "hidden"


def test_other_sections_do_not_count(fake: wt.World) -> None:
    """A.2"""
    write(fake, WORKSPACE, "[other]\nproject = other\n")

    assert fake.init().project == "uncategorized"


@pytest.mark.parametrize(("profile", "project"), [(CLASSIC, "p"), (CURRENT, "uncategorized")], ids=str)
def test_what_stands_under_the_capital_default_counts_in_classic_only(fake: wt.World, project: str) -> None:
    """A.2"""
    write(fake, WORKSPACE, "[DEFAULT]\nproject = p\n")

    assert fake.init().project == project


def test_files_are_read_once_a_process(fake: wt.World) -> None:
    """A.2"""
    write(fake, WORKSPACE, "[default]\nrun_group = first\n")
    groups = [fake.init(reinit=True).group]
    write(fake, WORKSPACE, "[default]\nrun_group = second\n")

    groups.append(fake.init(reinit=True).group)
    fake.session = fake.process(environ={})
    groups.append(fake.init().group)

    assert groups == ["first", "first", "second"]


def test_the_files_of_a_named_root_are_real(
    profile: Profile, make_world: Callable[..., wt.World], tmp_path: Path
) -> None:
    """A.2"""
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / "settings").write_text("[default]\nproject = real\n")

    assert make_world(profile, root=tmp_path).init().project == "real"


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("[default]\nbogus = 1\n", KeyError, ("wandb/settings", "'bogus'")),
        ("[default]\nprojekt = p\n", KeyError, ("wandb/settings", "'projekt'", "Did you mean 'project'?")),
        ("[default]\nmode = bogus\n", TypeError, ("wandb/settings", "mode='bogus'", "'online'")),
        ("[default]\nanonymous = bogus\n", TypeError, ("wandb/settings", "anonymous='bogus'", "'never'")),
        ("project = p\n", configparser.MissingSectionHeaderError, ("wandb/settings", "no section headers")),
        ("[default]\nproject = a%b\n", configparser.InterpolationSyntaxError, ("'%' must be followed",)),
        ("[default]\nmode = run\nmode = run\n", configparser.DuplicateOptionError, ("wandb/settings", "'mode'")),
    ],
)
def test_a_wrong_file_ends_init_in_classic(
    classic: wt.World, text: str, error: type[Exception], words: tuple[str, ...]
) -> None:
    """A.2, ERR-2"""
    write(classic, WORKSPACE, text)

    with pytest.raises(Exception, match=r"^problem$") as raised:
        classic.init()

    assert type(raised.value.__cause__) is error
    assert [word for word in words if word not in str(raised.value.__cause__)] == []


@pytest.mark.parametrize(
    "line", ["bogus = 1", "mode = bogus", "project = a/b", "console = bogus", "config_paths = a,b", "init_timeout = x"]
)
def test_a_wrong_setting_makes_current_ignore_the_files_with_an_error(current: wt.World, line: str) -> None:
    """A.2"""
    write(current, user_file(current), "[default]\nrun_group = user\n")
    write(current, WORKSPACE, f"[default]\nrun_name = n\n{line}\n")

    run = current.init()

    assert (run.group, run.name == "n") == ("", False)
    (error,) = errors_shown(current)
    assert "wandb/settings" in error
    assert line.partition(" ")[0] in error


@pytest.mark.parametrize("text", ["project = p\n", "[default]\nproject = p\nproject = q\n"])
def test_a_file_that_is_no_ini_file_is_passed_over_in_current(current: wt.World, text: str) -> None:
    """A.2"""
    write(current, user_file(current), "[default]\nrun_group = user\n")
    write(current, WORKSPACE, text)

    run = current.init()

    assert (run.project, run.group) == ("uncategorized", "user")
    assert current.session.told == ["settings_file_unreadable"]


def test_current_does_not_take_places_or_anonymous_from_a_file(current: wt.World, tmp_path: Path) -> None:
    """A.2, ANON-9"""
    write(current, WORKSPACE, f"[default]\nroot_dir = {tmp_path}\nanonymous = must\nproject = p\n")

    run = current.init()

    assert (run.project, run.entity) == ("p", "testkit-user")
    assert not Path(run.dir).is_relative_to(tmp_path)
    assert current.session.told == ["not_from_a_file", "anonymous_ignored"]


@pytest.mark.parametrize(("profile", "project"), [(CLASSIC, "uncategorized"), (CURRENT, "named")], ids=str)
def test_current_looks_for_the_users_file_where_a_variable_says(
    make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path, project: str
) -> None:
    """A.2, A.3"""
    (tmp_path / "settings").write_text("[default]\nproject = named\n")

    assert make_world(profile, environ={"WANDB_CONFIG_DIR": str(tmp_path)}).init().project == project


def test_setup_may_say_where_the_users_file_is(current: wt.World, tmp_path: Path) -> None:
    """A.2"""
    (tmp_path / "mine").write_text("[default]\nproject = named\n")

    current.session.setup({"settings_system": tmp_path / "mine"})

    assert current.init().project == "named"


def test_a_key_in_a_file_is_the_last_that_counts(current: wt.World) -> None:
    """A.4"""
    account = current.server.add_user("other")
    write(current, WORKSPACE, f"[default]\napi_key = {account.api_key}\n")

    entities = [current.init(reinit=True).entity]
    current.home.api_key = None
    current.session = current.process(environ={})
    entities.append(current.init(reinit=True).entity)

    assert entities == ["testkit-user", "other"]


def test_the_mode_argument_beats_a_file_that_says_offline(fake: wt.World) -> None:
    """MODE-2, DEV-5"""
    write(fake, WORKSPACE, "[default]\nmode = offline\n")

    assert [fake.init(reinit=True).offline, fake.init(reinit=True, mode="online").offline] == [True, False]
