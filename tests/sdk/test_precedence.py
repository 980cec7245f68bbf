"""Every setting from every two sources: the higher one wins (A.2). The table is written from the text, not the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

SOURCES = ("argument", "settings", "setup", "variable", "workspace", "user")
"""From the highest to the lowest; both profiles have them in this order, as far as these go."""


class Setting(NamedTuple):
    """One setting: its names, two values of it, and what is seen of each.

    Attributes:
        argument: Its name as argument; None where there is none.
        classic, current: Its variable, None where the profile reads none.
        values: Two that can be told apart.
        seen: Starts a run and tells which of the two it was.
        files: Whether a settings file may give it.
    """

    setting: str
    argument: str | None
    classic: str | None
    current: str | None
    values: tuple[Any, Any]
    seen: Callable[[wt.World, dict[str, Any]], Any]
    files: bool = True


def shown(name: str) -> Callable[[wt.World, dict[str, Any]], Any]:
    return lambda world, call: getattr(world.init(**call), name)


def directory(world: wt.World, call: dict[str, Any]) -> Path:
    return Path(world.init(**call).dir).parents[2]


def mode(world: wt.World, call: dict[str, Any]) -> str:
    return "offline" if world.init(**call).offline else "online"


def reinit(world: wt.World, call: dict[str, Any]) -> bool:
    return world.init() is not world.init(**call)


def resume(world: wt.World, call: dict[str, Any]) -> str:
    world.server.add_run("abc", project="p")
    try:
        world.init(project="p", id="abc", **call)
    except wt.UsageError:
        return "never"
    return "must"


def force(world: wt.World, call: dict[str, Any]) -> bool:
    world.home.api_key = None
    try:
        world.init(**call)
    except wt.UsageError:
        return True
    return False


def anonymous(world: wt.World, call: dict[str, Any]) -> str:
    run = world.init(**call)
    return "must" if run.entity != "testkit-user" else "never"


def allow_val_change(world: wt.World, call: dict[str, Any]) -> bool:
    run = world.init(config={"a": 1}, **call)
    try:
        run.config.a = 2
    except wt.ConfigError:
        return False
    return True


def url(world: wt.World, call: dict[str, Any]) -> str:
    return str(world.init(**call).url).partition("/testkit-user")[0]


def magic(world: wt.World, call: dict[str, Any]) -> Any:
    return world.init(**call).config.get("magic")


SETTINGS = (
    Setting("run_name", "name", "WANDB_NAME", "WANDB_NAME", ("a", "b"), shown("name")),
    Setting("run_notes", "notes", "WANDB_NOTES", "WANDB_NOTES", ("a", "b"), shown("notes")),
    Setting("run_group", "group", "WANDB_RUN_GROUP", "WANDB_RUN_GROUP", ("a", "b"), shown("group")),
    Setting("run_job_type", "job_type", "WANDB_JOB_TYPE", "WANDB_JOB_TYPE", ("a", "b"), shown("job_type")),
    Setting("run_tags", "tags", "WANDB_TAGS", "WANDB_TAGS", (("a",), ("b", "c")), shown("tags"), files=False),
    Setting("project", "project", "WANDB_PROJECT", "WANDB_PROJECT", ("a", "b"), shown("project")),
    Setting("entity", "entity", "WANDB_ENTITY", "WANDB_ENTITY", ("a", "b"), shown("entity")),
    Setting("run_id", "id", "WANDB_RUN_ID", "WANDB_RUN_ID", ("a", "b"), shown("id")),
    Setting("mode", "mode", "WANDB_MODE", "WANDB_MODE", ("online", "offline"), mode),
    Setting("resume", "resume", "WANDB_RESUME", "WANDB_RESUME", ("must", "never"), resume),
    Setting("reinit", "reinit", None, "WANDB_REINIT", (True, False), reinit, files=False),
    Setting("root_dir", "dir", "WANDB_DIR", "WANDB_DIR", ("one", "two"), directory, files=False),
    Setting("base_url", None, "WANDB_BASE_URL", "WANDB_BASE_URL", ("https://a.com", "https://b.com"), url),
)
CLASSIC_ONLY = (
    Setting("force", "force", None, None, (True, False), force, files=False),
    Setting("anonymous", "anonymous", "WANDB_ANONYMOUS", None, ("must", "never"), anonymous),
    Setting("allow_val_change", "allow_val_change", None, None, (True, False), allow_val_change, files=False),
    Setting("magic", "magic", "WANDB_MAGIC", None, ('{"a": 1}', '{"a": 2}'), magic),
)

MAGIC = {'{"a": 1}': {"a": 1}, '{"a": 2}': {"a": 2}}


def sources_of(setting: Setting, profile: Profile) -> tuple[str, ...]:
    variable = setting.classic if profile is CLASSIC else setting.current
    absent = {
        None if setting.argument else "argument",
        None if variable else "variable",
        *(() if setting.files else ("workspace", "user")),
    }
    return tuple(source for source in SOURCES if source not in absent)


def cases() -> list[Any]:
    return [
        pytest.param(profile, setting, high, low, id=f"{profile}-{setting.setting}-{high}-{low}")
        for profile in Profile
        for setting in (*SETTINGS, *(CLASSIC_ONLY if profile is CLASSIC else ()))
        for high, low in combinations(sources_of(setting, profile), 2)
    ]


def in_text(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def outcome(
    make_world: Callable[..., wt.World], profile: Profile, setting: Setting, given: Mapping[str, Any], tmp_path: Path
) -> Any:
    """What is seen of a run whose setting comes from these sources."""
    values = {source: tmp_path / value if setting.argument == "dir" else value for source, value in given.items()}
    variable = setting.classic if profile is CLASSIC else setting.current
    environ = {variable: in_text(values["variable"])} if "variable" in values else {}
    world = make_world(profile, environ=environ)
    for source, path in (("workspace", "wandb/settings"), ("user", world.home.at("~/.config/wandb/settings"))):
        if source in values:
            world.disk.write(path, f"[default]\n{setting.setting} = {in_text(values[source])}\n".encode())
    if "setup" in values:
        world.session.setup({setting.setting: values["setup"]})
    call: dict[str, Any] = {}
    if "settings" in values:
        call["settings"] = {setting.setting: values["settings"]}
    if "argument" in values:
        assert setting.argument is not None
        call[setting.argument] = values["argument"]
    seen = setting.seen(world, call)
    return seen.relative_to(tmp_path).as_posix() if isinstance(seen, Path) else seen


@pytest.mark.parametrize(("profile", "setting", "high", "low"), cases())
def test_the_higher_source_wins(
    make_world: Callable[..., wt.World], tmp_path: Path, profile: Profile, setting: Setting, high: str, low: str
) -> None:
    """A.1, A.2, DEV-3"""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    first, second = setting.values

    seen = [
        outcome(make_world, profile, setting, given, tmp_path)
        for given in ({high: first, low: second}, {high: second, low: first}, {low: first}, {low: second})
    ]

    assert seen == [MAGIC.get(value, value) if setting.setting == "magic" else value for value in (first, second) * 2]


@pytest.mark.parametrize(("profile", "resumes"), [(CLASSIC, False), (CURRENT, True)], ids=str)
def test_false_as_resume_beats_the_variable_in_classic_only(
    make_world: Callable[..., wt.World], profile: Profile, resumes: bool
) -> None:
    """A.2, C.6"""
    world = make_world(profile, environ={"WANDB_RESUME": "allow"})
    world.server.add_run("abc", project="p")

    assert world.init(project="p", id="abc", resume=False).resumed is resumes


def test_an_empty_id_is_not_given_in_classic(make_world: Callable[..., wt.World]) -> None:
    """A.2, ID-3"""
    ids = [
        make_world(CLASSIC, environ=environ).init(id=argument).id
        for environ, argument in (({"WANDB_RUN_ID": ""}, None), ({}, ""))
    ]

    assert [len(run_id) for run_id in ids] == [8, 8]


@pytest.mark.parametrize(("environ", "argument"), [({"WANDB_RUN_ID": ""}, None), ({}, "")])
def test_an_empty_id_is_an_error_in_current(
    make_world: Callable[..., wt.World], environ: dict[str, str], argument: str | None
) -> None:
    """A.2, ID-3"""
    with pytest.raises(wt.UsageError, match="cannot be empty"):
        make_world(CURRENT, environ=environ).init(id=argument)
