"""Config from files: as the argument, as defaults, as a setting, and which source wins (CONFIG-4, E.1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile


def of(run: Any) -> dict[str, Any]:
    return dict(run.config.items())


def write(world: wt.World, name: str, text: str) -> None:
    world.disk.write(name, text.encode())


def real_error(raised: pytest.ExceptionInfo[Exception]) -> BaseException | None:
    return raised.value.__cause__ if str(raised.value) == "problem" else raised.value


@pytest.mark.parametrize(
    ("text", "config"),
    [
        ("a: {value: 1}\nb:\n  desc: what it is\n  value: {c: [2, x]}\n", {"a": 1, "b": {"c": [2, "x"]}}),
        ("wandb_version: 1\na: {value: 1}\n", {"a": 1}),
        ("wandb_version: 1\n", {}),
        ("--a-: {value: 1}\n", {"a": 1}),
        ("a: {value: 2020-01-02}\n", {"a": "2020-01-02"}),
        ("a: {value: null}\n", {"a": None}),
        ("a: &x {value: 1}\nb: *x\n", {"a": 1, "b": 1}),
    ],
)
def test_a_file_holds_a_value_for_each_key(fake: wt.World, text: str, config: dict[str, Any]) -> None:
    """CONFIG-4"""
    write(fake, "config.yaml", text)

    run = fake.init(config="config.yaml")

    assert (of(run), fake.run.config) == (config, config)


WRONG: list[tuple[str, str, dict[Profile, type[Exception]], tuple[str, ...]]] = [
    ("another version", "wandb_version: 2\na: {value: 1}\n", dict.fromkeys(Profile, wt.ConfigError), ("2", "1")),
    ("version as text", "wandb_version: '1'\n", dict.fromkeys(Profile, wt.ConfigError), ("'1'", "1")),
    ("bad YAML", "a: [1\n", dict.fromkeys(Profile, wt.ConfigError), ("no YAML", "line 2")),
    ("no YAML at all", "a: b: c\n", dict.fromkeys(Profile, wt.ConfigError), ("no YAML", "line 1")),
    ("two documents", "a: {value: 1}\n---\nb: {value: 2}\n", dict.fromkeys(Profile, wt.ConfigError), ("no YAML",)),
    ("a Python object", "a: {value: !!python/name:os.system }\n", dict.fromkeys(Profile, wt.ConfigError), ("no YAML",)),
    ("flat number", "a: 1\n", dict.fromkeys(Profile, TypeError), ("'a'", "1", "int", "a: {value: ...}")),
    ("flat text", "a: x\n", dict.fromkeys(Profile, TypeError), ("'a'", "'x'", "str", "a: {value: ...}")),
    ("nothing behind a key", "a:\n", dict.fromkeys(Profile, TypeError), ("'a'", "None", "a: {value: ...}")),
    ("no value", "a: {desc: x}\n", dict.fromkeys(Profile, KeyError), ("'a'", "desc", "a: {value: ...}")),
    ("a list", "- 1\n", dict.fromkeys(Profile, TypeError), ("[1]", "list", "key: {value: v}")),
    ("empty", "", {CLASSIC: AttributeError, CURRENT: TypeError}, ("is empty", "key: {value: v}")),
    ("comments only", "# nothing\n", {CLASSIC: AttributeError, CURRENT: TypeError}, ("is empty",)),
    ("a number as key", "1: {value: 2}\n", dict.fromkeys(Profile, TypeError), ("1", "int", "'1'")),
]


@pytest.mark.parametrize(("text", "errors", "words"), [pytest.param(*case[1:], id=case[0]) for case in WRONG])
def test_a_file_of_another_form_is_an_error_that_tells_the_form(
    fake: wt.World, profile: Profile, text: str, errors: dict[Profile, type[Exception]], words: tuple[str, ...]
) -> None:
    """CONFIG-4, ERR-2"""
    write(fake, "config.yaml", text)

    with pytest.raises(Exception, match=r".") as raised:
        fake.init(config="config.yaml")

    real = real_error(raised)
    assert type(real) is errors[profile]
    assert [word for word in words if word not in str(real).replace('\\"', '"')] == []
    assert fake.runs == []


def test_a_missing_file_is_a_config_error(fake: wt.World) -> None:
    """CONFIG-4"""
    with pytest.raises(Exception, match=r".") as raised:
        fake.init(config="nope.yaml")

    assert type(real_error(raised)) is wt.ConfigError
    assert "config='nope.yaml': there is no such file" in str(real_error(raised))


def test_a_directory_is_a_config_error(fake: wt.World, tmp_path: Path) -> None:
    """CONFIG-4"""
    with pytest.raises(Exception, match=r".") as raised:
        fake.init(config=str(tmp_path))

    assert type(real_error(raised)) is wt.ConfigError
    assert "cannot be read" in str(real_error(raised))


@pytest.mark.parametrize("nothing", [None, {}, "", [], 0])
def test_what_is_false_is_no_config(fake: wt.World, nothing: Any) -> None:
    """CONFIG-5"""
    assert of(fake.init(config=nothing)) == {}


def test_update_reads_a_file_too(fake: wt.World) -> None:
    """CONFIG-4"""
    write(fake, "config.yaml", "a: {value: 1}\n")
    run = fake.init()

    run.config.update("config.yaml")
    run.finish()

    assert (of(run), fake.run.config) == ({"a": 1}, {"a": 1})
    with pytest.raises(wt.ConfigError, match=r"nope\.yaml"):
        fake.init(reinit=True).config.update("nope.yaml")


def test_include_and_exclude_choose_among_the_keys_of_a_file(fake: wt.World) -> None:
    """CONFIG-6"""
    write(fake, "config.yaml", "a: {value: 1}\nb: {value: 2}\n")
    write(fake, "config-defaults.yaml", "z: {value: 0}\n")

    included = fake.init(config="config.yaml", config_include_keys=["a"], reinit=True)
    excluded = fake.init(config="config.yaml", config_exclude_keys=["a"], reinit=True)

    assert (of(included), of(excluded)) == ({"z": 0, "a": 1}, {"z": 0, "b": 2})


def test_a_relative_name_is_looked_up_in_the_current_directory(
    profile: Profile, make_world: Callable[..., wt.World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CONFIG-4, E.1"""
    (tmp_path / "config.yaml").write_text("a: {value: 1}\n")
    (tmp_path / "config-defaults.yaml").write_text("b: {value: 2}\n")
    monkeypatch.chdir(tmp_path)

    real = of(make_world(profile, directory=None).init(config="config.yaml", dir=tmp_path.parent))
    named = of(make_world(profile, directory=tmp_path).init(config="config.yaml"))
    absolute = of(make_world(profile).init(config=str(tmp_path / "config.yaml")))

    assert (real, named, absolute) == ({"b": 2, "a": 1}, {"b": 2, "a": 1}, {"a": 1})


