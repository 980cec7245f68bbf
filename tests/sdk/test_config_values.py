"""The config of a run: what it takes, what may be changed, what the server gets (CONFIG, E.1)."""

from __future__ import annotations

import argparse
import datetime
import decimal
import enum
import pathlib
import types
import uuid
from collections.abc import Callable
from typing import Any

import numpy
import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile


class Hyperparameters:
    """Not a dict, but an object with variables."""

    in_the_class = 0

    def __init__(self) -> None:
        self.lr = 0.1
        self._private = 2


class Colour(enum.Enum):
    RED = 1


def taken(world: wt.World, config: Any) -> dict[str, Any]:
    """What a run makes of a config, hidden keys too; the record must have the same."""
    run = world.init(config=config, mode="online")
    values = run.config.as_dict()
    assert world.runs[-1].config == values
    run.finish()
    return values


# ---------------------------------------------------------------------- what it takes


def test_a_dict_is_taken_over(fake: wt.World) -> None:
    """CONFIG-1"""
    assert taken(fake, {"lr": 0.1, "--layers-": 2, "-": 0, "a.b": 1}) == {"lr": 0.1, "layers": 2, "": 0, "a.b": 1}


def test_values_are_copied_in_depth(fake: wt.World) -> None:
    """CONFIG-1"""
    config: dict[str, Any] = {"nested": {"x": [1]}, "list": [{"y": 1}]}

    run = fake.init(config=config)
    config["nested"]["x"].append(2)
    config["list"][0]["y"] = 2
    config["new"] = 1

    untouched = {"nested": {"x": [1]}, "list": [{"y": 1}]}
    assert dict(run.config.items()) == untouched
    assert fake.run.config == untouched


def test_what_update_is_given_is_copied_in_depth(fake: wt.World) -> None:
    """CONFIG-1, CONFIG-12"""
    update: dict[str, Any] = {"nested": {"x": [1]}}

    run = fake.init()
    run.config.update(update)
    update["nested"]["x"].append(2)

    assert run.config["nested"] == {"x": [1]}
    assert fake.run.config == {"nested": {"x": [1]}}


def test_a_nested_value_that_is_changed_in_the_run_leaves_views_as_they_were(fake: wt.World) -> None:
    """CONFIG-1"""
    run = fake.init(config={"nested": {"x": 1}, "list": [1]})
    before = fake.run

    run.config["nested"]["x"] = 2
    run.config["list"].append(2)

    assert before.config == {"nested": {"x": 1}, "list": [1]}


# Observed with 0.10.33 and 0.31.0, except where JSON could not have been sent: sets in 0.10.33.
VALUES: list[tuple[str, Any, Any, Any]] = [
    ("tuple", (1, (2, 3)), [1, [2, 3]], [1, [2, 3]]),
    ("nested_tuple", {"x": (1, {"y": 2})}, {"x": [1, {"y": 2}]}, {"x": [1, {"y": 2}]}),
    ("float32", numpy.float32(0.5), 0.5, 0.5),
    ("int64", numpy.int64(3), 3, 3),
    ("bool_", numpy.bool_(True), True, True),
    ("array", numpy.array([1, 2]), [1, 2], [1, 2]),
    ("matrix", numpy.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]], [[1, 2], [3, 4]]),
    ("array_of_one", numpy.array([1.5]), "1.5", "1.5"),
    ("large_array", numpy.zeros(33), str(numpy.zeros(33)), str(numpy.zeros(33))),
    ("nan", float("nan"), None, None),
    ("numpy_nan", numpy.float32("nan"), None, None),
    ("infinity", float("inf"), float("inf"), float("inf")),
    ("none", None, None, None),
    ("big_int", 2**70, 2**70, 2**70),
    ("bytes", b"ab", "ab", "ab"),
    ("date", datetime.date(2021, 1, 2), "2021-01-02", "2021-01-02"),
    ("datetime", datetime.datetime(2021, 1, 2, 3, 4), "2021-01-02T03:04:00", "2021-01-02T03:04:00"),
    ("timedelta", datetime.timedelta(days=1), "1 day, 0:00:00", "1 day, 0:00:00"),
    ("path", pathlib.PurePosixPath("a/b"), "a/b", "a/b"),
    ("decimal", decimal.Decimal("1.5"), "1.5", "1.5"),
    ("uuid", uuid.UUID(int=1), str(uuid.UUID(int=1)), str(uuid.UUID(int=1))),
    ("enum", Colour.RED, "Colour.RED", "RED"),
    ("namespace", argparse.Namespace(a=1), "Namespace(a=1)", "Namespace(a=1)"),
    ("function", datetime.datetime.now, "None.datetime.now", "None.datetime.now"),
    ("class", decimal.Decimal, "decimal.Decimal", "decimal.Decimal"),
    ("range", range(3), [0, 1, 2], [0, 1, 2]),
]


