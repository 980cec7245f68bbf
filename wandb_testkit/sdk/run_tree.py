"""Owns the directory of a run as it is on disk: when it is made, what is in it, and the links beside it.

It is made by init() where its place is a real one (`dir=`, WANDB_DIR, `fake(root=...)`), else when somebody asks for it
(`run.dir`): a run in memory leaves no file, no link and no handler. Source: DIR-1, LOGSETUP-3, LOGSETUP-4, LOGSETUP-6.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from wandb_testkit.sdk.run_directory import directory, free_directory

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session

USER_LOG = "logs/debug.log"
INTERNAL_LOG = "logs/debug-internal.log"
CODE = "tmp/code"

LINKS = {"latest-run": "", "debug.log": USER_LOG, "debug-internal.log": INTERNAL_LOG}
"""Link in the wandb directory -> what it shows, relative to the run's."""


class RunTree:
    """The directory of one run.

    Args:
        open_log: Is told the paths of debug.log and debug-internal.log when they are there.
        links: Whether `latest-run` and its kin are to show it.
    Attributes:
        is_made: Whether it is there.
    """

    __slots__ = (
        "_is_offline",
        "_links",
        "_number",
        "_open_log",
        "_path",
        "_run_id",
        "_session",
        "_started_at",
        "_wandb_dir",
        "is_made",
    )

    def __init__(
        self,
        session: Session,
        wandb_dir: str,
        run_id: str,
        started_at: float,
        *,
        offline: bool,
        links: bool,
        open_log: Callable[[str, str], None],
    ) -> None:
        self._session = session
        self._wandb_dir = wandb_dir
        self._run_id = run_id
        self._started_at = started_at
        self._is_offline = offline
        self._links = links
        self._open_log = open_log
        session.directories += 1
        self._number = session.directories
        self._path: str | None = None
        self.is_made = False

    @property
    def path(self) -> str:
        """As the world's disk knows it; decided when it is first asked for, and the same ever after."""
        if self._path is None:
            named = (self._wandb_dir, "offline-run" if self._is_offline else "run", self._started_at, self._run_id)
            if self._is_offline or self._session.behaviour.logging.adds_suffix:
                self._path = free_directory(self._session.disk, *named)
            else:
                self._path = directory(*named)
        return self._path

    def make_if_real(self) -> None:
        """Make it, if its place is on the real disk."""
        if self._session.disk.is_real(self._wandb_dir):
            self.make()

    def make(self) -> None:
        """Make it with all that belongs to it; from now on it has the log (LOGSETUP-3 to LOGSETUP-6)."""
        if self.is_made:
            return
        self.is_made = True
        session = self._session
        for below in ("files", "logs", CODE):
            session.disk.real_path(f"{self.path}/{below}")
        if self._links and os.name != "nt" and self._number >= session.linked_directory:
            session.linked_directory = self._number
            base = session.disk.real_path(self._wandb_dir)
            for name, shown in LINKS.items():
                _link(base, name, os.path.join(os.path.basename(self.path), *filter(None, shown.split("/"))))
        self.note(f"run {self._run_id} starts to send its records")
        self._open_log(self.file(USER_LOG), self.file(INTERNAL_LOG))

    def note(self, text: str) -> None:
        """Write a line to debug-internal.log, if there is one."""
        if self.is_made:
            from wandb_testkit.sdk.log_files import write_line  # only who has a directory pays for logging

            write_line(self.file(INTERNAL_LOG), text, self._session.behaviour.logging, self._session.clock)

    def files(self) -> str:
        """The real path of the files directory; the whole directory is made if it was not there."""
        self.make()
        return self._session.disk.real_path(f"{self.path}/files")

    def files_below(self) -> Mapping[str, bytes]:
        """What is in the files directory."""
        return self._session.disk.files_below(f"{self.path}/files")

    def keep(self, name: str, content: bytes) -> None:
        """Write a file of the run to the directory, if it is there."""
        if self.is_made:
            self._session.disk.write(f"{self.path}/files/{name}", content)

    def file(self, name: str) -> str:
        """The real path of a file in it."""
        folder, _, base = name.rpartition("/")
        return os.path.join(self._session.disk.real_path(f"{self.path}/{folder}"), base)


def _link(base: str, name: str, target: str) -> None:
    """Replace a link; a reader finds the old one or the new one, where the system has links at all."""
    temporary = os.path.join(base, f"{name}.{os.getpid()}")
    try:
        os.symlink(target, temporary)
        os.replace(temporary, os.path.join(base, name))
    except OSError:
        with contextlib.suppress(OSError):
            os.remove(temporary)
