"""Owns what the client does with a run by itself: files and facts that it adds, its clock in notebooks, its log's end.

Source: CODE-1, JUPYTER-2, LOGSETUP-7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.logging_setup import tear_down

if TYPE_CHECKING:
    from wandb_testkit.sdk.files import SavedFiles
    from wandb_testkit.sdk.logging_setup import TeardownHook
    from wandb_testkit.sdk.outgoing import Outgoing
    from wandb_testkit.sdk.run_tree import RunTree
    from wandb_testkit.sdk.session import Session
    from wandb_testkit.sdk.stopwatch import Stopwatch


class RunUpkeep:
    """The upkeep of a run; nothing of it is for its user."""

    if TYPE_CHECKING:
        _client_config: Mapping[str, Any]
        _files: SavedFiles
        _outgoing: Outgoing
        _session: Session
        _stopwatch: Stopwatch
        _teardown_hooks: list[TeardownHook]
        _tree: RunTree

        def _flush(self) -> None: ...
        def _upload(self, files: Mapping[str, bytes]) -> None: ...

    def _keep(self, name: str, content: bytes) -> None:
        """Keep a file that the client itself saves: on the server, and in the directory if there is one."""
        self._files.names.add(name)
        self._tree.keep(name, content)
        self._upload({name: content})

    def _keep_file(self, name: str, path: str) -> None:
        with open(path, "rb") as file:
            self._keep(name, file.read())

    def _tell_server(self, key: str, value: Any) -> None:
        """Say something in the client's own part of the config."""
        self.__dict__["_client_config"] = {**self._client_config, key: value}
        self._outgoing.config_changed()

    def _telemetry_callback(self, telemetry: Any) -> None:
        """Keep what a library tells of itself (wandb.sdk.lib.telemetry): `feature.keras` -> True."""
        told = telemetry.told()
        if told and not self._outgoing.is_finished:
            self._tell_server("telemetry", {**self._client_config.get("telemetry", {}), **told})

    def _label(
        self, code: str | None = None, repo: str | None = None, code_version: str | None = None, **kwargs: str
    ) -> None:
        """Keep what code calls itself."""
        given = {"code": code, "repo": repo, "code_version": code_version, **kwargs}
        said = {name: value for name, value in given.items() if value is not None}
        if said and not self._outgoing.is_finished:
            self._tell_server("label", {**self._client_config.get("label", {}), **said})

    def _stop_clock(self) -> None:
        self._flush()
        self._stopwatch.stop(self._session.clock.time())

    def _restart_clock(self) -> None:
        self._flush()
        self._stopwatch.go_on(self._session.clock.time())

    def _tear_down(self) -> None:
        """Undo everything that init() set up outside of the run."""
        for early in (True, False):
            tear_down(self._teardown_hooks, early=early)
