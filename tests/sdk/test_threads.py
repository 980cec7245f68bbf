"""Threads and forked children of one run (LOG-7)."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import Profile

THREADS = 6
CALLS = 400


@pytest.fixture(autouse=True)
def _switching_all_the_time() -> Iterator[None]:
    """A thread is interrupted after a few instructions, where it usually has 5 ms."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


class CountingClock:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self) -> None:
        self.now = 0

    def time(self) -> float:
        now = self.now
        time.sleep(0)  # another thread may take over right here, in the middle of log()
        self.now = now + 1
        return float(now)


def together(*works: Callable[[], object]) -> list[BaseException]:
    """Let threads work side by side from the same moment on; returns what they raised."""
    start = threading.Barrier(len(works))
    raised: list[BaseException] = []

    def work(do: Callable[[], object]) -> None:
        start.wait()
        try:
            do()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=work, args=(do,)) for do in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def numbered(work: Callable[[int], object], count: int = THREADS) -> list[Callable[[], object]]:
    return [lambda number=number: work(number) for number in range(count)]  # type: ignore[misc] # a default binds it


def rows_are_whole(history: wt.History, threads: int, calls: int) -> bool:
    """Whether the steps are 0, 1, 2 ... and each row has the keys of one thread, whose rows are in its order."""
    of_thread: dict[str, list[int]] = {}
    for row in history:
        names = {key.split("/")[0] for key in row if key != "_step"}
        if len(names) != 1:
            return False
        of_thread.setdefault(names.pop(), []).append(next(value for key, value in row.items() if key.endswith("/i")))
    return [row["_step"] for row in history] == list(range(threads * calls)) and of_thread == {
        str(number): list(range(calls)) for number in range(threads)
    }


@pytest.mark.parametrize("limit", [1, 2, 512], ids=lambda limit: f"batch_{limit}")
def test_plain_rows_of_many_threads_are_whole(
    make_world: Callable[..., wt.World], profile: Profile, limit: int
) -> None:
    """LOG-7: the way of plain rows; each has the time that was read for it"""
    fake = make_world(profile, clock=CountingClock())
    fake.session.batch_rows = limit
    run = fake.init()

    raised = together(*numbered(lambda n: [run.log({f"{n}/i": i, f"{n}/x": 0.5}) for i in range(CALLS)]))

    assert raised == []
    assert rows_are_whole(fake.run.history, THREADS, CALLS)
    seconds = fake.run.history["_timestamp"]
    assert seconds == list(range(int(seconds[0]), int(seconds[0]) + THREADS * CALLS))
    assert run.step == THREADS * CALLS
    assert {key: fake.run.summary[key] for key in (f"{n}/i" for n in range(THREADS))} == {
        f"{n}/i": CALLS - 1 for n in range(THREADS)
    }


def test_rows_of_every_kind_are_whole(fake: wt.World) -> None:
    """LOG-7: plain and nested rows, explicit commits, while somebody reads"""
    run = fake.init()
    run.define_metric("0/*", summary="max")

    def log(n: int) -> None:
        for i in range(CALLS):
            kind = i % 4
            if kind == 0:
                run.log({f"{n}/i": i, f"{n}/nested": {"list": [i]}})
            elif kind == 1:
                run.log({f"{n}/i": i}, commit=True)
            else:
                run.log({f"{n}/i": i})

    def read() -> None:
        for _ in range(40):
            history = fake.run.history
            assert [row["_step"] for row in history.with_times()] == list(range(len(history)))
            list(run.summary.keys())

    raised = together(*numbered(log), read)

    assert raised == []
    assert rows_are_whole(fake.run.history, THREADS, CALLS)


