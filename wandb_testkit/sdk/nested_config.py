"""Owns what becomes of the dicts in a config where it is set value by value, as 0.31.0 does on the way to the server.

Source: CONFIG-12; that a dict without any value sets nothing was observed with 0.22.3 and 0.31.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Two dicts as one, dicts inside them as well; `new` wins."""
    both = {**old, **new}
    for key in old.keys() & new.keys():
        if isinstance(old[key], dict) and isinstance(new[key], dict):
            both[key] = merged(old[key], new[key])
    return both


def without_empty_dicts(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same without dicts in which there is no value, however deep; lists are values, whatever is in them."""
    found = {}
    for key, value in values.items():
        if not isinstance(value, dict):
            found[key] = value
        elif something := without_empty_dicts(value):
            found[key] = something
    return found
