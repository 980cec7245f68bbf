"""Owns how a table looks: in a terminal, as plain text, in Markdown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Table(NamedTuple):
    """Cells that are text already; the first column reads from the left, the others from the right."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def number(value: float | None) -> str:
    """Three digits that mean something, "-" for None."""
    if value is None:
        return "-"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:,.{digits}f}"


def show(table: Table) -> None:
    """Print a table; rich draws it where it is installed and somebody looks."""
    if sys.stdout.isatty():
        try:
            from rich.console import Console
            from rich.table import Table as RichTable
        except ImportError:
            pass
        else:
            drawn = RichTable(*table.head, title=table.title, title_justify="left")
            for column in drawn.columns[1:]:
                column.justify = "right"
            for row in table.rows:
                drawn.add_row(*row)
            Console().print(drawn)
            return
    print(plain(table))


def plain(table: Table) -> str:
    """The table as text, in columns."""
    lines = [table.head, *table.rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [table.title]
    for line in lines:
        first, *others = (cell.ljust if index == 0 else cell.rjust for index, cell in enumerate(line))
        text.append("  ".join([first(widths[0]), *(to(width) for to, width in zip(others, widths[1:], strict=True))]))
    return "\n".join(line.rstrip() for line in text) + "\n"


def markdown(tables: Iterable[Table]) -> str:
    """The tables for a page."""
    parts = []
    for table in tables:
        rule = ["---", *["---:"] * (len(table.head) - 1)]
        lines = ["| " + " | ".join(line) + " |" for line in (table.head, rule, *table.rows)]
        parts.append("\n".join([f"## {table.title}", "", *lines, ""]))
    return "\n".join(parts)
