"""Runs the targets in the box and stores what they come to in fixtures/conformance, then makes docs/matrix.md of it.

python -m tests.conformance.fill                        all of them, real clients too: they take an hour
python -m tests.conformance.fill reference trackio      those whose names begin so
python -m tests.conformance.fill --page                 none: docs/matrix.md alone
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

from wandb_testkit.conformance import Report, load, read_known_failures, read_report, run, write_report
from wandb_testkit.conformance.markdown import markdown
from wandb_testkit.conformance.terminal import verdict
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

ROOT = Path(__file__).parents[2]
STORED = ROOT / "fixtures" / "conformance"
PAGE = ROOT / "docs" / "matrix.md"
THIRD_PARTY = ROOT / "fixtures" / "thirdparty"

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
        for version in ("0.31.0", "0.28.2", "0.22.3")
    ),
    Entry("wandb==0.15.12"),
    Entry("wandb==0.10.33", CLASSIC),
    Entry("wandb==0.31.0-offline"),
    Entry("wandb==0.31.0-disabled", known=STORED / "known" / "wandb-0.31.0-disabled.txt"),
    *(Entry(name, known=STORED / "known" / f"{name}.txt") for name in ("trackio", "swanlab")),
    *(Entry(name) for name in ("handmade", "mock")),
    Entry("test_conformance:target", known=THIRD_PARTY / "known-failures.txt"),
)


def stored() -> list[Report]:
    """Every stored report, in the order of the files."""
    return [read_report(path) for path in sorted(STORED.glob("*.json"))]


def fill(entry: Entry) -> None:
    """Run one target and store what it came to."""
    known = () if entry.known is None else read_known_failures(entry.known)
    report = run(load(entry.target, entry.profile), known=known, processes=os.cpu_count() or 1)
    write_report(entry.file, report)
    print(verdict(report), flush=True)


def main(words: list[str]) -> None:
    """Run those whose names begin as the words say, all without any, and write the page."""
    sys.path.insert(0, str(THIRD_PARTY))
    for entry in ENTRIES:
        if words != ["--page"] and (not words or entry.target.startswith(tuple(words))):
            fill(entry)
    PAGE.write_text(markdown(stored()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
