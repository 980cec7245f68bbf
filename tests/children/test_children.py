"""Processes that code under test starts: their runs end in the world of the test, and nothing of them is left."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.children.listener import LONGEST_ADDRESS, directory_of_a_socket
from wandb_testkit.children.starting import ADDRESS, CHILDREN, PROFILE, STAND_IN
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children need a socket with a place on the disk")

ROOT = Path(wt.__file__).parents[1]


@pytest.fixture(autouse=True)
def _a_plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("WANDB_", "TESTKIT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture(params=[CLASSIC, CURRENT], ids=str)
def profile(request: pytest.FixtureRequest) -> Profile:
    chosen: Profile = request.param
    return chosen


@pytest.fixture
def fake(profile: Profile) -> Iterator[wt.World]:
    with wt.fake(profile=profile, environ={}) as world:
        yield world


def test_a_temporary_directory_may_have_a_long_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The place of a socket may not, and macOS gives each user a long one."""
    deep = tmp_path / ("deep" * 20)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))

    assert len(os.fsencode(directory_of_a_socket())) < LONGEST_ADDRESS


def program(code: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], env=env, capture_output=True, text=True, timeout=60
    )


def forked(work: Callable[[], Any], *, daemon: bool = True) -> multiprocessing.process.BaseProcess:
    """Start a forked child; one that is no daemon may have children, and keeps a failing test waiting for it."""
    child = multiprocessing.get_context("fork").Process(target=work, daemon=daemon)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that other tests have left
        child.start()
    return child


def in_fork(work: Callable[[], Any]) -> None:
    """Do something in a forked child, and see it end."""
    child = forked(work, daemon=False)
    child.join()
    assert child.exitcode == 0


def standing() -> tuple[list[str], int, list[str], dict[str, str]]:
    """What a child must leave as it was: threads, open files, the import path, the environment."""
    threads = [thread.name for thread in threading.enumerate() if thread.name.startswith("wandb_testkit")]
    return threads, len(os.listdir("/proc/self/fd")), sys.path[:], dict(os.environ)


LOG_TWICE = """
    import wandb_testkit as wt
    with wt.init(project="p", id="child", config={"lr": 0.1}) as run:
        run.log({"a": 1})
        run.log({"a": 2})
"""


# ---------------------------------------------------------------------- whose world


def test_a_program_logs_to_the_world_that_has_started_it(fake: wt.World) -> None:
    done = program(LOG_TWICE)

    assert done.returncode == 0, done.stderr
    assert (fake.run.path, fake.run.state, fake.run.config) == ("testkit-user/p/child", "finished", {"lr": 0.1})
    assert fake.run.history == [{"_step": 0, "a": 1}, {"_step": 1, "a": 2}]


def test_a_program_with_an_environment_of_its_own_does_so_too(fake: wt.World) -> None:
    done = program(LOG_TWICE, env={"PYTHONPATH": str(ROOT)})

    assert done.returncode == 0, done.stderr
    assert fake.run.history["a"] == [1, 2]


def test_a_forked_child_logs_to_the_world_of_its_parent(fake: wt.World) -> None:
    def work() -> None:
        with wt.init(project="p", id="child") as run:
            run.log({"a": 1})
        with fake.init(project="p", id="other") as run:
            run.log({"a": 2})

    in_fork(work)

    assert [(run.id, run.state, run.history["a"]) for run in fake.runs] == [
        ("child", "finished", [1]),
        ("other", "finished", [2]),
    ]


def test_a_child_sees_the_same_as_its_parent(fake: wt.World) -> None:
    """The run of a child and one of the parent's own differ in nothing but their ids."""
    code = """
        run = init(project="p", id=ID, name="n", tags=["t"], notes="x", config={"lr": 0.1, "d": {"e": [1]}})
        run.log({"a": 1, "d": {"e": 2}})
        run.log({"a": 2}, step=5)
        run.summary["best"] = 3
        run.config.update({"more": 1})
        run.finish(3)
    """
    exec(textwrap.dedent(code), {"init": fake.init, "ID": "parent"})
    done = program(f"from wandb_testkit import init\nID = 'child'\n{textwrap.dedent(code)}")

    assert done.returncode == 0, done.stderr
    parent, child = fake.runs
    different = {name for name in vars(parent) if vars(parent)[name] != vars(child)[name]}
    assert different <= {"id", "client", "requests"}
    assert parent.client["config"] == child.client["config"]


