"""Owns the current directory of a process: where files that a program names without a directory are looked up."""

from __future__ import annotations

import os

from wandb_testkit.ports import Disk


class WorkingDirectory:
    """A directory of the world's disk first, then the real one that a program runs in.

    Args:
        disk: Where a world's own files are; a file of this name there hides the real one.
        directory: The real directory; None means the interpreter's own, whichever it is at the time, and "" that there
            is none, and only the world's disk counts.
    """

    __slots__ = ("_directory", "_disk")

    def __init__(self, disk: Disk, directory: str | None) -> None:
        self._disk = disk
        self._directory = directory

    @property
    def real(self) -> str:
        """The real directory, absolute; "" where there is none."""
        if self._directory is None:
            return os.getcwd()
        return os.path.abspath(self._directory) if self._directory else ""

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None where there is none.

        Raises:
            OSError: It is there and cannot be read.
        """
        content = self._disk.read(path)
        if content is not None or self._directory == "" or os.path.isabs(path):
            return content
        real = os.path.join(self._directory or "", path)
        if not os.access(real, os.F_OK):  # every init() looks for the file of defaults: no exception for its absence
            return None
        with open(real, "rb") as file:
            return file.read()
