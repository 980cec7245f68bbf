"""The parameters of init(), one by one (A.1): given as argument, given as variable, given badly."""

from __future__ import annotations

import argparse
import inspect
import multiprocessing
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

MakeWorld = Callable[..., wt.World]

# clause, environment variable, value, its text in the variable
VALUES: list[tuple[str, str, Any, str]] = [
    ("A.1.job_type", "WANDB_JOB_TYPE", "eval", "eval"),
    ("A.1.project", "WANDB_PROJECT", "digits", "digits"),
    ("A.1.entity", "WANDB_ENTITY", "team", "team"),
    ("A.1.group", "WANDB_RUN_GROUP", "cv", "cv"),
    ("A.1.name", "WANDB_NAME", "first", "first"),
    ("A.1.notes", "WANDB_NOTES", "one\ntwo", "one\ntwo"),
    ("A.1.id", "WANDB_RUN_ID", "abc", "abc"),
    ("A.1.tags", "WANDB_TAGS", ("a", "b"), "a,b"),
]
BY_CLAUSE = pytest.mark.parametrize(("clause", "variable", "value", "text"), VALUES, ids=[case[0] for case in VALUES])


@BY_CLAUSE
def test_what_is_given_ends_in_the_record(fake: wt.World, clause: str, variable: str, value: Any, text: str) -> None:
    name = clause.removeprefix("A.1.")
    fake.server.add_team("team")

    fake.init(**{name: value})

    assert getattr(fake.run, name) == value


@BY_CLAUSE
def test_the_variable_sets_the_same(
    make_world: MakeWorld, profile: Profile, clause: str, variable: str, value: Any, text: str
) -> None:
    world = make_world(profile, environ={variable: text})
    world.server.add_team("team")

    world.init()

    assert getattr(world.run, clause.removeprefix("A.1.")) == value


PROBLEM = "Exception"

# clause, argument, bad value, what classic raises ("" for nothing), what current raises
BAD_VALUES: list[tuple[str, dict[str, Any], str, str]] = [
    ("A.1.job_type", {"job_type": 3}, PROBLEM, "ValidationError"),
    ("A.1.config", {"config": [1]}, PROBLEM, "TypeError"),
    ("A.1.config", {"config": 3}, PROBLEM, "TypeError"),
    ("A.1.project", {"project": "a/b"}, "", "UsageError"),
    ("A.1.project", {"project": "p" * 129}, "", "UsageError"),
    ("A.1.reinit", {"reinit": "bogus"}, "", "ValidationError"),
    ("A.1.tags", {"tags": ["a", 3]}, PROBLEM, "ValidationError"),
    ("A.1.tags", {"tags": [""]}, "", "ValidationError"),
    ("A.1.tags", {"tags": ["t" * 65]}, "", "ValidationError"),
    ("A.1.group", {"group": 3}, PROBLEM, "ValidationError"),
    ("A.1.name", {"name": 3}, PROBLEM, "ValidationError"),
    ("A.1.notes", {"notes": 3}, PROBLEM, "ValidationError"),
    (
        "A.1.config_exclude_keys",
        {"config_exclude_keys": ["a"], "config_include_keys": ["b"]},
        "UsageError",
        "UsageError",
    ),
    (
        "A.1.config_include_keys",
        {"config_include_keys": ["a"], "config_exclude_keys": ["b"]},
        "UsageError",
        "UsageError",
    ),
    ("A.1.anonymous", {"anonymous": "bogus"}, PROBLEM, ""),
    ("A.1.mode", {"mode": "Online"}, PROBLEM, "ValidationError"),
    ("A.1.mode", {"mode": ""}, PROBLEM, "ValidationError"),
    ("A.1.resume", {"resume": "ALLOW"}, "", "ValidationError"),
    ("A.1.id", {"id": 3}, PROBLEM, "ValidationError"),
    ("A.1.id", {"id": "a/b"}, "", "UsageError"),
    ("A.1.settings", {"settings": {"no_such_setting": 1}}, PROBLEM, "ValidationError"),
]


