"""INIT-3 and FINISH-5 with real processes: the service is there, outlives a crash, delivers, and ends by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.errors import NotModelledError
from wandb_testkit.transport.process import ServiceProcess
from wandb_testkit.wire.http import Request, Response
from wandb_testkit.wiring import ProcessLine
from wandb_testkit.world import World, fake

PROFILES = pytest.mark.parametrize("profile", ["classic", "current"])
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX: Windows has no SIGKILL and no process groups")

PROGRAM = """
import os, signal, sys
import wandb_testkit as wt

with wt.fake(profile={profile!r}, transport="process", server_url={url!r}, environ={{}}) as fake:
    run = fake.init(project="p", id="r")
    for n in range(3):
        run.log({{"n": n}})
    run.config.update({{"late": 1}})
    run.summary["best"] = 2
    print(fake._processes._line.service.pid, flush=True)
    {end}
"""


def service_of(world: World) -> ServiceProcess | None:
    assert isinstance(world._processes._line, ProcessLine)
    return world._processes._line.service


def is_running(pid: int) -> bool:
    """Whether a process that is not ours is there; what has ended and waits for its parent is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes to hold within 20 seconds."""
    looking = threading.Event()
    ends = time.monotonic() + 20.0
    while not condition():
        if time.monotonic() > ends:
            return False
        looking.wait(0.02)
    return True


@pytest.fixture(params=["classic", "current"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """The world whose server the programs log to."""
    with fake(profile=request.param, environ={}) as world:
        yield world


def start(world: World, end: str) -> subprocess.Popen[str]:
    code = PROGRAM.format(profile=str(world.profile), url=world.url, end=end)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
        start_new_session=True,
    )


def played(world: World, end: str) -> tuple[int, int]:
    """A program that ends in this way: its exit code, and the process id of its service."""
    with start(world, end) as program:
        out, errors = program.communicate(timeout=60)
    assert out, errors
    return program.returncode, int(out)


# ---------------------------------------------------------------------- INIT-3


@PROFILES
def test_a_child_is_there_when_init_returns_and_ends_with_the_world(profile: str) -> None:
    """INIT-3"""
    with fake(profile=profile, transport="process", environ={}) as world:
        before = service_of(world)
        world.init(project="p")
        service = service_of(world)
        assert service is not None
        was_running = service.is_running

    assert before is None
    assert was_running
    assert not service.is_running
    assert service._process.returncode == 0


@PROFILES
def test_no_child_is_spawned_in_disabled_mode_or_for_a_run_that_is_returned(profile: str) -> None:
    """INIT-3"""
    with fake(profile=profile, transport="process", environ={}, notebook=False) as world:
        world.init(mode="disabled")
        none = service_of(world)
        first = world.init(project="p")
        one = service_of(world)
        again = world.init(project="p")
        other = world.init(project="p", reinit=True)

        assert none is None
        assert again is first
        assert other is not first
        assert service_of(world) is one


@PROFILES
def test_log_does_not_wait_for_the_network(profile: str) -> None:
    """INIT-3"""
    with fake(profile=profile, transport="process", environ={}) as world:
        run = world.init(project="p")
        may_go_on = threading.Event()
        went_on: list[bool] = []
        handle = world.server.handle

        def slow(request: Request) -> Response:
            if request.path.endswith("file_stream"):
                went_on.append(may_go_on.wait(60))
            return handle(request)

        world._address._loopback._server.handle = slow  # type: ignore[union-attr]
        for n in range(1000):
            run.log({"n": n})
        run.config.update({"late": 1})
        may_go_on.set()

        assert world.run.history["n"] == list(range(1000))
        assert set(went_on) == {True}
        assert len(world.recorder.exchanges) < 100  # what came together was sent together


@PROFILES
def test_a_service_that_is_killed_is_told_and_nobody_hangs(profile: str) -> None:
    with fake(profile=profile, transport="process", environ={}) as world:
        run = world.init(project="p")
        service = service_of(world)
        assert service is not None
        service._process.kill()
        service._process.wait()

        run.log({"n": 1})
        run.finish()

        told = [(type(one.record).__name__, one.refusal.status) for one in world.recorder.refusals]
        assert told[0] == ("HistoryRecord", 0)
        assert told[-1] == ("ExitRecord", 0)
        assert "has ended" in world.recorder.refusals[0].refusal.message


def test_a_forked_process_is_told_that_the_service_is_not_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake(transport="process", environ={}) as world:
        run = world.init(project="p")
        real = os.getpid()
        monkeypatch.setattr(os, "getpid", lambda: real + 1)
        run.log({"n": 1})
        monkeypatch.undo()

        assert "forked" in world.recorder.refusals[0].refusal.message


def test_two_worlds_may_share_a_service_and_see_their_own_runs_only() -> None:
    service = ServiceProcess()
    worlds = [World(transport=lambda ends: ProcessLine(ends, service), environ={}) for _ in range(2)]

    for number, world in enumerate(worlds):
        run = world.init(project="p", id=f"r{number}")
        run.log({"n": number})
        run.finish()
    seen = [(world.run.id, world.run.history["n"]) for world in worlds]
    for world in worlds:
        world.close()

    assert seen == [("r0", [0]), ("r1", [1])]
    assert service.is_running
    service.close()


# ---------------------------------------------------------------------- FINISH-5


@pytest.mark.parametrize(
    ("end", "exit_code", "state", "reported"),
    [
        ("pass", 0, "finished", 0),
        ("sys.exit(3)", 3, "failed", 3),
        ("raise ValueError('x')", 1, "failed", 1),
        ("raise KeyboardInterrupt", 130, "failed", 255),
    ],
    ids=["end", "sys.exit", "exception", "Ctrl-C"],
)
def test_the_end_of_a_program_is_reported_with_its_exit_code(
    world: World, end: str, exit_code: int, state: str, reported: int
) -> None:
    """FINISH-5"""
    code, _ = played(world, end)

    run = world.run
    assert abs(code) in (exit_code, signal.SIGINT)
    assert (run.state, run.exit_code) == (state, reported)
    assert run.history["n"] == [0, 1, 2]


@POSIX
@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)"], ids=["_exit", "SIGKILL"])
def test_what_a_killed_program_handed_over_arrives_and_no_end_is_reported(world: World, end: str) -> None:
    """FINISH-5, INIT-3"""
    _, pid = played(world, end)

    assert until(lambda: not is_running(pid))
    run = world.run
    assert run.history["n"] == [0, 1, 2]
    assert (run.config, run.summary["best"]) == ({"late": 1}, 2)
    assert (run.state, run.exit_code) == ("running", None)


@POSIX
def test_the_service_delivers_after_its_program_was_killed(world: World) -> None:
    """FINISH-5, INIT-3"""
    may_go_on = threading.Event()
    handle = world.server.handle

    def slow(request: Request) -> Response:
        if request.path.endswith("file_stream"):
            may_go_on.wait(30)
        return handle(request)

    assert world.url
    world._address._loopback._server.handle = slow  # type: ignore[union-attr]
    _, pid = played(world, "os.kill(os.getpid(), signal.SIGKILL)")
    rows_at_death = list(world.run.history)
    outlives = is_running(pid)

    may_go_on.set()

    assert until(lambda: not is_running(pid))
    assert (rows_at_death, outlives) == ([], True)
    assert world.run.history["n"] == [0, 1, 2]


@POSIX
def test_ctrl_c_in_the_terminal_ends_the_program_and_not_its_service(world: World) -> None:
    """FINISH-5"""
    with start(world, "signal.pause()") as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        os.killpg(program.pid, signal.SIGINT)
        try:
            program.communicate(timeout=60)
        finally:
            program.kill()  # one that hangs is to fail its test, and not to keep the suite waiting

    assert until(lambda: not is_running(pid))
    run = world.run
    assert (run.state, run.exit_code) == ("failed", 255)
    assert run.history["n"] == [0, 1, 2]


@POSIX
def test_the_service_ends_although_somebody_else_has_the_pipe(world: World) -> None:
    """INIT-3: at the latest soon after its parent"""
    end = "\n    ".join(
        ("child = os.fork()", "if child == 0: os.close(1); os.close(2); signal.pause()", "print(child, flush=True)")
    )
    with start(world, f"{end}\n    os._exit(0)") as program:
        out, errors = program.communicate(timeout=60)
    pid, child = map(int, out.split())

    ended = until(lambda: not is_running(pid))
    os.kill(child, signal.SIGKILL)

    assert ended, errors


# ---------------------------------------------------------------------- server_url


@pytest.mark.parametrize("transport", ["loopback", "process"])
def test_a_world_may_log_to_the_server_of_another(transport: str) -> None:
    with fake(environ={}) as far, fake(transport=transport, server_url=far.url, environ={}) as near:
        run = near.init(project="p", id="r")
        run.log({"n": 1})
        run.finish()

        assert far.run.history["n"] == [1]
        assert near.runs == []


def test_a_server_elsewhere_is_refused() -> None:
    with pytest.raises(NotModelledError, match="not on this machine"):
        fake(transport="loopback", server_url="https://api.wandb.ai")
    with pytest.raises(ValueError, match="needs transport="):
        fake(server_url="http://127.0.0.1:1")


def test_unread_answers_do_not_stop_the_service(world: World) -> None:
    """Thousands of refusals are in the pipe before anybody asks."""
    with fake(transport="process", environ={}) as near:
        run: Any = near.init(project="p", id="r")
        near.server.accounts.revoke(near.api_key)
        for n in range(300):
            run.log({"n": n})

        assert near.recorder.refusals
