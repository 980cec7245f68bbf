"""What the tests with real clients share: a world, and a client of one version that runs scripts against it.

They run where WANDB_TESTKIT_CLIENTS names versions ("0.31.0 0.10.33", "all", or "ci": see IN_CI), as `make
test-clients` does; elsewhere they are not collected, because the first run installs each version, and old ones take
seconds a run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.results import Results, is_writing
from wandb_testkit.targets.environments import CLIENTS, python_of
from wandb_testkit.world import World, fake

SCRIPTS = Path(__file__).parents[2] / "fixtures" / "scripts" / "clients"

_asked = os.environ.get("WANDB_TESTKIT_CLIENTS", "").split()
VERSIONS = CLIENTS if _asked in (["all"], ["ci"]) else tuple(_asked)

IN_CI: dict[str, set[str] | None] = {
    "0.10.33": None,
    "0.12.21": {"online run"},
    "0.15.12": {"online run", "resume=must, allow", "anonymous"},
    "0.17.9": {"online run"},
    "0.19.11": {"online run", "started again without resume"},
    "0.22.3": {"online run", "stop from outside"},
    "0.28.2": {"online run"},
    "0.31.0": None,
}
"""What each change is tried with: everything (None) in the first and the last generation, and of the others one run,
and what their generation does in a way of its own; `make deep` runs the whole grid."""

FEW_FAULTS = ("run 403", "run lose_answer", "file_stream 500", "file_stream lose_answer", "file_stream twice")
"""Faults that 0.10.33 meets in CI: it takes half a minute to give up on some of the others."""

collect_ignore_glob = [] if VERSIONS else ["test_*.py"]

QUICK = {
    "WANDB_CONSOLE": "wrap",
    "WANDB_DISABLE_GIT": "true",
    "WANDB_DISABLE_CODE": "true",
    "WANDB_ERROR_REPORTING": "false",
    "WANDB_SILENT": "true",
    "WANDB_START_METHOD": "thread",
    "WANDB__DISABLE_STATS": "true",
    "WANDB_X_DISABLE_STATS": "true",
    "WANDB_X_DISABLE_MACHINE_INFO": "true",
}
"""Settings that make real clients quick (protocol.md 6.4)."""


class Played(NamedTuple):
    """How a script ended: exit code, what it told in its RESULT line, and what it printed."""

    exit_code: int
    told: dict[str, Any]
    output: str


class Client:
    """A real client of one version, on a machine of its own: home and working directory are fresh for each script."""

    def __init__(self, version: str, world: World, directory: Path) -> None:
        self.version = version
        minor = int(version.split(".")[1])
        self.overwrites = minor < 18  # without resume, an old client writes from the first line on (trap 8)
        self.repeats_after_410 = minor < 15
        self.has_anonymous = minor < 23
        self._world = world
        self._directory = directory
        self._played = 0

    def play(
        self,
        script: str,
        *arguments: object,
        env: Mapping[str, str | None] | None = None,
        is_own: bool = False,
        timeout_s: float = 240,
    ) -> Played:
        """Run a script to its end.

        Args:
            env: Variables besides those that make clients quick; None takes one of them away.
            is_own: The script lies in the working directory, as a user's does.
            timeout_s: The longest that it may take.
        """
        self._played += 1
        home = self._directory / f"home{self._played}"
        home.mkdir()
        path = SCRIPTS / script
        if is_own:
            path = Path(shutil.copy(path, home))
        environ: dict[str, str | None] = {
            **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
            "HOME": str(home),
            "USERPROFILE": str(home),
            "WANDB_CONFIG_DIR": str(
                home / ".config" / "wandb"
            ),  # else 0.15 keeps settings in the machine's temporary directory
            "WANDB_BASE_URL": self._world.url,
            "WANDB_API_KEY": self._world.api_key,
            **QUICK,
            **(env or {}),
        }
        done = subprocess.run(
            [str(python_of(self.version)), str(path), *map(str, arguments)],
            cwd=home,
            env={name: value for name, value in environ.items() if value is not None},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
        output = done.stdout + done.stderr
        told = next((line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")), "{}")
        return Played(done.returncode, json.loads(told), output)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs_client: runs scripts with a real wandb of some version")
    config.addinivalue_line("markers", "behaviour(name): what fixtures/clients/grid.json calls what the test is about")
    config.addinivalue_line("markers", "fault: a real client meets a fault; kept in fixtures/clients/faults.json")
    if is_writing() and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say of each test which behaviour it shows with which client; leave out what CI leaves to `make deep`."""
    left = []
    for item in items:
        parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
        version = parameters.get("client", parameters.get("version"))
        if version is None:
            continue
        item.user_properties.append(("client", version))
        marker = item.get_closest_marker("behaviour")
        behaviour = None if marker is None else str(marker.args[0])
        if behaviour is not None:
            item.user_properties.append(("behaviour", behaviour))
        fault = parameters.get("fault")
        if _asked == ["ci"] and not _is_in_ci(version, behaviour, fault):
            left.append(item)
    if left:
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


def _is_in_ci(version: str, behaviour: str | None, fault: str | None) -> bool:
    if fault is not None:
        return version == "0.31.0" or (version == "0.10.33" and fault in FEW_FAULTS)
    chosen = IN_CI[version]
    return chosen is None or behaviour in chosen


@pytest.fixture
def world() -> Iterator[World]:
    with fake(profile="current") as world:
        yield world


@pytest.fixture(params=VERSIONS)
def client(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Client:
    return Client(request.param, world, tmp_path)
