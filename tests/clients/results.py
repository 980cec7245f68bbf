"""Owns what is kept of runs with real clients: which client does what, and what its user sees when something fails.

    WANDB_TESTKIT_CLIENTS=all WANDB_TESTKIT_RESULTS=write python -m pytest tests/clients -m "behaviour or fault"
    python -m tests.clients.results

The first (`make deep` runs both) writes fixtures/clients/grid.json and faults.json, for each version with its date; the
second writes the tables of README.md from them.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.pages import with_table

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "clients"
README = ROOT / "README.md"

GRID, FAULTS = "grid", "faults"

YES = "yes"


def stored(kind: str) -> dict[str, Any]:
    """What is kept: version -> {"date": ..., "results": {name: result}}."""
    path = FIXTURES / f"{kind}.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return content


class Results:
    """Gathers the results of one test session."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, dict[str, Any]]] = {GRID: {}, FAULTS: {}}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of one test; a behaviour that several tests hold is there if all of them pass."""
        known: dict[str, Any] = {str(name): value for name, value in report.user_properties}
        version = known.get("client")
        if version is None or (report.when != "call" and report.outcome == "passed") or report.when == "teardown":
            return
        if "behaviour" in known:
            results = self._found[GRID].setdefault(version, {})
            before, now = results.get(known["behaviour"], YES), _outcome(report)
            results[known["behaviour"]] = now if before == YES else before
        if "fault" in known and "seen" in known:
            self._found[FAULTS].setdefault(version, {})[known["fault"]] = known["seen"]
        self._write()

    def _write(self) -> None:
        """Write what was found so far: a session takes long, and may be cut short."""
        today = datetime.date.today().isoformat()
        for kind, found in self._found.items():
            content = stored(kind)
            for version, results in found.items():
                before = content.get(version, {}).get("results", {})
                content[version] = {"date": today, "results": dict(sorted({**before, **results}.items()))}
            if content:
                FIXTURES.mkdir(parents=True, exist_ok=True)
                ordered = dict(sorted(content.items(), key=lambda item: _by_number(item[0])))
                (FIXTURES / f"{kind}.json").write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


def _outcome(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail"):
        return str(report.wasxfail).removeprefix("reason: ")
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return YES if report.passed else "fails"


def is_writing() -> bool:
    """Whether this session is to keep its results."""
    return os.environ.get("WANDB_TESTKIT_RESULTS") == "write"


# ---------------------------------------------------------------- tables


def grid_table(content: Mapping[str, Any]) -> str:
    """Version x behaviour, with a note for each cell that is no plain yes."""
    notes: list[str] = []
    names = sorted({name for one in content.values() for name in one["results"]})
    lines = _head("behaviour", content)
    for name in names:
        cells = [_cell(one["results"].get(name, "not run"), notes) for one in content.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", *(f"[{number}] {note}.  " for number, note in enumerate(notes, 1))] if notes else []
    return "\n".join(lines)


def fault_table(content: Mapping[str, Any]) -> str:
    """Version x fault: what reaches the user, and what of the three rows and the file does not reach the server."""
    names = list(dict.fromkeys(name for one in content.values() for name in one["results"]))
    lines = _head("what goes wrong", content)
    for name in sorted(names, key=_fault_order):
        cells = [_seen(one["results"].get(name)) for one in content.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _head(first: str, content: Mapping[str, Any]) -> list[str]:
    return [f"| {first} | " + " | ".join(content) + " |", "| --- " * (len(content) + 1) + "|"]


def _cell(result: str, notes: list[str]) -> str:
    if result in (YES, "not run"):
        return "✓" if result == YES else ""
    if result not in notes:
        notes.append(result)
    return f"[{notes.index(result) + 1}]"


def _seen(seen: Mapping[str, Any] | None) -> str:
    if seen is None:
        return ""
    if seen["error"]:
        return f"`{seen['error']}`"
    if seen["rows"] != 3 or seen["state"] != "finished":
        return f"{seen['rows']} rows, {seen['state']}"
    return "✓" if seen["files"] else "no file"


def _fault_order(name: str) -> tuple[int, str]:
    return ["run", "graphql", "file_stream", "upload"].index(name.partition(" ")[0]), name


def _by_number(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def tables() -> Iterator[tuple[str, str]]:
    """Each table of README.md by its name, as it should be."""
    yield "clients", grid_table(stored(GRID))
    yield "faults", fault_table(stored(FAULTS))


def with_tables(text: str) -> str:
    """The README with each table between its two marks made anew."""
    for name, table in tables():
        text = with_table(text, name, table)
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
