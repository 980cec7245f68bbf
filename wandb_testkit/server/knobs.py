"""Owns what a person has set on a server, as plain values: so it is shown, kept in a store, and taken up again."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from wandb_testkit.faults import Fault
from wandb_testkit.server.faults import ArmedFault
from wandb_testkit.server.features import FEATURES
from wandb_testkit.server.limits import Limits

if TYPE_CHECKING:
    from wandb_testkit.server.app import FakeServer

ALL = "all"


class Knobs:
    """The faults, limits, features and messages of one server, and whether it reports the length of histories."""

    def __init__(self, server: FakeServer) -> None:
        self._server = server

    @property
    def faults(self) -> list[dict[str, Any]]:
        """Each armed fault: its number, what Fault says of it, and how many records or requests of its kind came by."""
        return [told(armed) for armed in self._server.armed]

    @faults.setter
    def faults(self, kept: list[dict[str, Any]]) -> None:
        self._server.armed = [
            ArmedFault(Fault(**{name: value for name, value in fault.items() if name in FAULT_WORDS}), fault["number"])
            for fault in kept
        ]
        for armed, fault in zip(self._server.armed, kept, strict=True):
            armed.met = fault["met"]

    @property
    def limits(self) -> dict[str, Any]:
        """What is allowed, by the words of Limits; None is no limit."""
        gate = self._server.gate
        return (Limits() if gate is None else gate.limits)._asdict()

    @limits.setter
    def limits(self, kept: dict[str, Any]) -> None:
        self._server.limits(**kept)

    @property
    def features(self) -> str | list[str]:
        """The names of those that are on, or "all"."""
        features = self._server.features
        return ALL if features == FEATURES else sorted(features)

    @features.setter
    def features(self, kept: str | list[str]) -> None:
        self._server.features = kept

    @property
    def messages(self) -> list[list[str]]:
        """Text and level of each message."""
        return [list(message) for message in self._server.messages]

    @messages.setter
    def messages(self, kept: list[list[str]]) -> None:
        self._server.messages = tuple((text, level) for text, level in kept)

    @property
    def reports_history_length(self) -> bool:
        """Whether clients are told how much history a run has."""
        return self._server.reports_history_length

    @reports_history_length.setter
    def reports_history_length(self, kept: bool) -> None:
        self._server.reports_history_length = kept

    def told(self) -> dict[str, Any]:
        """All of them by name; fit for JSON."""
        return {name: getattr(self, name) for name in KNOBS}


KNOBS = ("faults", "limits", "features", "messages", "reports_history_length")

FAULT_WORDS = tuple(field.name for field in dataclasses.fields(Fault) if field.init)


def told(armed: ArmedFault) -> dict[str, Any]:
    """One armed fault."""
    words = {name: getattr(armed.fault, name) for name in FAULT_WORDS}
    return {"number": armed.number, **words, "met": armed.met}
