"""Owns the table of the cells in which a real 0.10.x client may depart from the classic profile.

In a cell that no row names a difference is a failure, also of a real client. Source: spec.md C.7 and F.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from wandb_testkit.spec.cells import Cell

_RESUME = {"unset": "none", "false": "none", "true": "auto", "invalid": "allow"}


class _Facts(NamedTuple):
    """What the rows ask of a cell, in the words of C.3."""

    cell: Cell
    resume: str
    mode: str
    is_real: bool
    finishes: bool
    returns: bool

    @property
    def has_online_run(self) -> bool:
        """An active run is made by init(mode="online"), in the same process."""
        return self.is_real and self.cell.auth == "ok"

    @property
    def logs_in(self) -> bool:
        """Online, and no active run is going to be returned."""
        return self.mode == "online" and not self.returns


def _facts(cell: Cell) -> _Facts:
    mode = next((word for word in (cell.mode_arg, cell.mode_env) if word != "unset"), "online")
    is_real = cell.active in ("other", "same")
    finishes = cell.reinit == "true" or (cell.reinit == "unset" and cell.notebook == "yes")
    return _Facts(cell, _RESUME.get(cell.resume, cell.resume), mode, is_real, finishes, is_real and not finishes)


def _login(at: _Facts) -> bool:
    cell = at.cell
    if at.returns:
        return at.mode == "online" and cell.auth in ("rejected", "unreachable")
    return at.logs_in and cell.auth == "none" and cell.active != "none"


def _no_fallback(at: _Facts) -> bool:
    cell = at.cell
    cannot = cell.auth == "rejected" or (cell.auth == "none" and cell.anonymous != "must")
    return at.logs_in and cell.force != "true" and cannot


def _retries(at: _Facts) -> bool:
    cell = at.cell
    is_deleted = cell.auth == "ok" and cell.prior == "deleted" and at.resume != "must"
    return at.logs_in and (cell.auth == "unreachable" or is_deleted)


ROWS: Mapping[str, Callable[[_Facts], bool]] = {
    "DEV-4": _retries,
    "DEV-5": lambda at: at.cell.mode_env == "offline" and (at.cell.mode_arg == "online" or at.has_online_run),
    "DEV-6": _no_fallback,
    "DEV-7": lambda at: at.logs_in and (at.cell.auth, at.cell.anonymous, at.cell.active) == ("none", "allow", "none"),
    "DEV-8": lambda at: at.logs_in and at.cell.anonymous == "must" and at.cell.auth in ("ok", "rejected"),
    "DEV-9": _login,
    "DEV-11": lambda at: at.is_real and at.finishes,
    "DEV-12": lambda at: at.returns and at.resume == "auto",
    "DEV-14": lambda at: at.mode == "disabled" and at.resume == "auto",
    "DEV-17": lambda at: at.is_real and at.finishes and at.resume == "auto",
}
"""Number of the deviation -> whether a cell is one of its."""

MEANINGS: Mapping[str, str] = {
    "DEV-4": "goes on for ever where the id is one of a deleted run, or no server can be reached",
    "DEV-5": '`mode="online"` beside WANDB_MODE=offline is an error, also for a run that is active already',
    "DEV-6": "without a key, or with one that is refused, init() is an error, no offline run",
    "DEV-7": '`anonymous="allow"` without a key and a terminal is an error',
    "DEV-8": '`anonymous="must"` takes the key of the user who is logged in',
    "DEV-9": "any wandb.run, a dummy too, passes over the login; a run that is returned does not",
    "DEV-11": "a run that init() ends in a process of threads cannot always be gone on with",
    "DEV-12": "an active run is returned only after the resume file has been written",
    "DEV-14": "disabled mode reads and writes the resume file",
    "DEV-17": "the resume file is read first, and the end of the active run then takes the new one away",
}
"""Number of the deviation -> what a 0.10.x client does there."""

HANGS = "DEV-4"
"""In its cells 0.10.x repeats for ever what the server refuses: they cannot be run to an end."""


def deviations_of(cell: Cell) -> tuple[str, ...]:
    """The deviations that may show in a cell, by number; empty where a 0.10.x client has to agree."""
    facts = _facts(cell)
    return tuple(number for number, names in ROWS.items() if names(facts))
