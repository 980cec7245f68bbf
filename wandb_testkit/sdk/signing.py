"""Owns what inspect shows of an init(): its arguments, and that it returns a run, not the arguments by name."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any


def returning(arguments: Callable[..., Any], returns: Any) -> FunctionType:
    """A function with the same parameters and another annotation of what it returns, for `__wrapped__`.

    Args:
        returns: The annotation: a class, or several.
    """
    assert isinstance(arguments, FunctionType)
    shown = FunctionType(
        arguments.__code__, arguments.__globals__, arguments.__name__, arguments.__defaults__, arguments.__closure__
    )
    shown.__kwdefaults__ = arguments.__kwdefaults__
    shown.__annotations__ = {**arguments.__annotations__, "return": returns}
    shown.__module__ = arguments.__module__
    return shown
