"""Owns the settings object of 0.31: checked when it is made and when it is set, complete when it is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from wandb_testkit.sdk import settings as sdk_settings
from wandb_testkit.sdk.current_fields import FIELDS, read_fields
from wandb_testkit.sdk.settings import did_you_mean


class Settings(sdk_settings.Settings):
    """Settings of 0.31: checked when they are made and when they are set; what is not given reads as its default.

    Raises:
        ValidationError: A name that there is not, or a value of the wrong type (A.1).
        AttributeError: A name is read that there is not.
    """

    __slots__ = ()

    def __init__(self, **values: Any) -> None:
        super().__init__(**read_fields(values))

    @classmethod
    def of_run(cls, values: Mapping[str, Any]) -> Settings:
        """Those of a run: they have been checked."""
        made = cls()
        made._values.update(values)
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        super().update(read_fields({name: value}))

    def update(self, values: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Set several by name."""
        super().update(read_fields({**(values or {}), **more}))

    def _of_nobody(self, name: str) -> Any:
        if name not in FIELDS:
            raise AttributeError(f"'Settings' object has no attribute {name!r}{did_you_mean(name, FIELDS)}")
        return os.getcwd() if name == "root_dir" else FIELDS[name].default
