"""Owns the JUnit form of reports, for the test pages of CI systems."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from xml.etree import ElementTree

from wandb_testkit.conformance.results import CaseResult, Outcome, Report

_KINDS = {
    Outcome.FAIL: "failure",
    Outcome.UNEXPECTED_PASS: "failure",
    Outcome.ERROR: "error",
    Outcome.SKIP: "skipped",
    Outcome.KNOWN: "skipped",
    Outcome.NOT_RUN: "skipped",
}
"""The element of an outcome; a case that passed has none."""


def write_junit(path: str | PathLike[str], reports: Iterable[Report]) -> None:
    """Write reports as one file: a suite for each chapter of each target; directories above it are made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    root = ElementTree.Element("testsuites", name="wandb_testkit.conformance")
    for report in reports:
        for chapter in report.chapters:
            _suite(root, report, chapter)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _suite(root: ElementTree.Element, report: Report, chapter: str) -> None:
    results = [result for result in report.results if result.chapter == chapter]
    kinds = [_KINDS.get(result.outcome, "") for result in results]
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=f"{report.title}: {chapter}",
        tests=str(len(results)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
        time=f"{report.chapters[chapter].seconds:.3f}",
        timestamp=report.date,
    )
    for result, kind in zip(results, kinds, strict=True):
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"{report.target}.{report.profile}.{chapter}",
            name=f"{result.case} [{', '.join(result.clauses)}]",
            time=f"{result.seconds:.3f}",
        )
        if kind:
            message = f"{result.outcome.words}: {result.reason or next(iter(result.differences), '')}"
            ElementTree.SubElement(case, kind, message=message).text = _text(result)


def _text(result: CaseResult) -> str:
    parts = {
        "": "\n".join(result.differences),
        "expected:\n": result.expected,
        "got:\n": result.got,
        "what crossed the line:\n": "\n".join(result.crossed),
        "reproduce it:\n": result.script,
    }
    # safe() has taken away what XML does not know; of a script, which is kept whole, the same has to go here.
    text = "\n\n".join(f"{title}{part}" for title, part in parts.items() if part)
    return "".join(character if character >= " " or character in "\n\t" else "\ufffd" for character in text)
