"""Owns `wandb.env`: what environment variables say to the process of the world in force.

What is set here is set for that process alone: os.environ stays as it is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from wandb_testkit.dropin import env_variables as variables
from wandb_testkit.profiles import CURRENT, Profile
from wandb_testkit.world import current

Environ = Mapping[str, str] | None

YES = ("y", "yes", "t", "true", "on", "1")
NO = ("n", "no", "f", "false", "off", "0")


def immutable_keys() -> list[str]:
    """Variables that no longer count once a run has begun."""
    return list(variables.IMMUTABLE)


def strtobool(val: str) -> bool:
    """Whether a text says yes.

    Raises:
        ValueError: It says neither yes nor no.
    """
    if val.lower() in YES:
        return True
    if val.lower() in NO:
        return False
    raise ValueError(f"invalid truth value {val!r}; expected one of {', '.join((*YES, *NO))}")


def _read(name: str, default: Any, env: Environ) -> Any:
    return (current().session.environ if env is None else env).get(name, default)


def _number(name: str, default: Any, env: Environ) -> int | None:
    value = _read(name, default, env)
    return None if value is None else int(value)


def _words(name: str, default: Any, env: Environ) -> list[str]:
    text = _read(name, None, env)
    return list(default or []) if not text else text.split(",")


def _is_set(name: str, default: bool | None = None, env: Environ = None) -> bool:
    value = _read(name, None, env)
    return bool(default) if value is None else value.lower() in YES


def get_agent_kill_delay(default: str | None = None, env: Environ = None) -> int | None:
    """Seconds that an agent waits before it kills."""
    return _number(variables.AGENT_KILL_DELAY, default, env)


def get_agent_max_initial_failures(default: int | None = None, env: Environ = None) -> int | None:
    """How many failures at the start an agent bears."""
    return _number(variables.AGENT_MAX_INITIAL_FAILURES, default, env)


def get_agent_report_interval(default: str | None = None, env: Environ = None) -> int | None:
    """Seconds between two reports of an agent."""
    return _number(variables.AGENT_REPORT_INTERVAL, default, env)


def get_app_url(default: str | None = None, env: Environ = None) -> str | None:
    """Where the pages are."""
    return _text(variables.APP_URL, default, env)


def get_args(default: list[str] | None = None, env: Environ = None) -> list[str] | None:
    """The arguments of the program."""
    text = _read(variables.ARGS, None, env)
    return text.split() if text else default or sys.argv[1:]


def get_artifact_dir(env: Environ = None) -> str:
    """Where artifacts are downloaded to."""
    return os.path.abspath(str(_read(variables.ARTIFACT_DIR, os.path.join(".", "artifacts"), env)))


def get_artifact_fetch_file_url_batch_size(env: Environ = None) -> int:
    """For so many files at once a client asks where they are."""
    return int(_read(variables.ARTIFACT_FETCH_FILE_URL_BATCH_SIZE, 5000, env))


def get_credentials_file(default: str, env: Environ = None) -> Path:
    """The file of access tokens."""
    return Path(_read(variables.CREDENTIALS_FILE, default, env))


def get_data_dir(env: Environ = None) -> str:
    """Where a client keeps data of its own; nothing is made there."""
    told: str = _read(variables.DATA_DIR, os.path.join(os.path.expanduser("~"), ".local", "share", "wandb"), env)
    return told


def get_file_pusher_timeout(default: int | None = None, env: Environ = None) -> int | None:
    """Seconds that uploads may take at the end of a run."""
    return _number(variables.FILE_PUSHER_TIMEOUT, default, env)


def get_launch_queue_entity(env: Environ = None) -> str | None:
    """Whose queue of W&B Launch the process came from."""
    return _text(variables.LAUNCH_QUEUE_ENTITY, None, env)


def get_launch_queue_name(env: Environ = None) -> str | None:
    """The queue of W&B Launch that the process came from."""
    return _text(variables.LAUNCH_QUEUE_NAME, None, env)


def get_launch_trace_id(env: Environ = None) -> str | None:
    """How W&B Launch names the process."""
    return _text(variables.LAUNCH_TRACE_ID, None, env)


def core_debug(default: str | None = None) -> bool:
    """Whether clients are to tell more of what they do."""
    return _is_set(variables.CORE_DEBUG, default is not None and strtobool(default)) or is_debug()


def dcgm_profiling_enabled() -> bool:
    """Whether clients are to measure more of NVIDIA's GPUs."""
    return _is_set(variables.ENABLE_DCGM_PROFILING)


def get_base_url(default: str | None = None, env: Environ = None) -> str | None:
    """The server."""
    return _text(variables.BASE_URL, default, env)


def get_cache_dir(env: Environ = None) -> Any:
    """Where clients keep what they may need again; nothing is made there."""
    return _read(variables.CACHE_DIR, None, env) or os.path.join(os.path.expanduser("~"), ".cache", "wandb")


def get_config_paths(default: str | None = None, env: Environ = None) -> str | None:
    """Config files, separated by commas."""
    return _text(variables.CONFIG_PATHS, default, env)


def get_crash_nosync_time(default: str | None = None, env: Environ = None) -> int | None:
    """Seconds of run time after which a crashed run is kept."""
    return _number(variables.CRASH_NOSYNC_TIME, default, env)