def test_the_innermost_world_counts(fake: wt.World) -> None:
    with wt.fake(environ={}) as inner:
        program(LOG_TWICE)

    assert (len(inner.runs), len(fake.runs)) == (1, 0)


def test_a_world_that_comes_first_is_that_of_the_next_child(fake: wt.World) -> None:
    with wt.fake(environ={}) as inner:
        program(LOG_TWICE)
        fake.come_first()
        program(LOG_TWICE.replace('"child"', '"second"'))
        in_fork(lambda: wt.init(id="third").finish())

        assert ([run.id for run in inner.runs], [run.id for run in fake.runs]) == (["child"], ["second", "third"])


def test_a_forked_child_stays_in_the_world_that_it_was_forked_in(fake: wt.World) -> None:
    here, there = multiprocessing.get_context("fork").Pipe()

    def work() -> None:
        there.recv()
        fake.init(id="child").finish()

    child = forked(work)
    with wt.fake(environ={}) as inner:
        here.send("now")
        child.join()

        assert (len(inner.runs), fake.run.id) == (0, "child")


def test_a_world_of_the_childs_own_is_its_own(fake: wt.World) -> None:
    done = program(
        """
        import wandb_testkit as wt
        with wt.fake(environ={}) as mine:
            mine.init().finish()
            print(len(mine.runs))
        """
    )

    assert (done.stdout, fake.runs) == ("1\n", [])


def test_the_child_of_a_child_logs_there_too(fake: wt.World) -> None:
    def work() -> None:
        fake.init(id="child").finish()
        assert program(LOG_TWICE.replace('"child"', '"grandchild"')).returncode == 0
        in_fork(lambda: fake.init(id="fork").finish())

    in_fork(work)

    assert [run.id for run in fake.runs] == ["child", "grandchild", "fork"]


def test_a_login_and_a_profile_are_those_of_the_world(profile: Profile) -> None:
    with wt.fake(profile=profile, logged_in=False, environ={}) as fake:
        done = program("import wandb_testkit as wt\nprint(wt.current().profile, wt.current().home.api_key)")

    assert (done.stdout, fake.runs) == (f"{profile} None\n", [])


def test_a_run_of_the_parent_can_be_resumed_in_a_child(fake: wt.World) -> None:
    fake.server.add_run("old", project="p", rows=[{"a": 1}, {"a": 2}])

    done = program(
        """
        import wandb_testkit as wt
        run = wt.init(project="p", id="old", resume="must")
        run.log({"a": 3})
        run.finish()
        """
    )

    assert done.returncode == 0, done.stderr
    assert (fake.run.history["a"], fake.run.history.steps("a"), fake.run.resumed_from) == ([1, 2, 3], [0, 1, 2], 2)


def test_an_offline_run_of_a_child_is_seen_and_asks_no_server(fake: wt.World, tmp_path: Path) -> None:
    def work() -> None:
        with fake.init(mode="offline", id="off", dir=str(tmp_path)) as run:
            run.log({"a": 1})

    in_fork(work)

    assert (fake.run.mode, fake.run.history["a"], fake.run.requests) == ("offline", [1], [])


# ---------------------------------------------------------------------- order


def test_what_the_parent_had_logged_arrives_first_and_once(fake: wt.World) -> None:
    run = fake.init(id="parent")
    run.log({"a": 1})
    run.log({"a": 2})

    in_fork(lambda: fake.init(id="child", reinit=True).finish())
    run.log({"a": 3})
    run.finish()

    seen = [record for record in fake.recorder.records if getattr(record, "rows", ())]
    assert [[row["a"] for row in record.rows] for record in seen] == [[1, 2], [3]]  # type: ignore[union-attr] # they have
    assert {run.id: run.state for run in fake.runs}["parent"] == "finished"


def test_rows_of_children_side_by_side_keep_their_order(fake: wt.World) -> None:
    def work(number: int) -> None:
        with fake.init(id=f"r{number}") as run:
            for value in range(200):
                run.log({"a": value})

    children = [forked(lambda number=number: work(number)) for number in range(3)]  # type: ignore[misc]
    for child in children:
        child.join()

    assert {run.id: run.history["a"] for run in fake.runs} == {f"r{number}": list(range(200)) for number in range(3)}


# ---------------------------------------------------------------------- what goes wrong


