"""Owns the page of all tables of a profile: what `wandb-testkit spec --markdown` prints."""

from __future__ import annotations

from wandb_testkit.profiles import Profile, to_profile
from wandb_testkit.spec.beyond_cells import added_tables
from wandb_testkit.spec.cells import dimensions
from wandb_testkit.spec.outcome import PROCEDURES
from wandb_testkit.spec.table import DecisionTable, Facts, table_markdown


def markdown(profile: Profile | str) -> str:
    """Every table of the profile in the order of the steps, as one Markdown page.

    Returns:
        Text that ends with a line break: the words of a cell, then a heading and a table for each decision table.
    """
    profile = to_profile(profile)
    procedure = PROCEDURES[profile]
    parts = [
        f"# What wandb.init() does: profile {profile}",
        "In every table exactly one rule answers; the order of the rules has no meaning.",
        "## The words of a cell",
        _words_markdown(profile),
        "## Reading the call",
        *_sections(procedure.reading, first=1),
        "## The steps, until a rule says which kind the outcome is",
        *_sections(procedure.steps, first=1 + len(procedure.reading)),
        "## What is settled at the end, whatever the kind",
        *_sections(procedure.closing, first=1 + len(procedure.reading) + len(procedure.steps)),
        "## What no cell reaches, and a program does",
        *_sections(added_tables(profile), first=1 + len(procedure.tables)),
    ]
    return "\n\n".join(parts) + "\n"


def _words_markdown(profile: Profile) -> str:
    lines = [f"| {name} | {', '.join(words)} |" for name, words in dimensions(profile).items()]
    return "\n".join(["| dimension | words |", "| --- | --- |", *lines])


def _sections(tables: tuple[DecisionTable[Facts], ...], first: int) -> list[str]:
    return [
        f"### {number}. {table.name}\n\n{table_markdown(table)}" for number, table in enumerate(tables, start=first)
    ]
