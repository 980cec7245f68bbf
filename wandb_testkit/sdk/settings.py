"""Owns settings: which names there are, where their values come from, and which source wins.

Source: spec.md A.1, A.2. What a value may be is the profile's (`Behaviour.check`); variables and files have modules of
their own.
"""

from __future__ import annotations

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
    "magic": "magic",
    "save_code": "save_code",
    "fork_from": "fork_from",
    "resume_from": "resume_from",
}
"""The arguments of init() that are settings, and the names they have as such."""

ARGUMENT_OF_SETTING = {setting: argument for argument, setting in SETTING_OF_ARGUMENT.items()}

MODES = {"online": "online", "run": "online", "offline": "offline", "dryrun": "offline", "disabled": "disabled"}
MODES_WITH_SHARED = {**MODES, "shared": "online"}
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
            return self._of_nobody(name)

    def _of_nobody(self, name: str) -> Any:
        """What a name reads as that nobody gave a value."""
        given = ", ".join(self._values) or "none"
        raise AttributeError(f"settings have no value for {name!r}; given: {given}")

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
        TypeError: It is neither Settings nor a dict, or has a key that is no str.
    """
    if values is None:
        return {}
    if not isinstance(values, (Settings, Mapping)):
        raise TypeError(
            f"settings={values!r} of type {type(values).__name__}: expected Settings or a dict [A.1]; give "
            "Settings(name=value, ...)"
        )
    for name in values if isinstance(values, Mapping) else ():
        if not isinstance(name, str):
            raise TypeError(
                f"settings: the name {name!r} is of type {type(name).__name__}, expected a str [A.1]; give a dict of "
                "the names of settings and their values"
            )
    return {name: value for name, value in dict(values).items() if value is not None}


def did_you_mean(name: str, names: Collection[str]) -> str:
    """The end of a message that refuses a name."""
    import difflib

    near = difflib.get_close_matches(name, names, n=1)
    return f". Did you mean {near[0]!r}?" if near else ""
