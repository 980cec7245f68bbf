"""The end of a real process whose runs nobody finished (FINISH-5), and what the hooks for it leave behind.

Each script is a process of its own. It tells what became of its runs from a callback that is registered before init(),
and so called after ours; a killed one tells by the file that its observer writes.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.sdk.process_end import PROCESS_END

ROOT = Path(__file__).parents[2]

OPENING = """
import atexit, json, os, signal, sys, threading, time
import wandb_testkit as wt

def tell():
    runs = [[run.id, str(run.state), run.exit_code, len(run.history)] for run in wt.current().runs]
    print("RUNS " + json.dumps(runs), flush=True)

atexit.register(tell)
"""

DOORS = {
    "classic": "world = wt.current()\ninit = wt.init\n",
    "current": "world = wt.fake(profile='current').enter()\ninit = world.init\n",
    "dropin-classic": "wt.install(profile='classic')\nimport wandb\ninit = wandb.init\n",
    "dropin-current": "wt.install(profile='current')\nimport wandb\ninit = wandb.init\n",
}
"""How a script comes to its init()."""


class Ended(NamedTuple):
    """How a process ended: its code, what became of its runs, what it printed."""

    exit_code: int
    runs: list[list[Any]]
    output: str
    errors: str


def play(script: str, door: str, *, interrupt: bool = False) -> Ended:
    """Run a script to its end; with `interrupt`, Ctrl-C is pressed once it prints READY."""
    process = subprocess.Popen(
        [sys.executable, "-c", OPENING + DOORS[door] + script],
        env={**{n: v for n, v in os.environ.items() if not n.startswith("WANDB_")}, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    begun = ""
    if interrupt:
        begun = process.stdout.readline()
        assert begun == "READY\n"
        process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    told = [line for line in output.splitlines() if line.startswith("RUNS ")]
    return Ended(process.returncode, json.loads(told[0][5:]) if told else [], begun + output, errors)


@pytest.fixture(params=["classic", "dropin-current"])
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(
    ("last_words", "exit_code", "state"),
    [
        ("", 0, "finished"),
        ("sys.exit()", 0, "finished"),
        ("sys.exit(0)", 0, "finished"),
        ("sys.exit(3)", 3, "failed"),
        ("sys.exit('in words')", 1, "failed"),
        ("raise ValueError('mine')", 1, "failed"),
    ],
)
@pytest.mark.parametrize("door", DOORS)
def test_a_run_ends_with_its_process_and_its_exit_code(door: str, last_words: str, exit_code: int, state: str) -> None:
    """FINISH-5"""
    ended = play(f"run = init(id='abc')\nrun.log({{'a': 1}})\n{last_words}\n", door)

    assert (ended.exit_code, ended.runs) == (exit_code, [["abc", state, exit_code, 1]]), ended.errors
    assert ("in words" in ended.errors) == ("in words" in last_words)
    assert ended.errors.count("ValueError: mine") == ("mine" in last_words)


@pytest.mark.parametrize("words", ["raise SystemExit(3)", "exit(3)"])
def test_an_exit_that_is_not_sys_exit_is_heard_by_nobody(door: str, words: str) -> None:
    """FINISH-5: the interpreter tells no hook of it; observed with 0.10.33 and 0.31.0"""
    ended = play(f"init(id='abc')\n{words}\n", door)

    assert (ended.exit_code, ended.runs) == (3, [["abc", "finished", 0, 0]])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
def test_ctrl_c_ends_a_run_with_255(door: str) -> None:
    """FINISH-5"""
    script = "run = init(id='abc')\nrun.log({'a': 1})\nprint('READY', flush=True)\nthreading.Event().wait(60)\n"

    ended = play(script, door, interrupt=True)

    assert ended.runs == [["abc", "failed", 255, 1]], ended.errors
    assert ended.exit_code == -signal.SIGINT
    assert "KeyboardInterrupt" in ended.errors


KILLED = """
class ToFile:
    def __getattr__(self, name):
        return lambda *told: print(name, *[type(one).__name__ for one in told], flush=True)

