"""Owns the world of one test: from before its fixtures are set up until after they are torn down."""

from __future__ import annotations

import os
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wandb_testkit.plugin.judgement import left_behind, lost_data, real_wandb_held, refused_connections, unfinished_runs
from wandb_testkit.plugin.leftovers import Leftovers
from wandb_testkit.plugin.process_state import ProcessState
from wandb_testkit.plugin.wishes import wishes_of
from wandb_testkit.pytest_plugin import (
    FIXTURES,
    LeftoverWarning,
    RealWandbHeldWarning,
    RefusedConnectionWarning,
    UnfinishedRunWarning,
    UnreachedWorkersWarning,
    is_asked_for,
)
from wandb_testkit.world import World, fake

if TYPE_CHECKING:
    from wandb_testkit.faults import Fault
    from wandb_testkit.network import NetworkGuard
    from wandb_testkit.observation import RunView
    from wandb_testkit.plugin.ray_cluster import RayClusters
    from wandb_testkit.plugin.stand_in import StandIn


class OwnWorld:
    """A world that one test has for itself, and what the test is told about it.

    Args:
        item: The test; its markers are read.
        stand_in: What `import wandb` is in this test.
        guard: What refuses connections in this test.
        clusters: Those of ray that the process is connected to.

    Attributes:
        world: The world.
        before: How things stood before the test, and will stand again after it.
        leftovers: What was there before the test.
        is_named: The test names a fixture of the plugin's, and so means this world.
        is_told: The test has failed already; one failure is told once.
        is_shown: A report of the test shows its runs already.
    """

    def __init__(self, item: pytest.Item, stand_in: StandIn, guard: NetworkGuard, clusters: RayClusters) -> None:
        self._item = item
        self._guard = guard
        self._clusters = clusters
        self._wishes = wishes_of(item)
        self._stand_in = stand_in
        self._runs: list[RunView] | None = None
        self.is_named = any(is_asked_for(item, name) for name in FIXTURES)
        self.is_told = False
        self.is_shown = False
        self.before = ProcessState()
        with ExitStack() as stack:
            stack.callback(self.before.restore)
            profile = stack.enter_context(stand_in.begin(self._wishes.profile))
            self._set_variables()
            self.world = stack.enter_context(fake(profile=profile, logged_in=self._wishes.logged_in))
            for fault in self._wishes.faults:
                _arm(self.world, fault)
            self.leftovers = Leftovers(Path.cwd(), item.config.rootpath)
            guard.refused.clear()
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
        names = self._stand_in.finish_unfinished(self.world)
        self.check_lost()
        if self.is_told:
            return
        news: list[tuple[type[pytest.PytestWarning], str]] = []
        if refused := [*self._guard.refused, *self.world.recorder.refused_connections]:
            news.append((RefusedConnectionWarning, refused_connections(refused)))
        if names and not self._wishes.allow_unfinished:
            news.append((UnfinishedRunWarning, unfinished_runs(names)))
        if left := self.leftovers.found():
            news.append((LeftoverWarning, left_behind(left)))
        if unaware := self._clusters.unaware():
            news.append((UnreachedWorkersWarning, unaware))
        if held := self.held:
            news.append((RealWandbHeldWarning, held))
        if news and self._is_strict():
            pytest.fail("\n".join(message for _, message in news), pytrace=False)
        path, line, _ = self._item.reportinfo()
        for category, message in news:
            # A suite under "-W error" makes this a failure, like every other warning, and so gets what it asked for.
            warnings.warn_explicit(category(message), None, str(path), (line or 0) + 1)

    def leave(self) -> None:
        """Put everything back as it was before the test."""
        if self._runs is None:
            with self._stack:
                self._runs = self.world.runs
            self._stand_in.end(self.world)

    @property
    def held(self) -> str:
        """Who goes on using the real wandb in this test, in words; "" if nobody does."""
        return real_wandb_held(self._stand_in.held) if self._stand_in.held else ""

    def _set_variables(self) -> None:
        """Let the environment say what the markers say; `before` gives it back."""
        for name, value in self._wishes.variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def _is_strict(self) -> bool:
        if self._wishes.strict is None:
            return bool(self._item.config.getini("wandb_strict"))
        return self._wishes.strict


def _arm(world: World, fault: Fault) -> None:
    """Arm a fault like this one: a marker is shared by many tests, and a fault remembers what it has done."""
    world.server.fail(
        fault.on,
        nth=fault.nth,
        reply=fault.reply,
        message=fault.message,
        how=fault.how,
        retry_after=fault.retry_after,
        limit_s=fault.limit_s,
        file=fault.file,
    )
