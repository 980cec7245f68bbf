"""Config from absl's FLAGS, the real ones (CONFIG-3)."""

from __future__ import annotations

from typing import Any

import pytest
from absl import flags

import wandb_testkit as wt


@pytest.fixture
def values() -> Any:
    """Flags of a program's own."""
    values = flags.FlagValues()  # type: ignore[no-untyped-call]
    flags.DEFINE_string("model", "resnet", "the model", flag_values=values)
    flags.DEFINE_float("lr", None, "the learning rate", flag_values=values)
    flags.DEFINE_list("layers", ["1", "2"], "the layers", flag_values=values)
    flags.DEFINE_enum("optimizer", "sgd", ["sgd", "adam"], "the optimizer", flag_values=values)
    return values


def test_every_flag_is_in_config_by_name(fake: wt.World, values: Any) -> None:
    """CONFIG-3"""
    values(["program", "--lr=0.1", "--optimizer=adam"])

    run = fake.init(config=values)

    expected = {"model": "resnet", "lr": 0.1, "layers": ["1", "2"], "optimizer": "adam"}
    assert (dict(run.config.items()), fake.run.config) == (expected, expected)


def test_flags_that_are_not_parsed_yet_have_their_defaults(fake: wt.World, values: Any) -> None:
    """CONFIG-3"""
    assert fake.init(config=values).config.model == "resnet"


def test_flags_may_be_chosen_from_and_updated_with(fake: wt.World, values: Any) -> None:
    """CONFIG-3, CONFIG-6"""
    values(["program"])
    run = fake.init(config=values, config_include_keys=["model"])

    run.config.update(values)

    assert sorted(run.config.keys()) == ["layers", "lr", "model", "optimizer"]


def test_the_flags_of_the_process_and_their_module_mean_the_same(fake: wt.World) -> None:
    """CONFIG-3"""
    flags.FLAGS.mark_as_parsed()

    configs = [dict(fake.init(config=given, reinit=True).config.items()) for given in (flags.FLAGS, flags)]

    assert configs[0] == configs[1]
    assert set(configs[0]) == set(flags.FLAGS)