def get_description(default: str | None = None, env: Environ = None) -> str | None:
    """The description of the run."""
    return _text(variables.DESCRIPTION, default, env)


def get_dir(default: str | None = None, env: Environ = None) -> str | None:
    """Where run directories are made."""
    return _text(variables.DIR, default, env)


def get_docker(default: str | None = None, env: Environ = None) -> str | None:
    """The image that the process runs in."""
    return _text(variables.DOCKER, default, env)


def get_entity(default: str | None = None, env: Environ = None) -> str | None:
    """The entity of runs that name none."""
    return _text(variables.ENTITY, default, env)


def get_error_reporting(default: bool | str = True, env: Environ = None) -> bool | str:
    """Whether clients tell W&B of their errors."""
    told: bool | str = _read(variables.ERROR_REPORTING, default, env)
    return told


def get_http_timeout(default: int = 20, env: Environ = None) -> int:
    """Seconds that a request may take."""
    return int(_read(variables.HTTP_TIMEOUT, default, env))


def get_ignore(default: list[str] | None = None, env: Environ = None) -> list[str] | None:
    """Patterns of files that are not uploaded."""
    return _words(variables.IGNORE, default, env) or default


def get_magic(default: str | None = None, env: Environ = None) -> str | None:
    """What the variable of magic says."""
    return _text(variables.MAGIC, default, env)


def get_organization(default: str | None = None, env: Environ = None) -> str | None:
    """The organization."""
    return _text(variables.ORGANIZATION, default, env)


def get_project(default: str | None = None, env: Environ = None) -> str | None:
    """The project of runs that name none."""
    return _text(variables.PROJECT, default, env)


def get_run(default: str | None = None, env: Environ = None) -> str | None:
    """The id of the run."""
    return _text(variables.RUN_ID, default, env)


def get_show_run(default: str | None = None, env: Environ = None) -> bool:
    """Whether the page of the run is to be opened."""
    return bool(_read(variables.SHOW_RUN, default, env))


def get_tags(default: str = "", env: Environ = None) -> list[str]:
    """The tags of the run."""
    return [tag for tag in _read(variables.TAGS, default, env).split(",") if tag]


def get_use_v1_artifacts(env: Environ = None) -> bool:
    """Whether artifacts are kept in the old layout."""
    return _is_set(variables.USE_V1_ARTIFACTS, env=env)


def get_user_email(default: str | None = None, env: Environ = None) -> str | None:
    """Whom a service account acts for, by email."""
    return _text(variables.USER_EMAIL, default, env)


def get_username(default: str | None = None, env: Environ = None) -> str | None:
    """Whom a service account acts for, by name."""
    return _text(variables.USERNAME, default, env)


def _text(name: str, default: str | None, env: Environ) -> str | None:
    value: str | None = _read(name, default, env)
    return value


def disable_git(env: Environ = None) -> bool:
    """Whether git is left alone."""
    return _is_set(variables.DISABLE_GIT, env=env)


def error_reporting_enabled() -> bool:
    """Whether clients tell W&B of their errors."""
    return _is_set(variables.ERROR_REPORTING, True)


def is_debug(default: str | None = None, env: Environ = None) -> bool:
    """Whether errors are shown as they are."""
    return bool(default) or _is_set(variables.DEBUG, env=env)


def is_offline(env: Environ = None) -> bool:
    """Whether runs ask no server."""
    return bool(_read(variables.MODE, None, env) == "offline")


def is_quiet() -> bool:
    """Whether clients say little."""
    return _is_set(variables.QUIET)


def is_silent() -> bool:
    """Whether clients say nothing."""
    return _is_set(variables.SILENT)


def should_save_code() -> bool:
    """Whether code is saved with runs, as far as variables say."""
    return _is_set(variables.SAVE_CODE) and not _is_set(variables.DISABLE_CODE)


def ssl_disabled() -> bool:
    """Whether certificates are taken on trust."""
    return _is_set(variables.DISABLE_SSL)


def set_entity(value: str, env: MutableMapping[str, str] | None = None) -> None:
    """The entity of runs that name none is this one from now on."""
    _write(variables.ENTITY, value, env)


def set_project(value: str, env: MutableMapping[str, str] | None = None) -> None:
    """The project of runs that name none is this one from now on."""
    _write(variables.PROJECT, value or "uncategorized", env)


def _write(name: str, value: str, env: MutableMapping[str, str] | None) -> None:
    if env is None:
        current().session.set_variables({name: value})
    else:
        env[name] = value


def get_http_timeout_of(profile: Profile) -> Callable[..., int]:
    """get_http_timeout() of a profile."""

    def classic(default: int = 10, env: Environ = None) -> int:
        """Seconds that a request may take."""
        return get_http_timeout(default, env)

    return get_http_timeout if profile is CURRENT else classic


def immutable_keys_of(profile: Profile) -> Callable[[], list[str]]:
    """immutable_keys() of a profile."""

    def classic() -> list[str]:
        """Variables that no longer count once a run has begun."""
        return [name for name in immutable_keys() if name not in variables.OF_CURRENT]

    return immutable_keys if profile is CURRENT else classic