def test_pending_values_of_many_threads_are_in_some_row(fake: wt.World) -> None:
    """LOG-2, LOG-7: no value is lost between commit=False and the commit of another thread"""
    run = fake.init()

    def log(n: int) -> None:
        for i in range(CALLS):
            run.log({f"{n}/{i}": i}, commit=False)
            if i % 10 == 0:
                run.log({})

    raised = together(*numbered(log))
    run.finish()

    seen = Counter(key for row in fake.run.history for key in row if key != "_step")
    assert raised == []
    assert seen == {f"{n}/{i}": 1 for n in range(THREADS) for i in range(CALLS)}
    steps = [row["_step"] for row in fake.run.history]
    assert steps == sorted(set(steps))


def test_steps_of_many_threads_never_go_back(fake: wt.World) -> None:
    """LOG-3, LOG-7: a row is written or dropped with a warning, and nothing else"""
    run = fake.init()
    calls = THREADS * CALLS

    raised = together(*numbered(lambda n: [run.log({f"{n}/{i}": i}, step=i, commit=True) for i in range(CALLS)]))
    run.finish()

    written = sum(len(row) - 1 for row in fake.run.history)
    steps = [row["_step"] for row in fake.run.history]
    assert raised == []
    assert steps == sorted(set(steps))
    assert written + len(fake.recorder.dropped_rows) == calls


def test_a_finish_between_calls_of_other_threads_loses_no_row(fake: wt.World) -> None:
    """FINISH-1, LOG-6, LOG-7: a call is on the server, or has raised"""
    run = fake.init()
    logged = [0] * THREADS

    def log(n: int) -> None:
        while True:
            run.log({f"{n}/i": logged[n]} if logged[n] % 3 else {f"{n}/i": logged[n], "list": []})
            logged[n] += 1

    def finish() -> None:
        while sum(logged) < 500:
            pass
        run.finish()

    raised = together(*numbered(log), finish, finish)

    assert {type(error) for error in raised} == {fake.session.behaviour.finished_error}
    assert len(raised) == THREADS
    assert Counter(key for row in fake.run.history for key in row if key.endswith("/i")) == {
        f"{n}/i": logged[n] for n in range(THREADS) if logged[n]
    }
    assert [type(record).__name__ for record in fake.recorder.records].count("ExitRecord") == 1


def test_summary_and_config_may_be_set_by_other_threads(fake: wt.World) -> None:
    """SUMMARY-2, CONFIG-12, LOG-7"""
    run = fake.init()

    def set_values(n: int) -> None:
        for i in range(100):
            run.summary[f"s{n}/{i}"] = i
            run.config[f"c{n}/{i}"] = i

    def read() -> None:
        for _ in range(100):
            assert fake.run.config is not None

    raised = together(
        *numbered(set_values, 3), *numbered(lambda n: [run.log({f"{n}/i": i}) for i in range(CALLS)], 3), read
    )
    run.finish()

    assert raised == []
    assert {key: value for key, value in fake.run.summary.items() if key[0] == "s"} == {
        f"s{n}/{i}": i for n in range(3) for i in range(100)
    }
    assert fake.run.config == {f"c{n}/{i}": i for n in range(3) for i in range(100)}


def test_no_key_is_lost_of_a_config_that_threads_set_at_once(fake: wt.World) -> None:
    """CONFIG-12"""
    run: Any = fake.init()

    def set_many(n: int) -> None:
        for i in range(50):
            run.config.update({f"c{n}/{i}/{k}": k for k in range(100)})

    def read() -> None:
        for _ in range(50):
            assert len(run.config.items()) <= 15_000

    raised = together(*numbered(set_many, 3), read)
    run.finish()

    assert raised == []
    assert fake.run.config == {f"c{n}/{i}/{k}": k for n in range(3) for i in range(50) for k in range(100)}


# ---------------------------------------------------------------------- forked children


