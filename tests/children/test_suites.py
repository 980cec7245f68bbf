"""Suites whose code starts processes, run as their users would: with --wandb-fake, every warning an error."""

from __future__ import annotations

import pytest

WORK = """
import os
import wandb

def work(number, finishes=True):
    run = wandb.init(project="p", name=f"w{number}", config={"pid": os.getpid()})
    for value in range(3):
        run.log({"x": value})
    if finishes:
        run.finish()
    return number
"""

TEST = """
import concurrent.futures
import multiprocessing
import os
import subprocess
import sys

import pytest
import wandb

from work import work

METHODS = pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])


def check(runs, number):
    assert sorted(run.name for run in runs) == [f"w{at}" for at in range(number)]
    assert {run.state for run in runs} == {"finished"}
    assert [run.history["x"] for run in runs] == [[0, 1, 2]] * number
    assert os.getpid() not in {run.config["pid"] for run in runs}


@METHODS
def test_processes(wandb_fake, method):
    context = multiprocessing.get_context(method)
    processes = [context.Process(target=work, args=(number,)) for number in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    check(wandb_fake.runs, 2)


@METHODS
def test_a_pool(wandb_fake, method):
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        assert list(pool.map(work, range(3))) == [0, 1, 2]
    check(wandb_fake.runs, 3)


def test_a_program(wandb_fake):
    subprocess.run([sys.executable, "-c", "import work; work.work(0)"], check=True)
    check(wandb_fake.runs, 1)


def test_beside_a_run_of_the_parent(wandb_fake):
    with wandb.init(project="p", name="parent") as run:
        run.log({"a": 1})
        process = multiprocessing.get_context("fork").Process(target=work, args=(0,))
        process.start()
        process.join()
        run.log({"a": 2})
    # In 2021 init() in a forked child gives the run of the parent, which then ignores what is logged to it.
    there_is = ["parent"] if str(wandb_fake.profile) == "classic" else ["parent", "w0"]
    assert [run.name for run in wandb_fake.runs] == there_is
    assert wandb_fake.runs[0].history["a"] == [1, 2]


OUTLIVES = pytest.mark.filterwarnings("ignore:the test left behind")


@OUTLIVES
@pytest.mark.parametrize("again", [False, True])
def test_workers_that_outlive_a_test_log_to_the_world_of_the_next(wandb_fake, again):
    joblib = pytest.importorskip("joblib", reason="joblib is not installed")
    assert joblib.Parallel(2)(joblib.delayed(work)(number) for number in range(3)) == [0, 1, 2]
    check(wandb_fake.runs, 3)


@pytest.fixture(scope="module")
def pool():
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        yield pool


@OUTLIVES
@pytest.mark.parametrize("again", [False, True])
def test_a_pool_of_the_module(wandb_fake, pool, again):
    assert pool.submit(work, 0).result() == 0
    check(wandb_fake.runs, 1)


@pytest.mark.wandb(allow_unfinished=True)
def test_unfinished(wandb_fake):
    process = multiprocessing.get_context("fork").Process(target=work, args=(0, False))
    process.start()
    process.join()
    # From Python 3.13 on forked children of multiprocessing call what is registered with atexit.
    assert wandb_fake.run.state == ("running" if sys.version_info < (3, 13) else "finished")
"""

TROUBLE = """
import multiprocessing
import os
import wandb

def lose():
    with wandb.init(project="p", id="child") as run:
        run.log({"x": 1}, step=5)
        run.log({"x": 2}, step=3)

def leave():
    wandb.init(project="p", id="child").log({"x": 1})
    os._exit(0)

def in_child(work):
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join()

def test_lost(wandb_fake):
    in_child(lose)

def test_left(wandb_fake):
    in_child(leave)
"""

PLAIN = (
    # By the name of its module: in some environments the kit is on the path only (tests/suites).
    *("-p", "no:wandb_testkit", "-p", "wandb_testkit.pytest_plugin"),
    *("-p", "no:asyncio"),  # what it warns about is its own business
    *("-p", "no:randomly", "-p", "no:cacheprovider", "-W", "error"),
)


@pytest.fixture(autouse=True)
def _one_core_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("options", [("--wandb-fake",), ("--wandb-fake", "--wandb-profile=classic")], ids=len)
def test_runs_of_processes_of_every_kind_end_in_the_world_of_their_test(
    pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    pytester.makepyfile(work=WORK, test_it=TEST)

    result = pytester.runpytest_subprocess(*PLAIN, *options, timeout=200)

    result.assert_outcomes(passed=13)


def test_what_goes_wrong_in_a_child_fails_its_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TROUBLE)

    result = pytester.runpytest_subprocess(*PLAIN, "--wandb-fake", timeout=100)

    result.stdout.fnmatch_lines(["*data that this test logged was lost*", "*step=3*"])
    result.stdout.fnmatch_lines(["*UnfinishedRunWarning: the test left run 'testkit-user/p/child' unfinished*"])
