"""Owns what `import wandb` is in a test: the drop-in module, or the real client in front of a fake server."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import pytest

from wandb_testkit.dropin.install import Installation, RealWandbImportedWarning, install, is_installed
from wandb_testkit.dropin.originals import Modules, imported, installed_version, profile_of
from wandb_testkit.dropin.rebinding import Finds, Rebound
from wandb_testkit.plugin.process_state import ProcessState
from wandb_testkit.profiles import Profile
from wandb_testkit.server.accounts import DEFAULT_KEY
from wandb_testkit.world import World, fake

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class StandIn(Protocol):
    """What a test meets when it says wandb.

    Attributes:
        held: Who goes on holding the interpreter's own wandb in this test, each in a few words.
    """

    held: list[str]

    def begin(self, wished: Profile | None) -> AbstractContextManager[Profile]:
        """Be there for one test, and tell the profile of its world; None: as the run says."""

    def finish_unfinished(self, world: World) -> list[str]:
        """Finish what the test left running, and name it."""

    def end(self, world: World) -> None:
        """The test is over."""


class ModuleStandIn:
    """`import wandb` is the drop-in module.

    Args:
        profile: What the run says; None means that of the installed wandb.
    """

    def __init__(self, profile: Profile | None) -> None:
        self._profile = profile
        self._installation: Installation | None = None
        self._finds: Finds | None = None
        self.held: list[str] = []

    @contextmanager
    def through_the_run(self) -> Iterator[None]:
        """Put the drop-in in the place of wandb until pytest ends."""
        with ExitStack() as stack:
            try:
                self._installation = stack.enter_context(install(profile=self._profile))
            except Warning as forbidden:  # the real wandb was imported before, and warnings are errors
                raise pytest.UsageError(str(forbidden)) from None
            stack.enter_context(fake(profile=self._installation.profile))
            yield

    @contextmanager
    def begin(self, wished: Profile | None) -> Iterator[Profile]:
        """Put it there for this test, unless it is there already and has the right profile."""
        there = self._installation
        wished = wished or self._profile
        if there is not None and wished in (None, there.profile):
            yield there.profile
            return
        real = {} if is_installed() else imported()
        if real and (self._finds is None or not self._finds.is_of(real)):
            self._finds = Finds(real)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RealWandbImportedWarning)  # it is dealt with here
            installation = install(profile=wished)
        with installation, self._rebound(real):
            yield installation.profile

    @contextmanager
    def _rebound(self, real: Modules) -> Iterator[None]:
        """Let names that were bound to the real wandb before mean the drop-in."""
        if not real or self._finds is None:
            yield
            return
        self._finds.look()
        rebound = Rebound(self._finds)
        self.held = rebound.kept
        try:
            yield
        finally:
            rebound.undo()

    def finish_unfinished(self, world: World) -> list[str]:
        """Finish the runs of the world."""
        return world.finish_unfinished()

    def end(self, world: World) -> None:
        """There is nothing that could come later."""

    def headline(self) -> str:
        """What it is."""
        return "fake" if self._installation is None else f"fake, profile {self._installation.profile}"


class ServerStandIn:
    """`import wandb` is the installed client, and its server is the fake on this machine.

    Raises:
        pytest.UsageError: A profile is asked for: the client that is installed has its own.
    """

    def __init__(self, profile: Profile | None) -> None:
        from wandb_testkit.plugin.gateway import Gateway  # only who asks for a server pays for HTTP
        from wandb_testkit.plugin.own_graphql import keep_apart
        from wandb_testkit.plugin.real_client import RealClient

        self._version = installed_version()
        self._profile = profile_of(self._version)
        if self._profile is Profile.CLASSIC:
            keep_apart()
        if profile not in (None, self._profile):
            raise pytest.UsageError(
                f"--wandb-profile={profile}: the installed wandb {self._version} behaves as it does; "
                "leave the option out, or use --wandb-fake=module"
            )
        self._is_everywhere = False
        self.held: list[str] = []
        self._gateway = Gateway()
        self._client = RealClient(self._gateway.url, DEFAULT_KEY)

    def __enter__(self) -> ServerStandIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
        self._gateway.close()

    @contextmanager
    def through_the_run(self) -> Iterator[None]:
        """Point the environment to the address until pytest ends."""
        if self._version is None:
            raise pytest.UsageError(
                "--wandb-fake=server runs the real wandb, and none is installed: pip install wandb, "
                "or use --wandb-fake, which needs none"
            )
        before = ProcessState()
        self._is_everywhere = True
        os.environ.update(self._client.variables(os.environ))
        try:
            with fake(profile=self._profile):
                yield
        finally:
            self._client.finish_unfinished()
            before.restore()

    @contextmanager
    def begin(self, wished: Profile | None) -> Iterator[Profile]:
        """Point the environment to the address for this test, and let the client read it again."""
        if wished not in (None, self._profile):
            pytest.fail(
                f"@pytest.mark.wandb(profile={str(wished)!r}): this test runs the installed wandb {self._version}, "
                "which behaves as it does; leave profile= out, or run it with --wandb-fake=module",
                pytrace=False,
            )
        os.environ.update(self._client.variables(os.environ))
        if self._is_everywhere:
            self._client.start()
        self._client.begin()
        yield self._profile

    def finish_unfinished(self, world: World) -> list[str]:
        """Finish the runs of the client; faults that are armed would keep it waiting."""
        world.server.heal()
        return [*self._client.finish_unfinished(), *world.finish_unfinished()]

    def end(self, world: World) -> None:
        """What comes late for a run of the world shall still find it."""
        self._client.begin()
        self._gateway.remember(world)

    def headline(self) -> str:
        """What it is."""
        return f"{self._version}, against a fake server at {self._gateway.url}"


class BothStandIn:
    """`import wandb` is the drop-in module, and child processes are pointed to the same world."""

    def __init__(self, module: ModuleStandIn, server: ServerStandIn) -> None:
        self._module = module
        self._server = server
        self.held: list[str] = []

    @contextmanager
    def begin(self, wished: Profile | None) -> Iterator[Profile]:
        """Be there for one test."""
        with self._module.begin(wished) as profile, self._server.begin(None):
            self.held = self._module.held
            yield profile

    def finish_unfinished(self, world: World) -> list[str]:
        """Finish the runs of the world."""
        return world.finish_unfinished()

    def end(self, world: World) -> None:
        """What comes late for a run of the world shall still find it."""
        self._server.end(world)
