"""What is part of wandb and not of this version of the kit is refused, and the refusal names it."""

from __future__ import annotations

import pytest

import wandb_testkit as wt


@pytest.mark.parametrize("name", ["magic", "tensorboard", "sync_tensorboard", "monitor_gym", "save_code"])
@pytest.mark.parametrize("value", [None, False])
def test_what_switches_it_off_is_fine(classic: wt.World, current: wt.World, name: str, value: bool | None) -> None:
    """MAGIC-1, TB-1, GYM-1, CODE-1"""
    world = classic if name == "magic" else current

    assert world.init(**{name: value}).id


def test_a_setting_that_is_not_modelled_is_refused_by_name(current: wt.World) -> None:
    """A.1"""
    with pytest.raises(wt.NotModelledError, match="launch=True"):
        current.init(settings={"launch": "yes"})

    assert current.runs == []


@pytest.mark.parametrize("transport", ["bogus"])
def test_other_transports_are_refused_by_name(transport: str) -> None:
    """INIT-3"""
    with pytest.raises(wt.NotModelledError, match=f"'{transport}'.*'memory'"):
        wt.fake(transport=transport)


def test_a_name_that_no_run_has_is_an_ordinary_attribute_error(fake: wt.World) -> None:
    run = fake.init()

    with pytest.raises(AttributeError, match=r"no attribute 'losses'") as raised:
        _ = run.losses

    assert type(raised.value) is AttributeError
