"""What is part of wandb and not of this version of the kit is refused, and the refusal names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

REFUSED: list[tuple[Profile, dict[str, Any]]] = [
    (CURRENT, {"fork_from": "abc?_step=1"}),
    (CURRENT, {"resume_from": "abc?_step=1"}),
    (CURRENT, {"mode": "shared"}),
]


@pytest.mark.parametrize(
    ("profile", "arguments"), [pytest.param(*case, id=f"{case[0]}-{next(iter(case[1]))}") for case in REFUSED]
)
def test_an_argument_that_is_not_modelled_is_refused_by_name(fake: wt.World, arguments: dict[str, Any]) -> None:
    """FORK, SHARED"""
    ((name, value),) = arguments.items()

    with pytest.raises(wt.NotModelledError, match=name) as raised:
        fake.init(**arguments)

    assert not isinstance(raised.value, wt.Error)
    assert fake.runs == []
    if isinstance(value, str):
        assert value in str(raised.value)


@pytest.mark.parametrize(
    "name", ["magic", "tensorboard", "sync_tensorboard", "monitor_gym", "save_code", "fork_from", "resume_from"]
)
@pytest.mark.parametrize("value", [None, False])
def test_what_switches_it_off_is_fine(classic: wt.World, current: wt.World, name: str, value: bool | None) -> None:
    """MAGIC-1, TB-1, GYM-1, CODE-1"""
    world = classic if name == "magic" else current

    assert world.init(**{name: value}).id


def test_the_mode_variable_is_refused_by_name_too(make_world: Callable[..., wt.World]) -> None:
    """SHARED-1"""
    with pytest.raises(wt.NotModelledError, match="mode='shared'"):
        make_world(CURRENT, environ={"WANDB_MODE": "shared"}).init()


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        (CURRENT, "resume_from"),
        (CURRENT, "fork_from"),
    ],
)
def test_a_setting_that_is_not_modelled_is_refused_by_name(fake: wt.World, name: str) -> None:
    """FORK"""
    with pytest.raises(wt.NotModelledError, match=f"{name}=(True|'yes')"):
        fake.init(settings={name: "yes"})


@pytest.mark.parametrize("transport", ["bogus"])
def test_other_transports_are_refused_by_name(transport: str) -> None:
    """INIT-3"""
    with pytest.raises(wt.NotModelledError, match=f"'{transport}'.*'memory'"):
        wt.fake(transport=transport)


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        *[(profile, name) for profile in Profile for name in ("log_artifact", "use_artifact", "finish_artifact")],
        (CLASSIC, "plot_table"),
        (CURRENT, "log_model"),
    ],
)
def test_a_name_of_a_run_that_is_not_modelled_is_refused_by_name(fake: wt.World, name: str) -> None:
    run = fake.init()

    with pytest.raises(
        AttributeError, match=rf"run\.{name} is part of wandb .* not of this version of the kit"
    ) as raised:
        getattr(run, name)

    assert isinstance(raised.value, wt.TestkitError)
    assert not hasattr(run, name)


def test_a_name_that_no_run_has_is_an_ordinary_attribute_error(fake: wt.World) -> None:
    run = fake.init()

    with pytest.raises(AttributeError, match=r"no attribute 'losses'") as raised:
        _ = run.losses

    assert type(raised.value) is AttributeError
