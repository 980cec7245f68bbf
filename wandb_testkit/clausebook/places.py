"""Owns where the package names a clause: the implementation carries it out there, the spec has it written there.

A place is a line of the package's own source that names the clause in a comment, a docstring, a message or a rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from wandb_testkit.clausebook.naming import named

PACKAGE = Path(__file__).parents[1]
SPEC = "spec"
NOT_PLACES = (Path("spec", "chapters"), Path("spec", "clauses.py"), Path("clausebook"), Path("cli.py"))
"""Modules that speak of clauses as such, or in examples."""


class Place(NamedTuple):
    """A line of the package: the file below the package, with slashes, and the number of the line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def places(package: Path = PACKAGE) -> Mapping[str, list[Place]]:
    """Number of a clause -> the lines that name it, in the order of files and lines."""
    found: dict[str, list[Place]] = {}
    for path in sorted(package.rglob("*.py")):
        file = path.relative_to(package)
        if any(home in (file, *file.parents) for home in NOT_PLACES):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for clause in named(line):
                found.setdefault(clause, []).append(Place(file.as_posix(), number))
    return found
