"""Owns what 0.31.0 makes of values that JSON does not know: in a row, in config, in the summary.

All of it was observed. Source: LOG-5, CONFIG-1, SUMMARY-1.
"""

from __future__ import annotations

import collections
import dataclasses
import math
import re
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.artifacts.names import ARTIFACT_URI
from wandb_testkit.sdk.values import (
    MAX_LISTED,
    Unserializable,
    ValueRules,
    dotted_name,
    in_config,
    is_array,
    size_of,
    statistics,
    text_of,
)

if TYPE_CHECKING:
    from datetime import timedelta

TEXTS = {
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "ipaddress": ("IPv4Address", "IPv6Address"),
    "pathlib": ("Path",),
    "uuid": ("UUID",),
}
"""Types whose text is logged, by module: a value of such a type exists only where its module has been imported."""

LISTS = (set, frozenset, collections.deque, Iterator)
"""Types whose items are logged."""


def in_row(value: Any) -> Any:
    """What a row keeps."""
    if isinstance(value, Enum):
        return value.value
    if type(value) is int:
        return _as_float(value)
    if isinstance(value, LISTS):
        return list(value)
    if isinstance(value, complex) or _has_text(value):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return text_of(value)
    import datetime

    if isinstance(value, (datetime.datetime, datetime.time)):
        return re.sub(r"\+00:00$", "Z", value.isoformat())
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return duration(value)
    if isinstance(value, re.Pattern):
        return value.pattern
    if callable(value):
        return dotted_name(value)
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise Unserializable


def in_config_file(value: Any) -> Any:
    """What config keeps: the text of everything that is not Python's own; ints of any size."""
    if type(value) is int:
        return value
    if is_array(value):
        return in_config(value)
    if isinstance(value, Enum):
        return value.name
    import datetime

    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return list(value)
    if type(value).__module__ == "builtins" or callable(value) or dataclasses.is_dataclass(value):
        return in_row(value)
    return str(value)


def stands_for_artifact(value: Any) -> bool:
    """Whether config has the run use it: an artifact, its URI, or what config kept of one."""
    if type(value) is str:
        return value.startswith(ARTIFACT_URI)
    if type(value) is dict:
        return value.get("_type") == "artifactVersion"
    return getattr(type(value), "is_artifact", False) is True


def in_summary(value: Any) -> Any:
    """What the summary keeps of a value that is set by hand."""
    if is_array(value) and size_of(value) > MAX_LISTED:
        return statistics(value)
    if isinstance(value, Enum):
        return value.name
    import datetime

    if isinstance(value, datetime.date):
        return value.isoformat()
    return in_row(value)


def duration(value: timedelta) -> str:
    """A time span in the form of ISO 8601, a year being 365 days."""
    sign = "-" if value.days < 0 else ""
    span = abs(value)
    years, days = divmod(span.days, 365)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f"{seconds}.{span.microseconds:06}".rstrip("0").rstrip(".") if span.microseconds else str(seconds)
    date = "".join(f"{number}{unit}" for number, unit in ((years, "Y"), (days, "D")) if number)
    time = "".join(
        f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (fraction, "S")) if number not in (0, "0")
    )
    if not date and not time:
        return "PT0S"
    return f"{sign}P{date}{'T' if time else ''}{time}"


def _has_text(value: Any) -> bool:
    return any(
        isinstance(value, getattr(sys.modules[module], name))
        for module, names in TEXTS.items()
        if module in sys.modules
        for name in names
    )


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


CURRENT_VALUES = ValueRules(in_row, in_config_file, in_summary)
