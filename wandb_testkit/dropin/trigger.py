"""Owns `wandb.trigger`: functions that are called by the name of an event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_functions: dict[str, list[Callable[..., Any]]] = {}


def reset() -> None:
    """Forget all."""
    _functions.clear()


def register(event: str, func: Callable[..., Any]) -> None:
    """Have a function called for an event."""
    _functions.setdefault(event, []).append(func)


def unregister(event: str, func: Callable[..., Any]) -> None:
    """Take that back."""
    _functions[event].remove(func)


def call(event_str: str, *args: Any, **kwargs: Any) -> None:
    """Call the functions of an event."""
    for func in _functions.get(event_str, ()):
        func(*args, **kwargs)
