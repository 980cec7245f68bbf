"""Owns the clauses as plain text: what `wandb-testkit spec --clauses` and `--missing` print, and docs/clauses.md."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from wandb_testkit.clausebook.holding import RULE
from wandb_testkit.clausebook.trace import Trace
from wandb_testkit.spec.chapters.clause import Clause
from wandb_testkit.spec.clauses import clauses

WIDTH = 100
MAX_LINES = 6
"""Places and tests that a list of many clauses shows of each kind; fewer clauses show all."""

FEW = 12

NO_TESTS = "Tests are not part of the installed package: run this in a checkout of wandb_testkit to see them."


def listing(traced: Sequence[Trace]) -> str:
    """Every clause with its sentence, the lines that name it, and the tests that hold it."""
    most = None if len(traced) <= FEW else MAX_LINES
    lines: list[str] = []
    for chapter, group in groupby(traced, key=lambda trace: trace.clause.chapter):
        lines += [chapter, "=" * len(chapter), ""]
        for trace in group:
            lines += [*_entry(trace, most), ""]
    if any(trace.tests is None for trace in traced):
        lines += [NO_TESTS]
    else:
        lines += textwrap.wrap(RULE, WIDTH)
    return "\n".join(lines) + "\n"


def missing(traced: Sequence[Trace]) -> str:
    """The clauses without a test, a line each, and how many there are."""
    lacking = [trace.clause for trace in traced if trace.is_missing]
    lines = [f"{clause.id:24}{textwrap.shorten(clause.sentence, WIDTH - 24, placeholder=' ...')}" for clause in lacking]
    return "\n".join([*lines, f"{len(lacking)} of {len(traced)} clauses have no test"]) + "\n"


def markdown() -> str:
    """The page docs/clauses.md: every clause, without places and tests, which change with every edit."""
    lines = [
        "# What wandb.init() has to do, clause by clause",
        "",
        "Made by `wandb-testkit spec --clauses --markdown`; do not edit. Without `--markdown` the same command also",
        "shows where each clause is carried out and which tests hold it; `--html FILE` makes a page of it.",
        "",
        "Sources: *seed* is the reference page of wandb.init(); *o33*, *o31* ... were seen of that version (0.10.33,",
        "0.31.0), *o10x* of 0.10.12 and 0.10.33; *r33*, *r31* were read in its source; a *ruling* decides where these",
        "are silent.",
    ]
    for chapter, group in groupby(clauses(), key=lambda clause: clause.chapter):
        lines += [
            "",
            f"## {chapter}",
            "",
            "| clause | profiles | what it says | sources |",
            "| --- | --- | --- | --- |",
        ]
        lines += [_row(clause) for clause in group]
    return "\n".join(lines) + "\n"


def _row(clause: Clause) -> str:
    said = clause.sentence.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    open_part = " *A part is left open.*" if clause.leaves_open else ""
    return f"| {clause.id} | {', '.join(clause.profiles)} | {said}{open_part} | {', '.join(clause.sources)} |"


def _entry(trace: Trace, most: int | None) -> Iterator[str]:
    clause = trace.clause
    yield f"{clause.id}  {', '.join(clause.profiles)}  [{', '.join(clause.sources)}]"
    open_part = " A part is left open." if clause.leaves_open else ""
    yield from textwrap.wrap(clause.sentence + open_part, WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield from _labelled("code", [str(place) for place in trace.code], most)
    yield from _labelled("spec", [str(place) for place in trace.spec], most)
    if trace.tests is not None:
        yield from _labelled("tests", list(trace.tests), most)


def _labelled(label: str, items: Sequence[str], most: int | None) -> Iterator[str]:
    shown = list(items if most is None else items[:most])
    if len(shown) < len(items):
        shown.append(f"and {len(items) - len(shown)} more")
    for at, item in enumerate(shown or ["none"]):
        yield f"  {label if not at else '':7}{item}"
