"""Owns config files: YAML of the form `key: {value: v}`, and what is wrong with those that have another form.

Source: CONFIG-4, E.1. Values are what PyYAML's safe loader makes of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wandb_testkit.errors import ConfigError
from wandb_testkit.sdk.working_directory import WorkingDirectory

DEFAULTS = "config-defaults.yaml"
"""The file of defaults in the current directory."""

VERSION = 1
FORM = "a config file has the form 'key: {value: v}', one key a line"


class EmptyConfigFile(Exception):
    """The file has no document; what that means is the caller's."""


def read_config_file(files: WorkingDirectory, path: str) -> dict[Any, Any] | None:
    """Key -> value of a file; None where there is none.

    Raises:
        ConfigError: It cannot be read, is no YAML, or is of another version.
        TypeError, KeyError: A key has no `value`, or the file is no mapping.
        EmptyConfigFile: There is nothing in it.
    """
    try:
        content = files.read(path)
    except (OSError, ValueError) as error:  # the latter where a name cannot be that of a file
        what = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"config file {path!r} cannot be read: {what} [CONFIG-4]; give the name of a YAML file"
        ) from error
    if content is None:
        return None
    loaded = _parsed(path, content)
    if loaded is None:
        raise EmptyConfigFile(f"config file {path!r} is empty [CONFIG-4]; {FORM}")
    if not isinstance(loaded, dict):
        raise TypeError(f"config file {path!r} holds {_shown(loaded)}, not keys [CONFIG-4]; {FORM}")
    version = loaded.pop("wandb_version", None)
    if version is not None and version != VERSION:
        raise ConfigError(f"config file {path!r}: wandb_version is {version!r}, expected {VERSION} [CONFIG-4]; {FORM}")
    return {key: _value_of(path, key, entry) for key, entry in loaded.items()}


def read_if_there(
    files: WorkingDirectory, path: str, empty: type[Exception] | None, warn: Callable[[str], None]
) -> dict[Any, Any] | None:
    """The same for files that nobody need write.

    Args:
        empty: Raised for a file with nothing in it; None: that is told, and there is nothing in it.
    """
    try:
        return read_config_file(files, path)
    except EmptyConfigFile as error:
        if empty is not None:
            raise empty(str(error)) from None
        warn(str(error))
        return {}


def _parsed(path: str, content: bytes) -> Any:
    import yaml  # only who has such a file pays for it

    try:
        return yaml.safe_load(content)
    except yaml.YAMLError as error:
        where = f" in line {mark.line + 1}" if (mark := getattr(error, "problem_mark", None)) else ""
        problem = getattr(error, "problem", None) or str(error)
        raise ConfigError(f"config file {path!r} is no YAML{where}: {problem} [CONFIG-4]; {FORM}") from error


def _value_of(path: str, key: object, entry: Any) -> Any:
    if isinstance(entry, dict) and "value" in entry:
        return entry["value"]
    wrong = KeyError if isinstance(entry, dict) else TypeError
    raise wrong(
        f"config file {path!r}: {key!r} is {_shown(entry)}, expected a mapping with 'value' [CONFIG-4]; "
        f"write '{key}: {{value: ...}}'"
    )


def _shown(value: Any) -> str:
    return f"{value!r} of type {type(value).__name__}"
