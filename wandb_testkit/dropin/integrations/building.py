"""Owns how a callback's class comes to the base class of a library that may not be installed."""

from __future__ import annotations

import importlib
import types
from typing import Any


def built(behaviour: type, library: str, base: str, shown_in: str) -> type:
    """The class of a callback: what it does is `behaviour`, what the library takes it for is `base`.

    Args:
        library: The module that has the base class.
        base: Its name there.
        shown_in: The module of the drop-in that shows it.
    Raises:
        ModuleNotFoundError: The library is not installed.
    """
    parent: Any = getattr(importlib.import_module(library), base)
    body = {"__module__": shown_in, "__doc__": behaviour.__doc__, "__qualname__": behaviour.__name__}
    return types.new_class(behaviour.__name__, (behaviour, parent), exec_body=lambda names: names.update(body))
