"""Owns magic: which of its settings were given, in whatever form they were; it has no effect on frameworks here.

Source: MAGIC-1 to MAGIC-4, E.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.config import read_config
from wandb_testkit.sdk.working_directory import WorkingDirectory

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session

KEY = "magic"
"""Where config holds what was set."""

PAIR = re.compile(r'(?:[^\s,"]|"(?:\\.|[^"])*")+')
"""One `k=v` of a list; commas and blanks between quotes belong to the value."""

FORMS = "True, a dict, JSON text, the name of a YAML file, or text like 'keras.fit.epochs=3,enable=true'"


def in_config(session: Session, value: Any) -> dict[str, Any]:
    """What config holds of magic: under its key what was set, nothing where nothing was (MAGIC-2)."""
    found = read_magic(
        value,
        session.load_environment().get("magic"),
        session.files,
        lambda text: session.warn("magic_unreadable", text),
    )
    return read_config({KEY: found}, session.behaviour.config.fallback) if found else {}


def read_magic(value: Any, variable: Any, files: WorkingDirectory, warn: Callable[[str], None]) -> dict[str, Any]:
    """What was set of magic.

    Args:
        value: The argument, setting or variable: False is off, True is on with what the variable holds.
        variable: WANDB_MAGIC.
        warn: Is told what cannot be read; then nothing counts as set, and the defaults hold (MAGIC-3).
    """
    if value is True:
        value = variable
    if isinstance(value, Mapping):
        return dict(value)
    if not value or not isinstance(value, str):
        return {}
    return _read_text(value, files, warn)


def _read_text(text: str, files: WorkingDirectory, warn: Callable[[str], None]) -> dict[str, Any]:
    if text.startswith("{"):
        try:
            settings: dict[str, Any] = json.loads(text)
        except ValueError as error:
            warn(f"magic={text!r} is no JSON: {error} [MAGIC-3]; the defaults are used. Give {FORMS}")
            return {}
        return settings
    try:
        content = files.read(text)
    except (OSError, ValueError):
        content = None  # no name of a file
    if content is not None:
        return _read_yaml(text, content, warn)
    if text.find("=") > 0:
        return _read_pairs(text, warn)
    warn(f"magic={text!r} is neither JSON nor a file nor k=v text [MAGIC-3]; the defaults are used. Give {FORMS}")
    return {}


def _read_yaml(path: str, content: bytes, warn: Callable[[str], None]) -> dict[str, Any]:
    import yaml  # only who has such a file pays for it

    try:
        loaded = yaml.safe_load(content)
    except yaml.YAMLError as error:
        warn(f"magic={path!r} is no YAML: {error} [MAGIC-3]; the defaults are used")
        return {}
    if not isinstance(loaded, dict):
        warn(f"magic={path!r} holds {loaded!r}, expected keys and values [MAGIC-3]; the defaults are used")
        return {}
    return loaded


def _read_pairs(text: str, warn: Callable[[str], None]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for pair in PAIR.findall(text):
        if pair.count("=") != 1:
            warn(f"magic: {pair!r} is no 'key=value' [MAGIC-3]; it is left out")
            continue
        key, value = pair.split("=")
        *parents, leaf = key.split(".")
        inner = settings
        for parent in parents:
            inner = inner.setdefault(parent, {})
        try:
            inner[leaf] = json.loads(value.strip('"'))
        except ValueError:
            inner[leaf] = value
    return settings
