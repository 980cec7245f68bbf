"""Runs scripts in a real wandb client of some version, against the fake server over loopback HTTP.

Each process of a script is a process of its own, forked from one that has imported the client (client_program.py); home
and directories are fresh for every script. What is seen is what a user sees: objects, exceptions, printed warnings,
files in the directory, requests that reach the server, and the runs that the server and offline logs hold at the end.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wandb_testkit import actions
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import Profile
from wandb_testkit.server.accounts import DEFAULT_USER
from wandb_testkit.targets.client_service import ANSWER_TIMEOUT_S, Service
from wandb_testkit.targets.environments import python_of
from wandb_testkit.targets.real_playing import RealPlaying
from wandb_testkit.targets.server_side import OwnServer, ServerSide


class RealTarget:
    """A real client of one version; close() ends its process.

    Args:
        version: As on the package index, "0.31.0"; the environment is made on first use.
        environ: Variables that every process is started with; those of a script beat them.
        server: Makes the server that a script meets; None is the fake, fresh for each.
    Raises:
        LookupError: The version cannot be had, or this machine has no fork.
    """

    user = DEFAULT_USER

    def __init__(
        self,
        version: str,
        *,
        environ: Mapping[str, str] | None = None,
        server: Callable[[Profile], ServerSide] | None = None,
    ) -> None:
        if not hasattr(os, "fork"):
            raise LookupError("real clients are run by fork(), which this system does not have; use Linux or macOS")
        self.version = version
        self.environ = environ or {}
        self.name = f"wandb=={version}"
        self._server = server or OwnServer
        self._folder = Path(tempfile.mkdtemp(prefix="wandb-testkit-client-"))
        self._service: Service | None = None
        self._scripts = 0

    def run(self, script: actions.Script, profile: Profile, *, patience_s: float = ANSWER_TIMEOUT_S) -> Observation:
        """Carry out a whole script in a fresh world and tell what could be seen.

        Args:
            patience_s: How long the client may take for one action.
        Raises:
            TimeoutError: It took longer.
        """
        with self.opened(profile, patience_s=patience_s) as playing:
            for action in script:
                playing.take(action)
            return playing.settled()

    @contextmanager
    def opened(self, profile: Profile, *, patience_s: float = ANSWER_TIMEOUT_S) -> Iterator[RealPlaying]:
        """A fresh world on a machine of its own, whose processes are ended afterwards."""
        if self._service is None:
            self._service = Service(python_of(self.version), self._folder)
        self._scripts += 1
        folder = self._folder / f"script{self._scripts}"
        folder.mkdir()
        playing = RealPlaying(self._service, self._server(profile), folder, self.environ, patience_s)
        try:
            yield playing
        finally:
            playing.close()
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End the client's process, and take its folder away."""
        if self._service is not None:
            self._service.close()
            self._service = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> RealTarget:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
