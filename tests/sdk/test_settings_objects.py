"""Settings objects of each profile, and the ValidationError that current raises: pydantic's in form and words."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.dropin.classic import Settings as ClassicSettings
from wandb_testkit.dropin.current import Settings as CurrentSettings
from wandb_testkit.sdk.current_fields import FIELDS, read_fields


def refused(**values: Any) -> wt.ValidationError:
    with pytest.raises(wt.ValidationError) as raised:
        read_fields(values)
    return raised.value


def test_a_validation_error_reads_like_pydantics_and_says_what_to_do() -> None:
    """ERR-3, A.1"""
    error = refused(mode="offlin")

    assert str(error) == (
        "1 validation error for Settings\n"
        "mode\n"
        "  Input should be 'online', 'offline', 'shared', 'disabled', 'dryrun' or 'run' "
        "[type=literal_error, input_value='offlin', input_type=str]\n"
        "    Did you mean 'offline'? [mode; A.1]"
    )
    assert error.errors() == [
        {
            "type": "literal_error",
            "loc": ("mode",),
            "msg": "Input should be 'online', 'offline', 'shared', 'disabled', 'dryrun' or 'run'",
            "input": "offlin",
        }
    ]


def test_it_is_a_value_error_and_none_of_wandbs() -> None:
    """ERR-3, A.1"""
    error = refused(mode="on")

    assert (isinstance(error, ValueError), isinstance(error, wt.Error)) == (True, False)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_everything_that_is_wrong_is_told_together_unknown_names_last() -> None:
    """ERR-3, A.1"""
    error = refused(aaa=1, run_name=3, mode="on", force="perhaps")

    assert (error.title, error.error_count()) == ("Settings", 4)
    assert [detail["loc"] for detail in error.errors(include_input=False)] == [
        ("force",),
        ("mode",),
        ("run_name",),
        ("aaa",),
    ]


def test_arguments_are_told_one_by_one(current: wt.World) -> None:
    """ERR-3, A.1"""
    with pytest.raises(wt.ValidationError) as raised:
        current.init(mode="on", name=3)

    assert raised.value.error_count() == 1


def test_long_values_are_shortened() -> None:
    """ERR-3"""
    assert "input_value='xxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxx', input_type=str" in str(
        refused(mode="x" * 99)
    )


def test_a_validation_error_may_be_a_plain_sentence() -> None:
    """ERR-3"""
    error = wt.ValidationError("a sentence")

    assert (str(error), error.error_count()) == ("a sentence", 1)
    assert error.errors() == [{"type": "value_error", "loc": (), "msg": "a sentence", "input": None}]


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("force", "Yes", True),
        ("force", 0, False),
        ("force", 1.0, True),
        ("init_timeout", 3, 3.0),
        ("summary_warnings", 7.0, 7),
        ("summary_warnings", "7", 7),
        ("run_notes", b"bytes", "bytes"),
        ("root_dir", Path("a") / "b", os.path.join("a", "b")),
        ("run_tags", ["a", "b"], ("a", "b")),
        ("run_tags", "one", ("one",)),
        ("reinit", "true", True),
        ("resume", True, "auto"),
        ("config_paths", ["a"], ["a"]),
        ("ignore_globs", ["a"], ("a",)),
        ("x_extra_http_headers", '{"a": "b"}', {"a": "b"}),
        ("_disable_stats", True, True),
    ],
)
def test_values_are_kept_in_the_type_of_their_setting(name: str, given: Any, kept: Any) -> None:
    """A.1, A.3"""
    ((got, value),) = read_fields({name: given}).items()

    assert (got, value, type(value)) == (name if name[0] != "_" else f"x{name}", kept, type(kept))


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({"force": [1]}, ["bool_type"]),
        ({"run_notes": b"\xff"}, ["string_unicode"]),
        ({"summary_warnings": 1.5}, ["int_from_float"]),
        ({"summary_warnings": "x"}, ["int_parsing"]),
        ({"summary_warnings": None}, ["int_type"]),
        ({"init_timeout": []}, ["float_type"]),
        ({"config_paths": 3}, ["is_instance_of"]),
        ({"config_paths": ["a", 1, 2]}, ["string_type", "string_type"]),
        ({"capture_loggers": "x"}, ["dict_type"]),
        ({"capture_loggers": {1: 2}}, ["string_type", "string_type"]),
        ({"stop_fn": 3}, ["callable_type"]),
        ({"console_chunk_max_bytes": -1}, ["value_error"]),
        ({"base_url": "ftp://x"}, ["url_scheme"]),
        ({"base_url": "https://wandb.ai"}, ["value_error"]),
        ({"base_url": "http://api.wandb.ai"}, ["value_error"]),
        ({"reinit": [1]}, ["literal_error", "bool_type"]),
        ({"root_dir": 3}, ["string_type"]),
        ({"_nope": 1}, ["extra_forbidden"]),
    ],
)
def test_every_type_refuses_in_its_own_words(values: dict[str, Any], kinds: list[str]) -> None:
    """A.1"""
    assert [detail["type"] for detail in refused(**values).errors()] == kinds


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sweep_id": " "}, "sweep_id=' '"),
        ({"api_key": " key"}, "whitespace"),
        ({"x_service_wait": -1}, "x_service_wait=-1"),
        ({"x_stats_sampling_interval": 0.01}, "0.1 seconds"),
        ({"project": "a?b", "mode": "on"}, r"project='a\?b'"),
    ],
)
def test_some_values_are_a_mistake_of_usage_whatever_else_is_wrong(values: dict[str, Any], words: str) -> None:
    """A.1, ERR-3"""
    with pytest.raises(wt.UsageError, match=words):
        read_fields(values)


# ---------------------------------------------------------------------- the objects of the drop-in


def test_settings_of_current_have_every_name_with_its_default() -> None:
    """A.1"""
    settings = CurrentSettings(mode="offline", run_tags=["a"])

    assert (settings.mode, settings.run_tags, settings.project) == ("offline", ("a",), None)
    assert (settings.init_timeout, settings.reinit, settings.root_dir) == (90.0, "default", os.getcwd())
    for name in FIELDS:
        getattr(settings, name)


def test_settings_of_current_are_checked_when_made_and_when_set() -> None:
    """A.1"""
    settings = CurrentSettings(mode="offline")

    for change in (
        lambda: CurrentSettings(mode="on"),
        lambda: CurrentSettings(projekt="p"),
        lambda: setattr(settings, "mode", "on"),
        lambda: settings.update({"mode": "on"}),
    ):
        with pytest.raises(wt.ValidationError):
            change()
    with pytest.raises(AttributeError, match=r"'projekt'.*Did you mean 'project'"):
        _ = settings.projekt
    settings.mode = "online"
    assert settings == CurrentSettings(mode="online")


def test_settings_of_classic_are_checked_when_made_and_when_set() -> None:
    """A.1"""
    settings = ClassicSettings(mode="dryrun", _disable_stats=True)
    checks: list[tuple[type[Exception], Callable[[], object]]] = [
        (TypeError, lambda: ClassicSettings(mode="on")),
        (TypeError, lambda: ClassicSettings(projekt="p")),
        (TypeError, lambda: setattr(settings, "mode", "on")),
        (AttributeError, lambda: setattr(settings, "projekt", "p")),
        (AttributeError, lambda: settings.projekt),
        (KeyError, lambda: settings["projekt"]),
        (KeyError, lambda: settings.update({"projekt": "p"})),
    ]

    for error, check in checks:
        with pytest.raises(error):
            check()
    settings.update(run_name="n")

    assert (settings["mode"], settings.run_name, settings.console, settings.project) == ("dryrun", "n", "auto", None)


def test_such_objects_go_into_init_and_setup(classic: wt.World, current: wt.World) -> None:
    """A.1, A.2"""
    classic.session.setup(ClassicSettings(run_group="g"))
    current.session.setup(CurrentSettings(run_group="g"))

    runs = [
        classic.init(settings=ClassicSettings(run_name="n")),
        current.init(settings=CurrentSettings(run_name="n", reinit=True)),
    ]

    assert [(run.name, run.group) for run in runs] == [("n", "g")] * 2


def test_allow_val_change_is_not_even_looked_at_in_current(current: wt.World) -> None:
    """CONFIG-9, A.1"""
    values: Any = "perhaps"

    assert current.init(allow_val_change=values).id
