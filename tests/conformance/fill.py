"""Runs the targets in the box and stores what they come to in fixtures/conformance, then makes docs/matrix.md of it.

python -m tests.conformance.fill                        all of them, real clients too: they take an hour
python -m tests.conformance.fill trackio wandb==0.1     those that are called so, or whose names begin so
python -m tests.conformance.fill --page                 none: docs/matrix.md alone
python -m tests.conformance.fill --known                none: what is stored by the known failures as they are now
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from wandb_testkit.conformance import (
    CaseResult,
    KnownFailure,
    Outcome,
    Report,
    load,
    read_known_failures,
    read_report,
    run,
    write_report,
)
from wandb_testkit.conformance.known import with_known
from wandb_testkit.conformance.markdown import markdown
from wandb_testkit.conformance.results import BROKEN
from wandb_testkit.conformance.terminal import verdict
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

ROOT = Path(__file__).parents[2]
STORED = ROOT / "fixtures" / "conformance"
PAGE = ROOT / "docs" / "matrix.md"
THIRD_PARTY = ROOT / "fixtures" / "thirdparty"

CLIENTS_AT_ONCE = 6
"""Processes of a real client side by side: it mostly waits."""

TRANSPORTS = ("reference", "reference-responses", "reference-loopback", "reference-process", "reference-offline")


class Entry(NamedTuple):
    """One column of the matrix: what load() takes, and where its known failures are."""

    target: str
    profile: Profile = CURRENT
    known: Path | None = None

    @property
    def file(self) -> Path:
        """Where its results are stored."""
        name = "jsonl_tracker" if ":" in self.target else self.target
        return STORED / f"{name.replace('==', '-')}-{self.profile}.json"


ENTRIES = (
    *(Entry(name, profile) for name in TRANSPORTS for profile in (CURRENT, CLASSIC)),
    *(
        Entry(f"wandb=={version}", known=STORED / "known" / f"wandb-{version}.txt")
        for version in ("0.31.0", "0.28.2", "0.22.3", "0.15.12", "0.31.0-offline", "0.31.0-disabled")
    ),
    Entry("wandb==0.10.33", CLASSIC, known=STORED / "known" / "wandb-0.10.33.txt"),
    *(Entry(name, known=STORED / "known" / f"{name}.txt") for name in ("trackio", "swanlab")),
    *(Entry(name) for name in ("handmade", "mock")),
    Entry("test_conformance:target", known=THIRD_PARTY / "known-failures.txt"),
)


def stored() -> list[Report]:
    """Every stored report, in the order of the files."""
    return [read_report(path) for path in sorted(STORED.glob("*.json"))]


def fill(entry: Entry) -> None:
    """Run one target and store what it came to."""
    target = load(entry.target, entry.profile)
    processes = CLIENTS_AT_ONCE if target.name.startswith("wandb") else os.cpu_count() or 1
    report = run(target, known=_known(entry), processes=processes, advance=_tell)
    write_report(entry.file, report)
    print(verdict(report), flush=True)


def know(entry: Entry) -> None:
    """Let the known failures as they are now say what is stored of a target, without running it."""
    if entry.file.exists():
        report = read_report(entry.file)
        results = tuple(with_known(judged_anew(result), _known(entry)) for result in report.results)
        write_report(entry.file, replace(report, results=results))


def judged_anew(result: CaseResult) -> CaseResult:
    """A result as it was before the known failures had a say.

    What went wrong, beside the differences, is in brackets behind the reason of a failure that is known.
    """
    if result.outcome is Outcome.KNOWN:
        return replace(result, outcome=Outcome.FAIL, reason="" if result.differences else result.got)
    if result.outcome is Outcome.UNEXPECTED_PASS:
        return replace(result, outcome=Outcome.PASS, reason="")
    return result


def _known(entry: Entry) -> tuple[KnownFailure, ...]:
    return () if entry.known is None else read_known_failures(entry.known)


def _tell(result: CaseResult) -> None:
    """What is not as it should be, as soon as it is known."""
    if result.outcome in BROKEN:
        told = "; ".join(result.differences) or result.reason
        print(f"{result.outcome} {result.case} after {result.seconds:.0f} s: {told[:400]}", flush=True)


def _means(word: str, target: str) -> bool:
    """Whether a word names a target: all of it, or the beginning of several."""
    return target == word if any(entry.target == word for entry in ENTRIES) else target.startswith(word)


def main(words: list[str]) -> None:
    """Run those whose names begin as the words say, all without any, and write the page."""
    sys.path.insert(0, str(THIRD_PARTY))
    for entry in ENTRIES:
        if words == ["--known"]:
            know(entry)
        elif not words or any(_means(word, entry.target) for word in words):
            fill(entry)
    PAGE.write_text(markdown(stored()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
