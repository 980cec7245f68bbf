"""Owns environment variables: which there are, and the settings that they give.

Source: spec.md A.3. What a value may be is the profile's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PREFIX = "WANDB_"

RENAMED = {
    "WANDB_DIR": "root_dir",
    "WANDB_NAME": "run_name",
    "WANDB_NOTES": "run_notes",
    "WANDB_TAGS": "run_tags",
    "WANDB_JOB_TYPE": "run_job_type",
}
"""Variables of both generations that are called otherwise than their setting."""

CLASSIC_SETTINGS = (
    *("entity", "project", "base_url", "api_key", "sweep_id", "mode", "run_group", "problem", "console"),
    *("config_paths", "sweep_param_path", "run_id", "notebook_name", "host", "username", "disable_code", "code_dir"),
    *("anonymous", "ignore_globs", "resume", "silent", "sagemaker_disable", "start_method", "strict", "label_disable"),
    "magic",
)
"""Settings that 0.10 reads from the variable of their name; no other."""

LISTS = ("run_tags", "ignore_globs")
"""Settings whose variable holds several values, with commas between them; empty ones are kept."""


def classic_variables() -> dict[str, str]:
    """Variable -> setting, in 0.10."""
    return {**{PREFIX + setting.upper(): setting for setting in CLASSIC_SETTINGS}, **RENAMED}


def current_variables(fields: Iterable[str]) -> dict[str, str]:
    """Variable -> setting, in 0.31: every field has one, and internal ones a second with the old underscore."""
    names = {PREFIX + field.upper(): field for field in fields}
    internal = {f"{PREFIX}_{field[2:].upper()}": field for field in names.values() if field.startswith("x_")}
    special = {
        "WANDB_APP_URL": "app_url_override",
        "WANDB_SERVICE_TRANSPORT": "x_service_transport",
        "WANDB_HTTP_TIMEOUT": "x_graphql_timeout_seconds",
        "WANDB_FILE_PUSHER_TIMEOUT": "x_file_transfer_timeout_seconds",
        "WANDB_USER_EMAIL": "email",
    }
    return {**names, **internal, **RENAMED, **special}


def from_environment(environ: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, Any]:
    """The settings that variables give, in the order of the environment: of two for one setting the later counts."""
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        setting = variables.get(variable)
        if setting is not None:
            values[setting] = text.split(",") if setting in LISTS else text
    return values
