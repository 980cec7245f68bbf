"""Reading of the pages that people wrote: README.md and docs, and the code that they show."""

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
