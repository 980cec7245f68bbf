"""Every clause that this version of the kit carries out is named by a test: the first line of its docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CLAUSE = re.compile(r"\b(?:[A-Z]+-\d+|[ACE]\.\d)")

CARRIED_OUT = {
    "INIT": range(1, 4),
    "ERR": range(1, 6),
    "ID": range(1, 7),
    "PROJ": range(1, 2),
    "NAME": range(1, 3),
    "ENT": range(1, 2),
    "META": range(1, 3),
    "RESUME": (*range(1, 12), 13),
    "MODE": range(1, 8),
    "FORCE": range(1, 6),
    "ANON": range(1, 10),
    "LOGIN": range(1, 3),
    "REINIT": range(1, 11),
    "CONFIG": range(1, 13),
    "DISABLED": range(1, 11),
    "GLOBAL": range(1, 5),
    "LOG": range(1, 8),
    "SUMMARY": range(1, 3),
    "FINISH": (*range(1, 5), 6, 7),
    "AUTO": range(1, 12),
    "DIR": range(1, 3),
    "TAGS": range(1, 2),
    "MAGIC": range(1, 5),
    "SWEEP": range(1, 2),
}
"""Family -> numbers of its clauses.

Not there: RESUME-12, for what the server keeps is never unreadable; FINISH-5, which needs a process of its own.
"""

SECTIONS = ("A.1", "A.2", "A.3", "A.4", "C.6", "E.1", "E.2")

MENTIONED = ("DEV", "FORK", "TB", "GYM", "CODE", "SHARED", "LOGSETUP")
"""Families that tests speak of because what they say is refused, or because a ruling stands behind a clause."""


def named_clauses() -> Iterator[tuple[str, str]]:
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for clause in CLAUSE.findall(ast.get_docstring(node) or ""):
                    yield clause, f"{path.name}::{node.name}"


NAMED = list(named_clauses())


@pytest.mark.parametrize(
    "clause", [*(f"{family}-{number}" for family, numbers in CARRIED_OUT.items() for number in numbers), *SECTIONS]
)
def test_a_clause_is_named_by_a_test(clause: str) -> None:
    assert [test for named, test in NAMED if named == clause]


def test_no_test_names_a_clause_that_does_not_exist() -> None:
    numbers = {family: {*given, *range(1, max(given) + 1)} for family, given in CARRIED_OUT.items()}

    unknown = [
        (clause, test)
        for clause, test in NAMED
        if clause not in SECTIONS
        and (family := clause.split("-")[0]) not in MENTIONED
        and int(clause.split("-")[1]) not in numbers.get(family, ())
    ]

    assert unknown == []
