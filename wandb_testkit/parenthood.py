"""Owns what the children of a world see of it, and the world that a child makes of what it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wandb_testkit.ports import Backend
from wandb_testkit.profiles import Profile
from wandb_testkit.recorder import Recorder
from wandb_testkit.records import Record, Result
from wandb_testkit.sdk.home import Home
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.local import LocalRun
from wandb_testkit.surroundings import WorldDisk
from wandb_testkit.transport.memory import MemoryTransport

if TYPE_CHECKING:
    from wandb_testkit.processes import Processes


class Parenthood:
    """A world, as its children see it (children.hub.Parent).

    Args:
        local: Makes what keeps an offline run.
        version: The wandb version that the children speak like.

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
        version: str,
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
        self._version = version

    def backend(self, *, offline: bool) -> Backend:
        """What carries out the records of a child's online or offline run."""
        return self._local() if offline else _Served(self._server, self._version)

    def described(self) -> dict[str, Any]:
        """What a child has to know to be in this world: told_arguments() makes arguments of it."""
        return {
            "profile": self._profile.value,
            "root": self._disk.root,
            "home": self._home.real_folder,
            "api_key": self._home.api_key,
            "directory": self._directory,
        }


class _Served:
    """The server, as a client in this process reaches it."""

    def __init__(self, server: FakeServer, version: str) -> None:
        self._server = server
        self._version = version

    def apply(self, record: Record, *, api_key: str | None = None) -> Result:
        """Carry out one record."""
        return MemoryTransport(self._server, api_key, version=self._version).deliver(record)


def told_arguments(told: dict[str, Any]) -> dict[str, Any]:
    """The arguments of World() in a child, which its parent has described itself with."""
    return {
        "profile": told["profile"],
        "root": told["root"],
        "home": told["home"],
        "logged_in": None if told["home"] else told["api_key"] is not None,
        "directory": told["directory"],
    }
