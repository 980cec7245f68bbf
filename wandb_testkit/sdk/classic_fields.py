"""Owns the settings that 0.10.33 has: their names and defaults, and what a value may not be.

Most of them have no effect here: they are about files, processes and waits that the kit does not have.
Source: A.1, A.3.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from wandb_testkit.sdk.settings import ARGUMENT_OF_SETTING, MODES, TEXTS, did_you_mean


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


CLASSIC_NAMES = _names(
    """
    allow_val_change anonymous api_key base_url code_dir config_paths console disable_code docker email entity
    force git_remote heartbeat_seconds host ignore_globs label_disable mode notebook_name program
    program_relpath project reinit relogin resume root_dir run_group run_id run_job_type run_name run_notes
    run_tags sagemaker_disable save_code show_colors show_emoji show_errors show_info show_warnings silent
    strict summary_warnings sweep_id sweep_param_path symlink username
    _args _cli_only_mode _cuda _disable_meta _disable_stats _disable_viewer _except_exit _executable
    _internal_check_process _internal_queue_timeout _jupyter_name _jupyter_path _jupyter_root _kaggle _os
    _python _save_requirements disabled files_dir_spec log_dir_spec log_internal_spec log_symlink_internal_spec
    log_symlink_user_spec log_user_spec magic problem resume_fname_spec settings_system_spec
    settings_workspace_spec start_method summary_errors sync_dir_spec sync_file_spec sync_symlink_latest_spec
    system_sample_seconds system_samples tmp_dir_spec
    """
)

CLASSIC_DEFAULTS = {
    "base_url": "https://api.wandb.ai",
    "console": "auto",
    "disabled": False,
    "git_remote": "origin",
    "heartbeat_seconds": 30,
    "ignore_globs": (),
    "magic": False,
    "mode": "online",
    "problem": "fatal",
    "show_errors": "True",
    "show_info": "True",
    "show_warnings": "True",
    "silent": "False",
    "summary_warnings": 5,
    "system_sample_seconds": 2,
    "system_samples": 15,
}
"""What a setting reads as that nobody gave; None where it is not here."""

ANONYMOUS = {"never": "never", "false": "never", "allow": "allow", "true": "allow", "must": "must"}

WORDS = {
    "mode": tuple(MODES),
    "console": ("auto", "redirect", "wrap", "off"),
    "problem": ("fatal", "warn", "silent"),
    "start_method": ("thread", "fork", "spawn", "forkserver"),
}
"""Settings that are one of some words."""

FLAGS = frozenset({"silent", "strict", "show_info", "show_warnings", "show_errors"})
"""Settings that are a bool, or text that reads as one."""

FLAG_WORDS = frozenset({"y", "yes", "t", "true", "on", "1", "n", "no", "f", "false", "off", "0"})


def check(values: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse settings that 0.10 refuses (A.1).

    Raises:
        KeyError: A name that no setting has.
        TypeError: A value that is none of the words there are, or of the wrong type.
    """
    checked = _checked(values, {})
    anonymous = values.get("anonymous")
    if anonymous is not None:
        check_anonymous(anonymous)  # the argument is checked online only, everything else always (ANON-8)
    return checked


def check_arguments(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the arguments of init(), which messages call by their own names."""
    return _checked(values, ARGUMENT_OF_SETTING)


def _checked(values: Mapping[str, Any], shown: Mapping[str, str]) -> dict[str, Any]:
    for name in values:
        if name not in CLASSIC_NAMES:
            near = did_you_mean(name, CLASSIC_NAMES) or "; leave it out"
            raise KeyError(f"settings: 0.10 has no setting {name!r} [A.1]{near}")
    for name in WORDS.keys() & values.keys():
        value = values[name]
        if value is not None and (not isinstance(value, str) or value not in WORDS[name]):
            clause = "MODE-1" if name == "mode" else "A.1"
            near = did_you_mean(value, WORDS[name]) if isinstance(value, str) else ""
            raise TypeError(f"{name}={value!r}: expected {', '.join(map(repr, WORDS[name]))} [{clause}]{near}")
    for name in FLAGS & values.keys():
        value = values[name]
        if value is not None and not isinstance(value, bool) and str(value).lower() not in FLAG_WORDS:
            raise TypeError(f"{name}={value!r}: expected a bool, or text like 'true' or 'false' [A.1]")
    for name in TEXTS:
        value = values.get(name)
        if value is not None and not isinstance(value, str):
            raise TypeError(
                f"{shown.get(name, name)}={value!r}: expected a str, got {type(value).__name__} [A.1]; give text"
            )
    root_dir = values.get("root_dir")
    if root_dir is not None and not isinstance(root_dir, (str, os.PathLike)):
        raise TypeError(
            f"dir={root_dir!r}: expected a path, got {type(root_dir).__name__} [DIR-1]; give a str or a Path"
        )
    tags = values.get("run_tags")
    if tags is not None and not hasattr(tags, "__iter__"):
        raise TypeError(
            f"tags={tags!r}: expected a sequence of strings, got {type(tags).__name__} [TAGS-1]; give a list of str"
        )
    for tag in () if tags is None else tags:
        if not isinstance(tag, str):
            raise TypeError(
                f"tags: expected strings, got {tag!r} of type {type(tag).__name__} [TAGS-1]; give {str(tag)!r}"
            )
    if values.get("base_url") is not None:
        _check_base_url(values["base_url"])
    return dict(values)


def _check_base_url(address: Any) -> None:
    is_wandb = isinstance(address, str) and re.match(r".*wandb\.ai[^.]*$", address)
    if not isinstance(address, str) or (is_wandb and ("api." not in address or address.startswith("http://"))):
        raise TypeError(
            f"base_url={address!r}: expected the https address of an API [A.1]; W&B's own is 'https://api.wandb.ai'"
        )


def check_anonymous(anonymous: Any) -> None:
    """Refuse a word that says nothing about anonymous accounts.

    Raises:
        TypeError: It is none of never, allow, must, false and true.
    """
    if not isinstance(anonymous, str) or anonymous not in ANONYMOUS:
        raise TypeError(
            f"anonymous={anonymous!r}: expected 'never', 'allow' or 'must' [ANON-8]"
            f"{did_you_mean(anonymous, ANONYMOUS) if isinstance(anonymous, str) else '; leave it out for never'}"
        )
