"""Where a setting comes from, and which source wins (A.2, A.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

SETTINGS: list[tuple[str, str, str]] = [
    ("name", "run_name", "WANDB_NAME"),
    ("notes", "run_notes", "WANDB_NOTES"),
    ("group", "run_group", "WANDB_RUN_GROUP"),
    ("job_type", "run_job_type", "WANDB_JOB_TYPE"),
    ("project", "project", "WANDB_PROJECT"),
    ("id", "run_id", "WANDB_RUN_ID"),
]


@pytest.mark.parametrize(("argument", "setting", "variable"), SETTINGS, ids=[case[0] for case in SETTINGS])
def test_the_highest_source_that_has_a_value_gives_it(
    make_world: Callable[..., wt.World], profile: Profile, argument: str, setting: str, variable: str
) -> None:
    """A.2, DEV-3"""
    sources: list[tuple[str, Callable[[wt.World, dict[str, Any]], None]]] = [
        ("setup", lambda world, call: world.session.setup({setting: "setup"})),
        ("settings", lambda world, call: call.update(settings={setting: "settings"})),
        ("argument", lambda world, call: call.update({argument: "argument"})),
    ]

    got = []
    for how_many in range(len(sources) + 1):
        world = make_world(profile, environ={variable: "variable"})
        call: dict[str, Any] = {}
        for _, give in sources[:how_many]:
            give(world, call)
        got.append(getattr(world.init(**call), argument))

    assert got == ["variable", "setup", "settings", "argument"]


def test_none_means_not_given(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """A.2"""
    world = make_world(profile, environ={"WANDB_NAME": "variable"})

    run = world.init(name=None, settings={"run_name": None})

    assert run.name == "variable"


def test_settings_may_be_settings_or_a_dict(fake: wt.World) -> None:
    """A.1, DEV-2"""
    names = [
        fake.init(settings=settings, reinit=True).name
        for settings in (wt.Settings(run_name="object"), {"run_name": "dict"})
    ]

    assert names == ["object", "dict"]


def test_positional_arguments_have_the_order_of_the_profile(classic: wt.World, current: wt.World) -> None:
    """A.1"""
    current.server.add_team("first")

    in_classic = classic.init("first")
    in_current = current.init("first")

    assert (in_classic.job_type, in_classic.entity) == ("first", "testkit-user")
    assert (in_current.job_type, in_current.entity) == ("", "first")


def test_the_signature_of_classic_is_that_of_the_reference_page() -> None:
    """A.1"""
    import inspect

    parameters = inspect.signature(wt.init).parameters

    assert " ".join(parameters) == (
        "job_type dir config project entity reinit tags group name notes magic config_exclude_keys "
        "config_include_keys anonymous mode allow_val_change resume force tensorboard sync_tensorboard monitor_gym "
        "save_code id settings"
    )
    assert {parameter.default for parameter in parameters.values()} == {None}


def test_the_environment_is_read_once_a_process(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """A.2"""
    environ = {"WANDB_NAME": "first"}
    world = make_world(profile, environ=environ)
    before = world.init(reinit=True).name
    environ["WANDB_NAME"] = "second"

    same_process = world.init(reinit=True).name
    world.session = world.process(environ=environ)
    next_process = world.init().name

    assert (before, same_process, next_process) == ("first", "first", "second")


def test_current_warns_once_that_the_environment_has_changed(make_world: Callable[..., wt.World]) -> None:
    """A.2"""
    environ = {"WANDB_NAME": "first"}
    world = make_world(CURRENT, environ=environ)
    world.init(reinit="finish_previous")
    environ["WANDB_NAME"] = "second"

    for _ in range(2):
        world.init(reinit="finish_previous")

    assert world.session.told == ["environment_changed"]


@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, KeyError), (CURRENT, wt.ValidationError)], ids=str)
def test_an_unknown_setting_is_refused_by_name(fake: wt.World, error: type[Exception]) -> None:
    """A.1"""
    for give in (
        lambda: fake.init(settings={"run_nmae": "x"}),
        lambda: fake.session.setup({"run_nmae": "x"}),
        lambda: fake.init(settings=wt.Settings(run_nmae="x")),
    ):
        with pytest.raises(Exception, match=r".") as raised:
            give()
        real = raised.value.__cause__ if str(raised.value) == "problem" else raised.value
        assert type(real) is error
        assert all(part in str(real) for part in ("run_nmae", "Did you mean 'run_name'?"))


@pytest.mark.parametrize("settings", [{"start_method": "thread"}, {"_disable_stats": True}, {"silent": True}])
def test_settings_without_effect_are_taken_where_the_generation_has_them(
    classic: wt.World, current: wt.World, settings: dict[str, Any]
) -> None:
    """A.1"""
    assert classic.init(settings=settings).id
    if "start_method" not in settings:
        assert current.init(settings=settings).id
    else:
        with pytest.raises(wt.ValidationError):
            current.init(settings=settings)


def test_during_a_sweep_project_entity_and_id_are_the_sweeps(
    make_world: Callable[..., wt.World], profile: Profile
) -> None:
    """A.2"""
    environ = {"WANDB_SWEEP_ID": "sweep", "WANDB_PROJECT": "p", "WANDB_RUN_ID": "abc"}
    world = make_world(profile, environ=environ)

    run = world.init(project="other", entity="other", id="other", name="mine")

    assert (run.path, run.name, run.sweep_id) == ("testkit-user/p/abc", "mine", "sweep")
    assert world.session.told == ["left_to_the_sweep"] * 3


@pytest.mark.parametrize(
    ("variable", "value"), [("WANDB_REINIT", "finish_previous"), ("WANDB_REINIT", "true"), ("WANDB_REINIT", "1")]
)
def test_reinit_is_a_variable_of_current_only(make_world: Callable[..., wt.World], variable: str, value: str) -> None:
    """A.1, A.3"""
    states = {}
    for profile in Profile:
        world = make_world(profile, environ={variable: value})
        world.init()
        world.init()
        states[str(profile)] = [run.state for run in world.runs]

    assert states == {"classic": ["running"], "current": ["finished", "running"]}


def test_force_is_a_variable_of_current_without_effect(make_world: Callable[..., wt.World]) -> None:
    """A.1, A.3"""
    classic = make_world(CLASSIC, environ={"WANDB_FORCE": "true"}, logged_in=False)

    assert classic.init().offline is True
    with pytest.raises(wt.ValidationError, match="force"):
        make_world(CURRENT, environ={"WANDB_FORCE": "perhaps"}).init()


@pytest.mark.parametrize("variable", ["WANDB_ALLOW_VAL_CHANGE", "WANDB_GROUP", "WANDB_ID"])
def test_variables_that_nobody_reads(make_world: Callable[..., wt.World], profile: Profile, variable: str) -> None:
    """A.3"""
    run = make_world(profile, environ={variable: "true"}).init(config={"a": 1})

    assert (run.id == "true", run.group) == (False, "")
    with pytest.raises(wt.ConfigError):
        run.config.a = 2


@pytest.mark.parametrize("do", ["setup", "login"])
def test_a_bad_variable_is_an_error_wherever_settings_are_first_loaded(
    make_world: Callable[..., wt.World], do: str
) -> None:
    """A.3"""
    world = make_world(CURRENT, environ={"WANDB_MODE": "bogus"})

    with pytest.raises(wt.ValidationError, match="'bogus'"):
        world.session.setup() if do == "setup" else world.login()


def test_the_base_url_shows_in_the_url_of_a_run(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """A.3"""
    world = make_world(profile, environ={"WANDB_BASE_URL": "https://wandb.example.com/"})

    assert world.init(project="p", id="abc").url == "https://wandb.example.com/testkit-user/p/runs/abc"
