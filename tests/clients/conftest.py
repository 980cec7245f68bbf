"""What the tests with real clients share: a world, and a client of one version that runs scripts against it.

They run where WANDB_TESTKIT_CLIENTS names versions ("0.31.0 0.10.33", or "all"), as `make test-clients` does; elsewhere
they are not collected, because the first run installs each version, and old ones take seconds a run.
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

from wandb_testkit.targets.environments import CLIENTS, python_of
from wandb_testkit.world import World, fake

SCRIPTS = Path(__file__).parents[2] / "fixtures" / "scripts" / "clients"

_asked = os.environ.get("WANDB_TESTKIT_CLIENTS", "").split()
VERSIONS = CLIENTS if _asked == ["all"] else tuple(_asked)

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
        self._world = world
        self._directory = directory
        self._played = 0

    def play(
        self, script: str, *arguments: object, env: Mapping[str, str | None] | None = None, is_own: bool = False
    ) -> Played:
        """Run a script to its end.

        Args:
            env: Variables besides those that make clients quick; None takes one of them away.
            is_own: The script lies in the working directory, as a user's does.
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
            timeout=120,
            check=False,
        )
        output = done.stdout + done.stderr
        told = next((line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")), "{}")
        return Played(done.returncode, json.loads(told), output)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs_client: runs scripts with a real wandb of some version")


@pytest.fixture
def world() -> Iterator[World]:
    with fake(profile="current") as world:
        yield world


@pytest.fixture(params=VERSIONS)
def client(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Client:
    return Client(request.param, world, tmp_path)
