"""Wrong input, one line each: the message names the value, what was expected, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

BOTH = (CLASSIC, CURRENT)


def init(**arguments: Any) -> Callable[[wt.World], object]:
    return lambda world: world.init(**arguments)


def log(*arguments: Any, **options: Any) -> Callable[[wt.World], object]:
    return lambda world: world.init().log(*arguments, **options)


def changed_config(world: wt.World) -> object:
    world.init(config={"lr": 0.1}).config.update({"lr": 0.2})
    return None


def log_after_finish(world: wt.World) -> object:
    run = world.init(id="abc")
    run.finish()
    return run.log({"a": 1})


def new_attribute(world: wt.World) -> object:
    run: Any = world.init()
    run.loss = 1
    return None


def never_that_exists(world: wt.World) -> object:
    world.server.add_run("abc")
    return world.init(id="abc", resume="never")


def not_logged_in(world: wt.World) -> object:
    world.home.api_key = None
    return world.init(force=True)


def short_key(world: wt.World) -> object:
    world.session = world.process(environ={"WANDB_API_KEY": "abc"})
    return world.init()


def must_while_active(world: wt.World) -> object:
    world.init(id="abc")
    return world.init(resume="must")


def unknown_config_key(world: wt.World) -> object:
    return world.init(config={"lr": 0.1, "layers": 2}).config.lrr


def integer_summary_key(world: wt.World) -> object:
    summary: Any = world.init().summary
    summary[3] = 1
    return None


def summary_of_an_object(world: wt.World) -> object:
    world.init().summary["a"] = {"b": ...}
    return None


def summary_of_a_number(world: wt.World) -> object:
    summary: Any = world.init().summary
    return summary.update(3)


Words = tuple[str, ...]

TABLE: list[tuple[str, Callable[[wt.World], object], tuple[Profile, ...], type[Exception], Words]] = [
    ("mode", init(mode="on"), (CLASSIC,), TypeError, ("mode='on'", "'online'", "'offline'", "'disabled'")),
    ("mode", init(mode="on"), (CURRENT,), wt.ValidationError, ("mode", "'on'", "'online'", "'offline'", "'disabled'")),
    ("mode of a wrong type", init(mode=1), (CLASSIC,), TypeError, ("mode=1", "'online'")),
    ("mode of a wrong type", init(mode=["online"]), (CLASSIC,), TypeError, ("mode=['online']", "'online'")),
    ("mode of a wrong type", init(mode=["online"]), (CURRENT,), wt.ValidationError, ("mode", "['online']", "list")),
    ("resume", init(resume="maybe"), (CURRENT,), wt.ValidationError, ("resume", "'maybe'", "'allow'", "'auto'")),
    ("resume of a wrong type", init(resume=3), (CLASSIC,), TypeError, ("resume=3", "'allow'")),
    ("resume of a wrong type", init(resume=["allow"]), (CURRENT,), wt.ValidationError, ("resume", "['allow']")),
    ("resume of a wrong type", init(resume=["allow"]), (CLASSIC,), TypeError, ("resume=['allow']", "'allow'")),
    ("reinit", init(reinit="maybe"), (CURRENT,), wt.ValidationError, ("reinit", "'maybe'", "'finish_previous'")),
    ("reinit of a wrong type", init(reinit=[1]), (CURRENT,), wt.ValidationError, ("reinit", "[1]", "list")),
    ("anonymous", init(anonymous="yes"), (CLASSIC,), TypeError, ("anonymous='yes'", "'never'", "'allow'", "'must'")),
    ("anonymous of a wrong type", init(anonymous=["must"]), (CLASSIC,), TypeError, ("anonymous=['must']", "'must'")),
    ("force", init(force="perhaps"), (CURRENT,), wt.ValidationError, ("force", "'perhaps'", "boolean")),
    ("id that is no str", init(id=3), (CLASSIC,), TypeError, ("id=3", "a str", "int")),
    ("id that is no str", init(id=3), (CURRENT,), wt.ValidationError, ("run_id", "3", "string", "int")),
    ("id with a slash", init(id="a/b"), (CURRENT,), wt.UsageError, ("id='a/b'", "cannot contain", "'/'")),
    ("id with a blank at the end", init(id="a "), (CURRENT,), wt.UsageError, ("id='a '", "whitespace")),
    ("empty id", init(id=""), (CURRENT,), wt.UsageError, ("id=''", "empty", "leave it out")),
    ("name that is no str", init(name=1.5), (CLASSIC,), TypeError, ("name=1.5", "a str", "float")),
    ("group that is no str", init(group=["a"]), (CURRENT,), wt.ValidationError, ("group", "['a']", "list")),
    ("project", init(project="a/b"), (CURRENT,), wt.UsageError, ("project='a/b'", "cannot contain", "'/'")),
    ("long project", init(project="p" * 129), (CURRENT,), wt.UsageError, ("project='ppp", "128", "129")),
    ("tag that is no str", init(tags=["a", 1]), (CLASSIC,), TypeError, ("tags", "1", "int")),
    (
        "tag that is no str",
        init(tags=["a", 1]),
        (CURRENT,),
        wt.ValidationError,
        ("run_tags.1", "input_value=1", "input_type=int", "Give text"),
    ),
    (
        "empty tag",
        init(tags=[""]),
        (CURRENT,),
        wt.ValidationError,
        ("run_tags", "['']", "index 0", "between 1 and 64", "Leave"),
    ),
    (
        "long tag",
        init(tags=["t" * 65]),
        (CURRENT,),
        wt.ValidationError,
        ("run_tags", "['ttt", "between 1 and 64", "65", "shorten"),
    ),
    ("tags that are no sequence", init(tags=3), (CURRENT,), TypeError, ("tags=3", "iterable", "int", "give a list")),
    ("tags that are no sequence", init(tags=3), (CLASSIC,), TypeError, ("tags", "3", "int")),
    ("dir that is no path", init(dir=3), (CURRENT,), wt.ValidationError, ("root_dir", "3", "path", "int")),
    ("dir that is no path", init(dir=3), (CLASSIC,), TypeError, ("dir", "3", "path", "int")),
    ("config that is a list", init(config=[1]), BOTH, TypeError, ("[1]", "list", "dict", "Namespace")),
    ("config key that is no str", init(config={1: 2}), BOTH, TypeError, ("1", "int", "str")),
    (
        "include and exclude",
        init(config={"a": 1}, config_include_keys=["a"], config_exclude_keys=["b"]),
        BOTH,
        wt.UsageError,
        ("['a']", "['b']", "give one"),
    ),
    ("settings that are no settings", init(settings=3), BOTH, TypeError, ("3", "int", "Settings", "dict")),
    ("config that is changed", changed_config, BOTH, wt.ConfigError, ("'lr'", "0.1", "0.2", "allow_val_change=True")),
    ("config key that is missing", unknown_config_key, (CLASSIC,), KeyError, ("'lrr'", "lr", "layers")),
    ("config key that is missing", unknown_config_key, (CURRENT,), AttributeError, ("'lrr'", "lr", "layers")),
    ("log of a list", log([1, 2]), (CLASSIC,), ValueError, ("[1, 2]", "list", "dict", "LOG-5")),
    ("log of a list", log([1, 2]), (CURRENT,), TypeError, ("[1, 2]", "list", "dict", "LOG-5")),
    ("log of a number", log(0.5), (CLASSIC,), ValueError, ("0.5", "float", "name")),
    ("log of an int key", log({3: 1}), (CLASSIC,), ValueError, ("3", "int", "str", "'3'")),
    ("log of an int key", log({3: 1}), (CURRENT,), TypeError, ("3", "int", "str", "'3'")),
    ("log of an object", log({"a": ...}), BOTH, TypeError, ("Ellipsis", "ellipsis", "JSON", "numbers")),
    ("log of an object deep down", log({"a": {"b": [...]}}), BOTH, TypeError, ("row['a']['b'][0]", "Ellipsis", "JSON")),
    (
        "config of an object",
        init(config={"a": {"b": object()}}),
        BOTH,
        TypeError,
        ("config['a']['b']: ", "object", "JSON"),
    ),
    ("summary of an object", summary_of_an_object, BOTH, TypeError, ("summary['a']['b']: ", "Ellipsis", "JSON")),
    ("step that is no number", log({"a": 1}, step="7"), BOTH, TypeError, ("step='7'", "int", "str")),
    ("log after finish", log_after_finish, (CLASSIC,), Exception, ("'abc'", "finish", "init()")),
    ("log after finish", log_after_finish, (CURRENT,), wt.UsageError, ("'abc'", "finish", "init()")),
    ("attribute of a run", new_attribute, BOTH, Exception, ("'loss'", "name, notes, tags", "config", "summary")),
    ("summary key that is no str", integer_summary_key, BOTH, TypeError, ("3", "int", "str")),
    (
        "summary of no dict",
        summary_of_a_number,
        BOTH,
        AttributeError,
        ("summary.update(3)", "dict", "int", "{name: value}"),
    ),
    ("must of a missing run", init(id="abc", resume="must"), BOTH, wt.UsageError, ("/abc", "not exist", "'allow'")),
    ("never of an existing run", never_that_exists, BOTH, wt.UsageError, ("/abc", "already exists", "'allow'")),
    ("must while a run is active", must_while_active, (CURRENT,), wt.Error, ("'abc'", "finish()", "reinit")),
    ("no credentials", not_logged_in, (CLASSIC,), wt.UsageError, ("no API key", "login()", "WANDB_API_KEY")),
    ("no credentials", not_logged_in, (CURRENT,), wt.UsageError, ("no API key", "login()", "WANDB_API_KEY", "offline")),
    ("short key", short_key, (CURRENT,), wt.AuthenticationError, ("40", "3")),
]


@pytest.mark.parametrize(
    ("profile", "do", "error", "words"),
    [
        pytest.param(profile, do, error, words, id=f"{profile}-{name}")
        for name, do, profiles, error, words in TABLE
        for profile in profiles
    ],
)
def test_the_message_tells_what_was_wrong(
    fake: wt.World, do: Callable[[wt.World], object], error: type[Exception], words: Words
) -> None:
    with pytest.raises(Exception, match=r".") as raised:
        do(fake)

    # classic reports "problem", and the real one as its cause (ERR-2)
    real = raised.value.__cause__ if str(raised.value) == "problem" else raised.value
    assert type(real) is error
    assert [word for word in words if word not in str(real)] == []


def test_an_unknown_argument_is_refused_by_python_before_anything_happens(fake: wt.World) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'projekt'"):
        fake.init(projekt="p")

    assert fake.recorder.records == []


@pytest.mark.parametrize("name", ["magic", "anonymouse", "sync"])
def test_current_has_no_magic(current: wt.World, name: str) -> None:
    with pytest.raises(TypeError, match=f"'{name}'"):
        current.init(**{name: True})


@pytest.mark.parametrize("name", ["fork_from", "resume_from"])
def test_classic_has_no_forks(classic: wt.World, name: str) -> None:
    """FORK-3"""
    with pytest.raises(TypeError, match=f"'{name}'"):
        classic.init(**{name: "abc?_step=1"})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"profile": "modern"}, "'modern'.*'classic'.*'current'"),
        ({"transport": "carrier pigeon"}, "'carrier pigeon'.*'memory'"),
    ],
)
def test_a_world_refuses_what_it_is_not(options: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, wt.NotModelledError), match=words):
        wt.fake(**options)
