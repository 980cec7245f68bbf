"""Owns the home directory of a machine's user: its place on a disk, the keys and the user settings that it keeps.

A world's home is its own, never the real one unless a test names it. Source: spec.md A.2 (rank 6), A.4, ANON-4.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from wandb_testkit.ports import Disk
from wandb_testkit.sdk import netrc_file
from wandb_testkit.sdk.netrc_file import UnreadableNetrcError

OWN = "home"
"""Where a world's own home is on the world's disk."""

NETRC = "~/.netrc"
SETTINGS = "~/.config/wandb/settings"
SECTION = "default"

WANDB_MACHINES = ("api.forge.coreweave.com", "api.wandb.ai")
"""W&B's own servers, by the names that they have in a netrc file."""


class Home:
    """What a machine keeps of its user between processes.

    Args:
        disk: The disk it is on.
        folder: Where: a path of that disk, absolute for a directory of the real one.
    """

    __slots__ = ("_folder", "_netrc", "disk")

    def __init__(self, disk: Disk, folder: str = OWN) -> None:
        self.disk = disk
        self._folder = folder
        self._netrc = f"{folder}/.netrc"

    @property
    def path(self) -> str:
        """The directory on the real disk; a home in memory gets a temporary one now."""
        return self.disk.real_path(self._folder)

    @property
    def real_folder(self) -> str | None:
        """The directory that a test named, None for a world's own home."""
        return None if self._folder == OWN else self._folder

    def at(self, path: str) -> str:
        """Where a path of the user's is on the disk: "~" is this home, and so is the real home to a world's own."""
        if path == "~" or path.startswith("~/"):
            return f"{self._folder}{path[1:]}"
        real = os.path.abspath(path)
        if self._folder == OWN:
            below = os.path.relpath(real, os.path.expanduser("~"))
            if not below.startswith(os.pardir):
                return f"{OWN}/{below}".replace(os.sep, "/")
        return real

    # ------------------------------------------------------------------ keys

    def netrc_path(self, named: str | None = None) -> str:
        """The netrc file: the one that NETRC names, else `~/.netrc`, else `~/_netrc` where only that one is there."""
        if named:
            return self.at(named)
        usual, other = self._netrc, f"{self._folder}/_netrc"
        return other if self.disk.read(usual) is None and self.disk.read(other) is not None else usual

    def keys(self, path: str) -> Mapping[str, str]:
        """Key by machine, as a netrc file has them; none where there is no file.

        Raises:
            UnreadableNetrcError: It is no netrc file.
        """
        content = self.disk.read(path)
        return {} if content is None else netrc_file.passwords(content)

    def keep_key(self, path: str, machine: str, key: str) -> None:
        """Write an entry of a netrc file, readable by its owner only; everything else in it stays."""
        content = self.disk.read(path) or b""
        self.disk.write(path, netrc_file.with_entry(content, machine, key), private=True)

    @property
    def api_key(self) -> str | None:
        """The key for W&B's own servers in `~/.netrc`; what is set is the key for every server, None forgets it."""
        try:
            keys = self.keys(self.netrc_path())
        except UnreadableNetrcError:
            return None
        found = (keys.get(machine) for machine in (*WANDB_MACHINES, netrc_file.DEFAULT))
        return next((key for key in found if key), None)

    @api_key.setter
    def api_key(self, key: str | None) -> None:
        path = self.netrc_path()
        content = self.disk.read(path) or b""
        for machine in (*WANDB_MACHINES, netrc_file.DEFAULT):
            content = netrc_file.without_entry(content, machine)
        if key is not None:
            content = netrc_file.with_entry(content, netrc_file.DEFAULT, key)
        self.disk.write(path, content, private=True)

    # ------------------------------------------------------------------ user settings

    def settings(self, path: str = SETTINGS) -> dict[str, str]:
        """What a settings file says in its section `[default]`; nothing where there is none, or it cannot be read."""
        content = self.disk.read(self.at(path))
        if content is None:
            return {}
        import configparser  # who has no settings file does not pay for it

        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string(content.decode("utf-8", "replace"))
        except configparser.Error:
            return {}
        return dict(parser[SECTION]) if parser.has_section(SECTION) else {}

    def set(self, name: str, value: str | None) -> None:
        """Write a user setting, or with None remove it; a file that would not change is left alone."""
        known = self.settings()
        if known.get(name) == value:
            return
        import configparser
        import io

        values = {key: text for key, text in {**known, name: value}.items() if text is not None}
        parser = configparser.ConfigParser(interpolation=None)
        parser[SECTION] = values
        text = io.StringIO()
        parser.write(text)
        self.disk.write(self.at(SETTINGS), text.getvalue().encode())

    @property
    def anonymous(self) -> bool:
        """Whether the key belongs to an account that was made on the fly (ANON-4)."""
        return self.settings().get("anonymous") == "true"

    @anonymous.setter
    def anonymous(self, is_anonymous: bool) -> None:
        self.set("anonymous", "true" if is_anonymous else None)