def test_files_of_the_world_hide_real_ones(
    profile: Profile, make_world: Callable[..., wt.World], tmp_path: Path
) -> None:
    """E.1"""
    (tmp_path / "config-defaults.yaml").write_text("a: {value: real}\n")
    world = make_world(profile, directory=tmp_path)
    write(world, "config-defaults.yaml", "a: {value: world}\n")

    assert of(world.init()) == {"a": "world"}


# ---------------------------------------------------------------------- defaults


def test_defaults_give_way_to_the_argument_by_whole_keys(fake: wt.World) -> None:
    """E.1, DEV-19"""
    write(fake, "config-defaults.yaml", "a: {value: 1}\nb: {value: {x: 1}}\nc: {value: 3}\n")

    run = fake.init(config={"a": 2, "b": {"y": 2}})

    assert (of(run), fake.run.config) == ({"a": 2, "b": {"y": 2}, "c": 3},) * 2


def test_defaults_beat_the_old_config_of_a_resumed_run(fake: wt.World) -> None:
    """E.1, RESUME-7d"""
    fake.server.add_run("abc", project="p", config={"a": "old", "b": "old", "c": "old"})
    write(fake, "config-defaults.yaml", "a: {value: default}\nb: {value: default}\n")

    run = fake.init(project="p", id="abc", resume="must", config={"a": "argument"})

    assert of(run) == {"a": "argument", "b": "default", "c": "old"}


def test_empty_defaults_are_an_error_in_classic_and_a_warning_in_current(classic: wt.World, current: wt.World) -> None:
    """CONFIG-4"""
    for world in (classic, current):
        write(world, "config-defaults.yaml", "")

    assert of(current.init(config={"a": 1})) == {"a": 1}
    assert current.session.told == ["empty_config_file"]
    with pytest.raises(Exception, match=r"^problem$") as raised:
        classic.init()
    assert type(raised.value.__cause__) is AttributeError


@pytest.mark.parametrize(("text", "error"), [("a: 1\n", TypeError), ("a: [1\n", wt.ConfigError)])
@pytest.mark.parametrize("mode", ["offline", "disabled"])
def test_wrong_defaults_are_an_error_in_every_mode(
    fake: wt.World, text: str, error: type[Exception], mode: str
) -> None:
    """CONFIG-4, DISABLED-6"""
    write(fake, "config-defaults.yaml", text)

    with pytest.raises(Exception, match=r".") as raised:
        fake.init(mode=mode)

    assert type(real_error(raised)) is error


