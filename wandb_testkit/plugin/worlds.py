"""Owns who has which world, and when: the hooks that give every test its own and take it back."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from wandb_testkit.dropin.install import Installation, install
from wandb_testkit.plugin.own_world import OwnWorld
from wandb_testkit.plugin.process_state import ProcessState
from wandb_testkit.profiles import to_profile
from wandb_testkit.pytest_plugin import is_asked_for
from wandb_testkit.world import fake

RUNS = "wandb_runs"
"""The attribute of a test's last report that holds its runs, as JSON; pytest carries it from process to process."""

OWN_WORLD = pytest.StashKey[OwnWorld]()


class Worlds:
    """The pytest plugin that is registered while worlds are wanted.

    Its wrappers of setup, call and teardown are the innermost ones: a world is entered before any fixture is set up and
    left after all are torn down, inside of what captures output, logging and warnings.

    Args:
        profile: What --wandb-profile says; None means that of the installed wandb.
        for_every_test: `import wandb` is the fake from now on; otherwise only during the tests that ask.
    """

    def __init__(self, config: pytest.Config, profile: str | None, *, for_every_test: bool) -> None:
        self._profile = None if profile is None else to_profile(profile)
        self._installation: Installation | None = None
        self._wide_fixtures: dict[object, dict[str, Any]] = {}
        self._entered: list[OwnWorld] = []
        self._stack = ExitStack()
        config.add_cleanup(self._stack.close)
        self._stack.callback(self._leave_all)
        if for_every_test:
            self._stand_in()

    def _stand_in(self) -> None:
        """Put the fake in the place of wandb until pytest ends, with a world for what runs outside of tests."""
        try:
            self._installation = self._stack.enter_context(install(profile=self._profile))
        except Warning as forbidden:  # the real wandb was imported before, and warnings are errors
            raise pytest.UsageError(str(forbidden)) from None
        self._stack.enter_context(fake(profile=self._installation.profile))

    def headline(self) -> str | None:
        """One line for the head of the pytest report, if wandb is the fake in all of it."""
        return None if self._installation is None else f"wandb: fake, profile {self._installation.profile}"

    def of(self, item: pytest.Item) -> OwnWorld:
        """The world of a test; one that has none enters it now."""
        if OWN_WORLD not in item.stash:
            own = OwnWorld(item, self._profile, self._installation)
            self._entered.append(own)
            item.stash[OWN_WORLD] = own
        return item.stash[OWN_WORLD]

    def _leave(self, own: OwnWorld) -> None:
        self._entered.remove(own)
        own.leave()

    def _leave_all(self) -> None:
        """An interrupted test is not torn down."""
        for own in reversed(self._entered[:]):
            self._leave(own)

    # ------------------------------------------------------------------ the life of a test

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Enter the test's world before its fixtures are set up."""
        if self._installation is not None or is_asked_for(item):
            self.of(item)
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
        before = ProcessState()
        result = yield
        if changed := before.difference():
            self._wide_fixtures[fixturedef] = changed
            if self._entered:
                self._entered[-1].before.keep(changed)
        return result

    def pytest_fixture_post_finalizer(self, fixturedef: pytest.FixtureDef[Any]) -> None:
        """Take back what such a fixture had set, whether it did so itself or not."""
        changed = self._wide_fixtures.pop(fixturedef, None)
        if changed and self._entered:
            self._entered[-1].before.amend(changed)


@contextmanager
def _telling_once(item: pytest.Item) -> Generator[None, None, None]:
    """A test that fails by itself, or is skipped, is not failed a second time."""
    try:
        yield
    except BaseException:
        if own := item.stash.get(OWN_WORLD, None):
            own.is_told = True
        raise
