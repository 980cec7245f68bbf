"""Owns fork_from and resume_from of current: the moment that they name, and which calls may begin there.

Beside the steps of C.4, which know no such runs: `beyond_cells` puts these tables in.
Source: spec.md FORK-1, FORK-2, FORK-3, RESUME-13, SHARED-1; protocol.md 5.4.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from wandb_testkit.spec.table import DecisionTable, Facts, Rule


class Moment(NamedTuple):
    """A step of a run."""

    run_id: str
    step: float


def moment(text: object) -> Moment | None:
    """What "<id>?_step=<number>" names, None for anything else (FORK-3)."""
    run_id, mark, number = text.partition("?_step=") if isinstance(text, str) else ("", "", "")
    if not (run_id and mark) or set(run_id) & set("/?#"):
        return None
    try:
        step = float(number)
    except ValueError:
        return None
    if not math.isfinite(step):
        return None
    return Moment(run_id, int(step) if step == int(step) else step)


BRANCH_MESSAGE = "a run begins in one way: fork_from, resume_from or resume, and with an id that fits"

ERROR_CLASSES: Mapping[str, str] = {"BRANCH": "ValidationError", "REWIND_ABSENT": "CommError"}
"""Error of the tables below -> name of the exception class that init() raises."""

_RESUME_WORDS = ("auto", "allow", "must", "never")

CURRENT_BRANCH: DecisionTable[Facts] = DecisionTable(
    "fork or rewind",
    {
        "effective_resume": ("none", *_RESUME_WORDS),
        "moment": ("none", "fork_from", "resume_from", "both"),
        "moment_id": ("no id", "the same", "another"),
    },
    (
        Rule(
            "FORK-3.a",
            when={"moment": "none"},
            then={"begins": "anew"},
            source="FORK-3",
            says="Without fork_from and resume_from the run begins as ever.",
        ),
        Rule(
            "FORK-3",
            when={"moment": ("fork_from", "resume_from"), "effective_resume": _RESUME_WORDS},
            then={"kind": "error", "error": "BRANCH"},
            source="FORK-3",
            says="fork_from and resume_from exclude resume: init() raises before anything else happens.",
        ),
        Rule(
            "FORK-3.b",
            when={"moment": "both"},
            then={"kind": "error", "error": "BRANCH"},
            source="FORK-3",
            says="fork_from and resume_from exclude each other.",
        ),
        Rule(
            "FORK-1",
            when={"moment": "fork_from", "effective_resume": "none", "moment_id": ("no id", "another")},
            then={"begins": "as a fork"},
            source="FORK-1",
            says="A fork is a run of its own: with the id argument, else with one that is generated.",
        ),
        Rule(
            "FORK-1.b",
            when={"moment": "fork_from", "effective_resume": "none", "moment_id": "the same"},
            then={"kind": "error", "error": "BRANCH"},
            source="FORK-1",
            says="A fork cannot have the id of the run that it begins in.",
        ),
        Rule(
            "FORK-2",
            when={"moment": "resume_from", "effective_resume": "none", "moment_id": ("no id", "the same")},
            then={"begins": "by rewinding"},
            source="FORK-2",
            says="A run that is rewound is that run: its id is the one that resume_from names.",
        ),
        Rule(
            "FORK-2.b",
            when={"moment": "resume_from", "effective_resume": "none", "moment_id": "another"},
            then={"kind": "error", "error": "BRANCH"},
            source="FORK-2",
            says="A run that is rewound cannot have another id than its own.",
        ),
    ),
)

CURRENT_REWIND: DecisionTable[Facts] = DecisionTable(
    "rewinding",
    {"begins": ("anew", "as a fork", "by rewinding"), "rewound": ("absent", "there", "deleted")},
    (
        Rule(
            "FORK-2.c",
            when={"begins": ("anew", "as a fork")},
            then={},
            source="FORK-1, C.4 step 8",
            says="Nothing is rewound unless resume_from says so; nobody asks for the run that a fork begins in.",
        ),
        Rule(
            "FORK-2.d",
            when={"begins": "by rewinding", "rewound": "there"},
            then={"kind": "new", "server": "rewound"},
            source="FORK-2; protocol.md 5.4",
            says="The server forgets the rows after the step; the run goes on at the next one, and is not resumed.",
        ),
        Rule(
            "FORK-2.e",
            when={"begins": "by rewinding", "rewound": ("absent", "deleted")},
            then={"kind": "error", "error": "REWIND_ABSENT"},
            source="FORK-2, ID-6",
            says="A run that is not there cannot be rewound.",
        ),
    ),
)

CURRENT_SHARED: DecisionTable[Facts] = DecisionTable(
    "shared mode",
    {"mode": ("online", "offline"), "is_shared": ("no", "yes")},
    (
        Rule(
            "SHARED-1",
            when={"mode": "online", "is_shared": "yes"},
            then={"shared_experimental": "yes"},
            source="SHARED-1",
            says="mode='shared' acts as online, and says that it is experimental; nobody can tell the run's step.",
        ),
        Rule(
            "SHARED-1.b",
            when={"mode": "online", "is_shared": "no"},
            then={},
            source="SHARED-1",
            says="A run that is online in the ordinary way has its step.",
        ),
        Rule(
            "SHARED-1.c",
            when={"mode": "offline"},
            then={},
            source="MODE-3",
            says="Nobody shares an offline run.",
        ),
    ),
)
