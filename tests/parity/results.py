"""Owns what is kept of the comparisons, and the page that is made of it.

Results are kept script by script, so that who adds one plays that one alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.parity.subjects import ROOT, SUBJECTS, Subject, what_it_does

PAGE = ROOT / "docs" / "parity.md"

Found = Mapping[str, list[str]]
"""Script -> the differences that it had when it was played last."""

HEAD = """# Parity with wandb 0.31.0 and 0.10.33

Made by `python -m tests.parity`; do not edit.

Each script of [fixtures/parity](../fixtures/parity) is run twice, in the same interpreter with the same libraries: with
the drop-in module, and with the real wandb against the kit's server over loopback HTTP. Compared are exit code,
exception, what the script prints, and every run on the server, field by field: state, config, history, summary, files,
artifacts, console, alerts, metrics. [comparing.py](../tests/parity/comparing.py) says what is set aside: times, ids
that nobody named, and what a client writes of its own accord.

"""


def stored(subject: Subject) -> dict[str, list[str]]:
    """What was found."""
    file = subject.results
    found: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def keep(subject: Subject, found: Found) -> None:
    """Keep what was found, forget scripts that are gone, and write the page."""
    there = {script.stem for script in subject.scripts()}
    known = {name: lines for name, lines in {**stored(subject), **found}.items() if name in there}
    subject.results.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """docs/parity.md, of what is stored."""
    return HEAD + "\n".join(_table(subject, stored(subject)) for subject in SUBJECTS)


def _table(subject: Subject, found: Found) -> str:
    equal = sum(not lines for lines in found.values())
    rows = ["| script | what it does | |", "| --- | --- | --- |"]
    for script in subject.scripts():
        verdict = _verdict(subject.explained.get(script.stem, {}), found.get(script.stem))
        rows.append(f"| `{script.stem}` | {what_it_does(script)} | {verdict} |")
    sum_of_it = f"**{equal} of {len(found)} scripts are equal.**"
    return f"## wandb {subject.version}, profile {subject.profile}\n\n{sum_of_it}\n\n" + "\n".join(rows) + "\n"


def _verdict(reasons: Mapping[str, str], lines: list[str] | None) -> str:
    if lines is None:
        return "not played yet"
    rest = [line for line in lines if not any(line.startswith(place) for place in reasons)]
    told = [*(f"{place}: {reason}" for place, reason in reasons.items()), *rest]
    return "<br>".join(line.replace("|", "\\|") for line in told) or "equal"
