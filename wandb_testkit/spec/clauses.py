"""Owns the list of all clauses: what can be said of init(), clause by clause, in the order of spec.md.

Clauses are the statements of spec.md A, B, D, E and F.1 to F.3, and the tables C.5 and C.6. What is no statement has no
number here: how cells are counted (C), and what remains uncertain (F.4).
"""

from __future__ import annotations

import difflib
import functools
import importlib
from collections.abc import Mapping

from wandb_testkit.spec.chapters.clause import Clause

PARTS = (
    "parameters",
    "calls",
    "resuming",
    "modes",
    "config_and_dummy",
    "rows",
    "surroundings",
    "tables",
    "departures",
    "rulings",
)
"""The modules of `spec.chapters`, in the order of the page."""


@functools.cache
def clauses() -> tuple[Clause, ...]:
    """Every clause, chapter by chapter."""
    # Read when asked for: whoever asks the tables alone does not pay for 250 sentences.
    parts = (importlib.import_module(f"wandb_testkit.spec.chapters.{part}") for part in PARTS)
    return tuple(clause for part in parts for clause in part.CLAUSES)


def clause(id: str) -> Clause:
    """The clause with a number.

    Raises:
        LookupError: There is none; the message names those that are alike.
    """
    known = _by_id()
    if id in known:
        return known[id]
    asked = id.upper()
    family = [name for name in known if name.rpartition("-")[0] == asked.partition("-")[0]]
    near = difflib.get_close_matches(id, known, n=3, cutoff=0.5)
    if asked in known:
        told = f"did you mean {asked}?"
    elif family:
        told = f"its family goes from {family[0]} to {family[-1]}"
    elif near:
        told = f"did you mean {', '.join(near)}?"
    else:
        told = "clauses are called like RESUME-4, A.1.mode or F.2.9"
    raise LookupError(f"no clause is called {id!r}: {told} (wandb-testkit spec --clauses lists all {len(known)})")


@functools.cache
def _by_id() -> Mapping[str, Clause]:
    return {clause.id: clause for clause in clauses()}
