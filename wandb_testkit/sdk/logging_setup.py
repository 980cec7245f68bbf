"""Owns the log of the SDK: what it notes about itself, and the process's logger while a run's debug.log is open.

Files and handlers (log_files.py) exist where the run's directory is a real one (run_tree.py). Until then the notes are
kept, and the logger of the process is left alone; a world that is closed gives the logger back as it was.
Source: LOGSETUP-5 to LOGSETUP-8.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, NamedTuple

from wandb_testkit.forks import free_in_forks

DEBUG, INFO, WARNING, ERROR = 10, 20, 30, 40
"""The levels of `logging`, which is loaded when there is a file to write to."""

BEFORE_THE_BRACKET = "%(asctime)s %(levelname)-7s %(threadName)-10s:%(process)d "
PLACE = "%(filename)s:%(funcName)s():%(lineno)s"

MAX_KEPT = 1_000
"""Notes that are kept while no file is there: a process may start any number of runs in memory."""

run_in_question: ContextVar[str | None] = ContextVar("run_in_question", default=None)
"""The run that is spoken of; None: no one in particular."""


class LoggingRules(NamedTuple):
    """What a profile decides about logs and the directory of a run.

    Attributes:
        line: The format of a record.
        line_with_run_id: The same for `_enable_logging(..., run_id=...)`.
        keeps_runs_apart: A run's file has no records of other runs; `_log_setup` gives its handler the run id.
        adds_suffix: A directory that exists is left alone, and a number is added to the name (LOGSETUP-3); those of
            offline runs have it in any case, for what is in them is all there is of a run.
        links_may_be_refused: The setting `symlink` has an effect (LOGSETUP-4).
    """

    line: str
    line_with_run_id: str
    keeps_runs_apart: bool
    adds_suffix: bool
    links_may_be_refused: bool


class TeardownHook(NamedTuple):
    """What is undone when a run ends, or when its init() fails; early ones may still write to the run."""

    call: Callable[[], None]
    is_early: bool


def tear_down(hooks: list[TeardownHook], *, early: bool) -> None:
    """Call the hooks of one stage, and forget them."""
    called = [hook for hook in hooks if hook.is_early is early]
    hooks[:] = [hook for hook in hooks if hook.is_early is not early]
    for hook in called:
        hook.call()


class SdkLog:
    """What the SDK of one process notes about itself; LOGSETUP-6.

    While no debug.log is open the notes are kept, at most MAX_KEPT, the oldest give way. They go to the first file that
    is opened, before anything else.
    """

    __slots__ = ("_early", "_open")

    def __init__(self) -> None:
        self._early: deque[tuple[int, str, tuple[Any, ...]]] = deque(maxlen=MAX_KEPT)
        self._open: list[Any] = []

    def info(self, text: str, *values: Any, run_id: str | None = None) -> None:
        """Note what happened; `values` are put into `text` when it is written."""
        self._note(INFO, text, values, run_id)

    def warning(self, text: str, *values: Any, run_id: str | None = None) -> None:
        """Note what the user was warned of."""
        self._note(WARNING, text, values, run_id)

    def error(self, text: str, *values: Any, run_id: str | None = None) -> None:
        """Note what went wrong."""
        self._note(ERROR, text, values, run_id)

    @property
    def early(self) -> list[str]:
        """The notes that wait for a file."""
        return [text % values if values else text for _, text, values in self._early]

    def opened(self, logger: Any, run_id: str, user_log: str, internal_log: str) -> None:
        """A run's files are there: write what was kept, then where the files are."""
        self._open.append(logger)
        with about(run_id):
            while self._early:
                level, text, values = self._early.popleft()
                logger.log(level, text, *values)
            logger.info("Logging user logs to %s", user_log)
            logger.info("Logging internal logs to %s", internal_log)

    def closed(self, logger: Any) -> None:
        """A run's files were closed."""
        self._open.remove(logger)

    def _note(self, level: int, text: str, values: tuple[Any, ...], run_id: str | None) -> None:
        if not self._open:
            self._early.append((level, text, values))
            return
        with about(run_id):
            self._open[-1].log(level, text, *values, stacklevel=3)  # the line of whoever noted it


@contextlib.contextmanager
def about(run_id: str | None) -> Iterator[None]:
    """Records that are made inside belong to this run."""
    token = run_in_question.set(run_id)
    try:
        yield
    finally:
        run_in_question.reset(token)


# ---------------------------------------------------------------------- the logger of the process


class _Before(NamedTuple):
    level: int
    propagates: bool
    owners: set[object]


_taken: dict[Any, _Before] = {}
_lock = free_in_forks(threading.Lock())


def take_over(logger: Any, owner: object) -> None:
    """Records from DEBUG on, and none to the loggers above: there is no way back while `owner` lives (LOGSETUP-7)."""
    with _lock:
        if logger not in _taken:
            _taken[logger] = _Before(logger.level, logger.propagate, set())
        _taken[logger].owners.add(owner)
    logger.setLevel(DEBUG)
    logger.propagate = False


def give_back(owner: object) -> None:
    """The owner's world has ended: the loggers that only it had taken are what they were before."""
    if not _taken:
        return
    with _lock:
        for logger, before in list(_taken.items()):
            before.owners.discard(owner)
            if not before.owners:
                del _taken[logger]
                logger.setLevel(before.level)
                logger.propagate = before.propagates
