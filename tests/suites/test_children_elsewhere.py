"""A sample of the tests of children and forks in the oldest and the newest Python, where every warning is an error.

From Python 3.12 on a fork beside a thread warns, and from 3.13 on forked children call what they registered with
atexit. They run where WANDB_TESTKIT_PYTESTS is set, as those of test_neighbours.py do.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.suites.environment import Pair, python_of
from tests.suites.test_neighbours import TRIED

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not TRIED, reason="WANDB_TESTKIT_PYTESTS says neither ci nor all: make test-pytests")

SAMPLE = " or ".join(
    (
        "test_suites",
        "test_a_program_logs",
        "test_a_forked_child_logs",
        "test_the_child_of_a_child",
        "test_a_killed_child",
        "test_no_thread_runs",
        "test_nothing_is_left",
        "test_functions_that_start",
        "test_a_program_that_is_spawned",
        "test_import_wandb_in_a_program",
        "test_side_by_side",
        "test_hub",
        "test_forks",
    )
)
"""One of each way to start a process; where WANDB_TESTKIT_PYTESTS is "all", all of them run."""


TESTS = ("tests/children", "tests/test_forks.py")


@pytest.mark.parametrize("pair", TRIED or [None], ids=str)
def test_children_are_heard_of_there_too(pair: Pair) -> None:
    sample = ["-k", SAMPLE] if os.environ["WANDB_TESTKIT_PYTESTS"] == "ci" else []
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    # Of the other plugins asyncio's warns about its own configuration, and a socket is a socket to pytest-socket.
    plugins = ["-p", "wandb_testkit.pytest_plugin", "-p", "no:asyncio", "-p", "no:socket", "-p", "no:cacheprovider"]

    done = subprocess.run(
        [str(python_of(pair)), "-B", "-m", "pytest", "-q", "-W", "error", *plugins, *sample, *TESTS],
        cwd=ROOT,
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=900,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    (passed,) = re.findall(r"(\d+) passed", done.stdout)
    assert int(passed) > 20
    assert "skipped" not in done.stdout
