"""What the tests with torch and the real wandb 0.31.0 share: one script, run by the real client and by the kit.

They run in an environment of their own (`make test-integrations`, which sets WANDB_TESTKIT_INTEGRATIONS); elsewhere
they are not collected, because torch is large.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.conftest import QUICK
from tests.integrations.results import Results, is_writing
from wandb_testkit.profiles import CURRENT
from wandb_testkit.world import fake

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "fixtures" / "scripts" / "integrations"

collect_ignore_glob = [] if os.environ.get("WANDB_TESTKIT_INTEGRATIONS") else ["test_*.py"]

UNDER_THE_KIT = """
import runpy, sys
import wandb_testkit as wt

with wt.install(profile="current") as world:
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
    for run in world.runs:
        print("RUN", repr((run.id, run.history[:], dict(run.summary), dict(run.files))))
"""


def pytest_configure(config: pytest.Config) -> None:
    """Keep what is found of frameworks, if asked to; with xdist the controller hears of every test."""
    if is_writing() and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results())


class Seen(NamedTuple):
    """What a client left of a run."""

    history: list[dict[str, Any]]
    summary: dict[str, Any]
    files: dict[str, bytes]


class Played(NamedTuple):
    """What a client left of each run of a script, by id, and what the script told in its RESULT line."""

    runs: dict[str, Seen]
    told: Any


Play = Callable[..., tuple[Played, Played]]


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Run a script with the real wandb of this interpreter, and with the kit's."""

    def both(script: str, *arguments: object) -> tuple[Played, Played]:
        command = [str(SCRIPTS / script), *map(str, arguments)]
        home = tmp_path_factory.mktemp("played")
        with fake(profile=CURRENT) as world:
            output = _run(home / "real", command, {"WANDB_BASE_URL": world.url, "WANDB_API_KEY": world.api_key})
            assert not world.recorder.refusals
            seen = {run.id: Seen(list(run.history), dict(run.summary), dict(run.files)) for run in world.runs}
            real = Played(seen, _result(output))
        output = _run(home / "kit", ["-c", UNDER_THE_KIT, *command], {"PYTHONPATH": str(ROOT)})
        lines = [line[4:] for line in output.splitlines() if line.startswith("RUN ")]
        values = [eval(line, {"inf": float("inf"), "nan": float("nan")}) for line in lines]
        return real, Played({run_id: Seen(*rest) for run_id, *rest in values}, _result(output))

    return both


def _run(home: Path, command: list[str], env: dict[str, str]) -> str:
    home.mkdir()
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=home,
        env={**inherited, "HOME": str(home), "USERPROFILE": str(home), **QUICK, **env},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _result(output: str) -> Any:
    return next((json.loads(line[7:]) for line in output.splitlines() if line.startswith("RESULT ")), None)