world = wt.current()
world.server.observer = ToFile()
run = init(id='abc')
run.log({'a': 1})
world.recorder.flush()
"""


@pytest.mark.parametrize(
    ("death", "exit_code"),
    [
        ("os._exit(7)", 7),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("os.kill(os.getpid(), signal.SIGTERM)", -15),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_a_process_that_is_killed_reports_no_end(door: str, death: str, exit_code: int) -> None:
    """FINISH-5: what was handed over before has arrived"""
    ended = play(f"{KILLED}\n{death}\n", door)

    assert ended.exit_code == exit_code, ended.errors
    assert "accepted HistoryRecord Result" in ended.output
    assert "ExitRecord" not in ended.output


def test_a_process_that_is_not_killed_reports_its_end_once(door: str) -> None:
    """FINISH-1, FINISH-5"""
    ended = play(KILLED, door)

    assert ended.output.count("accepted ExitRecord Result") == 1


def test_sigterm_that_is_turned_into_an_exit_is_one(door: str) -> None:
    """FINISH-5"""
    script = (
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\ninit(id='abc')\n"
        "os.kill(os.getpid(), signal.SIGTERM)\nthreading.Event().wait(60)\n"
    )

    ended = play(script, door)

    assert (ended.exit_code, ended.runs) == (143, [["abc", "failed", 143, 0]]), ended.errors


def test_every_active_run_ends(door: str) -> None:
    """FINISH-5"""
    again = "reinit='create_new'" if "current" in door else "reinit=True"
    ended = play(f"init(id='a')\ninit(id='b', {again})\nsys.exit(2)\n", door)

    first = ["a", "failed", 2, 0] if "current" in door else ["a", "finished", 0, 0]
    assert ended.runs == [first, ["b", "failed", 2, 0]]


def test_a_run_that_was_finished_is_left_alone(door: str) -> None:
    """FINISH-3, FINISH-5"""
    ended = play("init(id='a').finish()\nsys.exit(2)\n", door)

    assert ended.runs == [["a", "finished", 0, 0]]


def test_rows_of_threads_that_outlive_the_main_one_arrive(door: str) -> None:
    """FINISH-5, LOG-7: the interpreter waits for them before it ends"""
    script = """
run = init(id='a')
may_go_on = threading.Event()
def work():
    may_go_on.wait(60)
    for i in range(50):
        run.log({'i': i})
threading.Thread(target=work).start()
threading.Thread(target=lambda: (threading.main_thread().join(), may_go_on.set())).start()
"""

    ended = play(script, door)

    assert ended.runs == [["a", "finished", 0, 50]], ended.errors


def test_what_ends_a_thread_does_not_end_the_process(door: str) -> None:
    """FINISH-5"""
    script = """
init(id='a')
for end in (lambda: sys.exit(3), lambda: 1 / 0):
    thread = threading.Thread(target=end)
    thread.start()
    thread.join()
"""

    ended = play(script, door)

    assert (ended.exit_code, ended.runs) == (0, [["a", "finished", 0, 0]])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_hook_of_the_users_own_runs_and_the_exit_code_is_known(door: str, when: str) -> None:
    """FINISH-5"""
    hook = "sys.excepthook = lambda kind, error, trace: print('HOOK', kind.__name__, error, flush=True)\n"
    init = "init(id='a')\n"
    script = (hook + init if when == "before" else init + hook) + "raise ValueError('mine')\n"

    ended = play(script, door)

    assert (ended.exit_code, ended.runs) == (1, [["a", "failed", 1, 0]])
    assert ended.output.count("HOOK ValueError mine") == 1
    assert "Traceback" not in ended.errors


def test_callbacks_registered_after_init_may_still_log(door: str) -> None:
    """FINISH-5"""
    ended = play("run = init(id='a')\natexit.register(lambda: run.log({'last': 1}))\n", door)

    assert ended.runs == [["a", "finished", 0, 1]]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_ends_no_run_of_its_parent(door: str) -> None:
    """FINISH-5, LOG-7"""
    script = """
init(id='a')
child = os.fork()
if not child:
    sys.exit(3)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
