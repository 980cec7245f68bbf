"""Owns the real wandb of a pytest process: where it is pointed, and that each test finds it as a new process would.

The client keeps one service process for as long as the process lives; what it has read of the environment is forgotten
between tests, so that a test may set WANDB_* variables. Both are the client's own business, and were found by reading
0.10.33 to 0.31.0: a version that keeps them elsewhere works too, and reads the environment once.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from wandb_testkit.dropin.tree import DropInModule
from wandb_testkit.records import RunPath
from wandb_testkit.world import World, current

QUIET: Mapping[str, str] = {
    "WANDB_CONSOLE": "off",  # pytest captures the output, and closes its files before the client is done with them
    "WANDB_ERROR_REPORTING": "false",
    "WANDB_START_METHOD": "thread",
    "WANDB__DISABLE_STATS": "true",
    "WANDB_X_DISABLE_STATS": "true",
    "WANDB_X_DISABLE_MACHINE_INFO": "true",
    "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1",
}
"""What a suite may set otherwise: settings that make a client quick, and keep it on this machine (protocol.md 6.4)."""

DROPPED = re.compile(r"step.*(less than|monotonic|must only increase)", re.IGNORECASE)
"""How clients of every generation say that they drop a row (LOG-3)."""


class RealClient:
    """The wandb that is installed, pointed at an address.

    Args:
        url: Where the server is.
        api_key: Whose runs they are.
    """

    def __init__(self, url: str, api_key: str) -> None:
        self._url = url
        self._api_key = api_key
        self._folder: Path | None = None
        self._netrc = os.environ.get("NETRC") or os.path.expanduser("~/.netrc")
        self._given: dict[str, str] = {}
        self._is_started = False

    def variables(self, environ: Mapping[str, str]) -> dict[str, str]:
        """What the environment is to say from now on; what the suite has said there already is left as it is.

        Nothing is written to the real home, or to the directory that the tests run in. The client keeps settings in
        its directories, so each time they are new ones.
        """
        self._take_folder_away()
        self._folder = Path(tempfile.mkdtemp(prefix="wandb-testkit-"))
        _copy_netrc(self._netrc, self._folder / "netrc")
        folders = {f"WANDB_{what}_DIR": str(self._folder / what.lower()) for what in ("CACHE", "CONFIG", "DATA")}
        for folder in (*folders.values(), self._folder / "wandb"):
            os.mkdir(str(folder))
        usual = {**QUIET, **folders, "WANDB_DIR": str(self._folder)}
        given = {name: value for name, value in usual.items() if environ.get(name) in (None, self._given.get(name))}
        self._given = {
            **given,
            "WANDB_BASE_URL": self._url,
            "WANDB_API_KEY": self._api_key,
            "NETRC": str(self._folder / "netrc"),
        }
        return self._given

    def start(self) -> None:
        """Import the client, and start its service, which goes on with the environment that it is started in."""
        wandb: Any = _module("wandb") or importlib.import_module("wandb")
        if not self._is_started:
            self._is_started = True
            wandb.setup()

    def begin(self) -> None:
        """Let the client read its environment again, hear what it drops, and see where it keeps keys."""
        if setup := _module("wandb.sdk.wandb_setup"):
            _forget_settings(setup)
        if term := _module("wandb.errors.term"):
            _listen(term)
        apikey = _module("wandb.sdk.lib.apikey")
        if apikey is not None and not hasattr(apikey, "get_netrc_file_path"):
            apikey.write_netrc = _write_netrc  # type: ignore[attr-defined] # before 0.16 it knows the real home only

    def finish_unfinished(self) -> list[str]:
        """Finish every run that is active, as the end of its process would, and name them."""
        finished = []
        for run in reversed(_active_runs()):
            parts = (getattr(run, name, None) for name in ("entity", "project", "id"))
            finished.append("/".join(str(part) for part in parts if part))
            _finish(run)
        return finished[::-1]

    def close(self) -> None:
        """End the client's service, and take its directories away."""
        self.finish_unfinished()
        teardown = getattr(_module("wandb"), "teardown", None)
        if teardown is not None:
            with suppress(SystemExit):  # how it tells that its service ended badly
                teardown()
        self._take_folder_away()

    def _take_folder_away(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)  # a service that ends late may still write its log
            self._folder = None


def _module(name: str) -> ModuleType | None:
    """A module of the real client that has been imported; what was put in its place, as the drop-in is, is none."""
    module: object = sys.modules.get(name)
    return module if isinstance(module, ModuleType) and not isinstance(module, DropInModule) else None


def _copy_netrc(real: str, path: Path) -> None:
    """Logins of other hosts go on, and keys that a test logs in with do not stay in the real file."""
    path.touch(mode=0o600)
    with suppress(OSError):
        path.write_bytes(Path(real).read_bytes())


def _write_netrc(host: str, entity: str, key: str) -> bool:
    """Keep a key where the environment says that keys are."""
    with open(os.environ["NETRC"], "a", encoding="utf-8") as file:
        file.write(f"machine {urlsplit(host).netloc or host}\n  login {entity}\n  password {key}\n")
    return True


def _forget_settings(setup: ModuleType) -> None:
    single = getattr(setup, "_singleton", None)
    if single is not None and hasattr(single, "_settings_environ"):  # 0.20 and later read it when they need it
        single._settings = single._settings_environ = None
        for cached in ("_server", "_session_identity"):
            if hasattr(single, cached):
                setattr(single, cached, None)
        if auth := _module("wandb.sdk.lib.wbauth"):
            auth.unauthenticate_session(update_settings=False)
        return
    if single is not None:
        setup._singleton = None  # type: ignore[attr-defined] # the next one joins the service by its variable
    older = getattr(setup, "_WandbSetup", None)
    if getattr(older, "_instance", None) is not None:
        older._instance = None  # type: ignore[union-attr] # as above; 0.10 has no service


def _active_runs() -> list[Any]:
    """The runs of the real client that are not finished, oldest first."""
    setup, wandb = _module("wandb.sdk.wandb_setup"), _module("wandb")
    if setup is None or wandb is None:
        return []
    runs = list(getattr(getattr(setup, "_singleton", None), "_active_runs", ()))
    present = getattr(wandb, "run", None)
    if present is not None and not any(run is present for run in runs):
        runs.append(present)
    return runs


def _finish(run: Any) -> None:
    finish: Callable[..., object] = getattr(run, "finish", None) or run.join
    finish(exit_code=0)


def _listen(term: ModuleType) -> None:
    """Note in the world in force what the client says when it drops a row: it tells nobody else."""
    log = getattr(term, "_log", None)
    if log is None or hasattr(log, "heard_by_wandb_testkit"):
        return

    def heard(string: str = "", *args: Any, **kwargs: Any) -> Any:
        if DROPPED.search(str(string)):
            current().recorder.dropped(_present_run(current()), _bare(str(string)))
        return log(string, *args, **kwargs)

    heard.heard_by_wandb_testkit = True  # type: ignore[attr-defined] # a mark, so that it is put there once
    term._log = heard  # type: ignore[attr-defined] # what every message of the client goes through


def _present_run(world: World) -> RunPath:
    runs = list(world.server.runs)
    return runs[-1].path if runs else RunPath("", "", "")


def _bare(line: str) -> str:
    """A line for the terminal without its colours and its first words."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", line).strip()
    return re.sub(r"^(wandb: *)?(WARNING *)?", "", text)
