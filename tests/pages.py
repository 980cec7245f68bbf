"""Reading of README.md and the pages below docs: the code and the outputs that they show, the tables that are made."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def text_of(name: str) -> str:
    """A page below docs, or README.md."""
    return ((ROOT if name == "README.md" else DOCS) / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """What stands in a page as code of a language, block by block."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def not_printed(text: str, output: str) -> list[str]:
    """The lines of a page's blocks of text that are not in an output; "..." stands for anything."""
    lines = [line.strip() for block in blocks(text, "text") for line in block.splitlines()]
    return [line for line in lines if not re.search(".*".join(map(re.escape, line.split("..."))), output)]


def with_table(text: str, name: str, table: str) -> str:
    """A page with the table between the two marks of its name made anew.

    Raises:
        LookupError: The page has no such marks.
    """
    place = re.search(rf"(<!-- {name}: .*?-->\n).*?(<!-- end of {name} -->)", text, re.S)
    if place is None:
        raise LookupError(f"the page has no place for the table {name!r}")
    return f"{text[: place.start()]}{place[1]}{table}\n{place[2]}{text[place.end() :]}"