@pytest.mark.parametrize(
    ("arguments", "in_classic", "in_current"),
    [pytest.param(*case[1:], id=f"{case[0]}-{at}") for at, case in enumerate(BAD_VALUES)],
)
def test_a_bad_value_raises_what_the_profile_says(
    classic: wt.World, current: wt.World, arguments: dict[str, Any], in_classic: str, in_current: str
) -> None:
    raised = []
    for world in (classic, current):
        try:
            world.init(**arguments)
        except Exception as error:
            raised.append(type(error).__name__)
        else:
            raised.append("")

    assert raised == [in_classic, in_current]


def test_files_go_below_dir(fake: wt.World, tmp_path: Path) -> None:
    """A.1.dir"""
    run = fake.init(dir=tmp_path)

    assert Path(run.dir).is_relative_to(tmp_path)


def test_the_dir_variable_sets_the_same(make_world: MakeWorld, profile: Profile, tmp_path: Path) -> None:
    """A.1.dir"""
    run = make_world(profile, environ={"WANDB_DIR": str(tmp_path)}).init()

    assert Path(run.dir).is_relative_to(tmp_path)


class Options:
    def __init__(self) -> None:
        self.lr = 0.1


@pytest.mark.parametrize(
    "config", [{"lr": 0.1}, argparse.Namespace(lr=0.1), Options()], ids=["dict", "Namespace", "own"]
)
def test_config_takes_what_has_names_and_values(fake: wt.World, config: Any) -> None:
    """A.1.config"""
    fake.init(config=config)

    assert fake.run.config == {"lr": 0.1}


@pytest.mark.parametrize(("name", "kept"), [("config_include_keys", "lr"), ("config_exclude_keys", "layers")])
def test_keys_of_the_config_are_chosen(fake: wt.World, name: str, kept: str) -> None:
    """A.1.config_include_keys, A.1.config_exclude_keys"""
    config = {"lr": 0.1, "layers": 3}

    fake.init(config=config, **{name: ["lr"]})

    assert fake.run.config == {kept: config[kept]}


@pytest.mark.parametrize("value", [True, 1, "yes"])
def test_reinit_finishes_the_active_run(fake: wt.World, value: Any) -> None:
    """A.1.reinit"""
    first = fake.init()

    second = fake.init(reinit=value)

    assert second is not first
    assert [str(run.state) for run in fake.runs] == ["finished", "running"]


def test_the_reinit_variable_counts_in_current_alone(make_world: MakeWorld) -> None:
    """A.1.reinit"""
    are_the_same = []
    for profile in (CLASSIC, CURRENT):
        world = make_world(profile, environ={"WANDB_REINIT": "true"})
        are_the_same.append(world.init() is world.init())

    assert are_the_same == [True, False]


@pytest.mark.parametrize(("word", "is_offline"), [("true", False), ("allow", False), ("false", True), ("never", True)])
def test_anonymous_takes_the_old_words_in_classic(make_world: MakeWorld, word: str, is_offline: bool) -> None:
    """A.1.anonymous"""
    run = make_world(CLASSIC, logged_in=False).init(anonymous=word)

    assert (run.offline, run.entity.startswith("anonymous")) == (is_offline, not is_offline)


@pytest.mark.parametrize(
    ("word", "is_offline", "is_disabled"),
    [("online", False, False), ("run", False, False), ("offline", True, False), ("dryrun", True, False)],
)
@pytest.mark.parametrize("given", ["argument", "variable"])
def test_mode_takes_its_words_and_their_aliases(
    make_world: MakeWorld, profile: Profile, given: str, word: str, is_offline: bool, is_disabled: bool
) -> None:
    """A.1.mode"""
    world = make_world(profile, environ={"WANDB_MODE": word} if given == "variable" else {})

    run = world.init(**({"mode": word} if given == "argument" else {}))

    assert (bool(run.offline), bool(run.disabled)) == (is_offline, is_disabled)


