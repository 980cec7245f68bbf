"""Owns who has which world, and when: the hooks that give every test its own and take it back."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from wandb_testkit.children.starting import CHILDREN
from wandb_testkit.network import RULES, NetworkGuard
from wandb_testkit.plugin.own_world import OwnWorld
from wandb_testkit.plugin.process_state import ProcessState
from wandb_testkit.plugin.ray_cluster import RayClusters
from wandb_testkit.plugin.stand_in import BothStandIn, ModuleStandIn, ServerStandIn, StandIn
from wandb_testkit.profiles import to_profile
from wandb_testkit.pytest_plugin import FIXTURES, is_asked_for
from wandb_testkit.world import World, entered

RUNS = "wandb_runs"
"""The attribute of a test's last report that holds its runs, as JSON; pytest carries it from process to process."""

OWN_WORLD = pytest.StashKey[OwnWorld]()


class Worlds:
    """The pytest plugin that is registered while worlds are wanted.

    Its wrappers of setup, call and teardown are the innermost ones: a world is entered before any fixture is set up and
    left after all are torn down, inside of what captures output, logging and warnings.

    Args:
        profile: What --wandb-profile says; None means that of the installed wandb.
        mode: What --wandb-fake says; None: wandb is stood in for only in the tests that ask.

    Attributes:
        entered: The worlds of the tests that are under way, the innermost last.
    """

    def __init__(self, config: pytest.Config, profile: str | None, *, mode: str | None) -> None:
        self._profile = None if profile is None else to_profile(profile)
        self._mode = mode
        self._module = ModuleStandIn(self._profile)
        self._server_once: ServerStandIn | None = None
        self._wide_fixtures: dict[object, dict[str, Any]] = {}
        self._wide_worlds: dict[object, list[World]] = {}
        self.entered: list[OwnWorld] = []
        self._stack = ExitStack()
        config.add_cleanup(self._stack.close)
        self._clusters = RayClusters()
        self._rule = _rule(config)
        self._guard = NetworkGuard(self._rule, CHILDREN.tell_of_refused)
        self._stack.callback(self._lift_guard)
        if mode is not None:
            self._stack.enter_context(self._everywhere().through_the_run())
            self._place_guard()
        self._stack.callback(self._leave_all)

    # Methods, not properties: pluggy looks at every attribute of a plugin that is registered.

    def _server(self) -> ServerStandIn:
        """There is one address a process; who never asks for it never opens a port."""
        if self._server_once is None:
            self._server_once = self._stack.enter_context(ServerStandIn(self._profile))
        return self._server_once

    def _everywhere(self) -> ModuleStandIn | ServerStandIn:
        return self._server() if self._mode == "server" else self._module

    def headline(self) -> str | None:
        """One line for the head of the pytest report, if wandb is stood in for in all of it."""
        return None if self._mode is None else f"wandb: {self._everywhere().headline()}"

    def of(self, item: pytest.Item, fixture: str = "") -> OwnWorld:
        """The world of a test; one that has none enters it now, for the fixture that it asks for by name."""
        if OWN_WORLD not in item.stash:
            own = OwnWorld(
                item, self._stand_in_for({fixture, *getattr(item, "fixturenames", ())}), self._guard, self._clusters
            )
            self._place_guard()
            self.entered.append(own)
            item.stash[OWN_WORLD] = own
        return item.stash[OWN_WORLD]

    def _stand_in_for(self, names: set[str]) -> StandIn:
        if self._mode == "server" or "wandb_server" not in names:
            return self._everywhere()
        if self._mode is None and "wandb_fake" not in names:
            return self._server()
        return BothStandIn(self._module, self._server())

    def _leave(self, own: OwnWorld) -> None:
        self.entered.remove(own)
        own.leave()
        if self._mode is None and not self.entered:
            self._lift_guard()

    def _place_guard(self) -> None:
        self._guard.place()
        CHILDREN.network = self._rule

    def _lift_guard(self) -> None:
        self._guard.lift()
        CHILDREN.network = ""

    def _leave_all(self) -> None:
        """An interrupted test is not torn down."""
        for own in reversed(self.entered[:]):
            self._leave(own)

    # ------------------------------------------------------------------ the life of a test

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Enter the test's world before its fixtures are set up."""
        if self._mode is not None or any(is_asked_for(item, name) for name in FIXTURES):
            self.of(item)
            self._let_wide_worlds_hold(item)
        with _telling_once(item):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Fail a test that passes and has lost data."""
        with _telling_once(item):
            result = yield
        if own := item.stash.get(OWN_WORLD, None):
            own.check_lost()
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Judge what is left when all fixtures are torn down, and leave the test's world."""
        own = item.stash.get(OWN_WORLD, None)
        if own is None:
            return (yield)
        try:
            with _telling_once(item):
                return (yield)
        finally:
            try:
                own.judge()
            finally:
                self._leave(own)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Show the runs of a test that failed, and hand over those of every test for --wandb-report.

        The outermost wrapper: what other plugins make of a failure (expected, to be repeated) is known here.
        """
        report = yield
        own = item.stash.get(OWN_WORLD, None)
        if own is None:
            return report
        if report.failed and own.held and own.held not in str(report.longrepr):
            report.sections.append(("real wandb", own.held))
        is_last = call.when == "teardown"
        if report.failed and own.runs and not (is_last and own.is_shown):
            from wandb_testkit.report.text import runs_section  # a suite without failures shows nothing

            report.sections.append(("wandb runs", runs_section(own.runs)))
            own.is_shown = True
        if is_last:
            if item.config.getoption("wandb_report"):
                from wandb_testkit.report.data import to_data

                # As text, which xdist can carry whatever the runs hold.
                report.__dict__[RUNS] = json.dumps([to_data(run) for run in own.runs])
            del item.stash[OWN_WORLD]
        return report

    # ------------------------------------------------------------------ fixtures that outlive a test

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """Let the variables stand that a fixture sets for a class, a module or the session.

        It is set up in the world of the first test that needs it, but what it sets is not that test's to lose.
        """
        if fixturedef.scope == "function":
            return (yield)
        own = self.entered[-1] if self.entered else None
        before, there = ProcessState(), own.leftovers.again() if own else None
        worlds = entered()
        result = yield
        if own is not None and there is not None:
            own.leftovers.count_in(there)
        self._wide_worlds[fixturedef] = [world for world in entered() if world not in worlds]
        if own is not None and own.is_named:
            own.world.come_first()
        if changed := before.difference():
            self._wide_fixtures[fixturedef] = changed
            if self.entered:
                self.entered[-1].before.keep(changed)
        return result

    def _let_wide_worlds_hold(self, item: pytest.Item) -> None:
        """A world that a fixture enters for a module holds in the tests that use it, unless they name their own."""
        if self.of(item).is_named:
            return
        info = getattr(item, "_fixtureinfo", None)
        for fixtures in () if info is None else info.name2fixturedefs.values():
            for fixture in fixtures:
                for world in self._wide_worlds.get(fixture, ()):
                    world.come_first()

    def pytest_fixture_post_finalizer(self, fixturedef: pytest.FixtureDef[Any]) -> None:
        """Take back what such a fixture had set, whether it did so itself or not."""
        self._wide_worlds.pop(fixturedef, None)
        changed = self._wide_fixtures.pop(fixturedef, None)
        if changed and self.entered:
            self.entered[-1].before.amend(changed)


def _rule(config: pytest.Config) -> str:
    rule = str(config.getini("wandb_network"))
    if rule not in RULES:
        raise pytest.UsageError(f"wandb_network = {rule}: there is no such value; there is {', '.join(RULES)}")
    return rule


@contextmanager
def _telling_once(item: pytest.Item) -> Generator[None, None, None]:
    """A test that fails by itself, or is skipped, is not failed a second time."""
    try:
        yield
    except BaseException:
        if own := item.stash.get(OWN_WORLD, None):
            own.is_told = True
        raise
