"""Owns what makes a fork safe beside other threads: no import is under way then, and locks are free in the child.

A forked child has one thread. What another one of its parent was importing, or held, stays so for ever in the child,
and whoever needs it there waits for ever.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from importlib import _bootstrap  # there is no other way to ask who imports what
from typing import Any, TypeVar
from weakref import WeakSet

PATIENCE_S = 5.0
"""So long a fork waits for an import."""

_locks: WeakSet[Any] = WeakSet()

_Lock = TypeVar("_Lock", bound="threading.Lock | threading.RLock")


def free_in_forks(lock: _Lock) -> _Lock:
    """Have a lock be free in a forked child, unless it is the child's thread that held it."""
    _locks.add(lock)
    return lock


def wait_for_imports() -> None:
    """Wait until no other thread is importing a module.

    One that needs a module of this thread is passed over, for it would wait for us. So is one that takes longer than
    PATIENCE_S: it may be a program that never ends.
    """
    waited_for: set[str] = set()
    while under_way := _imported_by_others() - waited_for:
        waiting = threading.Thread(target=_wait_for, args=(under_way,), name="wandb_testkit-imports", daemon=True)
        waiting.start()
        waiting.join(PATIENCE_S)
        if waiting.is_alive():
            return
        waited_for |= under_way


def _wait_for(names: set[str]) -> None:
    for name in names:
        _bootstrap._lock_unlock_module(name)  # type: ignore[attr-defined]


def _imported_by_others() -> set[str]:
    """The modules that other threads import, and do not need one of this thread's for."""
    me = threading.get_ident()
    locks: Mapping[str, Callable[[], Any]] = getattr(_bootstrap, "_module_locks", {})
    owners = {name: getattr(reference(), "owner", None) for name, reference in dict(locks).items()}
    return {name for name, owner in owners.items() if owner is not None and not _is_held_up_by(me, owner)}


def _is_held_up_by(me: int, thread: int) -> bool:
    """Whether a thread is this one, or waits for a module that this one imports, or for one that waits for it ..."""
    seen: set[int] = set()
    asked = [thread]
    while asked:
        one = asked.pop()
        if one == me:
            return True
        if one not in seen:
            seen.add(one)
            waits_for = _bootstrap._blocking_on.get(one)  # type: ignore[attr-defined] # a lock, or from 3.12 on several
            locks = [] if waits_for is None else waits_for if isinstance(waits_for, list) else [waits_for]
            asked += [owner for lock in locks if (owner := lock.owner) is not None]
    return False


def _free_locks() -> None:
    for lock in _locks:
        if not (hasattr(lock, "_is_owned") and lock._is_owned()):
            lock._at_fork_reinit()  # as threading does with its own


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_locks)