def test_a_dropped_row_of_a_child_reaches_the_parent(fake: wt.World) -> None:
    def work() -> None:
        with fake.init(id="child") as run:
            run.log({"a": 1}, step=5)
            run.log({"a": 2}, step=3)

    in_fork(work)

    (dropped,) = fake.recorder.dropped_rows
    assert (dropped.run_id, "step=3" in dropped.message) == ("child", True)
    assert fake.run.warnings == [dropped.message]


def test_a_refused_request_of_a_child_reaches_the_parent(fake: wt.World) -> None:
    fake.server.fail(on="history", nth=2, reply=400, message="no")

    def work() -> None:
        with fake.init(id="child") as run:
            for value in range(3):
                run.log({"a": value})

    in_fork(work)

    assert [refused.refusal.message for refused in fake.recorder.refusals] == ["no"]
    assert fake.run.history["a"] == [0, 2]


def test_an_error_inside_init_is_raised_in_the_child(fake: wt.World) -> None:
    done = program(
        """
        import wandb_testkit as wt
        wt.init(project="p", id="nobody", resume="must")
        """
    )

    assert done.returncode == 1
    assert "nobody" in done.stderr.splitlines()[-1]
    assert fake.runs == []


def test_a_killed_child_leaves_all_that_it_said_and_an_unfinished_run(fake: wt.World) -> None:
    def work() -> None:
        run: Any = fake.init(id="child", project="p", config={"lr": 0.1})
        run.log({"a": 1})
        run.log({"a": 2})
        run.config.update({"layers": 3})
        run.config.epochs = 5
        run.summary["best"] = 1
        os.kill(os.getpid(), signal.SIGKILL)

    forked(work).join()

    assert (fake.run.state, fake.run.history["a"]) == ("running", [1, 2])
    assert (fake.run.config, fake.run.summary["best"]) == ({"lr": 0.1, "layers": 3, "epochs": 5}, 1)
    assert fake.finish_unfinished() == ["testkit-user/p/child"]
    assert (fake.run.state, fake.finish_unfinished()) == ("finished", [])


def test_a_child_that_is_still_there_at_the_end_is_told(fake: wt.World) -> None:
    here, there = multiprocessing.get_context("fork").Pipe()

    def work() -> None:
        run = fake.init(id="child", project="p")
        run.log({"a": 1})
        there.send("logged")
        there.recv()
        try:
            fake.init(id="late", reinit=True)
        except BaseException as error:
            there.send([type(error).__name__, str(error)])

    child = forked(work)
    here.recv()

    assert fake.finish_unfinished() == ["testkit-user/p/child"]
    fake.close()
    here.send("now")
    _, text = here.recv()
    child.join()
    assert "the test that started this process is over" in text


def test_a_program_that_outlives_its_test_says_so() -> None:
    done = program("import wandb_testkit as wt\nwt.init()", env={**os.environ, ADDRESS: "/nowhere/at/all"})

    assert "ParentGoneError: the test that started this process is over" in done.stderr


# ---------------------------------------------------------------------- nothing is left


def test_there_is_no_socket_and_no_thread_before_a_child_needs_them() -> None:
    told = program(
        """
        import os, threading
        import wandb_testkit as wt

        def standing():
            return [thread.name for thread in threading.enumerate()], len(os.listdir("/proc/self/fd"))

        with wt.fake(environ={}) as fake:
            fake.init().finish()
            print(standing())
        print(standing())
        """
    )

    during, after = told.stdout.splitlines()
    assert during == after
    assert during.startswith("(['MainThread'],")


@pytest.mark.parametrize("start", [lambda fake: program(LOG_TWICE), lambda fake: in_fork(lambda: fake.init().finish())])
def test_nothing_is_left_of_a_child(profile: Profile, start: Callable[[wt.World], Any]) -> None:
    before = standing()

    with wt.fake(profile=profile, environ={}) as fake:
        start(fake)
        assert len(fake.runs) == 1
        threads, *_ = standing()

    assert threads == ["wandb_testkit-children"]
    assert standing() == before


