"""Owns the files of logs: the handler that writes a run's debug.log, and what its lines look like.

Loaded where a run has a directory on a real disk. Source: LOGSETUP-5 to LOGSETUP-7.
"""

from __future__ import annotations

import logging
from typing import Any

from wandb_testkit.ports import Clock
from wandb_testkit.sdk.logging_setup import LoggingRules, run_in_question


def add_file_handler(logger: Any, path: str, run_id: str | None, rules: LoggingRules, clock: Clock) -> logging.Handler:
    """Write the records of a logger to a file, from INFO on (LOGSETUP-5)."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setLevel(logging.INFO)
    handler.setFormatter(_Formatter(rules.line_with_run_id if run_id else rules.line, clock))
    if rules.keeps_runs_apart:
        handler.addFilter(_OneRun(run_id))
    elif run_id:
        handler.addFilter(_NamesRun(run_id))
    logger.addHandler(handler)
    return handler


def write_line(path: str, text: str, rules: LoggingRules, clock: Clock) -> None:
    """Write one record to a file that no logger has."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(_Formatter(rules.line, clock))
    logger = logging.Logger("wandb.internal")  # not one of the process's: nobody can hear it
    logger.addHandler(handler)
    logger.info(text, stacklevel=3, extra={"run_id_tag": ""})
    handler.close()


class _Formatter(logging.Formatter):
    """Tells the time of the world."""

    def __init__(self, line: str, clock: Clock) -> None:
        super().__init__(line)
        self._clock = clock

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        record.created = self._clock.time()
        record.msecs = record.created % 1 * 1_000
        return super().formatTime(record, datefmt)


class _NamesRun(logging.Filter):
    """Sets the run id on every record."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    def filter(self, record: logging.LogRecord) -> bool:
        record.__dict__["run_id"] = self._run_id
        return True


class _OneRun(logging.Filter):
    """Keeps the records of other runs out, if there is one, and marks those that belong to no run."""

    def __init__(self, run_id: str | None) -> None:
        super().__init__()
        self._run_id = run_id

    def filter(self, record: logging.LogRecord) -> bool:
        asked = run_in_question.get()
        record.__dict__["run_id_tag"] = " [no run ID]" if asked is None else ""
        return asked is None or self._run_id in (None, asked)
