"""Owns docs/reference-page.md: what the reference page says, and the tests of test_reference_page.py that show it.

python -m tests.sdk.reference_page
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference-page.md"
TESTS = Path(__file__).with_name("test_reference_page.py")

HEAD = """\
# The reference page, sentence by sentence

Made by `python -m tests.sdk.reference_page`; do not edit. Profile *classic* is the reference page of `wandb.init()` of
2021. Here is each of its sentences, with the [clauses](clauses.md) that say it more exactly, the functions of
`wandb_testkit` that carry it out, and the test of
[tests/sdk/test_reference_page.py](../tests/sdk/test_reference_page.py) that shows it. All other tests
of a clause are named by `wandb-testkit spec CLAUSE`.

| part | what the page says | clauses | carried out in | shown by |
| --- | --- | --- | --- | --- |
"""


class Sentence(NamedTuple):
    """One thing that the page says.

    Attributes:
        part: The function or the parameter that it is about.
        places: Functions and classes below the package, by dotted name.
        test: The function that shows it.
    """

    part: str
    text: str
    clauses: tuple[str, ...]
    places: tuple[str, ...]
    test: str


def sentences() -> Iterator[Sentence]:
    """What the docstrings of the tests say, in their order."""
    for node in ast.parse(TESTS.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said, _, ruled = (ast.get_docstring(node) or "").partition("\n\n")
            part, _, text = " ".join(said.split()).partition(": ")
            clauses, _, places = ruled.strip().partition(": ")
            yield Sentence(part, text, tuple(clauses.split(", ")), tuple(places.split(", ")), node.name)


def is_there(place: str) -> bool:
    """Whether a dotted name below the package is that of a function or a class."""
    parts = place.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(("wandb_testkit", *parts[:length])))
        except ImportError:
            continue
        for name in parts[length:]:
            found = getattr(found, name, None)
        return callable(found)
    return False


def page() -> str:
    """The page as it should be."""
    lines = []
    for one in sentences():
        text = re.sub(r"([|*_<])", r"\\\1", one.text)
        places = ", ".join(f"`{place}`" for place in one.places)
        part = ", ".join(f"`{name}`" for name in one.part.split(", "))
        lines.append(f"| {part} | {text} | {', '.join(one.clauses)} | {places} | `{one.test}` |\n")
    return HEAD + "".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
