"""Real clients and `wandb-testkit serve`: live, and through the death of the server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import QUICK, SCRIPTS, VERSIONS
from tests.server.test_serve import KEY, Served
from tests.server.test_store import kept
from wandb_testkit.targets.environments import python_of


class Training:
    """`two_halves.py`, run by a real client; it waits in the middle."""

    def __init__(self, version: str, url: str, home: Path) -> None:
        environ = {"PATH": os.environ["PATH"], "HOME": str(home), "WANDB_BASE_URL": url, "WANDB_API_KEY": KEY}
        self.process = subprocess.Popen(
            [str(python_of(version)), str(SCRIPTS / "two_halves.py")],
            cwd=home,
            env={**environ, **QUICK},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if line == "HALF\n":
                return
        raise AssertionError(said)

    def go_on(self) -> str:
        """Let it end; what it printed."""
        return self.process.communicate("\n", timeout=300)[0]


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def servers() -> Iterator[list[Served]]:
    started: list[Served] = []
    yield started
    for server in started:
        server.process.kill()
        server.process.communicate()


def test_a_run_goes_on_when_its_server_was_killed_and_started_again(
    version: str, tmp_path: Path, servers: list[Served]
) -> None:
    store, home = tmp_path / "runs.db", tmp_path / "home"
    home.mkdir()
    servers.append(Served("--port", "0", "--store", str(store)))
    url = servers[0].url
    training = Training(version, url, home)
    servers[0].process.kill()
    servers[0].process.wait()
    servers.append(Served("--port", url.rpartition(":")[2], "--store", str(store)))

    output = training.go_on()
    assert training.process.returncode == 0, output
    assert b"finished" in servers[1].ask("GET", "/testkit-user/served")[1]
    servers[1].process.kill()
    servers[1].process.wait()
    with kept(store) as found:
        (run,) = found.runs

    assert (run.state, run.config, run.history["step"]) == ("finished", {"lr": 0.1}, list(range(80)))
    assert run.files["weights.bin"] == b"w" * 10_000
    assert run.artifacts["weights"].files == {"weights.bin": b"w" * 10_000}
    assert set(run.artifacts["weights"].aliases) == {"best", "latest"}
