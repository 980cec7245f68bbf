"""Owns what a test says in `@pytest.mark.wandb(...)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import pytest

from wandb_testkit.faults import Fault
from wandb_testkit.profiles import Profile, to_profile

RUN_MODES = ("online", "offline", "disabled", "shared", "run", "dryrun")
"""What WANDB_MODE may be in one generation or the other (MODE-1)."""


@dataclass(frozen=True)
class Wishes:
    """The arguments of the marker; None means "as the run says".

    Attributes:
        profile: Which wandb.init() to play.
        mode: The mode of runs that name none: WANDB_MODE.
        logged_in: Whether the machine has credentials.
        entity: The entity of runs that name none: WANDB_ENTITY.
        faults: What is to go wrong from the start of the test.
        allow_unfinished: An unfinished run is nothing to speak of.
        strict: What would be a warning fails the test.
    """

    profile: Profile | None = None
    mode: str | None = None
    logged_in: bool | None = None
    entity: str | None = None
    faults: tuple[Fault, ...] = ()
    allow_unfinished: bool = False
    strict: bool | None = None

    @property
    def variables(self) -> dict[str, str | None]:
        """The environment variables that say so; None for one that is not to be there."""
        said: dict[str, str | None] = {}
        if self.mode is not None:
            said["WANDB_MODE"] = self.mode
        if self.entity is not None:
            said["WANDB_ENTITY"] = self.entity
        if self.logged_in is False:
            said["WANDB_API_KEY"] = None
        return said


def wishes_of(item: pytest.Item) -> Wishes:
    """Read the markers of a test; the closest one that names an argument decides it.

    Raises:
        pytest.fail.Exception: A marker has an argument that does not exist, or a value that cannot be one.
    """
    known = [field.name for field in fields(Wishes)]
    said: dict[str, Any] = {}
    for mark in item.iter_markers("wandb"):
        strange = [repr(value) for value in mark.args] + [name for name in mark.kwargs if name not in known]
        if strange:
            pytest.fail(
                f"@pytest.mark.wandb does not take {', '.join(strange)}; it takes "
                f"{', '.join(f'{name}=' for name in known)} (all by keyword)",
                pytrace=False,
            )
        said = {**mark.kwargs, **said}
    try:
        return Wishes(**{name: READ[name](name, value) for name, value in said.items()})
    except ValueError as wrong:
        pytest.fail(f"@pytest.mark.wandb: {wrong}", pytrace=False)


def _profile(name: str, value: object) -> Profile:
    return to_profile(str(value))


def _mode(name: str, value: object) -> str:
    if value not in RUN_MODES:
        raise ValueError(f"mode={value!r} does not exist; expected one of {', '.join(RUN_MODES)}")
    return str(value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name}={value!r}: expected the name of a user or a team")
    return value


def _yes_or_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name}={value!r}: expected True or False")
    return value


def _faults(name: str, value: object) -> tuple[Fault, ...]:
    given = value if isinstance(value, (list, tuple)) else (value,)
    for fault in given:
        if not isinstance(fault, Fault):
            raise ValueError(
                f"faults={value!r}: expected wandb_testkit.Fault(...) or a list of them, "
                "such as Fault(on='history', nth=2, reply=429)"
            )
    return tuple(given)


READ: dict[str, Callable[[str, object], Any]] = {
    "profile": _profile,
    "mode": _mode,
    "logged_in": _yes_or_no,
    "entity": _text,
    "faults": _faults,
    "allow_unfinished": _yes_or_no,
    "strict": _yes_or_no,
}
"""How each argument is read; a ValueError says what is wrong with it."""
