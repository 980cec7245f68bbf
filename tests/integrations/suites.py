"""Owns the suites of fixtures/suites: how each version is run, with a bug or without, and the table of docs/suites.md.

    python -m tests.integrations.suites

writes the table: lines of each version, and the bug that only one of them catches. `make test-integrations` shows that
it is so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.pages import with_table

ROOT = Path(__file__).parents[2]
SUITES = ROOT / "fixtures" / "suites"
PAGE = ROOT / "docs" / "suites.md"

TIMEOUT_S = 240


class Suite(NamedTuple):
    """The tests of one integration, twice.

    Attributes:
        integration: What they test.
        manner: How the mock version stands in for wandb.
        bug: What is planted.
    """

    integration: str
    manner: str
    bug: str


NAMES: dict[str, Suite] = {
    "lightning_logger": Suite(
        "Lightning, `WandbLogger`",
        "a module of mocks, with a class for `isinstance`",
        "the wrong class in `isinstance`: the x-axis of the metrics is never defined",
    ),
    "accelerate_tracker": Suite(
        "accelerate, `WandBTracker`",
        "a `MagicMock` in `sys.modules`",
        "a config value that the user has set can no longer be overwritten",
    ),
    "optuna_callback": Suite(
        "optuna-integration, `WeightsAndBiasesCallback`",
        "`mock.patch` of the module in every test",
        "steps go back: trials are logged in an order that drops all rows but one",
    ),
}
"""Folder -> suite."""


class Outcome(NamedTuple):
    """How a version of a suite ended."""

    passed: int
    failed: int
    output: str


def run(name: str, version: str, *, planted: bool) -> Outcome:
    """Run one version of a suite with this interpreter, as its user would."""
    plugins = ["-p", f"planted.{name}"] if planted else []
    if version == "kit":
        plugins += ["-p", "wandb_testkit.pytest_plugin", "--wandb-fake"]
    directory = SUITES / name / version
    # -c: the configuration of this repository is not theirs.
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:wandb_testkit", "-c", os.devnull, "--rootdir", str(directory)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *plugins, str(directory)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, SUITES))), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
        check=False,
    )
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?)", done.stdout)}
    failed = counts.get("failed", 0) + counts.get("error", 0) + counts.get("errors", 0)
    return Outcome(counts.get("passed", 0), failed, done.stdout + done.stderr)


def lines(name: str, version: str) -> int:
    """How many lines a version has; what the kit found besides is not part of the comparison."""
    files = [path for path in (SUITES / name / version).glob("*.py") if path.name != "test_found.py"]
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def table() -> str:
    """A line for each suite."""
    rows = [
        "| tests of | with a mock | with the kit | saved | planted bug | mock | kit |",
        "| --- | --- | ---: | ---: | --- | --- | --- |",
    ]
    for name, suite in NAMES.items():
        before, after = lines(name, "mock"), lines(name, "kit")
        rows.append(
            f"| {suite.integration} | {suite.manner}: {before} lines | {after} lines | {1 - after / before:.0%} | "
            f"{suite.bug} | green | red |"
        )
    return "\n".join(rows)


def made_anew(text: str) -> str:
    """The page with its table made anew."""
    return with_table(text, "suites", table())


if __name__ == "__main__":
    PAGE.write_text(made_anew(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