@pytest.mark.parametrize(
    ("profile", "value", "expected"),
    [
        pytest.param(profile, value, expected, id=f"{profile}-{name}")
        for name, value, in_classic, in_current in VALUES
        for profile, expected in ((CLASSIC, in_classic), (CURRENT, in_current))
    ],
)
def test_values_become_json(fake: wt.World, value: object, expected: object) -> None:
    """CONFIG-1"""
    assert taken(fake, {"value": value}) == {"value": expected}


def test_current_makes_a_list_of_a_set(current: wt.World) -> None:
    """CONFIG-1"""
    assert taken(current, {"value": {1}}) == {"value": [1]}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (argparse.Namespace(lr=0.1, _private=2), {"lr": 0.1, "_private": 2}),
        (types.SimpleNamespace(lr=0.1), {"lr": 0.1}),
        (Hyperparameters(), {"lr": 0.1, "_private": 2}),
    ],
    ids=["Namespace", "SimpleNamespace", "object"],
)
def test_the_variables_of_an_object_are_taken(fake: wt.World, config: object, expected: dict[str, Any]) -> None:
    """CONFIG-2"""
    assert taken(fake, config) == expected


def test_names_with_a_leading_underscore_are_kept_but_hidden(fake: wt.World) -> None:
    """CONFIG-2"""
    run = fake.init(config=argparse.Namespace(lr=0.1, _private=2))

    assert (list(run.config.keys()), list(run.config.items()), dict(run.config)) == (
        ["lr"],
        [("lr", 0.1)],
        {"lr": 0.1},
    )
    assert (run.config["_private"], run.config._private) == (2, 2)


@pytest.mark.parametrize("config", [None, {}, ""])
def test_there_may_be_no_config(fake: wt.World, config: Any) -> None:
    """CONFIG-5"""
    assert taken(fake, config) == {}


@pytest.mark.parametrize(
    "config",
    [[1], 3, ("a", 1), {1}, types.MappingProxyType({"a": 1}), {1: 2}, {None: 1}],
    ids=["list", "int", "tuple", "set", "mappingproxy", "int_key", "none_key"],
)
@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, Exception), (CURRENT, TypeError)], ids=str)
def test_other_configs_are_errors(fake: wt.World, error: type[Exception], config: Any) -> None:
    """CONFIG-2, CONFIG-5, A.1"""
    with pytest.raises(error) as raised:
        fake.init(config=config)

    cause = raised.value.__cause__ or raised.value
    assert (type(raised.value), type(cause)) == (error, TypeError)
    assert fake.runs == []


# ---------------------------------------------------------------------- include and exclude


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (["a"], None, {"a": 1}),
        (None, ["a"], {"b": 2}),
        (["a", "unknown"], [], {"a": 1}),
        ([], ["b", "unknown"], {"a": 1}),
        ((), (), {"a": 1, "b": 2}),
        (None, None, {"a": 1, "b": 2}),
        ({"a"}, None, {"a": 1}),
    ],
)
def test_include_and_exclude_choose_keys(fake: wt.World, include: Any, exclude: Any, expected: dict[str, Any]) -> None:
    """CONFIG-6"""
    fake.init(config={"a": 1, "b": 2}, config_include_keys=include, config_exclude_keys=exclude)

    assert fake.run.config == expected


