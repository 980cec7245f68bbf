"""Parameters of a sweep: they win, and stay what they are (SWEEP-1, CONFIG-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

PARAMETERS = "lr: {value: 0.5}\nnet: {value: {depth: 3}}\n"


@pytest.fixture
def swept(profile: Profile, make_world: Callable[..., wt.World]) -> wt.World:
    """A world whose process is a run of a sweep."""
    world = make_world(
        profile,
        environ={"WANDB_SWEEP_PARAM_PATH": "params.yaml", "WANDB_SWEEP_ID": "sweep", "WANDB_RUN_ID": "swept"},
    )
    world.disk.write("params.yaml", PARAMETERS.encode())
    return world


def of(run: Any) -> dict[str, Any]:
    return dict(run.config.items())


def test_parameters_win_over_every_other_source(swept: wt.World) -> None:
    """SWEEP-1, E.1"""
    swept.disk.write("config-defaults.yaml", b"lr: {value: 1}\nd: {value: 1}\n")

    run = swept.init(config={"lr": 2, "batch": 8}, id="mine")

    config = {"lr": 0.5, "d": 1, "batch": 8, "net": {"depth": 3}}
    assert (run.id, run.sweep_id, of(run), swept.run.config) == ("swept", "sweep", config, config)


@pytest.mark.parametrize(("profile", "net"), [(CLASSIC, {"depth": 3}), (CURRENT, {"width": 9, "depth": 3})], ids=str)
def test_nested_parameters_are_merged_in_current_only(swept: wt.World, net: dict[str, int]) -> None:
    """E.1, SWEEP-1"""
    run = swept.init(config={"net": {"width": 9, "depth": 1}})

    assert (run.config.net, swept.run.config["net"]) == (net, net)


def change_by_item(run: Any) -> None:
    run.config["lr"] = 7


def change_by_attribute(run: Any) -> None:
    run.config.lr = 7


def update(run: Any) -> None:
    run.config.update({"lr": 7})


def update_by_force(run: Any) -> None:
    run.config.update({"lr": 7}, allow_val_change=True)


@pytest.mark.parametrize("change", [change_by_item, change_by_attribute, update, update_by_force])
def test_locked_keys_ignore_changes_with_a_warning(swept: wt.World, change: Callable[[Any], None]) -> None:
    """CONFIG-10"""
    run = swept.init()

    change(run)
    run.finish()

    assert (run.config.lr, swept.run.config["lr"]) == (0.5, 0.5)
    assert swept.session.told == ["locked_key"]
    assert "config['lr'] was locked by the sweep and stays 0.5" in swept.run.warnings[0]


def test_other_keys_of_the_same_update_are_set(swept: wt.World) -> None:
    """CONFIG-10"""
    run = swept.init()

    run.config.update({"lr": 7, "other": 1})

    assert of(run) == {"lr": 0.5, "net": {"depth": 3}, "other": 1}


def test_parameters_win_over_the_old_config_of_a_resumed_run(swept: wt.World) -> None:
    """SWEEP-1, E.1"""
    swept.server.add_run("swept", config={"lr": "old", "a": "old"})

    run = swept.init(resume="must")

    assert of(run) == {"lr": 0.5, "a": "old", "net": {"depth": 3}}


def test_parameters_are_in_a_disabled_run_too(swept: wt.World) -> None:
    """DISABLED-6"""
    assert of(swept.init(mode="disabled", config={"b": 1})) == {"lr": 0.5, "net": {"depth": 3}, "b": 1}


def test_a_file_of_parameters_that_is_missing_is_an_error(
    profile: Profile, make_world: Callable[..., wt.World]
) -> None:
    """SWEEP-1"""
    world = make_world(profile, environ={"WANDB_SWEEP_PARAM_PATH": "nope.yaml"})

    with pytest.raises(Exception, match=r".") as raised:
        world.init()

    real = raised.value.__cause__ if str(raised.value) == "problem" else raised.value
    assert type(real) is wt.ConfigError
    assert all(word in str(real) for word in ("'nope.yaml'", "WANDB_SWEEP_PARAM_PATH"))


def test_setup_may_name_the_file(fake: wt.World) -> None:
    """SWEEP-1, A.2"""
    fake.disk.write("params.yaml", PARAMETERS.encode())
    fake.session.setup({"sweep_param_path": "params.yaml"})

    assert fake.init(config={"lr": 1}).config.lr == 0.5


@pytest.mark.parametrize(("profile", "project"), [(CLASSIC, "mine"), (CURRENT, "sweeps")], ids=str)
def test_during_a_sweep_settings_say_where_a_run_goes_in_classic_only(
    make_world: Callable[..., wt.World], profile: Profile, project: str
) -> None:
    """A.2"""
    world = make_world(profile, environ={"WANDB_SWEEP_ID": "sweep", "WANDB_PROJECT": "sweeps"})

    assert world.init(settings={"project": "mine"}).project == project


def test_a_run_knows_its_sweep(swept: wt.World) -> None:
    """SWEEP-1"""
    swept.init().finish()

    assert swept.run.sweep == "sweep"
    assert [run.facts["sweep"] for run in swept.server.runs] == ["sweep"]
