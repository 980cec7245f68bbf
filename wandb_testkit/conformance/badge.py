"""Owns the badge: what shields.io's endpoint badge wants to read of a report."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

from wandb_testkit.conformance.results import Report
from wandb_testkit.report.figures import count

_COLOURS = ((100, "brightgreen"), (95, "green"), (80, "yellowgreen"), (60, "yellow"), (30, "orange"), (0, "red"))
"""From which percentage on."""


def badge(report: Report) -> dict[str, Any]:
    """The badge of a report: the share of the cases that the target claims, and of how many; red if it is broken."""
    told = report.tally
    label = f"wandb.init() {report.profile}"
    if told.percent is None:
        return {"schemaVersion": 1, "label": label, "message": "nothing judged", "color": "lightgrey", "isError": True}
    colour = next(colour for least, colour in _COLOURS if told.percent >= least)
    return {
        "schemaVersion": 1,
        "label": label,
        "message": f"{told.percent}% of {count(told.judged, 'case')}",
        "color": colour,
    }


def write_badge(path: str | PathLike[str], report: Report) -> None:
    """Write the badge; directories above it are made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(badge(report), indent=2) + "\n", encoding="utf-8")