def test_defaults_are_loaded_in_disabled_mode(fake: wt.World) -> None:
    """DISABLED-6"""
    write(fake, "config-defaults.yaml", "a: {value: 1}\n")

    assert of(fake.init(mode="disabled", config={"b": 2})) == {"a": 1, "b": 2}


def test_in_disabled_mode_current_refuses_an_argument_that_differs_from_the_defaults(
    classic: wt.World, current: wt.World
) -> None:
    """DISABLED-6, E.1, DEV-19"""
    for world in (classic, current):
        write(world, "config-defaults.yaml", "a: {value: 1}\n")

    assert of(classic.init(mode="disabled", config={"a": 2})) == {"a": 2}
    assert of(current.init(mode="disabled", config={"a": 1})) == {"a": 1}
    with pytest.raises(wt.ConfigError, match=r"'a'.* is 1 .*to become 2"):
        current.init(mode="disabled", config={"a": 2})


# ---------------------------------------------------------------------- config_paths


def test_files_that_a_setting_names_win_over_the_argument(fake: wt.World, profile: Profile) -> None:
    """E.1"""
    write(fake, "one.yaml", "a: {value: one}\nb: {value: one}\n")
    write(fake, "two.yaml", "b: {value: two}\n")
    names = ["one.yaml", "missing.yaml", "two.yaml"]
    fake.session.setup({"config_paths": ",".join(names) if profile is CLASSIC else names})

    assert of(fake.init(config={"a": "argument", "b": "argument", "c": "argument"})) == {
        "a": "one",
        "b": "two",
        "c": "argument",
    }


def test_the_variable_names_files_in_classic(make_world: Callable[..., wt.World]) -> None:
    """E.1, A.3"""
    world = make_world(CLASSIC, environ={"WANDB_CONFIG_PATHS": "one.yaml,two.yaml"})
    write(world, "one.yaml", "a: {value: 1}\n")
    write(world, "two.yaml", "a: {value: 2}\n")

    assert of(world.init(config={"a": 0})) == {"a": 2}


@pytest.mark.parametrize("name", ["config_paths", "sweep_param_path"])
def test_files_that_are_named_in_an_init_are_too_late(fake: wt.World, profile: Profile, name: str) -> None:
    """E.1"""
    write(fake, "one.yaml", "a: {value: 1}\n")
    is_list = name == "config_paths" and profile is CURRENT

    run = fake.init(config={"a": 0}, settings={name: ["one.yaml"] if is_list else "one.yaml"})

    assert (of(run), fake.session.told) == ({"a": 0}, ["late_files"])


# ---------------------------------------------------------------------- SageMaker


def test_parameters_of_a_sagemaker_job_win_in_current(make_world: Callable[..., wt.World]) -> None:
    """E.1"""
    environ = {"SM_TRAINING_ENV": '{"lr": 0.1}', "TRAINING_JOB_NAME": "job", "CURRENT_HOST": "algo-1"}
    job = make_world(CURRENT, environ=environ).init(config={"lr": 1, "b": 2}, id="mine")
    off = make_world(CURRENT, environ={**environ, "WANDB_SAGEMAKER_DISABLE": "true"}).init(config={"lr": 1}, id="mine")
    named = make_world(CURRENT, environ={**environ, "WANDB_RUN_ID": "named"}).init()

    assert (of(job), job.id[:4], job.id[-7:], job.group) == ({"lr": 0.1, "b": 2}, "job-", "-algo-1", "job")
    assert (of(off), off.id) == ({"lr": 1}, "mine")
    assert (of(named), named.id) == ({"lr": 0.1}, "named")


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_parameters_of_a_job_that_cannot_be_read_are_told(make_world: Callable[..., wt.World], text: str) -> None:
    """E.1"""
    world = make_world(CURRENT, environ={"SM_TRAINING_ENV": text})

    assert (of(world.init()), world.session.told) == ({}, ["sagemaker_unreadable"])


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_text_that_is_no_name_of_a_file_is_a_config_error(profile: Profile, tmp_path: Path, name: str) -> None:
    """CONFIG-4"""
    with (
        wt.fake(profile=profile, environ={}, root=tmp_path) as world,
        pytest.raises(Exception, match=r"problem|cannot be read") as raised,
    ):
        world.init(config=name)

    error = real_error(raised)
    assert isinstance(error, wt.ConfigError)
    assert "give the name of a YAML file" in str(error)


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_text_that_is_no_name_of_a_directory_is_none_that_can_be_used(profile: Profile, name: str) -> None:
    """DIR-2"""
    with wt.fake(profile=profile, environ={}) as world:
        run = world.init(dir=name)
        run.finish()

    assert world.run.state == "finished"
