"""Environment variables: which are read in which profile, and what they may hold (A.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

READ_IN_CLASSIC = (
    *(
        "ENTITY",
        "PROJECT",
        "BASE_URL",
        "API_KEY",
        "SWEEP_ID",
        "MODE",
        "RUN_GROUP",
        "PROBLEM",
        "CONSOLE",
        "CONFIG_PATHS",
    ),
    *("SWEEP_PARAM_PATH", "RUN_ID", "NOTEBOOK_NAME", "HOST", "USERNAME", "DISABLE_CODE", "CODE_DIR", "ANONYMOUS"),
    *("IGNORE_GLOBS", "RESUME", "SILENT", "SAGEMAKER_DISABLE", "START_METHOD", "STRICT", "LABEL_DISABLE"),
)
"""The names of A.3 that are those of a setting."""

RENAMED = {"DIR": "root_dir", "NAME": "run_name", "NOTES": "run_notes", "TAGS": "run_tags", "JOB_TYPE": "run_job_type"}

VALID = {
    "BASE_URL": "https://wandb.example.com",
    "MODE": "offline",
    "PROBLEM": "warn",
    "CONSOLE": "off",
    "ANONYMOUS": "never",
    "START_METHOD": "thread",
    "SILENT": "true",
    "STRICT": "true",
}
"""Values for variables that do not take any text."""


def settings_from(world: wt.World) -> dict[str, Any]:
    return dict(world.session.load_environment())


@pytest.mark.parametrize("name", READ_IN_CLASSIC)
def test_classic_reads_the_variables_of_the_list(make_world: Callable[..., wt.World], name: str) -> None:
    """A.3"""
    value = VALID.get(name, "a")

    settings = settings_from(make_world(CLASSIC, environ={f"WANDB_{name}": value}))

    assert settings == {name.lower(): ["a"] if name == "IGNORE_GLOBS" else value}


@pytest.mark.parametrize("name", RENAMED)
def test_some_variables_have_another_name_than_their_setting(
    make_world: Callable[..., wt.World], profile: Profile, name: str
) -> None:
    """A.3"""
    settings = settings_from(make_world(profile, environ={f"WANDB_{name}": "a,b"}))

    assert list(settings) == [RENAMED[name]]
    assert list(settings[RENAMED[name]]) == ["a", "b"] if name == "TAGS" else settings[RENAMED[name]] == "a,b"


@pytest.mark.parametrize("name", ["REINIT", "FORCE", "ALLOW_VAL_CHANGE", "GROUP", "ID", "INIT_TIMEOUT", "QUIET"])
def test_classic_does_not_read_other_variables(make_world: Callable[..., wt.World], name: str) -> None:
    """A.3"""
    assert settings_from(make_world(CLASSIC, environ={f"WANDB_{name}": "no such value"})) == {}


@pytest.mark.parametrize(
    ("variable", "text", "setting", "value"),
    [
        ("WANDB_REINIT", "yes", "reinit", True),
        ("WANDB_REINIT", "create_new", "reinit", "create_new"),
        ("WANDB_FORCE", "off", "force", False),
        ("WANDB_QUIET", "T", "quiet", True),
        ("WANDB_INIT_TIMEOUT", "7", "init_timeout", 7.0),
        ("WANDB_SUMMARY_WARNINGS", "7", "summary_warnings", 7),
        ("WANDB_RUN_NAME", "n", "run_name", "n"),
        ("WANDB_ROOT_DIR", "/d", "root_dir", "/d"),
        ("WANDB_IGNORE_GLOBS", "a,b", "ignore_globs", ("a", "b")),
        ("WANDB_HTTP_TIMEOUT", "3.5", "x_graphql_timeout_seconds", 3.5),
        ("WANDB_FILE_PUSHER_TIMEOUT", "3", "x_file_transfer_timeout_seconds", 3.0),
        ("WANDB_USER_EMAIL", "a@b.c", "email", "a@b.c"),
        ("WANDB_APP_URL", "https://app", "app_url_override", "https://app"),
        ("WANDB_IDENTITY_TOKEN_FILE", "f", "identity_token_file", "f"),
        ("WANDB_X_DISABLE_STATS", "1", "x_disable_stats", True),
        ("WANDB__DISABLE_STATS", "1", "x_disable_stats", True),
        ("WANDB_X_STATS_GPU_DEVICE_IDS", "[0, 1]", "x_stats_gpu_device_ids", [0, 1]),
        ("WANDB_BASE_URL", "https://a.com//", "base_url", "https://a.com"),
    ],
)
def test_current_reads_a_variable_for_every_setting_and_its_type(
    make_world: Callable[..., wt.World], variable: str, text: str, setting: str, value: Any
) -> None:
    """A.3"""
    settings = settings_from(make_world(CURRENT, environ={variable: text}))

    assert settings == {setting: value}
    assert type(settings[setting]) is type(value)


@pytest.mark.parametrize(
    ("variable", "text", "kind"),
    [
        ("WANDB_CONFIG_PATHS", "a.yaml", "sequence_str"),
        ("WANDB_MODE", "", "literal_error"),
        ("WANDB_RESUME", "False", "literal_error"),
        ("WANDB_QUIET", "2", "bool_parsing"),
        ("WANDB_INIT_TIMEOUT", "soon", "float_parsing"),
        ("WANDB_SUMMARY_WARNINGS", "1.5", "int_parsing"),
        ("WANDB_X_EXTRA_HTTP_HEADERS", "x", "value_error"),
        ("WANDB_BASE_URL", "wandb.example.com", "url_parsing"),
        ("WANDB_TAGS", "a,,b", "value_error"),
    ],
)
@pytest.mark.parametrize("load", ["init", "login", "setup", "disabled"])
def test_a_wrong_variable_is_told_when_settings_are_first_loaded(
    make_world: Callable[..., wt.World], variable: str, text: str, kind: str, load: str
) -> None:
    """A.3"""
    world = make_world(CURRENT, environ={variable: text})
    loads: dict[str, Callable[[], object]] = {
        "init": world.init,
        "login": lambda: world.login(),
        "setup": world.session.setup,
        "disabled": lambda: world.init(mode="disabled"),
    }

    with pytest.raises(wt.ValidationError) as raised:
        loads[load]()

    assert [error["type"] for error in raised.value.errors()] == [kind]


@pytest.mark.parametrize("mode", ["online", "offline", "disabled"])
def test_a_bogus_anonymous_variable_is_noticed_beside_a_good_argument(
    make_world: Callable[..., wt.World], mode: str
) -> None:
    """ANON-8"""
    with pytest.raises(Exception, match=r"^problem$") as raised:
        make_world(CLASSIC, environ={"WANDB_ANONYMOUS": "bogus"}).init(anonymous="never", mode=mode)

    assert "anonymous='bogus'" in str(raised.value.__cause__)


@pytest.mark.parametrize("variable", ["WANDB_CONSOLE", "WANDB_PROBLEM", "WANDB_START_METHOD", "WANDB_SILENT"])
def test_classic_checks_words_of_variables_without_effect_too(
    make_world: Callable[..., wt.World], variable: str
) -> None:
    """A.3"""
    with pytest.raises(Exception, match=r"^problem$") as raised:
        make_world(CLASSIC, environ={variable: "bogus"}).init()

    assert f"{variable[6:].lower()}='bogus'" in str(raised.value.__cause__)


def test_of_two_variables_for_one_setting_the_later_counts(make_world: Callable[..., wt.World]) -> None:
    """A.3"""
    both = {"WANDB_NAME": "short", "WANDB_RUN_NAME": "long"}
    world = make_world(CURRENT, environ=both)
    other = make_world(CURRENT, environ=dict(reversed(both.items())))

    assert (world.init().name, other.init().name) == ("long", "short")


def test_a_short_key_does_not_matter_offline(make_world: Callable[..., wt.World]) -> None:
    """A.4, MODE-3"""
    world = make_world(CURRENT, environ={"WANDB_API_KEY": "short"})

    assert world.init(mode="offline", reinit="finish_previous").offline
    with pytest.raises(wt.AuthenticationError):
        world.init(reinit="finish_previous")
