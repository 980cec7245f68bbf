"""Owns what is kept of the comparisons, and the page that is made of it.

Results are kept script by script (fixtures/parity/results.json), so that who adds one plays that one alone.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from tests.parity.explained import EXPLAINED
from tests.parity.playing import ROOT, SCRIPTS, scripts

PAGE = ROOT / "docs" / "parity.md"
FILE = SCRIPTS / "results.json"

HEAD = """# Parity with wandb 0.31.0

Made by `python -m tests.parity`; do not edit.

Each script of [fixtures/parity](../fixtures/parity) is run twice, in the same interpreter with the same libraries: with
the drop-in module, and with the real wandb 0.31.0 against the kit's server over loopback HTTP. Compared are exit code,
exception, what the script prints, and every run on the server, field by field: state, config, history, summary, files,
artifacts, console, alerts, metrics. [comparing.py](../tests/parity/comparing.py) says what is set aside: times, ids
that nobody named, and what a client writes of its own accord.

"""


def stored() -> dict[str, list[str]]:
    """Script -> the differences that it had when it was played last."""
    found: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return found


def keep(found: dict[str, list[str]]) -> None:
    """Keep what was found, forget scripts that are gone, and write the page."""
    there = {script.stem for script in scripts()}
    known = {name: lines for name, lines in {**stored(), **found}.items() if name in there}
    FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text(page(known), encoding="utf-8")


def what_it_does(script: Path) -> str:
    """The first line of its docstring."""
    text = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0].rstrip(".")


def page(found: dict[str, list[str]]) -> str:
    """docs/parity.md."""
    equal = sum(not lines for lines in found.values())
    rows = ["| script | what it does | |", "| --- | --- | --- |"]
    for script in scripts():
        rows.append(f"| `{script.stem}` | {what_it_does(script)} | {_verdict(script.stem, found.get(script.stem))} |")
    return f"{HEAD}**{equal} of {len(found)} scripts are equal.**\n\n" + "\n".join(rows) + "\n"


def _verdict(name: str, lines: list[str] | None) -> str:
    if lines is None:
        return "not played yet"
    reasons: dict[str, Any] = dict(EXPLAINED.get(name, {}))
    rest = [line for line in lines if not any(line.startswith(place) for place in reasons)]
    told = [*(f"{place}: {reason}" for place, reason in reasons.items()), *rest]
    return "<br>".join(line.replace("|", "\\|") for line in told) or "equal"
