"""Wrong input as a person meets it: the message names the value, what was expected, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile


def init(**arguments: Any) -> Callable[[wt.World], object]:
    return lambda world: world.init(**arguments)


def with_variable(variable: str, text: str, **arguments: Any) -> Callable[[wt.World], object]:
    def do(world: wt.World) -> object:
        world.session = world.process(environ={variable: text})
        return world.init(**arguments)

    return do


def with_file(text: str, config: Any = "config.yaml") -> Callable[[wt.World], object]:
    def do(world: wt.World) -> object:
        world.disk.write("config.yaml", text.encode())
        return world.init(config=config)

    return do


def with_defaults(world: wt.World) -> object:
    world.disk.write("config-defaults.yaml", b"a: {value: 1}\n")
    return world.init(mode="disabled", config={"a": 2})


class Array:
    """Has no truth, as numpy's arrays of several numbers."""

    def __bool__(self) -> bool:
        raise ValueError("The truth value of an array with more than one element is ambiguous.")

    def __repr__(self) -> str:
        return "<Array>"


CASES: list[tuple[str, Profile, Callable[[wt.World], object], str, str, str]] = [
    # what is wrong, profile, how, and the three parts: the value, what was expected, what to do
    (
        "mode",
        CLASSIC,
        init(mode="offlin"),
        "'offlin'",
        "expected 'online', 'run', 'offline'",
        "Did you mean 'offline'?",
    ),
    ("mode", CURRENT, init(mode="offlin"), "'offlin'", "should be 'online', 'offline'", "Did you mean 'offline'?"),
    ("anonymous", CLASSIC, init(anonymous="musst"), "'musst'", "expected 'never', 'allow'", "Did you mean 'must'?"),
    ("anonymous", CLASSIC, init(anonymous=3), "anonymous=3", "expected 'never', 'allow'", "leave it out"),
    ("resume", CURRENT, init(resume="atuo"), "'atuo'", "'never' or 'auto'", "Did you mean 'auto'?"),
    ("reinit", CURRENT, init(reinit="create"), "'create'", "valid boolean", "Did you mean 'create_new'?"),
    ("force", CURRENT, init(force="perhaps"), "'perhaps'", "valid boolean", "Give True or False"),
    ("id", CURRENT, init(id="a/b"), "id='a/b'", "cannot contain any of", "use 'a-b'"),
    ("blank id", CURRENT, init(id=" a"), "id=' a'", "cannot start or end with whitespace", "use 'a'"),
    ("empty id", CURRENT, init(id=""), "id=''", "cannot be empty", "leave it out"),
    ("id of a wrong type", CURRENT, init(id=3), "run_id", "should be a valid string", "Give text: '3' [id"),
    ("id of a wrong type", CLASSIC, init(id=3), "id=3: ", "expected a str", "give text"),
    ("id as a setting", CLASSIC, init(settings={"run_id": 3}), "run_id=3: ", "expected a str", "give text"),
    ("id of blanks", CURRENT, init(id="  "), "id='  '", "cannot start or end with whitespace", "leave it out"),
    ("unknown setting", CLASSIC, init(settings={"colour": 3}), "'colour'", "0.10 has no setting", "leave it out"),
    ("setting without name", CLASSIC, init(settings={3: 4}), "the name 3", "expected a str", "give a dict"),
    ("setting without name", CURRENT, init(settings={3: 4}), "the name 3", "expected a str", "give a dict"),
    ("array as config", CLASSIC, init(config=Array()), "config=<Array>", "expected a dict", "give it"),
    ("array of keys", CURRENT, init(config_exclude_keys=Array()), "keys=<Array>", "expected a list of str", "give it"),
    ("project", CURRENT, init(project="a/b"), "project='a/b'", "cannot contain any of", "use 'a-b'"),
    ("long project", CURRENT, init(project="p" * 129), "'ppp", "exceeds 128 characters", "shorten it"),
    ("tag", CLASSIC, init(tags=["a", 1]), "got 1", "expected strings", "give '1'"),
    ("tag", CURRENT, init(tags=["a", 1]), "input_value=1", "should be a valid string", "Give text: '1' [tags"),
    ("empty tag", CURRENT, init(tags=[""]), "['']", "between 1 and 64 characters", "Leave empty tags out"),
    ("tags", CLASSIC, init(tags=3), "tags=3", "expected a sequence of strings", "give a list of str"),
    ("tags", CURRENT, init(tags=3), "tags=3", "not iterable", "give a list of str"),
    ("dir", CLASSIC, init(dir=3), "dir=3", "expected a path", "give a str or a Path"),
    ("dir", CURRENT, init(dir=3), "input_value=3", "should be a valid string", "Give a path: a str or a Path [dir"),
    ("config", CLASSIC, init(config=[1]), "config=[1]", "expected a dict", "give dict(...) or vars(...)"),
    ("config", CURRENT, init(config=[1]), "config=[1]", "expected a dict", "give dict(...) or vars(...)"),
    ("config key", CURRENT, init(config={1: 2}), "1 of type int", "expected a str", "write '1'"),
    ("config file", CLASSIC, init(config="no.yaml"), "'no.yaml'", "no such file", "the name of a YAML file"),
    ("flat config file", CURRENT, with_file("lr: 1"), "'lr' is 1", "expected a mapping", "write 'lr: {value: ...}'"),
    ("old config file", CLASSIC, with_file("wandb_version: 3"), "is 3", "expected 1", "has the form 'key: {value: v}'"),
    ("both lists", CLASSIC, init(config_include_keys=["a"], config_exclude_keys=["b"]), "['a']", "exclude", "give one"),
    ("setting", CLASSIC, init(settings={"run_nam": 1}), "'run_nam'", "has no setting", "Did you mean 'run_name'?"),
    ("setting", CURRENT, init(settings={"run_nam": 1}), "run_nam\n", "not permitted", "Did you mean 'run_name'?"),
    ("settings", CURRENT, init(settings=3), "settings=3", "expected Settings or a dict", "give Settings("),
    ("variable", CLASSIC, with_variable("WANDB_CONSOLE", "x"), "'x'", "expected 'auto', 'redirect'", "'off'"),
    (
        "variable",
        CURRENT,
        with_variable("WANDB_CONFIG_PATHS", "a,b"),
        "'a,b'",
        "not allowed",
        "Give a list: ['a', 'b']",
    ),
    ("address", CURRENT, with_variable("WANDB_BASE_URL", "w.com"), "'w.com'", "valid URL", "Give the whole address"),
    ("address", CLASSIC, with_variable("WANDB_BASE_URL", "https://wandb.ai"), "'https://wandb.ai'", "expected", "api."),
    ("short key", CURRENT, with_variable("WANDB_API_KEY", "abc"), "has 3", "40 or more characters", "copy it whole"),
    ("defaults", CURRENT, with_defaults, "'a'", "was to become 2", "take the key out"),
]


@pytest.mark.parametrize(
    ("profile", "do", "value", "expected", "advice"),
    [pytest.param(*case[1:], id=f"{case[1]}-{case[0]}") for case in CASES],
)
def test_the_message_names_the_value_what_was_expected_and_what_to_do(
    fake: wt.World, do: Callable[[wt.World], object], value: str, expected: str, advice: str
) -> None:
    """ERR-2, ERR-3, A.1"""
    with pytest.raises(Exception, match=r".") as raised:
        do(fake)

    real = raised.value.__cause__ if str(raised.value) == "problem" else raised.value
    text = str(real.args[0] if isinstance(real, KeyError) else real)
    print(text)
    assert {part: part in text for part in (value, expected, advice)} == dict.fromkeys((value, expected, advice), True)