def in_a_child(work: Callable[[], Any]) -> Any:
    """What a function returns in a forked child, or the name and text of what it raises."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 and later warn of threads beside a fork: the point
        child = os.fork()
    if not child:
        signal.alarm(60)  # a child that hangs is to fail its test, and not to keep the parent waiting
        try:
            answer: Any = work()
        except BaseException as error:
            answer = [type(error).__name__, str(error)]
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    answer = json.loads(told or '"the child hung"')
    return answer


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@needs_fork
def test_log_in_a_forked_child_is_ignored_with_a_warning_in_classic(classic: wt.World) -> None:
    """LOG-7"""
    run = classic.init(id="abc")
    run.log({"a": 1})

    def log() -> Any:
        run.log({"a": 2})
        run.log({"a": 3}, commit=True)
        return [[row["a"] for row in classic.run.history], run.step, classic.run.warnings]

    rows, step, warnings = in_a_child(log)
    run.log({"a": 4})

    assert (rows, step) == ([1], 1)
    assert len(warnings) == 2
    assert "run 'abc' belongs to the parent" in warnings[0]
    assert "LOG-7" in warnings[0]
    assert (classic.run.history["a"], classic.run.warnings) == ([1, 4], warnings)


@needs_fork
@pytest.mark.parametrize("options", [{}, {"commit": False}, {"step": 5}])
def test_log_in_a_forked_child_raises_in_classic_if_it_is_strict(classic: wt.World, options: dict[str, Any]) -> None:
    """LOG-7"""
    run = classic.init(settings={"strict": True})

    raised = in_a_child(lambda: run.log({"a": 1}, **options))

    assert raised[0] == "LogMultiprocessError"


@needs_fork
def test_log_in_a_forked_child_reaches_the_run_of_the_parent_in_current(current: wt.World) -> None:
    """LOG-7: as in 0.31, where one process numbers the rows of both"""
    run = current.init(id="abc")
    run.log({"a": 1})

    def log() -> None:
        run.log({"b": 1})
        run.log({"b": 2}, step=5)
        run.log({"c": {"d": 3}})

    raised = in_a_child(log)
    run.log({"a": 2})
    run.finish()

    assert raised is None
    assert current.run.history == [
        {"_step": 0, "a": 1},
        {"_step": 1, "b": 1},
        {"_step": 5, "b": 2, "c": {"d": 3}},
        {"_step": 6, "a": 2},
    ]


@needs_fork
def test_log_in_a_forked_child_of_a_finished_run_is_refused_in_current(current: wt.World) -> None:
    """LOG-7"""
    run = current.init(id="abc")
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()

    def log_later() -> None:
        there.recv()
        try:
            run.log({"b": 1})
        except BaseException as error:
            there.send([type(error).__name__, str(error)])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that other tests have left
        child = context.Process(target=log_later)
        child.start()
    run.finish()
    here.send("now")
    name, text = here.recv()
    child.join()

    assert name == "UsageError"
    assert "run 'abc' of its parent is finished [LOG-7]" in text
    assert current.run.history == []


@needs_fork
def test_a_child_that_is_forked_while_a_thread_logs_does_not_hang(fake: wt.World) -> None:
    """LOG-7: another thread may hold the lock at that moment"""
    run = fake.init()
    is_over = threading.Event()

    def log() -> None:
        while not is_over.is_set():
            run.log({"a": 1})
            run.summary.get("a")  # takes the server's and the recorder's locks as well, and keeps the batch short

    thread = threading.Thread(target=log)
    thread.start()
    try:
        answers = {json.dumps(in_a_child(lambda: run.log({"b": 1}))) for _ in range(20)}
    finally:
        is_over.set()
        thread.join()

    assert answers == {"null"}


@needs_fork
def test_a_child_may_have_runs_of_its_own(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """LOG-7"""
    make_world(profile).init().log({"a": 1})

    def work() -> Any:
        with wt.fake(profile=profile, environ={}, notebook=False) as mine:
            with mine.init() as run:
                run.log({"b": 1})
            return [mine.run.history["b"], str(mine.run.state)]

    assert in_a_child(work) == [[1], "finished"]
