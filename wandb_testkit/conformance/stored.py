"""Owns how reports are stored: JSON with a format of its own, written whole and read back equal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from os import PathLike
from pathlib import Path
from typing import Any

from wandb_testkit.conformance.results import CaseResult, Outcome, Report
from wandb_testkit.profiles import to_profile

FORMAT = 1
"""A reader refuses any other by name."""

_BLANK = {"reason": "", "expected": "", "got": "", "differences": (), "crossed": (), "script": "", "seconds": 0.0}
"""Fields of a result that are left out where they say nothing."""

_LISTS = ("clauses", "differences", "crossed")


def report_data(report: Report) -> dict[str, Any]:
    """The report as plain JSON; `counts` is there for people and for the linter."""
    return {
        "format": FORMAT,
        "target": report.target,
        "target_version": report.target_version,
        "profile": str(report.profile),
        "capabilities": list(report.capabilities),
        "suite": report.suite,
        "spec": report.spec,
        "python": report.python,
        "date": report.date,
        "seconds": round(report.seconds, 2),
        "counts": {str(outcome): number for outcome, number in report.tally.counts.items()},
        "results": [_result_data(result) for result in report.results],
    }


def write_report(path: str | PathLike[str], report: Report) -> None:
    """Store a report; directories above it are made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report_data(report), indent=1) + "\n", encoding="utf-8")


def report_of(data: object) -> Report:
    """The report that report_data() was asked for.

    Raises:
        ValueError: It is none, or one of another format; the message says what is wrong with it.
    """
    if not isinstance(data, Mapping) or "format" not in data or "results" not in data:
        raise ValueError("this is no report of the conformance suite: it has no 'format' and 'results'")
    if data["format"] != FORMAT:
        raise ValueError(
            f"the report has format {data['format']!r}, this wandb_testkit reads format {FORMAT}: "
            "run the target again, or install the version that wrote it"
        )
    wanted = {one.name for one in fields(Report)}
    missing, unknown = sorted(wanted - set(data)), sorted(set(data) - wanted - {"format", "counts"})
    if missing or unknown:
        raise ValueError(f"the report lacks {missing or 'nothing'} and has {unknown or 'nothing'} that nobody knows")
    try:
        told = {
            **{name: data[name] for name in wanted},
            "profile": to_profile(data["profile"]),
            "capabilities": tuple(data["capabilities"]),
            "results": tuple(map(_result_of, data["results"])),
        }
        return Report(**told)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"the report cannot be read: {type(error).__name__}: {error}") from error


def read_report(path: str | PathLike[str]) -> Report:
    """A stored report.

    Raises:
        ValueError: The file holds none; the message names the file and says what is wrong with it.
    """
    try:
        return report_of(json.loads(Path(path).read_text(encoding="utf-8")))
    except ValueError as error:  # what json raises is one, too
        raise ValueError(f"{path}: {error}") from error


def _result_data(result: CaseResult) -> dict[str, Any]:
    told = {one.name: getattr(result, one.name) for one in fields(result)}
    told["outcome"] = str(result.outcome)
    return {
        name: list(value) if name in _LISTS else value
        for name, value in told.items()
        if name not in _BLANK or value != _BLANK[name]
    }


def _result_of(data: Mapping[str, Any]) -> CaseResult:
    told: dict[str, Any] = {name: tuple(value) if name in _LISTS else value for name, value in data.items()}
    told["outcome"] = Outcome(data["outcome"])
    return CaseResult(**told)
