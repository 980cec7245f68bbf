"""Owns alert(): the levels there are, and what its arguments may be. Observed with 0.10.33 and 0.31.0."""

from __future__ import annotations

from enum import Enum
from typing import Any

from wandb_testkit.records import AlertRecord, RunPath

WAIT_S = 60.0
"""How long an alert of the same title is held back, unless said otherwise."""


class AlertLevel(Enum):
    """How much an alert matters."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


LEVELS = tuple(level.value for level in AlertLevel)


def alert_record(
    path: RunPath, title: Any, text: Any, level: Any, wait_duration: Any, wrong_wait: type[Exception]
) -> AlertRecord:
    """Check the arguments of alert() and make a record of them.

    Args:
        level: An AlertLevel or its text; None means INFO.
        wait_duration: Seconds or a timedelta; None and 0 mean a minute.
        wrong_wait: Raised for anything else.
    Raises:
        TypeError: Title or text is no str.
        ValueError: There is no such level.
    """
    for name, value in (("title", title), ("text", text)):
        if not isinstance(value, str):
            raise TypeError(f"alert({name}={value!r}): expected a str, got {type(value).__name__}")
    chosen = level.value if isinstance(level, AlertLevel) else level or AlertLevel.INFO.value
    if chosen not in LEVELS:
        raise ValueError(f"alert(level={level!r}): level must be one of 'INFO', 'WARN', or 'ERROR'")
    from datetime import timedelta

    if isinstance(wait_duration, timedelta):
        wait_s = wait_duration.total_seconds()
    elif wait_duration is None or isinstance(wait_duration, (int, float)):
        wait_s = float(wait_duration or 0)
    else:
        raise wrong_wait(
            f"alert(wait_duration={wait_duration!r}): wait_duration must be an int, float, or datetime.timedelta"
        )
    return AlertRecord(path, title, text, chosen, int(wait_s * 1000) / 1000 or WAIT_S)
