"""Magic: on or off, its settings in every form, and where they end (MAGIC-1 to MAGIC-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC


def magic_of(run: Any) -> Any:
    return run.config.get("magic")


@pytest.mark.parametrize("off", [None, False])
def test_magic_is_off(classic: wt.World, off: bool | None) -> None:
    """MAGIC-1"""
    run = classic.init(magic=off, config={"a": 1})

    assert (dict(run.config.items()), classic.session.told) == ({"a": 1}, [])


def test_magic_that_is_only_switched_on_sets_nothing(classic: wt.World) -> None:
    """MAGIC-1, MAGIC-2"""
    assert magic_of(classic.init(magic=True)) is None


FORMS: list[tuple[str, Any]] = [
    ("dict", {"keras": {"fit": {"epochs": 3}}}),
    ("JSON", '{"keras": {"fit": {"epochs": 3}}}'),
    ("YAML file", "magic.yaml"),
    ("k=v", "keras.fit.epochs=3"),
]


@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in FORMS])
def test_what_was_set_stands_in_config(classic: wt.World, value: Any) -> None:
    """MAGIC-2, DEV-16"""
    classic.disk.write("magic.yaml", b"keras: {fit: {epochs: 3}}\n")

    run = classic.init(magic=value, config={"a": 1})

    expected = {"a": 1, "magic": {"keras": {"fit": {"epochs": 3}}}}
    assert (dict(run.config.items()), classic.run.config) == (expected, expected)


@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in FORMS[1:]])
@pytest.mark.parametrize("argument", [None, True])
def test_the_variable_says_the_same(make_world: Callable[..., wt.World], argument: bool | None, value: str) -> None:
    """MAGIC-2, A.1"""
    world = make_world(CLASSIC, environ={"WANDB_MAGIC": value})
    world.disk.write("magic.yaml", b"keras: {fit: {epochs: 3}}\n")

    assert magic_of(world.init(magic=argument)) == {"keras": {"fit": {"epochs": 3}}}


def test_the_argument_beats_the_variable(make_world: Callable[..., wt.World]) -> None:
    """MAGIC-2, A.2"""
    world = make_world(CLASSIC, environ={"WANDB_MAGIC": "a=1"})

    assert magic_of(world.init(magic={"b": 2}, reinit=True)) == {"b": 2}
    assert magic_of(world.init(magic=False, reinit=True)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1,b=x", {"a": 1, "b": "x"}),
        ("a.b=1,a.c=true", {"a": {"b": 1, "c": True}}),
        ('key1="["cat","dog"]",key2=true', {"key1": ["cat", "dog"], "key2": True}),
        ("a=1,b", {"a": 1}),
    ],
)
def test_pairs_are_read_with_dots_and_json(classic: wt.World, text: str, expected: dict[str, Any]) -> None:
    """MAGIC-2"""
    assert magic_of(classic.init(magic=text)) == expected


@pytest.mark.parametrize("text", ['{"a": ', "broken.yaml", "list.yaml", "what is this", "a=b=c"])
def test_what_cannot_be_read_is_told_and_the_defaults_hold(classic: wt.World, text: str) -> None:
    """MAGIC-3"""
    classic.disk.write("broken.yaml", b"a: [1\n")
    classic.disk.write("list.yaml", b"- 1\n")

    run = classic.init(magic=text)

    assert (magic_of(run), classic.session.told) == (None, ["magic_unreadable"])
    assert text[:5] in classic.terminal.lines[0][1]


def test_a_disabled_run_knows_nothing_of_magic(classic: wt.World) -> None:
    """MAGIC-2, DISABLED-1"""
    run = classic.init(mode="disabled", magic={"a": 1})

    assert dict(run.config.items()) == {}


def test_current_has_no_magic_at_all(make_world: Callable[..., wt.World], current: wt.World) -> None:
    """MAGIC-4"""
    with pytest.raises(TypeError, match="'magic'"):
        current.init(magic=True)
    with pytest.raises(wt.ValidationError, match="Extra inputs"):
        current.init(settings={"magic": True})
