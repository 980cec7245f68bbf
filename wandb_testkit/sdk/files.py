"""Owns the files that a run saves: which ones save() means, what they are called in the run, when they are read.

Source: protocol.md 4.7; the names of absolute paths are the profile's (`save_root`).
"""

from __future__ import annotations

import os
from collections.abc import Callable

POLICIES = ("live", "now", "end")


class SavedFiles:
    """The files that a run was told to save: name in the run -> path on disk.

    `live` and `end` files are read again at the end.

    Attributes:
        names: What the files are called in the run, whatever the policy.
        made: Those that never were files on disk: path in the run -> content.
    """

    __slots__ = ("_later", "made", "names")

    def __init__(self) -> None:
        self._later: dict[str, str] = {}
        self.names: set[str] = set()
        self.made: dict[str, bytes] = {}

    def take(self, named: dict[str, str], policy: str) -> dict[str, bytes]:
        """Remember files, and return the content of those that are to be uploaded at once."""
        self.names.update(named)
        if policy != "now":
            self._later.update(named)
        return {} if policy == "end" else _read(named)

    def at_end(self) -> dict[str, bytes]:
        """The content that `live` and `end` files have now; a file that is gone keeps its last upload."""
        return _read(self._later)


def _read(named: dict[str, str]) -> dict[str, bytes]:
    content = {}
    for name, path in named.items():
        if os.path.isfile(path):
            with open(path, "rb") as file:
                content[name] = file.read()
    return content


def named_files(pattern: str, base_path: str | None, use_glob: bool, save_root: Callable[[str], str]) -> dict[str, str]:
    """The files that a pattern means: name in the run -> absolute path.

    Args:
        base_path: Names are relative to it; None means the working directory, or `save_root` of an absolute pattern.
        use_glob: Whether `*`, `?` and `[]` in `pattern` match several files.
    Raises:
        ValueError: The pattern is empty, or lies outside `base_path`.
    """
    if not pattern:
        raise ValueError(f"save({pattern!r}): expected a path or a pattern")
    if base_path is not None:
        root = os.path.abspath(base_path)
    elif os.path.isabs(pattern):
        root = save_root(pattern)
    else:
        root = os.getcwd()
    whole = os.path.abspath(pattern)
    from glob import glob as glob_paths

    found = sorted(glob_paths(whole, recursive=True)) if use_glob else [whole]
    files = {}
    for path in found:
        for file in _files_at(path):
            name = os.path.relpath(file, root)
            if name.startswith(os.pardir):
                raise ValueError(
                    f"save({pattern!r}): {file} is not below base_path {root!r}; give a base_path above it"
                )
            files[name.replace(os.sep, "/")] = file
    return files


def show_at(there: str, path: str) -> None:
    """Make a saved file appear in the run's files directory, as both generations do: by a link, else by a copy."""
    if os.path.realpath(there) == os.path.realpath(path):
        return
    os.makedirs(os.path.dirname(there), exist_ok=True)
    if os.path.lexists(there):
        os.remove(there)
    try:
        os.symlink(path, there)
    except OSError:  # Windows needs a privilege for links
        import shutil

        shutil.copyfile(path, there)


def _files_at(path: str) -> list[str]:
    if os.path.isfile(path):
        return [path]
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
