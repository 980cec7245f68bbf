"""Owns the data types and charts of the classic drop-in that mean something else in the other."""

from __future__ import annotations

from typing import Any

from wandb_testkit.dropin.names_of_data import found
from wandb_testkit.profiles import Profile


def __getattr__(name: str) -> Any:
    return found(Profile.CLASSIC, name)
