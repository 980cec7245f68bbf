"""Owns the fake that people write first: wandb is a MagicMock, which answers everything and keeps nothing."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

__version__ = "1"

_MOCK = MagicMock(name="wandb")


def __getattr__(name: str) -> Any:
    """Whatever is asked for."""
    return getattr(_MOCK, name)
