"""Owns the runs of all tests of one pytest run, and the page that --wandb-report makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.plugin.worlds import RUNS
from wandb_testkit.report.figures import count
from wandb_testkit.report.html import write_html


class CollectedRuns:
    """The pytest plugin that is registered with --wandb-report, in the controller only if xdist has workers.

    Args:
        file: Where the page goes; relative to the directory pytest was started in.

    Raises:
        pytest.UsageError: It is a directory.
    """

    def __init__(self, config: pytest.Config, file: str) -> None:
        self._path = config.invocation_params.dir / Path(file).expanduser()
        if self._path.is_dir():
            raise pytest.UsageError(
                f"--wandb-report={file}: is a directory; name a file, as in --wandb-report=wandb.html"
            )
        self._outcomes: dict[str, str] = {}
        self._runs: dict[str, list[dict[str, Any]]] = {}
        self._is_written = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the runs out of the report of a test, which pytest keeps until the end."""
        # A failure stays (the last report of a test with failed subtests says "passed"), until the test is repeated.
        is_passing = self._outcomes.get(report.nodeid) != "failed"
        if report.failed or report.when == "setup" or (report.when == "call" and is_passing):
            self._outcomes[report.nodeid] = report.outcome
        runs = report.__dict__.pop(RUNS, None)
        if runs is not None:
            self._runs[report.nodeid] = json.loads(runs)

    def entries(self) -> list[dict[str, Any]]:
        """The tests that have runs, as `write_html` takes them."""
        return [
            {"test": test, "outcome": self._outcomes[test], "runs": runs} for test, runs in self._runs.items() if runs
        ]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the page."""
        if not session.config.option.collectonly:
            write_html(self._path, self.entries())
            self._is_written = True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where it is."""
        if self._is_written:
            runs = count(sum(map(len, self._runs.values())), "run")
            terminalreporter.write_sep("-", f"wandb report: {runs}, {self._path.resolve().as_uri()}")
