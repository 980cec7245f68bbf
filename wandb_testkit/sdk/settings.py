"""Owns settings: which names there are, where their values come from, and which source wins.

Source: spec.md A.1, A.2, A.3. What a value may be is the profile's (`Behaviour.check`).
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

SETTING_OF_ARGUMENT = {
    "job_type": "run_job_type",
    "dir": "root_dir",
    "project": "project",
    "entity": "entity",
    "reinit": "reinit",
    "tags": "run_tags",
    "group": "run_group",
    "name": "run_name",
    "notes": "run_notes",
    "anonymous": "anonymous",
    "mode": "mode",
    "resume": "resume",
    "force": "force",
    "id": "run_id",
    "allow_val_change": "allow_val_change",
}
"""The arguments of init() that are settings, and the names they have as such."""

ENVIRONMENT = {
    "WANDB_ENTITY": "entity",
    "WANDB_PROJECT": "project",
    "WANDB_BASE_URL": "base_url",
    "WANDB_API_KEY": "api_key",
    "WANDB_SWEEP_ID": "sweep_id",
    "WANDB_MODE": "mode",
    "WANDB_RUN_GROUP": "run_group",
    "WANDB_RUN_ID": "run_id",
    "WANDB_ANONYMOUS": "anonymous",
    "WANDB_RESUME": "resume",
    "WANDB_DIR": "root_dir",
    "WANDB_NAME": "run_name",
    "WANDB_NOTES": "run_notes",
    "WANDB_TAGS": "run_tags",
    "WANDB_JOB_TYPE": "run_job_type",
}
"""Environment variable -> the setting it gives, as far as both profiles read it (A.3)."""

MODES = {"online": "online", "run": "online", "offline": "offline", "dryrun": "offline", "disabled": "disabled"}
RESUME_WORDS = ("allow", "must", "never", "auto")
TEXTS = ("run_job_type", "run_group", "run_name", "run_notes", "project", "entity", "run_id")
"""Words and types that both profiles take; what they do with other values is theirs (A.1)."""


class Settings:
    """Settings for init() and setup(), by name; only those that are given have a value.

    Raises:
        AttributeError: A name is read that was not given; it names those that were.
    """

    __slots__ = ("_values",)

    def __init__(self, **values: Any) -> None:
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            given = ", ".join(self._values) or "none"
            raise AttributeError(f"settings have no value for {name!r}; given: {given}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._values[name] = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Settings) and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._values.items())

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self)})"

    def update(self, values: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Set several by name."""
        self._values.update(values or {}, **more)


def given(values: Settings | Mapping[str, Any] | None) -> dict[str, Any]:
    """The values that a source gives: None counts as not given (A.2).

    Raises:
        TypeError: It is neither Settings nor a dict.
    """
    if values is None:
        return {}
    if not isinstance(values, (Settings, Mapping)):
        raise TypeError(f"settings must be Settings or a dict; got {values!r} of type {type(values).__name__}")
    return {name: value for name, value in dict(values).items() if value is not None}


def did_you_mean(name: str, names: Collection[str]) -> str:
    """The end of a message that refuses a name."""
    near = difflib.get_close_matches(name, names, n=1)
    return f". Did you mean {near[0]!r}?" if near else ""


def from_environment(environ: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """The settings that WANDB_* variables give; a comma separates tags (A.3)."""
    values: dict[str, Any] = {}
    for variable, setting in names.items():
        text = environ.get(variable)
        if text is not None:
            values[setting] = text.split(",") if setting == "run_tags" else text
    return values
