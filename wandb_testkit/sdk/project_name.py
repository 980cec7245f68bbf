"""Owns the name of a project that nobody named: that of the git repository which the program is in (PROJ-1).

git itself is not run: a repository is a directory with a `.git` in it, a directory or (worktrees, submodules) a file.
"""

from __future__ import annotations

import os
import sys

UNCATEGORIZED = "uncategorized"


def project_of(directory: str, program: str | None) -> str:
    """The name of the repository around a directory, and of the part of it that the program is in.

    Args:
        directory: Absolute; "" where there is no real directory, and so no repository.
        program: The path of the program, absolute or relative to `directory`; None where there is no file.
    """
    root = repository_around(directory) if directory else None
    if root is None:
        return UNCATEGORIZED
    name = os.path.basename(root)
    if program is None:
        return name
    folder = os.path.dirname(os.path.abspath(os.path.join(directory, program)))
    if not f"{folder}{os.sep}".startswith(f"{root}{os.sep}") or folder == root:
        return name
    return f"{name}-{os.path.relpath(folder, root)}".replace(os.sep, "_")


def running_program() -> str | None:
    """The file that the interpreter runs; None in a shell, a notebook, or where code came as text."""
    file: str | None = getattr(sys.modules.get("__main__"), "__file__", None)
    return file


def repository_around(directory: str) -> str | None:
    """The root of the repository that a directory is in, None where it is in none."""
    folder = directory
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder
