"""Owns what the interpreter tells the runs in it: that it ends and with which code, and that it was forked.

While a run is active in a session that a real process runs, sys.exit and sys.excepthook are ours and tell the exit code
so far. The callback of atexit, which ends what nobody finished, is registered with the first run and stays: a place in
that list can be emptied but not given back. A process that is killed tells nobody (FINISH-5), and of
`raise SystemExit(3)` no hook hears, in wandb either.
Source: FINISH-1, FINISH-5, LOG-7.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session

INTERRUPTED = 255
"""The exit code of a run whose process ended with Ctrl-C (FINISH-5); the process has another one."""


class ProcessEnd:
    """The end of this process, and the sessions that are to be told of it.

    A session that nothing else refers to is not kept: nobody can look at its runs any more.
    """

    def __init__(self) -> None:
        self._sessions: WeakSet[Session] = WeakSet()
        self._is_registered = False
        self._is_hooked = False
        self._exit: Callable[..., Any] = sys.exit
        self._excepthook: Callable[..., Any] = sys.excepthook
        self._printed_before: object = None

    def watch(self, session: Session) -> None:
        """Tell a session, whose first run has started, of the end."""
        if not self._sessions:
            self._install()
        self._sessions.add(session)

    def forget(self, session: Session) -> None:
        """Leave a session alone: it has no active run any more."""
        self._sessions.discard(session)
        if not self._sessions:
            self._uninstall()

    # ------------------------------------------------------------------ the hooks

    def _install(self) -> None:
        # Ours may still be there: somebody who had replaced it has put it back after it was taken away.
        if sys.exit != self._exiting:
            self._exit = sys.exit
            sys.exit = self._exiting
        if sys.excepthook != self._failing:
            self._excepthook = sys.excepthook
            sys.excepthook = self._failing
        self._printed_before = getattr(sys, "last_value", None)
        if not self._is_registered:
            self._is_registered = True
            atexit.unregister(self._ending)  # a forked child may have it from its parent
            atexit.register(self._ending)
        if not self._is_hooked and hasattr(os, "register_at_fork"):
            self._is_hooked = True
            os.register_at_fork(after_in_child=self._forked)

    def _uninstall(self) -> None:
        if sys.exit == self._exiting:
            sys.exit = self._exit
        if sys.excepthook == self._failing:
            sys.excepthook = self._excepthook

    def _exiting(self, *status: Any) -> Any:
        if threading.current_thread() is threading.main_thread():  # in another thread it ends that thread
            given = status[0] if status else None
            self._hear(0 if given is None else given if isinstance(given, int) else 1)
        return self._exit(*status)

    def _failing(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._hear(exit_code_of(error))
        self._excepthook(kind, error, trace)

    def _hear(self, code: int) -> None:
        for session in list(self._sessions):
            session.hear_exit_code(code)

    def _ending(self) -> None:
        printed = getattr(sys, "last_value", None)
        if sys.excepthook != self._failing and printed is not None and printed is not self._printed_before:
            self._hear(exit_code_of(printed))  # a hook that was set later did not call ours
        for session in list(self._sessions):
            try:
                session.end_process(None)
            except Exception:
                import traceback

                traceback.print_exc()  # the other sessions are to end, too
        self._uninstall()

    def _forked(self) -> None:
        for session in list(self._sessions):
            session.become_forked_child()
        self._sessions.clear()
        self._uninstall()
        # From Python 3.13 on multiprocessing empties the list that a forked child has from its parent, and calls what
        # the child itself registers; before, it calls nothing.
        self._is_registered = False


def exit_code_of(error: BaseException | None) -> int:
    """The exit code of a run whose program ends with this exception (FINISH-5)."""
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1


PROCESS_END = ProcessEnd()
"""There is one process."""
