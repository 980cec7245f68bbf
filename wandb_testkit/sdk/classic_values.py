"""Owns what 0.10.33 makes of values that JSON does not know: in a row, in config, in the summary.

Observed, but for what 0.10.33 keeps in `run.config` and then cannot send, such as a set: that is refused.
Source: LOG-5, CONFIG-1, SUMMARY-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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


def in_row(value: Any) -> Any:
    """What a row keeps."""
    if type(value) is int:
        return value
    if isinstance(value, bytes):
        return text_of(value)
    import datetime

    if isinstance(value, datetime.date):
        return value.isoformat()
    if callable(value):
        return dotted_name(value)
    raise Unserializable


def in_config_file(value: Any) -> Any:
    """What config keeps: the text of everything that is not Python's own."""
    if is_array(value):
        return in_config(value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return list(value)
    try:
        return in_row(value)
    except Unserializable:
        if type(value).__module__ == "builtins":
            raise
        return str(value)


def in_summary(value: Any) -> Any:
    """What the summary keeps of a value that is set by hand."""
    if is_array(value) and size_of(value) > MAX_LISTED:
        return statistics(value)
    return in_row(value)


CLASSIC_VALUES = ValueRules(in_row, in_config_file, in_summary)
