"""Owns a run of the verification: which blocks there are, how far it is, and what it comes to.

A pytest plugin that `wandb-testkit verify` loads: pytest-xdist spreads the blocks over workers, here or on other
machines, and the verdicts come back with the test reports.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile, to_profile
from wandb_testkit.verification.cells import Block, Verdict
from wandb_testkit.verification.products import PRODUCTS, blocks, unit, whole
from wandb_testkit.verification.results import keep_result
from wandb_testkit.verification.sums import has_sums, wrong_sums

VERDICT = "wandb_testkit_verdict"
DONE = "wandb_testkit_done"
CAMPAIGN = pytest.StashKey["Campaign"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `wandb-testkit verify`."""
    group = parser.getgroup("wandb-testkit verify")
    group.addoption("--verify-profile", choices=("both", "classic", "current"), default="both")
    group.addoption("--verify-product", choices=PRODUCTS, default="quotient")
    group.addoption("--verify-result", default=None, help="a file for what it comes to, with date and versions")
    group.addoption("--verify-state", default=None, help="a file that keeps what is done, to stop and go on later")


def profiles_of(config: pytest.Config) -> tuple[Profile, ...]:
    """The profiles that were asked for."""
    name = config.getoption("--verify-profile")
    return (CLASSIC, CURRENT) if name == "both" else (to_profile(name),)


def all_blocks(config: pytest.Config) -> list[Block]:
    """Every block of the products that were asked for."""
    product = str(config.getoption("--verify-product"))
    return [block for profile in profiles_of(config) for block in blocks(profile, product)]


def chosen_blocks(config: pytest.Config) -> list[Block]:
    """The blocks that are still to be done; workers are told by the controller, so that all collect the same."""
    workerinput: Mapping[str, Any] | None = getattr(config, "workerinput", None)
    done = workerinput[DONE] if workerinput is not None else list(config.stash[CAMPAIGN].done)
    return [block for block in all_blocks(config) if str(block) not in done]


class Campaign:
    """A whole verification, on the controller: verdicts as they come in, and the state file.

    Attributes:
        done: Name of a block -> its verdict.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.blocks = all_blocks(config)
        path = config.getoption("--verify-state")
        self.state = None if path is None else Path(path)
        result = config.getoption("--verify-result")
        self.result = None if result is None else Path(result)
        self.done: dict[str, Verdict] = {}
        if self.state is not None and self.state.exists():
            kept = json.loads(self.state.read_text(encoding="utf-8"))
            self.done = {name: Verdict(*verdict) for name, verdict in kept.items()}
        self.cells_before = self.cells_done()
        self.total = sum(
            whole(profile, product) for profile, product in {(block.profile, block.product) for block in self.blocks}
        )
        self.began = time.perf_counter()
        self.complaints: list[str] = []
        self.sums: dict[str, dict[str, int]] = {}
        self.unit = unit(self.blocks[0].product)
        self.progress = _Progress(self.total, self.cells_before, self.unit)

    def cells_done(self) -> int:
        """Cells checked, in this run and in earlier ones that the state file tells of."""
        names = {str(block) for block in self.blocks}
        return sum(verdict.cells for name, verdict in self.done.items() if name in names)

    def take(self, block: Block, verdict: Verdict) -> None:
        """Note what came of a block; one that disagrees is done again next time."""
        self.complaints += verdict.complaints
        self.progress.advance(verdict.cells)
        self.done[str(block)] = verdict
        if self.state is not None:
            kept = {name: verdict for name, verdict in self.done.items() if not verdict.disagreeing}
            unfinished = self.state.with_suffix(f"{self.state.suffix}.new")
            unfinished.write_text(json.dumps(kept), encoding="utf-8")
            unfinished.replace(self.state)

    def report(self) -> tuple[list[str], bool]:
        """The lines that end a run (cells, seconds, check sums), and whether all of it is as spec.md says."""
        seconds = time.perf_counter() - self.began
        cells = self.cells_done()
        fresh = cells - self.cells_before
        disagreeing = sum(verdict.disagreeing for verdict in self.done.values())
        is_right = not disagreeing and not self.complaints
        lines = [
            f"{cells:,} of {self.total:,} {self.unit} checked, {fresh:,} of them now, in {seconds:.1f} s "
            f"({fresh / max(seconds, 1e-9):,.0f} {self.unit} a second); {disagreeing:,} disagree"
        ]
        for profile, product in sorted({(block.profile, block.product) for block in self.blocks}):
            mine = [block for block in self.blocks if block.profile is profile]
            counted: Counter[str] = Counter()
            for block in mine:
                counted.update(self.done[str(block)].sums if str(block) in self.done else {})
            shown = ", ".join(f"{name} {number:,}" for name, number in sorted(counted.items()))
            lines.append(f"{profile} {product}: {shown}")
            if has_sums(profile, product) and all(str(block) in self.done for block in mine):
                wrong = wrong_sums(profile, product, counted)
                is_right = is_right and not wrong
                lines += wrong or [f"{profile} {product}: check sums of spec.md reached"]
            self.sums[f"{profile} {product}"] = dict(sorted(counted.items()))
        if self.result is not None:
            came_to = {"agrees": is_right, "lines": lines, "sums": self.sums, "complaints": self.complaints}
            keep_result(self.result, {self.unit: cells, "of": self.total, "seconds": round(seconds, 1), **came_to})
        return lines, is_right


class _Progress:
    """A bar with cells per second in a terminal, and nothing elsewhere."""

    def __init__(self, total: int, done: int, unit: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.console = Console()
        self.bar = Progress(
            TextColumn(unit),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.speed:,.0f} a second", justify="right") if self.console.is_terminal else TextColumn(""),
            TimeRemainingColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task(unit, total=total, completed=done)

    def advance(self, cells: int) -> None:
        """Go on by so many cells."""
        self.bar.advance(self.task, cells)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin the campaign, on the controller."""
    if not hasattr(config, "workerinput"):
        campaign = config.stash[CAMPAIGN] = Campaign(config)
        campaign.progress.bar.start()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker what is done already."""
    node.workerinput[DONE] = list(node.config.stash[CAMPAIGN].done)


class _Listener:
    """Hears every test report of the run."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in the verdict that a report carries."""
        if report.when != "call":
            if report.failed:
                self.campaign.complaints.append(f"{report.nodeid} could not be run:\n{report.longreprtext}")
            return
        verdicts = [value for name, value in report.user_properties if name == VERDICT]
        for verdict in verdicts:
            profile, product, start, stop, *rest = cast("list[Any]", verdict)
            self.campaign.take(Block(to_profile(profile), product, start, stop), Verdict(*rest))
        if report.failed and not verdicts:
            self.campaign.complaints.append(f"{report.nodeid} broke down:\n{report.longreprtext}")


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Listen, on the controller."""
    campaign = session.config.stash.get(CAMPAIGN, None)
    if campaign is not None:
        session.config.pluginmanager.register(_Listener(campaign))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell what it comes to."""
    campaign = session.config.stash.get(CAMPAIGN, None)
    if campaign is None:
        return
    campaign.progress.bar.stop()
    lines, is_right = campaign.report()
    for text in (*campaign.complaints, *lines):
        campaign.progress.console.out(text, highlight=False)
    session.exitstatus = session.exitstatus if is_right else pytest.ExitCode.TESTS_FAILED
