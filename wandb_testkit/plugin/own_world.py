"""Owns the world of one test: from before its fixtures are set up until after they are torn down."""

from __future__ import annotations

import warnings
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from wandb_testkit.dropin.install import Installation, install
from wandb_testkit.plugin.judgement import lost_data, unfinished_runs
from wandb_testkit.plugin.process_state import ProcessState
from wandb_testkit.plugin.wishes import wishes_of
from wandb_testkit.pytest_plugin import UnfinishedRunWarning
from wandb_testkit.world import fake

if TYPE_CHECKING:
    from wandb_testkit.observation import RunView
    from wandb_testkit.profiles import Profile


class OwnWorld:
    """A world that one test has for itself, and what the test is told about it.

    Args:
        item: The test; its markers are read.
        profile: What the run says; None means that of the installed wandb.
        installation: What made `import wandb` the fake for every test; None: it is to be the fake for this test only.

    Attributes:
        world: The world.
        before: How things stood before the test, and will stand again after it.
        is_told: The test has failed already; one failure is told once.
        is_shown: A report of the test shows its runs already.
    """

    def __init__(self, item: pytest.Item, profile: Profile | None, installation: Installation | None) -> None:
        self._item = item
        self._wishes = wishes_of(item)
        self._runs: list[RunView] | None = None
        self.is_told = False
        self.is_shown = False
        self.before = ProcessState()
        with ExitStack() as stack:
            stack.callback(self.before.restore)
            wished = self._wishes.profile or profile
            if installation is None or wished not in (None, installation.profile):
                installation = stack.enter_context(install(profile=wished))
            self.world = stack.enter_context(fake(profile=installation.profile))
            self._stack = stack.pop_all()

    @property
    def runs(self) -> list[RunView]:
        """The runs there are; after leave() those that there were."""
        return self.world.runs if self._runs is None else self._runs

    def check_lost(self) -> None:
        """Fail the test if data was lost that production would have lost without a word."""
        if not self.is_told and (message := lost_data(self.world)):
            self.is_told = True
            pytest.fail(message, pytrace=False)

    def judge(self) -> None:
        """Finish what the test left running, and fail or warn as the test deserves; lost data is the graver news."""
        names = self.world.finish_unfinished()
        self.check_lost()
        if not names or self.is_told or self._wishes.allow_unfinished:
            return
        message = unfinished_runs(names)
        if self._is_strict():
            pytest.fail(message, pytrace=False)
        # A suite under "-W error" makes this a failure, like every other warning, and so gets what it asked for.
        path, line, _ = self._item.reportinfo()
        warnings.warn_explicit(UnfinishedRunWarning(message), None, str(path), (line or 0) + 1)

    def leave(self) -> None:
        """Put everything back as it was before the test."""
        if self._runs is None:
            with self._stack:
                self._runs = self.world.runs

    def _is_strict(self) -> bool:
        if self._wishes.strict is None:
            return bool(self._item.config.getini("wandb_strict"))
        return self._wishes.strict
