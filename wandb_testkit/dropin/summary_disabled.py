"""Owns the class that the summary of a disabled run had once."""

from __future__ import annotations

from typing import Any


class SummaryDisabled(dict[str, Any]):
    """A dict; nothing is one of these today, and code that asks with isinstance goes on working."""
