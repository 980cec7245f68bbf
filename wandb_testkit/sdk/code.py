"""Owns log_code(): which files are code, and what is told of them.

wandb makes an artifact of them. Artifacts are not modelled yet: the files are run files below `code/`.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable
from typing import Any

from wandb_testkit.errors import NotModelledAttributeError

WANDB_DIRS = ("wandb", ".wandb")

MAX_NAME_LENGTH = 128


class LoggedCode:
    """The code that was kept.

    Attributes:
        name: The name of the artifact that wandb would make of it.
        files: The files, relative to `root`; in the run they are below `code/`.
    """

    __slots__ = ("files", "name")

    type = "code"

    def __init__(self, name: str, files: tuple[str, ...]) -> None:
        self.name = name
        self.files = files

    def wait(self) -> LoggedCode:
        """Itself: it is on the server already."""
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotModelledAttributeError(
            f"log_code().{name}: artifacts are not part of this version of the kit. It has name, type, files and "
            "wait(); the run has the files below code/"
        )

    def __repr__(self) -> str:
        return f"<LoggedCode {self.name!r}: {len(self.files)} files>"


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
