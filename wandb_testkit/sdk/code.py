"""Owns which files log_code() makes an artifact of, and how that is called."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable

WANDB_DIRS = ("wandb", ".wandb")

MAX_NAME_LENGTH = 128


def code_below(root: str, include: Callable[..., bool], exclude: Callable[..., bool]) -> dict[str, bytes]:
    """The files below a directory that are code: path relative to it, with "/" -> content.

    Args:
        include, exclude: Take the absolute path of a file, or that and the absolute root.
    """
    top = os.path.abspath(root)
    includes, excludes = _with_root(include, top), _with_root(exclude, top)
    found = {}
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if includes(path) and not excludes(path) and os.path.isfile(path):
                with open(path, "rb") as file:
                    found[os.path.relpath(path, top).replace(os.sep, "/")] = file.read()
    return dict(sorted(found.items()))


def _with_root(choose: Callable[..., bool], root: str) -> Callable[[str], bool]:
    if len(inspect.signature(choose).parameters) == 2:
        return lambda path: choose(path, root)
    return choose


def is_python(path: str) -> bool:
    """What 0.10 takes for code."""
    return path.endswith(".py")


def is_code(path: str) -> bool:
    """What 0.31 takes for code: Python, and what is needed to run it elsewhere."""
    name = os.path.basename(path)
    return name.endswith(".py") or name.startswith("Dockerfile") or name == "requirements.txt"


def is_of_wandb(path: str, root: str) -> bool:
    """Whether a file is in the directory that wandb itself keeps below `root`."""
    return os.path.relpath(path, root).split(os.sep)[0] in WANDB_DIRS


def is_below_wandb(path: str) -> bool:
    """Whether any directory above a file is called like that of wandb itself."""
    return not set(os.path.dirname(path).split(os.sep)).isdisjoint(WANDB_DIRS)


def artifact_name(text: str) -> str:
    """A name that an artifact may have."""
    name = re.sub(r"[^a-zA-Z0-9_\-.]", "_", text)
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[:63]}..{name[-63:]}"


def program_path() -> str | None:
    """The program that runs, relative to the working directory; None if it lies elsewhere, or nowhere."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if file is None:
        return None
    path = os.path.relpath(file)
    return None if path.startswith(os.pardir) else path.replace(os.sep, "/")
