"""Owns the rules that no cell can reach: what only a later init() of a process meets, forks, rewinds, shared runs.

A cell's process was never refused before. `GENERAL` are the procedures of `outcome` with these tables put in.
Source: spec.md ERR-4, ERR-5, LOGIN-2; FORK and SHARED by way of `branch`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import branch, login, mode, reinit, resume
from wandb_testkit.spec.outcome import PROCEDURES, Procedure
from wandb_testkit.spec.table import DecisionTable, Facts, Rule

CLASSIC_SERVER: DecisionTable[Facts] = DecisionTable(
    "server after the login",
    {"server": ("ok", "rejected", "unreachable")},
    (
        Rule(
            "LOGIN-2",
            when={"server": "ok"},
            then={},
            source="LOGIN-2, ERR-5",
            says="The server answers the requests about the run.",
        ),
        Rule(
            "ERR-5",
            when={"server": "unreachable"},
            then={"kind": "error", "error": "COMM_UNREACHABLE"},
            source="ERR-5, LOGIN-2; DEV-4",
            says="A server that this process has logged in to before, and that is dead now, makes init() raise.",
        ),
        Rule(
            "ERR-5.b",
            when={"server": "rejected"},
            then={"kind": "error", "error": "COMM_REJECTED"},
            source="ERR-3, ERR-5, LOGIN-2; DEV-4",
            says="A key that this process has logged in with before, and that is refused now, makes init() raise.",
        ),
    ),
)

CURRENT_TAKEN_ID: DecisionTable[Facts] = DecisionTable(
    "ids that a failed init() took",
    {"is_taken": ("no", "yes")},
    (
        Rule(
            "ERR-4.c",
            when={"is_taken": "no"},
            then={},
            source="ERR-4",
            says="No init() of this process has failed at the server with this id.",
        ),
        Rule(
            "ERR-4.d",
            when={"is_taken": "yes"},
            then={"kind": "error", "error": "ID_IN_USE"},
            source="ERR-4, ERR-3",
            says="After an init() that failed at the server its id cannot be used again in this process.",
        ),
    ),
)


def _with(procedure: Procedure, *places: tuple[DecisionTable[Facts], DecisionTable[Facts]]) -> Procedure:
    """The procedure with tables put in, each after one that it has."""
    steps = procedure.steps
    for after, table in places:
        at = steps.index(after) + 1
        steps = (*steps[:at], table, *steps[at:])
    return dataclasses.replace(procedure, steps=steps)


GENERAL: Mapping[Profile, Procedure] = {
    CLASSIC: _with(PROCEDURES[CLASSIC], (mode.OFFLINE, CLASSIC_SERVER)),
    CURRENT: _with(
        PROCEDURES[CURRENT],
        (resume.CURRENT_VALIDATION, branch.CURRENT_BRANCH),
        (reinit.CURRENT_ACTIVE, CURRENT_TAKEN_ID),
        (reinit.CURRENT_REINIT_BOOL, branch.CURRENT_SHARED),
        (login.CURRENT_SERVER, branch.CURRENT_REWIND),
    ),
}
"""The tables that any init() meets, in whatever world."""


def added_tables(profile: Profile) -> tuple[DecisionTable[Facts], ...]:
    """The tables that no cell reaches, in order."""
    return tuple(table for table in GENERAL[profile].tables if table not in PROCEDURES[profile].tables)
