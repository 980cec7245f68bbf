"""Owns which tests hold a clause. The tests are read, never imported.

A test holds the clauses that it claims: in its own name, in its docstring, in its decorators (also in a table of its
module that a decorator names, in texts that begin with a clause), or in a "Source:" paragraph of the docstring of its
class or module. A comment, or whatever else stands in the body of a test, claims nothing; nor does a test that expects
NotModelledError: it shows what is not carried out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from wandb_testkit.clausebook.naming import named, unknown

RULE = (
    "A test holds a clause that its name, its docstring or its decorators name, or a “Source:” paragraph of its class "
    "or module. A comment or another mention inside a test does not count, and neither does a test that expects "
    "NotModelledError: it shows what is not carried out."
)
"""The rule as the pages tell it."""

_IN_A_NAME = re.compile(r"_([A-Z]{2,})_(\d+)(?=_|$)")

Function = ast.FunctionDef | ast.AsyncFunctionDef


ABOUT_CLAUSES = "tests/clausebook/"
"""Tests of this room: they speak of clauses as examples."""


class Claim(NamedTuple):
    """A test, as pytest calls it, and the texts in which it may name clauses."""

    test: str
    texts: tuple[str, ...]


def checkout() -> Path | None:
    """The checkout of this project that the command runs in, or that the package stands in; None if there is none."""
    here = Path.cwd()
    for folder in (Path(__file__).parents[2], here, *here.parents):
        project = folder / "pyproject.toml"
        is_ours = project.is_file() and 'name = "wandb_testkit"' in project.read_text(encoding="utf-8")
        if is_ours and (folder / "tests").is_dir():
            return folder
    return None


def claims(root: Path) -> list[Claim]:
    """Every test of a checkout, in the order of files and lines."""
    paths = {path.relative_to(root).as_posix(): path for path in sorted((root / "tests").rglob("test_*.py"))}
    return [
        claim
        for file, path in paths.items()
        if not file.startswith(ABOUT_CLAUSES)
        for claim in _claims_of(file, ast.parse(path.read_text(encoding="utf-8")))
    ]


def held(claimed: Sequence[Claim]) -> Mapping[str, list[str]]:
    """Number of a clause -> the tests that hold it."""
    found: dict[str, list[str]] = {}
    for test, texts in claimed:
        for clause in dict.fromkeys(name for text in texts for name in named(text)):
            found.setdefault(clause, []).append(test)
    return found


def mistaken(claimed: Sequence[Claim]) -> list[tuple[str, str]]:
    """Numbers that no clause has, with the test that claims them."""
    return [(name, test) for test, texts in claimed for text in texts for name in unknown(text)]


def _claims_of(file: str, module: ast.Module) -> Iterator[Claim]:
    tables = {
        target.id: node.value
        for node in module.body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    shared = (_source(module),)
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            of_class = (*shared, _source(node), *_decorated(node, tables))
            for inner in node.body:
                if _is_test(inner):
                    yield _claim(f"{file}::{node.name}", inner, of_class, tables)
        elif _is_test(node):
            yield _claim(file, node, shared, tables)


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, Function) and node.name.startswith("test")


def _claim(home: str, node: ast.stmt, shared: tuple[str, ...], tables: Mapping[str, ast.expr]) -> Claim:
    assert isinstance(node, Function)
    words = {part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in ast.walk(node)}
    if "NotModelledError" in words:
        return Claim(f"{home}::{node.name}", ())
    in_name = " ".join(f"{family}-{number}" for family, number in _IN_A_NAME.findall(node.name))
    own = (in_name, ast.get_docstring(node) or "", *_decorated(node, tables))
    return Claim(f"{home}::{node.name}", (*own, *shared))


def _source(node: ast.Module | ast.ClassDef) -> str:
    """The "Source:" paragraph of a docstring, "" if there is none."""
    paragraphs = (ast.get_docstring(node) or "").split("Source:", 1)[1:]
    return paragraphs[0].split("\n\n")[0] if paragraphs else ""


def _decorated(node: Function | ast.ClassDef, tables: Mapping[str, ast.expr]) -> Iterator[str]:
    """The texts of decorators that begin with a clause, and those of the tables that they name."""
    trees: list[ast.AST] = list(node.decorator_list)
    followed: set[str] = set()
    for tree in trees:  # grows while it is walked: a table may be made of other tables
        for part in ast.walk(tree):
            if isinstance(part, ast.Name) and part.id in tables and part.id not in followed:
                followed.add(part.id)
                trees.append(tables[part.id])
            elif isinstance(part, ast.Constant) and isinstance(part.value, str) and _begins_with_clause(part.value):
                yield part.value


def _begins_with_clause(text: str) -> bool:
    first = named(text)
    return bool(first) and text.startswith(first[0])