"""

    ended = play(script, door)

    told = [json.loads(line[5:]) for line in ended.output.splitlines() if line.startswith("RUNS ")]
    assert told == [[["a", "running", None, 0]], [["a", "finished", 0, 0]]], ended.errors


def test_what_a_world_wrote_to_its_temporary_directory_goes_with_the_process(door: str) -> None:
    """FINISH-5, DIR-1"""
    ended = play("print('DIR', init(id='a').dir)\n", door)

    (path,) = [line[4:] for line in ended.output.splitlines() if line.startswith("DIR ")]
    assert not Path(path).exists()


# ---------------------------------------------------------------------- the hooks


def hooks() -> tuple[Any, Any]:
    return sys.exit, sys.excepthook


def test_hooks_stand_while_a_run_is_active_and_only_then(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """FINISH-5"""
    before = hooks()
    first, second = make_world(profile), make_world(profile)
    without_runs = hooks()

    one = first.init()
    with_one = hooks()
    other = second.init()
    one.finish()
    with_another = hooks()
    other.finish()

    assert (without_runs, hooks()) == (before, before)
    assert with_one == with_another
    assert with_one != before


def test_a_world_that_is_closed_takes_its_hooks_along(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """FINISH-5"""
    before = hooks()
    world = make_world(profile)
    world.init()

    world.close()

    assert hooks() == before


def test_a_disabled_run_needs_no_hooks(fake: wt.World) -> None:
    """FINISH-5, DISABLED-1"""
    before = hooks()

    fake.init(mode="disabled")

    assert hooks() == before


def test_a_played_process_is_not_ended_by_the_real_one(fake: wt.World) -> None:
    """FINISH-5"""
    before = hooks()
    session = fake.process(environ={}, notebook=False)
    from wandb_testkit.sdk import init as init_steps

    init_steps.init(session, session.behaviour.arguments())

    assert hooks() == before


def test_who_replaces_a_hook_meanwhile_is_left_alone(fake: wt.World, monkeypatch: pytest.MonkeyPatch) -> None:
    """FINISH-5"""
    before = hooks()
    run = fake.init()
    ours = hooks()

    def mine(*args: object) -> None: ...

    with monkeypatch.context() as patch:
        patch.setattr(sys, "exit", mine)
        patch.setattr(sys, "excepthook", mine)
        run.finish()
        in_between = hooks()
    put_back = hooks()
    fake.init().finish()

    assert in_between == (mine, mine)
    assert put_back == ours
    assert hooks() == before


def test_finish_without_a_code_takes_that_of_sys_exit_so_far(fake: wt.World) -> None:
    """FINISH-1"""
    run = fake.init()
    with pytest.raises(SystemExit):
        sys.exit(3)

    run.finish()

    assert (fake.run.state, fake.run.exit_code) == ("failed", 3)


def test_a_run_hears_nothing_of_exits_before_it(fake: wt.World) -> None:
    """FINISH-1"""
    with fake.init():
        pass
    first = fake.init()
    with pytest.raises(SystemExit):
        sys.exit(3)
    first.finish(0)
    second = fake.init()

    second.finish()

    assert [run.exit_code for run in fake.runs] == [0, 0, 0]


def test_an_exit_that_was_replaced_by_a_test_is_called_and_may_return(
    fake: wt.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FINISH-1"""
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(sys, "exit", lambda *args: calls.append(args))
    run = fake.init()

    leave: Callable[..., object] = sys.exit
    leave()
    leave(4)
    run.finish()
    monkeypatch.undo()

    assert calls == [(), (4,)]
    assert fake.run.exit_code == 4


def test_one_run_that_cannot_end_does_not_keep_the_others_from_it(
    make_world: Callable[..., wt.World], capsys: pytest.CaptureFixture[str]
) -> None:
    """FINISH-5"""
    broken, whole = make_world(CURRENT), make_world(CLASSIC)
    run = broken.init()
    whole.init()

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(run.__dict__, "_upload_rest", lambda: 1 / 0)
        PROCESS_END._ending()

    assert "ZeroDivisionError" in capsys.readouterr().err
    assert whole.run.state == "finished"


def test_runs_are_seen_by_all_threads(fake: wt.World) -> None:
    """GLOBAL-2: wandb.run is one per process"""
    run = fake.init()
    seen: list[object] = []

    thread = threading.Thread(target=lambda: seen.append(wt.current().session.run))
    thread.start()
    thread.join()

    assert seen == [run]


def test_nothing_is_hooked_before_a_run_is_there() -> None:
    """FINISH-5"""
    script = (
        "import sys\nbefore = (sys.exit, sys.excepthook)\n"
        "import wandb_testkit as wt\nwith wt.fake(environ={}): pass\n"
        "print(before == (sys.exit, sys.excepthook))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "True\n"


def test_callbacks_do_not_pile_up(fake: wt.World) -> None:
    """FINISH-5"""
    fake.init().finish()
    before = atexit._ncallbacks()

    for _ in range(5):
        fake.init().finish()

    assert atexit._ncallbacks() == before
