"""Owns what makes a fork safe beside other threads: no import is under way then, and locks are free in the child.

A forked child has one thread. What another one of its parent was importing, or held, stays so for ever in the child,
and whoever needs it there waits for ever.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from importlib import _bootstrap  # there is no other way to ask who imports what
from typing import Any, TypeVar
from weakref import WeakSet

_locks: WeakSet[Any] = WeakSet()

_Lock = TypeVar("_Lock", bound="threading.Lock | threading.RLock")


def free_in_forks(lock: _Lock) -> _Lock:
    """Have a lock be free in a forked child, unless it is the child's thread that held it."""
    _locks.add(lock)
    return lock


def wait_for_imports() -> None:
    """Wait until no other thread is importing a module; one that waits for a module of this thread is passed over."""
    waited_for: set[str] = set()
    while under_way := _imported_by_others() - waited_for:
        for name in under_way:
            _bootstrap._lock_unlock_module(name)  # type: ignore[attr-defined]
        waited_for |= under_way


def _imported_by_others() -> set[str]:
    nobodys = (None, threading.get_ident())
    locks = [(name, reference()) for name, reference in _module_locks().copy().items()]
    return {name for name, lock in locks if getattr(lock, "owner", None) not in nobodys}


def _module_locks() -> dict[str, Callable[[], object]]:
    locks: dict[str, Callable[[], object]] = getattr(_bootstrap, "_module_locks", {})
    return locks


def _free_locks() -> None:
    for lock in _locks:
        if not (hasattr(lock, "_is_owned") and lock._is_owned()):
            lock._at_fork_reinit()  # as threading does with its own


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_locks)