@pytest.mark.parametrize("allow", [True, False, None])
def test_allow_val_change_counts_in_classic_alone(classic: wt.World, current: wt.World, allow: bool | None) -> None:
    """A.1.allow_val_change"""
    changed = []
    for world in (classic, current):
        run = world.init(config={"lr": 1}, allow_val_change=allow)
        try:
            run.config["lr"] = 2
        except Exception as error:
            changed.append(type(error).__name__)
        else:
            changed.append("changed")

    assert changed == ["changed" if allow else "ConfigError", "ConfigError"]


@pytest.mark.parametrize("word", ["allow", "must", "auto", True])
def test_resume_takes_words_and_bools(fake: wt.World, word: str | bool) -> None:
    """A.1.resume"""
    fake.init(id="abc").finish()

    assert fake.init(id="abc", resume=word).resumed


@pytest.mark.parametrize(
    ("given", "environ", "comes_to"),
    [
        ({}, {}, "an offline run"),
        ({"force": False}, {}, "an offline run"),
        ({}, {"WANDB_FORCE": "true"}, "an offline run"),
        ({"force": True}, {}, "UsageError"),
        ({"force": 1}, {}, "UsageError"),
    ],
)
def test_force_is_read_from_the_argument_and_from_no_variable_in_classic(
    make_world: MakeWorld, given: dict[str, Any], environ: dict[str, str], comes_to: str
) -> None:
    """A.1.force"""
    world = make_world(CLASSIC, environ=environ, logged_in=False)
    try:
        seen = "an offline run" if world.init(**given).offline else "an online run"
    except wt.UsageError as error:
        seen = type(error).__name__

    assert seen == comes_to


@pytest.mark.parametrize("settings", [wt.Settings(run_name="first"), {"run_name": "first"}], ids=["object", "dict"])
def test_settings_set_everything(fake: wt.World, settings: Any) -> None:
    """A.1.settings"""
    fake.init(settings=settings)

    assert fake.run.name == "first"


def test_a_generated_id_has_eight_characters(fake: wt.World) -> None:
    """A.1.id"""
    assert re.fullmatch(r"[a-z0-9]{8}", fake.init().id)


def test_who_cannot_be_logged_in_is_refused_before_anything_is_made(
    make_world: MakeWorld, profile: Profile, tmp_path: Path
) -> None:
    """F.2.17"""
    world = make_world(profile, logged_in=False)

    with pytest.raises(wt.UsageError):
        world.init(force=True, dir=tmp_path)

    assert list(tmp_path.rglob("run-*")) == list(tmp_path.rglob("offline-run-*")) == []
    assert world.runs == []


def test_the_parameters_are_those_of_the_page_with_and_without_a_row_in_its_table() -> None:
    """F.2.24, F.2.25"""
    parameters = inspect.signature(wt.init).parameters

    assert "flags" not in parameters
    assert {"config", "tensorboard", "settings"} <= set(parameters)


def test_in_memory_a_run_is_started_without_a_process(fake: wt.World) -> None:
    """F.2.23"""
    run = fake.init()

    assert multiprocessing.active_children() == []
    assert (fake.run.id, fake.run.state) == (run.id, "running")


def test_magic_takes_a_dict_in_classic_and_is_no_parameter_of_current(classic: wt.World, current: wt.World) -> None:
    """A.1.magic"""
    classic.init(magic={"keras": {"fit": {"callbacks": {"log_weights": False}}}})

    assert "magic" in classic.run.config
    with pytest.raises(TypeError, match="magic"):
        current.init(magic=True)


def test_the_defaults_file_gives_way_to_the_argument_and_lies_in_the_current_directory(fake: wt.World) -> None:
    """F.2.19"""
    fake.disk.write("config-defaults.yaml", b"lr: {value: 1}\nlayers: {value: 3}\n")

    fake.init(config={"lr": 2})

    assert fake.run.config == {"lr": 2, "layers": 3}


def test_the_variable_with_config_files_cannot_be_used_in_current(make_world: MakeWorld) -> None:
    """F.3.8"""
    world = make_world(CURRENT, environ={"WANDB_CONFIG_PATHS": "one.yaml"})

    with pytest.raises(wt.ValidationError, match="config_paths"):
        world.init()