@pytest.mark.parametrize("config", [{"a": 1}, None])
def test_include_and_exclude_together_are_an_error(fake: wt.World, config: Any) -> None:
    """CONFIG-6"""
    with pytest.raises(wt.UsageError, match=r"config_include_keys=\['a'\] and config_exclude_keys=\['b'\]"):
        fake.init(config=config, config_include_keys=["a"], config_exclude_keys=["b"])


def test_include_and_exclude_match_the_key_as_the_user_wrote_it(fake: wt.World) -> None:
    """CONFIG-6: observed with 0.10.33 and 0.31.0"""
    fake.init(config={"--a": 1, "b": 2}, config_include_keys=["--a"])

    assert fake.run.config == {"a": 1}


def test_current_warns_that_include_and_exclude_are_deprecated(classic: wt.World, current: wt.World) -> None:
    """CONFIG-6"""
    for world in (classic, current):
        world.init(config={"a": 1}, config_exclude_keys=["b"]).finish()

    assert classic.session.told == []
    assert current.session.told == ["config_keys_deprecated"]


# ---------------------------------------------------------------------- changes


def test_an_existing_key_may_not_become_another_value(fake: wt.World) -> None:
    """CONFIG-7"""
    run = fake.init(config={"a": 1})
    told = r"config\['a'\] is 1 and was to become 2(.|\n)*allow_val_change=True"

    with pytest.raises(wt.ConfigError, match=told):
        run.config.update({"a": 2})
    with pytest.raises(wt.ConfigError, match=told):
        run.config["a"] = 2
    with pytest.raises(wt.ConfigError, match=told):
        run.config.a = 2

    assert run.config["a"] == 1
    assert fake.run.config == {"a": 1}


def test_the_same_value_and_new_keys_are_fine(fake: wt.World) -> None:
    """CONFIG-7"""
    run = fake.init(config={"a": 1, "list": [1, 2]})

    run.config.update({"a": 1, "list": (1, 2), "b": 2})
    run.config["c"] = 3
    run.config.d = 4

    assert fake.run.config == {"a": 1, "list": [1, 2], "b": 2, "c": 3, "d": 4}


def test_a_change_may_be_allowed(fake: wt.World) -> None:
    """CONFIG-7"""
    run = fake.init(config={"a": 1})

    run.config.update({"a": 2, "b": 2}, allow_val_change=True)

    assert fake.run.config == {"a": 2, "b": 2}


def test_a_refused_update_sets_none_of_its_keys(fake: wt.World) -> None:
    """CONFIG-7: said of current; observed with 0.10.33 as well"""
    run = fake.init(config={"a": 1})

    with pytest.raises(wt.ConfigError):
        run.config.update({"before": 1, "a": 2, "after": 1})

    assert dict(run.config.items()) == {"a": 1}
    assert fake.run.config == {"a": 1}


@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, Exception), (CURRENT, wt.UsageError)], ids=str)
def test_config_cannot_be_updated_after_finish(fake: wt.World, error: type[Exception]) -> None:
    """CONFIG-7"""
    run = fake.init(config={"a": 1})
    run.finish()

    with pytest.raises(error, match="after finish") as raised:
        run.config.update({"b": 1})

    assert type(raised.value) is error
    assert dict(run.config.items()) == {"a": 1}
    assert fake.run.config == {"a": 1}


def test_in_a_notebook_changes_are_allowed_unless_the_update_says_no(
    make_world: Callable[..., wt.World], profile: Profile
) -> None:
    """CONFIG-8"""
    run = make_world(profile, notebook=True).init(config={"a": 1})

    run.config.a = 2
    with pytest.raises(wt.ConfigError):
        run.config.update({"a": 3}, allow_val_change=False)

    assert run.config["a"] == 2


