"""A fork beside other threads: no import is under way meanwhile, and locks are free in the child."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import wandb_testkit as wt
import wandb_testkit.dropin.install
from wandb_testkit.forks import free_in_forks, wait_for_imports
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

PATIENCE_S = 20


class Gate:
    """What a module waits for while it is imported, and what it says of that."""

    def __init__(self) -> None:
        self.is_reached = threading.Event()
        self.opens = threading.Event()
        self.was_opened = False

    def pass_through(self) -> None:
        self.is_reached.set()
        self.was_opened = self.opens.wait(PATIENCE_S)


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """`import testkit_slow` stands still until somebody opens the gate."""
    one = Gate()
    keeper = ModuleType("testkit_gate")
    vars(keeper)["gate"] = one
    monkeypatch.setitem(sys.modules, "testkit_gate", keeper)
    (tmp_path / "testkit_slow.py").write_text("from testkit_gate import gate\ngate.pass_through()\nis_whole = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield one
    sys.modules.pop("testkit_slow", None)


def ends_well(work: Callable[[], object]) -> bool:
    """Do something in a forked child; whether it ends, and does not fail."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are other threads: that is what is tried
        child = os.fork()
    if not child:
        signal.alarm(PATIENCE_S)
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def test_a_fork_waits_for_the_import_of_another_thread(gate: Gate) -> None:
    def imports() -> None:
        assert import_module("testkit_slow").is_whole

    importing = threading.Thread(target=imports)
    with wt.fake(environ={}):
        importing.start()
        gate.is_reached.wait()
        opening = threading.Timer(0.05, gate.opens.set)
        opening.start()

        assert ends_well(imports)

    importing.join()
    opening.join()
    assert gate.was_opened


def test_a_module_that_forks_while_it_is_imported_waits_for_nobody(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread wants that very module: to wait for that one would be for ever."""
    (tmp_path / "testkit_slow.py").write_text(
        "import threading\n"
        "from importlib import import_module\n"
        "from testkit_gate import gate\n"
        "other = threading.Thread(target=import_module, args=('testkit_wants_it',))\n"
        "other.start()\n"
        "gate.pass_through()\n"
        "gate.ends_well()\n"
    )
    (tmp_path / "testkit_wants_it.py").write_text(
        "from testkit_gate import gate\ngate.opens.set()\nimport testkit_slow\nis_whole = True\n"
    )
    ended: list[bool] = []
    vars(gate)["ends_well"] = lambda: ended.append(ends_well(lambda: None))

    with wt.fake(environ={}):
        slow = import_module("testkit_slow")

    slow.other.join()
    assert ended == [True]
    assert sys.modules.pop("testkit_wants_it").is_whole


def test_an_import_that_does_not_end_is_not_waited_for(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program may be a module that a thread imports."""
    monkeypatch.setattr("wandb_testkit.forks.PATIENCE_S", 0.05)
    importing = threading.Thread(target=import_module, args=("testkit_slow",))
    with wt.fake(environ={}):
        importing.start()
        gate.is_reached.wait()

        assert ends_well(lambda: None)

    gate.opens.set()
    importing.join()
    assert gate.was_opened


def test_without_imports_there_is_nothing_to_wait_for() -> None:
    before = set(sys.modules)

    wait_for_imports()

    assert set(sys.modules) == before


@pytest.mark.parametrize("kind", [threading.Lock, threading.RLock])
def test_a_lock_that_another_thread_holds_is_free_in_the_child(kind: Callable[[], Any]) -> None:
    lock = free_in_forks(kind())

    with held_by_another(lock):
        assert ends_well(lambda: lock.__enter__())


def test_a_lock_of_the_thread_that_forks_is_its_own_in_the_child() -> None:
    lock = free_in_forks(threading.RLock())

    with lock:
        assert ends_well(lock.release)


class held_by_another:
    """A lock is held by another thread, until the end, or until that thread loses patience with who forks."""

    def __init__(self, lock: Any, patience_s: float = PATIENCE_S) -> None:
        self._lock = lock
        self._patience_s = patience_s
        self._is_held = threading.Event()
        self._may_go = threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        with self._lock:
            self._is_held.set()
            self._may_go.wait(self._patience_s)

    def __enter__(self) -> None:
        self._thread.start()
        self._is_held.wait()

    def __exit__(self, *_: object) -> None:
        self._may_go.set()
        self._thread.join()


KINDS = (type(threading.Lock()), type(threading.RLock()))


def locks_of(owner: object, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """The locks that ours has: of an object, and of what that is made of."""
    if id(owner) in seen:
        return
    seen.add(id(owner))
    slots = [name for kind in type(owner).__mro__ for name in vars(kind).get("__slots__", ()) if hasattr(owner, name)]
    parts = [*getattr(owner, "__dict__", {}).items(), *((name, getattr(owner, name)) for name in slots)]
    for name, part in parts:
        if isinstance(part, KINDS):
            yield f"{type(owner).__qualname__}.{name}", part
        inside = part.values() if isinstance(part, dict) else part if isinstance(part, (list, tuple)) else [part]
        for one in inside:
            if type(one).__module__.startswith("wandb_testkit"):
                yield from locks_of(one, seen)


def locks_of_modules() -> Iterator[tuple[str, Any]]:
    """The locks that ours has for the whole process: of modules, of classes, and of their objects."""
    seen: set[int] = set()
    for name, module in list(sys.modules.items()):
        if not name.startswith("wandb_testkit"):
            continue
        for part, value in list(vars(module).items()):
            if isinstance(value, KINDS):
                yield f"{name}.{part}", value
            elif isinstance(value, type) and value.__module__ == name:
                yield from ((f"{name}.{part}.{k}", v) for k, v in vars(value).items() if isinstance(v, KINDS))
            elif type(value).__module__.startswith("wandb_testkit"):
                yield from locks_of(value, seen)


@pytest.mark.parametrize("transport", ["memory", "loopback", "offline", "process"])
@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_whatever_lock_another_thread_holds_a_forked_child_can_log(profile: Profile, transport: str) -> None:
    """Either the fork waits for it, or the child has one of its own; no lock of ours is one that nobody gives back."""
    environ = {"WANDB_CONSOLE": "wrap"}
    with wt.fake(profile=profile, transport=transport, environ=environ) as fake, fake.init(project="p") as run:
        run.log({"x": 0})
        found = [*locks_of_modules(), *locks_of(fake, set()), *locks_of(run, set())]
        locks = {id(lock): (name, lock) for name, lock in found}
        assert {"Recorder._lock", "FakeServer.lock", "OpenHistory.lock", "Console._lock"} <= {name for name, _ in found}
        assert {"wandb_testkit.dropin.install._lock", "wandb_testkit.sdk.logging_setup._lock"} <= dict(found).keys()

        def log() -> None:
            print("a child prints")
            run.log({"x": 1})
            run.summary["z"] = 3
            with fake.init(project="p", reinit=True, config={"a": 1}) as own:
                own.log({"x": 1})
                own.summary["y"] = 2
            with wt.fake(environ={}) as other, other.init(project="q") as own:
                own.log({"x": 1})

        stuck = []
        for name, lock in locks.values():
            with held_by_another(lock, patience_s=0.1):
                if not ends_well(log):
                    stuck.append(name)
        assert stuck == []
