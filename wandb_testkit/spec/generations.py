"""Owns the table of what clients between 0.13 and 0.31 do otherwise than the current profile, by cell and field.

spec.md speaks of 0.10.x (C.7, module `deviations`) and of 0.31.0. What stands here was found by running each covering
array of pairs on a client of each generation; a version between two that were run is taken for the older one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from wandb_testkit.spec.cells import Cell
from wandb_testkit.spec.outcome import Outcome

Version = tuple[int, ...]


class Departure(NamedTuple):
    """One thing that older clients do otherwise.

    Attributes:
        before: The first version, of those that were run, that does as C.4 says.
        fields: The fields of the outcome that may differ; any other is a failure also in these cells.
        names: Whether a cell is one of its.
    """

    number: str
    before: Version
    fields: frozenset[str]
    names: Callable[[Cell], bool]
    says: str


ALL_FIELDS = frozenset(Outcome._fields)
"""What a client shows that takes another way altogether."""

_WORDS_OF_REINIT = ("default", "return_previous", "finish_previous", "create_new")


def _mode(cell: Cell) -> str:
    return next((word for word in (cell.mode_arg, cell.mode_env) if word != "unset"), "online")


def _makes_an_account(cell: Cell) -> bool:
    return _mode(cell) == "online" and cell.auth == "none" and cell.anonymous in ("allow", "must")


def _passes_over_login(cell: Cell) -> bool:
    return _mode(cell) == "online" and cell.auth == "none" and cell.active != "none"


DEPARTURES: tuple[Departure, ...] = (
    Departure(
        "GEN-1",
        (0, 31),
        frozenset({"run_id"}),
        lambda cell: _mode(cell) == "online" and cell.auth == "unreachable",
        "asks for the account or the server's features before it names the run: a dead server hears of no run",
    ),
    Departure(
        "GEN-2",
        (0, 28),
        frozenset({"warnings"}),
        lambda cell: cell.anonymous != "unset",
        "takes anonymous without a word",
    ),
    Departure(
        "GEN-3",
        (0, 28),
        ALL_FIELDS,
        _makes_an_account,
        "anonymous allow and must make an account where nobody is logged in",
    ),
    Departure(
        "GEN-4",
        (0, 28),
        ALL_FIELDS,
        _passes_over_login,
        "does not ask for a key once wandb.run is there, a dummy or not",
    ),
    Departure(
        "GEN-5",
        (0, 28),
        frozenset({"run_id"}),
        lambda cell: _mode(cell) == "disabled",
        "gives each disabled run an id of its own, whatever is asked for",
    ),
    Departure(
        "GEN-6",
        (0, 22),
        ALL_FIELDS,
        lambda cell: cell.reinit in _WORDS_OF_REINIT,
        "reinit is true or false; words are refused",
    ),
    Departure(
        "GEN-7",
        (0, 22),
        frozenset({"warnings"}),
        lambda cell: cell.reinit in ("true", "false"),
        "takes true and false for reinit without a word",
    ),
    Departure(
        "GEN-8",
        (0, 22),
        ALL_FIELDS,
        lambda cell: cell.resume == "invalid",
        "takes an unknown resume word as classic does",
    ),
)


def departures_of(cell: Cell, version: Version) -> tuple[Departure, ...]:
    """What a client of a version may do otherwise in a cell; nothing for 0.31.0."""
    return tuple(one for one in DEPARTURES if version < one.before and one.names(cell))
