"""Owns the config on the wire: one JSON string in which each value is wrapped (protocol.md 4.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wandb_testkit.wire.http import as_object, decode_json


def decode_config(text: str) -> dict[str, Any]:
    """Key -> value, `_wandb` among them; a value that is not wrapped is taken as it is.

    Raises:
        WireError: The text is no JSON object.
    """
    wrapped = as_object(decode_json(text, "config"), "config")
    return {key: _unwrapped(value) for key, value in wrapped.items() if key != "wandb_version"}


def encode_config(config: Mapping[str, Any], *, has_description: bool = True) -> str:
    """The config as clients of all generations read it; `desc` is for those of generation A."""
    description = {"desc": None} if has_description else {}
    return json.dumps({key: {**description, "value": value} for key, value in config.items()})


def _unwrapped(value: Any) -> Any:
    is_wrapper = isinstance(value, dict) and "value" in value and value.keys() <= {"value", "desc"}
    return value["value"] if is_wrapper else value
