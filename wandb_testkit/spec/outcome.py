"""Owns the outcome of a cell: its fields, and the order in which the tables are asked.

A call is read first (its words become facts), then the steps are taken in order until one of them ends the call, and
last the tables that look back are asked. What is known at the end, is the outcome. Source: spec.md C.2, C.3, C.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile, to_profile
from wandb_testkit.spec import identity, login, mode, reinit, resume, resume_file, wandb_run
from wandb_testkit.spec.cells import Cell, check_words, is_reachable
from wandb_testkit.spec.table import DecisionTable, Facts, Rule, cases


class Outcome(NamedTuple):
    """What init() does and leaves behind; the words of each field are in `OUTCOME_WORDS`.

    Source: spec.md C.2.
    """

    kind: str
    error: str
    run_id: str
    resumed: bool
    start: str
    server: str
    mode: str
    network: str
    owner: str
    resume_file: str
    previous: str
    wandb_run: str
    warnings: frozenset[str]


OUTCOME_WORDS: Mapping[str, tuple[str | bool, ...]] = {
    "kind": ("new", "resumed", "active", "dummy", "error"),
    "error": (
        "-",
        "LOGIN",
        "MUST_ABSENT",
        "NEVER_EXISTS",
        "DELETED",
        "VALIDATION",
        "ACTIVE_MUST",
        "ID_IN_USE",
        "COMM_REJECTED",
        "COMM_UNREACHABLE",
    ),
    "run_id": ("given", "hint", "file", "generated", "active", "dummy", "-"),
    "resumed": (False, True),
    "start": ("0", "last+1", "active"),
    "server": ("untouched", "created", "overwritten", "appended", "continued"),
    "mode": ("online", "offline", "disabled", "active", "-"),
    "network": ("forbidden", "login", "full"),
    "owner": ("user", "anonymous", "local", "active", "-"),
    "resume_file": ("unchanged", "written", "removed"),
    "previous": ("-", "returned", "finished", "shadowed", "untouched"),
    "wandb_run": ("result", "unchanged", "none"),
    "warnings": ("offline_fallback", "anonymous_ignored", "reinit_bool"),
}
"""Field of `Outcome` -> its words; `warnings` holds any number of its words, every other field exactly one."""

ERROR_CLASSES: Mapping[Profile, Mapping[str, str]] = {
    CLASSIC: {
        "LOGIN": "UsageError",
        "MUST_ABSENT": "UsageError",
        "NEVER_EXISTS": "UsageError",
        "DELETED": "UsageError",
    },
    CURRENT: {
        "LOGIN": "UsageError",
        "MUST_ABSENT": "UsageError",
        "NEVER_EXISTS": "UsageError",
        "VALIDATION": "ValidationError",
        "ACTIVE_MUST": "Error",
        "ID_IN_USE": "ServerResponseError",
        "DELETED": "CommError",
        "COMM_REJECTED": "CommError",
        "COMM_UNREACHABLE": "CommError",
    },
}
"""Error of an outcome -> name of the exception class that init() raises; errors that are not named cannot occur."""

AT_FIRST: Facts = {
    "error": "-",
    "run_id": "-",
    "resumed": "no",
    "start": "0",
    "server": "untouched",
    "network": "forbidden",
    "owner": "-",
    "resume_file": "unchanged",
    "previous": "-",
    "offline_fallback": "no",
    "anonymous_ignored": "no",
    "reinit_bool": "no",
}
"""What is known of a call before any table is asked."""


@dataclass(frozen=True, eq=False)
class Procedure:
    """The tables of one profile, in the order in which init() meets them.

    Attributes:
        reading: Turn the words of the cell into facts (C.2, "Derived values"); no one ends the call.
        steps: Asked in order until a rule says which kind the outcome is.
        closing: Asked once the kind is known, whatever it is.
    """

    reading: tuple[DecisionTable[Facts], ...]
    steps: tuple[DecisionTable[Facts], ...]
    closing: tuple[DecisionTable[Facts], ...]

    @property
    def tables(self) -> tuple[DecisionTable[Facts], ...]:
        """All tables, in order."""
        return self.reading + self.steps + self.closing


PROCEDURES: Mapping[Profile, Procedure] = {
    CLASSIC: Procedure(
        reading=(
            resume.CLASSIC_RESUME_WORD,
            identity.CLASSIC_NAMED,
            mode.MODE,
            reinit.CLASSIC_REINIT,
            resume_file.RESUME_FILE_EXISTS,
        ),
        steps=(
            mode.CLASSIC_DISABLED,
            reinit.CLASSIC_ACTIVE,
            login.CLASSIC_LOGIN,
            identity.CLASSIC_RUN_ID,
            resume_file.RESUME_FILE_WRITTEN,
            mode.OFFLINE,
            resume.CLASSIC_ON_SERVER,
            resume.CLASSIC_RESUME,
        ),
        closing=(wandb_run.CLASSIC_WANDB_RUN,),
    ),
    CURRENT: Procedure(
        reading=(
            resume.CURRENT_RESUME_WORD,
            identity.CURRENT_NAMED,
            mode.MODE,
            login.CURRENT_FORCE,
            reinit.CURRENT_REINIT,
            resume_file.RESUME_FILE_EXISTS,
        ),
        steps=(
            login.CURRENT_ANONYMOUS,
            resume.CURRENT_VALIDATION,
            login.CURRENT_LOGIN,
            identity.CURRENT_RUN_ID,
            resume_file.RESUME_FILE_WRITTEN,
            mode.CURRENT_DISABLED,
            reinit.CURRENT_ACTIVE,
            reinit.CURRENT_REINIT_BOOL,
            mode.OFFLINE,
            login.CURRENT_SERVER,
            resume.CURRENT_ON_SERVER,
            resume.CURRENT_RESUME,
        ),
        closing=(resume_file.CURRENT_RESUME_FILE_REMOVED, wandb_run.CURRENT_WANDB_RUN),
    ),
}


def explain(cell: Cell, profile: Profile | str) -> list[Rule[Facts]]:
    """The rules that answer for a cell, in the order of the steps: the story of one call.

    Raises:
        ValueError: The cell uses a word that its dimension does not have, or cannot be built.
    """
    return _follow(cell, profile)[0]


def expected(cell: Cell, profile: Profile | str) -> Outcome:
    """What init() has to do in a cell.

    Raises:
        ValueError: The cell uses a word that its dimension does not have, or cannot be built.
    Source: spec.md C.2, C.3, C.4.
    """
    return _lookup(profile)(cell)


@cache
def _lookup(profile: Profile | str) -> Callable[[Cell], Outcome]:
    """The function cell -> outcome of a profile, which remembers what it has worked out."""
    # Following the steps costs some 15 microseconds and there are 11,550,720 cells. But what happens depends only on
    # what the reading tables make of the words, and on the words that later tables ask for: under a hundred thousand
    # cases a profile, each worked out once and remembered. The reading tables are asked for every cell.
    procedure = PROCEDURES[to_profile(profile)]
    later = {name for table in procedure.steps + procedure.closing for name in table.domain}
    passed_on = itemgetter(*(place for place, name in enumerate(Cell._fields) if name in later))
    readings = [
        (
            itemgetter(*map(Cell._fields.index, table.domain)),
            {itemgetter(*table.domain)(case): " ".join(table.rule_for(case).then.values()) for case in cases(table)},
        )
        for table in procedure.reading
    ]
    remembered: dict[tuple[object, ...], Outcome] = {}

    def look_up(cell: Cell) -> Outcome:
        try:
            case = (passed_on(cell), *[facts[words(cell)] for words, facts in readings])
            if is_reachable(cell):
                return remembered[case]
        except KeyError:
            pass
        outcome = _to_outcome(_follow(cell, profile)[1])
        return remembered.setdefault(case, outcome)

    return look_up


LookAround = Callable[[DecisionTable[Facts], Facts], Facts]
"""The words that a table is to be asked with beside what is known: how the world is, when it comes to that table."""


def follow(procedure: Procedure, known: dict[str, str], look_around: LookAround | None = None) -> list[Rule[Facts]]:
    """Ask the tables in order, and add to `known` what they say.

    Args:
        look_around: None where `known` has the words of a cell, which tell the whole world.
    Returns:
        The rules that answered.
    """
    answered = []

    def ask(table: DecisionTable[Facts]) -> None:
        rule = table.rule_for(known if look_around is None else {**known, **look_around(table, known)})
        answered.append(rule)
        known.update(rule.then)

    for table in procedure.reading:
        ask(table)
    for table in procedure.steps:
        ask(table)
        if "kind" in known:
            break
    for table in procedure.closing:
        ask(table)
    return answered


def _follow(cell: Cell, profile: Profile | str) -> tuple[list[Rule[Facts]], dict[str, str]]:
    """The rules that answer for a cell, and all that is known at the end."""
    check_words(cell, profile)
    known: dict[str, str] = {**AT_FIRST, **cell._asdict()}
    return follow(PROCEDURES[to_profile(profile)], known), known


def _to_outcome(known: Mapping[str, str]) -> Outcome:
    texts = {name: known[name] for name in Outcome._fields if name not in ("resumed", "warnings")}
    warnings = frozenset(str(name) for name in OUTCOME_WORDS["warnings"] if known[str(name)] == "yes")
    return Outcome(**texts, resumed=known["resumed"] == "yes", warnings=warnings)
