"""Owns what wandb leaves in a process beside its own state: WANDB_* variables and the logger called "wandb"."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

_ABSENT = object()

SERVICE_VARIABLE = "WANDB_SERVICE"
"""Where a real client notes its service, for its children; both stay until the process ends."""


class ProcessState:
    """How things stood at one moment, by name: a variable under its own name, the logger's parts under "logger.*"."""

    def __init__(self) -> None:
        self._values = _current()

    def restore(self) -> None:
        """Put everything back as it stood."""
        for name, value in self.difference().items():
            _put(name, value)

    def difference(self) -> dict[str, Any]:
        """What has another value now, or is gone: name -> how it stood at this moment."""
        now = _current()
        return {
            name: value
            for name in now.keys() | self._values.keys()
            if now.get(name, _ABSENT) != (value := self._values.get(name, _ABSENT))
        }

    def keep(self, names: Mapping[str, Any]) -> None:
        """Count the present values of these names among how things stood."""
        now = _current()
        self.amend({name: now.get(name, _ABSENT) for name in names})

    def amend(self, values: Mapping[str, Any]) -> None:
        """Count these values, as `difference()` returned them, among how things stood."""
        for name, value in values.items():
            if value is _ABSENT:
                self._values.pop(name, None)
            else:
                self._values[name] = value


def _current() -> dict[str, Any]:
    environ = os.environ
    values: dict[str, Any] = {name: environ[name] for name in environ if _is_of_wandb(name)}
    logger = logging.getLogger("wandb")
    values["logger.level"] = logger.level
    values["logger.propagate"] = logger.propagate
    values["logger.disabled"] = logger.disabled
    values["logger.handlers"] = list(logger.handlers)
    values["logger.filters"] = list(logger.filters)
    return values


def _is_of_wandb(name: str) -> bool:
    return (name.startswith("WANDB_") and name != SERVICE_VARIABLE) or name == "NETRC"


def _put(name: str, value: Any) -> None:
    if name.startswith("logger."):
        logger = logging.getLogger("wandb")
        if name == "logger.level":
            logger.setLevel(value)
        else:
            setattr(logger, name.removeprefix("logger."), value[:] if isinstance(value, list) else value)
    elif value is _ABSENT:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
