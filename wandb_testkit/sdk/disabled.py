"""Owns what a disabled run of either profile has: a config that behaves, a summary, and how it is left.

It sends and writes nothing. What init() returns in disabled mode is the profile's: `classic_dummy`, `current_disabled`.
Source: DISABLED-4 to DISABLED-8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.config import Config
from wandb_testkit.sdk.summary import ItemsByAttribute

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


def live_config(session: Session, values: Mapping[str, Any]) -> Config:
    """A config that behaves, and tells nobody (DISABLED-6)."""
    config = Config(
        session.behaviour.config,
        NOBODY,
        use_artifact=_use_none,
        files=session.files,
        may_change=session.behaviour.jupyter.is_jupyter(session.shell),
    )
    config.load(values)
    return config


def _use_none(value: Any) -> Any:
    raise TypeError(f"config takes no artifact in a disabled run, which can use none: {value!r}")


class DisabledSummary(ItemsByAttribute, dict[str, Any]):
    """The summary of a disabled run: a dict that keeps what it is given, its items also by attribute (DISABLED-5)."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, dict) and not isinstance(value, DisabledSummary):
            value = self[key] = DisabledSummary(value)
        return value


def leave(session: Session, disabled: object | None) -> None:
    """What finish() of a disabled run does: unset wandb.run, but only if it is this very one."""
    if session.run is disabled:
        session.run = None


class Nobody:
    """Owns the config of disabled runs: it may be changed at any time, and no server has it."""

    def must_be_active(self, what: str) -> None: ...
    def config_changed(self) -> None: ...
    def warn(self, kind: str, text: str) -> None: ...


NOBODY = Nobody()
