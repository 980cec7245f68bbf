"""Owns what the children of a world see of it, and the world that a child makes of what it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wandb_testkit.ports import Backend
from wandb_testkit.profiles import Profile
from wandb_testkit.recorder import Recorder
from wandb_testkit.sdk.home import Home
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.local import LocalRun
from wandb_testkit.surroundings import WorldDisk

if TYPE_CHECKING:
    from wandb_testkit.processes import Processes


class Parenthood:
    """A world, as its children see it (children.hub.Parent).

    Args:
        local: Makes what keeps an offline run.

    Attributes:
        observer: Is told what a child told its user.
        connection_refused: Is told that a child was about to reach the network.
        log_of_child: Logs a row to a run of this process.
    """

    def __init__(
        self,
        profile: Profile,
        server: FakeServer,
        recorder: Recorder,
        processes: Processes,
        local: Callable[[], LocalRun],
        disk: WorldDisk,
        home: Home,
        directory: str | None,
    ) -> None:
        self._profile = profile
        self._server = server
        self.observer = recorder
        self.connection_refused = recorder.connection_refused
        self.log_of_child = processes.log_of_child
        self._local = local
        self._disk = disk
        self._home = home
        self._directory = directory

    def backend(self, *, offline: bool) -> Backend:
        """What carries out the records of a child's online or offline run."""
        return self._local() if offline else self._server

    def described(self) -> dict[str, Any]:
        """What a child has to know to be in this world: told_arguments() makes arguments of it."""
        return {
            "profile": self._profile.value,
            "root": self._disk.root,
            "home": self._home.real_folder,
            "api_key": self._home.api_key,
            "directory": self._directory,
        }


def told_arguments(told: dict[str, Any]) -> dict[str, Any]:
    """The arguments of World() in a child, which its parent has described itself with."""
    return {
        "profile": told["profile"],
        "root": told["root"],
        "home": told["home"],
        "logged_in": None if told["home"] else told["api_key"] is not None,
        "directory": told["directory"],
    }
