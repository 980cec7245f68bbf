"""Owns the way to libraries that are extras of the kit: imported when asked for, an error that names the extra else."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from wandb_testkit.errors import Error


def required(*modules: str, extra: str, clause: str, why: str) -> Any:
    """The first of these modules whose library is installed.

    Args:
        extra: The extra of the kit that installs the library.
        why: What asked for it, as the user wrote it.
    Raises:
        Error: None of them is there.
    """
    for module in modules:
        if is_installed(module):
            return import_module(module)
    libraries = " or ".join(dict.fromkeys(module.split(".")[0] for module in modules))
    raise Error(
        f"{why} needs {libraries}, which is not installed [{clause}]: "
        f"pip install wandb_testkit[{extra}], or leave it out"
    )


def is_installed(module: str) -> bool:
    """Whether the library that a module belongs to can be imported; nothing is imported to find out."""
    try:
        return find_spec(module.split(".")[0]) is not None
    except ValueError:  # a stand-in in sys.modules that has no spec
        return True
