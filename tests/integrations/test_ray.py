"""Suites whose tests share a cluster of ray: each finds its own runs, and who cannot is warned.

What a training leaves is compared with the real client by test_frameworks.py. Workers begin with an interpreter that
imports ray, so these take their time: `make deep` runs them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    os.environ.get("WANDB_TESTKIT_INTEGRATIONS") != "large", reason="ray is in the environment of make deep"
)

CLUSTER = """
    import os

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, _temp_dir=PLACE)


    @ray.remote
    class Worker:
        def work(self, name):
            import wandb

            with wandb.init(project="p", name=name) as run:
                for step in range(3):
                    run.log({"x": step})
            return wandb.__file__


    worker = Worker.remote()


    def pytest_unconfigure():
        ray.shutdown()
"""

TESTS = """
    import pytest

    from conftest import ray, worker


    @pytest.mark.parametrize("name", ["one", "two"])
    def test_an_actor_that_outlives_a_test(FIXTURE, name):
        ray.get(worker.work.remote(name))

        (run,) = FIXTURE.runs
        assert (run.name, run.state, run.history["x"]) == (name, "finished", [0, 1, 2])
"""

UNAWARE = """
    import pytest

    from conftest import ray, worker


    def test_without_a_world():
        assert ray.is_initialized()


    @pytest.mark.parametrize("number", [1, 2])
    def test_with_one(wandb_fake, number):
        assert wandb_fake.runs == []
"""


@pytest.fixture
def place() -> Iterator[str]:
    """Where the cluster has its sockets, whose names must be short."""
    place = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    yield place
    shutil.rmtree(place, ignore_errors=True)


def play(folder: Path, place: str, tests: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a suite that has a cluster from its conftest.py on."""
    (folder / "conftest.py").write_text(textwrap.dedent(CLUSTER).replace("PLACE", repr(place)), encoding="utf-8")
    (folder / "test_it.py").write_text(textwrap.dedent(tests), encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB_", "PYTEST_"))}
    plugins = [
        "-p",
        "no:wandb_testkit",
        "-p",
        "wandb_testkit.pytest_plugin",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(folder), *plugins, *options, "."],
        cwd=folder,
        env={**environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(folder))), "HOME": str(folder)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )


@pytest.mark.parametrize(
    ("option", "fixture"), [("--wandb-fake", "wandb_fake"), ("--wandb-fake=server", "wandb_server")], ids=lambda v: v
)
def test_an_actor_logs_to_the_world_of_the_test_that_calls_it(
    tmp_path: Path, place: str, option: str, fixture: str
) -> None:
    done = play(tmp_path, place, TESTS.replace("FIXTURE", fixture), option, "-W", "error::pytest.PytestWarning")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_who_is_connected_to_a_cluster_that_knows_no_world_is_warned_once(tmp_path: Path, place: str) -> None:
    done = play(tmp_path, place, UNAWARE)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed, 1 warning" in done.stdout
    assert re.findall("UnreachedWorkersWarning: the workers of ray do not know the world of this test: ", done.stdout)