def test_no_thread_runs_while_a_process_forks(fake: wt.World) -> None:
    """From Python 3.12 on that is a warning, and an error in strict suites."""
    reading, writing = os.pipe()
    program("pass")  # now there is one
    assert "wandb_testkit-children" in [thread.name for thread in threading.enumerate()]
    with warnings.catch_warnings():
        if len(threading.enumerate()) == 2:  # no other test has left one
            warnings.simplefilter("error")
        child = os.fork()
    if not child:
        os.write(writing, json.dumps(len(os.listdir("/proc/self/task"))).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert json.load(pipe) == 1
    assert program(LOG_TWICE).returncode == 0
    assert fake.run.history["a"] == [1, 2]


def test_threads_may_start_programs_side_by_side(fake: wt.World) -> None:
    """All of them find one socket, whoever is the first."""
    all_there = threading.Barrier(8)
    usual = sys.getswitchinterval()

    def start() -> int:
        all_there.wait()
        return subprocess.run(["true"], check=False).returncode

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            exit_codes = [started.result() for started in [threads.submit(start) for _ in range(8)]]
    finally:
        sys.setswitchinterval(usual)

    assert exit_codes == [0] * 8


def test_where_threads_are_counted_late_ours_starts_when_the_fork_has_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython 3.13 counts them when the hooks have run, so one that a hook starts would be warned of."""
    monkeypatch.setattr("wandb_testkit.children.starting.THREADS_ARE_COUNTED_LATE", True)
    monkeypatch.setattr(CHILDREN, "_starters", [])
    seen: list[set[str]] = []
    original = os.fork

    def fork() -> int:
        child = original()
        seen.append({thread.name for thread in threading.enumerate()})
        return child

    monkeypatch.setattr(os, "fork", fork)
    with wt.fake(environ={}) as fake:
        program("pass")  # now there is a thread
        in_fork(lambda: fake.init(id="child").finish())
        seen.append({thread.name for thread in threading.enumerate()})

    assert ["wandb_testkit-children" in names for names in seen] == [False, True]
    assert fake.run.id == "child"
    assert os.fork is fork


def test_functions_that_start_processes_are_given_back() -> None:
    import _posixsubprocess

    before = (_posixsubprocess.fork_exec, os.posix_spawn, os.fork, os.forkpty)
    with wt.fake(environ={}):
        within = (_posixsubprocess.fork_exec, os.posix_spawn)

    assert (_posixsubprocess.fork_exec, os.posix_spawn, os.fork, os.forkpty) == before
    assert within != before[:2]


def test_a_program_that_is_spawned_by_posix_spawn_is_a_child_too(fake: wt.World) -> None:
    arguments = [sys.executable, "-c", textwrap.dedent(LOG_TWICE)]

    child = os.posix_spawn(sys.executable, arguments, dict(os.environ))

    assert os.waitpid(child, 0)[1] == 0
    assert fake.run.history["a"] == [1, 2]


# ---------------------------------------------------------------------- import wandb


IMPORT_WANDB = """
    import wandb
    with wandb.init(project="p", id="child") as run:
        wandb.log({"a": 1})
    print(wandb.__version__)
"""


def test_import_wandb_in_a_program_is_the_drop_in_while_it_is_installed(profile: Profile) -> None:
    before = sys.path[:]
    with wt.install(profile=profile) as fake:
        done = program(IMPORT_WANDB)

    assert done.returncode == 0, done.stderr
    assert (done.stdout, fake.run.history["a"]) == ({"classic": "0.10.33", "current": "0.31.0"}[profile] + "\n", [1])
    assert sys.path == before


def test_a_plain_world_leaves_the_wandb_of_a_program_alone(fake: wt.World) -> None:
    done = program("import os\nprint(os.environ['PYTHONPATH'], 'TESTKIT_WANDB_MODULE' in os.environ)")

    assert done.stdout == f"{ROOT} False\n"


def test_a_program_that_is_pointed_at_the_server_brings_its_own_client() -> None:
    asks = f"import os\nprint({STAND_IN!r} in os.environ['PYTHONPATH'])"
    with wt.install(profile="current") as fake:
        pointed = program(asks, env={**os.environ, "WANDB_BASE_URL": fake.url})
        other = program(asks, env={**os.environ, "WANDB_BASE_URL": "http://127.0.0.1:9"})

    assert (pointed.stdout, other.stdout) == ("False\n", "True\n")


def test_the_stand_in_steps_aside_where_nobody_is_the_parent(tmp_path: Path) -> None:
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / "__init__.py").write_text("REAL = True\n")
    path = os.pathsep.join([STAND_IN, str(ROOT)])

    alone = program("import wandb", env={"PYTHONPATH": path})
    real = program("import wandb\nprint(wandb.REAL)", env={"PYTHONPATH": os.pathsep.join([path, str(tmp_path)])})

    assert alone.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'wandb'"
    assert (real.stdout, real.stderr) == ("True\n", "")
    assert PROFILE not in os.environ
