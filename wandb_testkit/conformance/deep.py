"""Owns what `--deep` adds: every pair and every triple of words of the decision tables, and programs that grow.

Whatever a target claims to show is judged in them; what a script takes, it has to claim as anywhere. Ids are stable:
the arrays are made without chance, and each of the programs has a seed of its own.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from wandb_testkit.conformance.case import ALL_ASPECTS, Case
from wandb_testkit.conformance.cases import CASES, DEEP
from wandb_testkit.conformance.results import Report
from wandb_testkit.profiles import Profile
from wandb_testkit.spec.cells import Cell
from wandb_testkit.spec.clauses import clause
from wandb_testkit.spec.covering import covering_cells
from wandb_testkit.spec.outcome import explain
from wandb_testkit.spec.script_of_cell import script_of

ARRAYS = {2: "pairs-{:02}", 3: "triples-{:03}"}
"""Strength of a covering array -> how its cells are called."""

PROGRAMS = 10
"""How many cases of programs there are; each is some that Hypothesis grows (programs.py)."""

_GROWN = Case(f"{DEEP}/programs", ("INIT-1",), (), (), shows=ALL_ASPECTS)


@functools.cache
def deep_cases(profile: Profile) -> tuple[Case, ...]:
    """Covering arrays of strength 2 and 3 as cases, and the programs; the same each time."""
    programs = (replace(_GROWN, id=f"{_GROWN.id}-{number:02}", grown=number) for number in range(1, PROGRAMS + 1))
    arrays = (
        _case(name.format(number), cell, profile)
        for strength, name in ARRAYS.items()
        for number, cell in enumerate(covering_cells(profile, strength), 1)
    )
    return (*arrays, *programs)


def check_can_grow() -> None:
    """Programs can be grown here.

    Raises:
        ValueError: Hypothesis is not installed.
    """
    if importlib.util.find_spec("hypothesis") is None:
        raise ValueError("deep cases need Hypothesis, which is not installed here: pip install hypothesis")


def cases_of(profile: Profile, *, deep: bool = False) -> list[Case]:
    """The cases of a profile, in the order of the suite; with `deep` those that it adds come last."""
    return [*(case for case in CASES if profile in case.profiles), *(deep_cases(profile) if deep else ())]


def asked_for(cases: Iterable[Case], chapters: Collection[str], *, deep: bool = False) -> list[Case]:
    """Those of some cases that are run where chapters are named, or none; `deep` asks for one more."""
    wanted = {*chapters, DEEP} if deep else chapters
    return [case for case in cases if not chapters or case.chapter in wanted]


def nameable_cases(profile: Profile, patterns: Iterable[str]) -> list[Case]:
    """The cases that known failures may speak of, of both profiles; those of --deep only where some pattern names them.

    The same file serves with and without --deep, and who does not speak of its cases does not wait for them.
    """
    names_deep = any(pattern.startswith(DEEP) for pattern in patterns)
    return [*CASES, *(deep_cases(profile) if names_deep else ())]


def clauses_by_case(report: Report) -> dict[str, tuple[str, ...]]:
    """What the linter holds a report against: the id of each case that it should have -> the clauses that it judges by.

    A report that has some of what --deep adds should have all of it.
    """
    deep = any(result.chapter == DEEP for result in report.results)
    return {case.id: case.clauses for case in cases_of(report.profile, deep=deep)}


def _case(name: str, cell: Cell, profile: Profile) -> Case:
    clauses = tuple(dict.fromkeys(_known_rules(cell, profile))) or ("C.5",)
    return Case(f"{DEEP}/{name}", clauses, script_of(cell, profile), (), (profile,), shows=ALL_ASPECTS)


def _known_rules(cell: Cell, profile: Profile) -> Iterator[str]:
    """The clauses that the rules of the tables carry out; a rule of a table that has no clause carries out none."""
    for rule in explain(cell, profile):
        try:
            yield clause(rule.id).id
        except LookupError:
            continue
