"""Threads that start programs, fork, log, read and enter worlds at the same time: nobody's rows are lost or mixed up.

Every thread does a fixed amount, and switches come as often as the interpreter allows.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import NoReturn

import pytest

import wandb_testkit as wt
from wandb_testkit.children.starting import CHILDREN

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children need a socket with a place on the disk")

ROOT = Path(wt.__file__).parents[1]

ROWS = 5
FORKS = 4
PROGRAMS = 8
PARENT_ROWS = 500

Work = Callable[[], object]


@pytest.fixture(autouse=True)
def _as_many_switches_as_can_be(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith(("WANDB_", "TESTKIT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def at_once(*works: Work) -> None:
    """Do all of it in threads that begin together, and raise what the first of them raises."""
    all_there = threading.Barrier(len(works))

    def begin(work: Work) -> None:
        all_there.wait()
        work()

    with ThreadPoolExecutor(len(works)) as threads:
        for begun in [threads.submit(begin, work) for work in works]:
            begun.result()


def forked(work: Work) -> int:
    """Do something in a forked child; its process id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are other threads: that is what is tried
        child = os.fork()
    if not child:
        _work_and_end(work)
    return child


def _work_and_end(work: Work) -> NoReturn:
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def log(world: wt.World, run_id: str, rows: int = ROWS) -> None:
    """A run of so many rows."""
    with world.init(project="p", id=run_id, reinit=True) as run:
        for value in range(rows):
            run.log({"x": value})


def seen(world: wt.World) -> dict[str, list[int]]:
    """What is recorded of each run that ended."""
    return {run.id: run.history["x"] for run in world.runs if run.state == "finished"}


@pytest.fixture
def fake() -> Iterator[wt.World]:
    with wt.fake(profile="current", environ={}) as world:
        yield world


def test_forks_beside_starting_programs_and_logging_threads(fake: wt.World) -> None:
    """A child's rows are there as soon as it has ended, whichever thread forks just then."""

    def forks(name: str) -> None:
        for number in range(FORKS):
            run_id = f"{name}{number}"
            assert os.waitpid(forked(lambda run_id=run_id: log(fake, run_id)), 0)[1] == 0  # type: ignore[misc]
            assert seen(fake)[run_id] == list(range(ROWS))

    def programs() -> None:
        for _ in range(PROGRAMS):
            assert subprocess.run(["true"], check=False).returncode == 0

    at_once(lambda: forks("a"), lambda: forks("b"), programs, programs, lambda: log(fake, "parent", PARENT_ROWS))

    expected = {f"{name}{number}": list(range(ROWS)) for name in "ab" for number in range(FORKS)}
    assert seen(fake) == {**expected, "parent": list(range(PARENT_ROWS))}
    assert fake.recorder.refusals == []


def test_worlds_come_and_go_while_programs_start_and_children_log(fake: wt.World) -> None:
    """A world that closes takes neither the socket nor the line of another world's child with it."""

    def inner_worlds() -> None:
        for _ in range(PROGRAMS):
            with wt.fake(environ={}) as inner:
                log(inner, "inner", 1)
                assert seen(inner) == {"inner": [0]}

    def forks() -> None:
        for number in range(FORKS):
            assert os.waitpid(forked(lambda number=number: log(fake, f"f{number}")), 0)[1] == 0  # type: ignore[misc]

    def programs() -> None:
        for _ in range(PROGRAMS):
            assert subprocess.run(["true"], check=False).returncode == 0

    at_once(inner_worlds, inner_worlds, forks, programs)

    assert seen(fake) == {f"f{number}": list(range(ROWS)) for number in range(FORKS)}


def test_a_child_may_connect_after_another_world_is_over(fake: wt.World) -> None:
    code = """
        import sys
        sys.stdin.read()
        import wandb_testkit as wt
        with wt.init(project="p", id="child") as run:
            run.log({"x": 0})
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        with wt.fake(environ={}) as inner:
            pass
        _, told = child.communicate(b"")

    assert (child.returncode, told.decode()) == (0, "")
    assert (seen(fake), inner.runs) == ({"child": [0]}, [])


def test_who_reads_during_a_fork_hears_of_what_children_sent_before(fake: wt.World) -> None:
    """The thread that listens stands still until the fork is over."""
    here, there = multiprocessing.get_context("fork").Pipe()

    def log_and_die() -> None:
        run = fake.init(project="p", id="child")
        run.log({"x": 0}, step=5)
        there.send("started")
        there.recv()
        run.log({"x": 1}, step=3)  # is dropped, and nobody waits for an answer to that
        os.kill(os.getpid(), signal.SIGKILL)

    child = forked(log_and_die)
    assert here.recv() == "started"
    with ThreadPoolExecutor(1) as threads:
        CHILDREN._before_fork()
        try:
            here.send("now")
            os.waitpid(child, 0)
            read = threads.submit(lambda: fake.recorder.dropped_rows)
            wait([read], timeout=0.1)
        finally:
            CHILDREN._after_fork()
        assert [dropped.run.run_id for dropped in read.result() if dropped.run] == ["child"]
    assert fake.finish_unfinished() == ["testkit-user/p/child"]


def test_nothing_is_left_when_all_are_done() -> None:
    def standing() -> tuple[list[str], int]:
        threads = [thread.name for thread in threading.enumerate() if thread.name.startswith("wandb_testkit")]
        return threads, len(os.listdir("/proc/self/fd"))

    before = standing()
    with wt.fake(environ={}) as world:
        at_once(*[lambda: subprocess.run(["true"], check=True) for _ in range(4)])
        assert os.waitpid(forked(lambda: log(world, "child")), 0)[1] == 0
        assert seen(world) == {"child": list(range(ROWS))}

    assert standing() == before