def test_allow_val_change_of_init_counts_in_classic(make_world: Callable[..., wt.World]) -> None:
    """CONFIG-9, E.2"""
    allowed = make_world(CLASSIC).init(config={"a": 1}, allow_val_change=True)
    forbidden = make_world(CLASSIC, notebook=True).init(config={"a": 1}, allow_val_change=False)

    allowed.config.a = 2
    with pytest.raises(wt.ConfigError):
        forbidden.config.a = 2
    with pytest.raises(wt.ConfigError):
        allowed.config.update({"a": 3}, allow_val_change=False)

    assert (allowed.config["a"], forbidden.config["a"]) == (2, 1)


def test_allow_val_change_of_init_has_no_effect_in_current(make_world: Callable[..., wt.World]) -> None:
    """CONFIG-9"""
    run = make_world(CURRENT).init(config={"a": 1}, allow_val_change=True)

    with pytest.raises(wt.ConfigError):
        run.config.a = 2


@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, KeyError), (CURRENT, AttributeError)], ids=str)
def test_a_missing_key_is_an_error_and_get_gives_a_default(fake: wt.World, error: type[Exception]) -> None:
    """CONFIG-11"""
    config = fake.init(config={"a": 1}).config

    with pytest.raises(KeyError, match="x"):
        config["x"]
    with pytest.raises(error, match="'x'"):
        _ = config.x

    assert (config.get("x", 5), config.get("x"), config.get("a", 5)) == (5, None, 1)


def test_setdefaults_sets_only_what_is_missing(fake: wt.World) -> None:
    """CONFIG-11"""
    run = fake.init(config={"a": 1})

    run.config.setdefaults({"a": 2, "b": 2})

    assert fake.run.config == {"a": 1, "b": 2}


def test_every_change_is_on_the_server_when_finish_returns(fake: wt.World) -> None:
    """CONFIG-12"""
    run = fake.init(config={"a": 1})
    run.config.update({"b": {"x": 1}})
    run.config.c = (3,)
    run.finish()

    assert fake.run.config == {"a": 1, "b": {"x": 1}, "c": [3]}
    assert set(fake.run.client["config"]) == {"cli_version", "t"}


def test_a_nested_value_that_is_changed_in_place_is_not_sent(fake: wt.World) -> None:
    """CONFIG-12: observed with 0.31.0, which sends the keys that were set and no others"""
    run = fake.init(config={"nested": {"x": 1}})

    run.config["nested"]["x"] = 2
    run.config["other"] = 1

    assert fake.run.config == {"nested": {"x": 1}, "other": 1}


def test_an_allowed_update_of_a_dict_replaces_it(fake: wt.World) -> None:
    """CONFIG-12"""
    run = fake.init(config={"nested": {"x": 1, "deep": {"y": 1}}})

    run.config.update({"nested": {"deep": {"z": 2}}}, allow_val_change=True)

    assert run.config["nested"] == {"deep": {"z": 2}}


def test_the_server_of_current_merges_an_allowed_update_of_a_dict_in_depth(
    classic: wt.World, current: wt.World
) -> None:
    """CONFIG-12"""
    for world in (classic, current):
        run = world.init(config={"nested": {"x": 1, "deep": {"y": 1}}, "plain": 1})
        run.config.update({"nested": {"deep": {"z": 2}}, "plain": {"a": 1}}, allow_val_change=True)
        run.config.update({"plain": 2}, allow_val_change=True)
        run.finish()

    assert classic.run.config == {"nested": {"deep": {"z": 2}}, "plain": 2}
    assert current.run.config == {"nested": {"x": 1, "deep": {"y": 1, "z": 2}}, "plain": 2}


def test_the_argument_replaces_nested_dicts_of_lower_rank_as_a_whole(fake: wt.World) -> None:
    """E.1"""
    fake.server.add_run("abc", config={"nested": {"x": 1}, "old": 1})

    fake.init(id="abc", resume="must", config={"nested": {"y": 2}})

    assert fake.run.config == {"nested": {"y": 2}, "old": 1}


def test_config_is_not_a_whole_mapping(fake: wt.World) -> None:
    """CONFIG-11: neither generation has len() or values(); code that uses them must fail here too"""
    config = fake.init(config={"a": 1}).config

    with pytest.raises(TypeError):
        len(config)
    with pytest.raises((KeyError, AttributeError)):
        _ = config.values
