"""Owns what is kept of frameworks that were tried through both doors, and the table of it in docs/integrations.md.

    WANDB_TESTKIT_RESULTS=write make test-integrations
    python -m tests.integrations.results

The first writes fixtures/integrations/results.json, a line for each framework; the second writes the table.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.frameworks import FRAMEWORKS, Framework
from tests.pages import with_table

ROOT = Path(__file__).parents[2]
STORED = ROOT / "fixtures" / "integrations" / "results.json"
PAGE = ROOT / "docs" / "integrations.md"


class Results:
    """Gathers what one test session finds."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of one framework."""
        known: dict[str, Any] = {str(name): value for name, value in report.user_properties}
        if report.when != "call" or "differences" not in known:
            return  # of a script that did not run to its end there is nothing to be kept
        framework = FRAMEWORKS[known["framework"]]
        self._found[known["framework"]] = {
            "date": datetime.date.today().isoformat(),
            "versions": versions(framework),
            "extent": known["extent"],
            "differences": known["differences"],
        }
        STORED.parent.mkdir(parents=True, exist_ok=True)
        content = dict(sorted({**stored(), **self._found}.items()))
        STORED.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def is_writing() -> bool:
    """Whether this session is to keep its results."""
    return os.environ.get("WANDB_TESTKIT_RESULTS") == "write"


def stored() -> dict[str, Any]:
    """What is kept: framework -> what was found."""
    content: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    return content


def versions(framework: Framework) -> dict[str, str]:
    """The versions that are installed of a framework's distributions."""
    found = {}
    for name in framework.distributions:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def table(content: Mapping[str, Any]) -> str:
    """Framework, version, how much was compared, and whether it is equal."""
    lines = [
        "| integration | version | compared | with the drop-in and with wandb |",
        "| --- | --- | --- | --- |",
    ]
    notes: list[str] = []
    for name, framework in FRAMEWORKS.items():
        found = content.get(name)
        if found is None:
            continue
        version = ", ".join(f"{library} {number}" for library, number in found["versions"].items())
        amounts = ", ".join(f"{count} {_counted(what, count)}" for what, count in found["extent"].items() if count)
        lines.append(f"| {name} | {version} | {amounts} | {_verdict(found['differences'], framework, notes)} |")
    equal = sum(not found["differences"] for name, found in content.items() if name in FRAMEWORKS)
    tried = sum(name in FRAMEWORKS for name in content)
    lines += ["", f"Equal: {equal} of {tried}."]
    lines += ["", *(f"[{number}] {note}  " for number, note in enumerate(notes, 1))] if notes else []
    return "\n".join(lines)


def _verdict(differences: Iterable[str], framework: Framework, notes: list[str]) -> str:
    verdicts = []
    for line in differences:
        reasons = [reason for pattern, reason in framework.explained if re.match(pattern, line)]
        note = reasons[0] if reasons else f"`{line}`"
        if note not in notes:
            notes.append(note)
        verdicts.append(f"[{notes.index(note) + 1}]")
    return "equal but for " + ", ".join(dict.fromkeys(verdicts)) if verdicts else "equal"


def _counted(what: str, count: int) -> str:
    return what.removesuffix("s") if count == 1 else what


def made_anew(text: str) -> str:
    """The page with its table made anew."""
    return with_table(text, "frameworks", table(stored()))


if __name__ == "__main__":
    PAGE.write_text(made_anew(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
