"""Owns what a test leaves behind in the process and in the directory it runs in: threads, child processes, files.

Told is only what would go on without the test: threads that keep a process from ending, processes that still run, and
what is new in a directory "wandb". What a real client needs for all tests, and what Python keeps for itself, is not.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

GRACE_S = 0.1
"""How long a thread or process that is about to end is waited for; nobody waits where nothing is left."""

PYTHONS_OWN = ("multiprocessing.resource_tracker", "multiprocessing.forkserver", "multiprocessing.semaphore_tracker")
CLIENTS_OWN = ("wandb-core", "wandb-service(", "wandb/bin/", "wandb.sdk", " -m wandb", "gpu_stats")
"""Parts of the command lines of processes that stay until the end."""


class Leftovers:
    """What there is at one moment, and what has come since.

    Args:
        places: Directories in which "wandb" would be somebody's checkout.
    """

    def __init__(self, *places: Path) -> None:
        self._places = dict.fromkeys(map(Path.absolute, places))
        self._threads: set[threading.Thread] = set(threading.enumerate())
        self._processes = set(_children())
        self._files = set(self._files_now())

    def again(self) -> Leftovers:
        """The same, as it is now."""
        return Leftovers(*self._places)

    def count_in(self, others: Leftovers) -> None:
        """What has come since `others` is not this test's own."""
        self._threads |= set(threading.enumerate()) - others._threads
        self._processes |= set(_children()) - others._processes
        self._files |= set(self._files_now()) - others._files

    def found(self) -> list[str]:
        """What has come and is still there, each in a few words."""
        return [*self._left_threads(), *self._left_processes(), *self._left_files()]

    def _left_threads(self) -> Iterator[str]:
        for thread in threading.enumerate():
            if thread in self._threads or thread.daemon or _belongs_to_a_pool(thread):
                continue
            thread.join(GRACE_S)
            if thread.is_alive():
                yield f"thread {thread.name!r}, which keeps the process from ending: join() it"

    def _left_processes(self) -> Iterator[str]:
        for pid in sorted(set(_children()) - self._processes):
            command = _command(pid)
            if command is None or any(part in command for part in (*PYTHONS_OWN, *CLIENTS_OWN)):
                continue
            yield f"process {pid} ({command[:80].strip()}), which still runs: wait for it, or end it"

    def _left_files(self) -> Iterator[str]:
        for path in sorted(set(self._files_now()) - self._files):
            yield f"file {path}: give init() a dir=, such as tmp_path, or set WANDB_DIR"

    def _files_now(self) -> Iterator[str]:
        for place in self._places:
            with suppress(OSError):
                yield from (os.path.join(place, "wandb", name) for name in os.listdir(place / "wandb"))


def _belongs_to_a_pool(thread: threading.Thread) -> bool:
    """Whether it is a worker of concurrent.futures, which the interpreter ends by itself."""
    pools = sys.modules.get("concurrent.futures.thread")
    return thread in getattr(pools, "_threads_queues", ())


def _children() -> Iterator[int]:
    """The process ids of this process's children: all on Linux, elsewhere those of multiprocessing."""
    if not _has_children():
        return
    here = os.getpid()
    if not os.path.exists("/proc/self/stat"):
        multiprocessing = sys.modules.get("multiprocessing")
        children = [] if multiprocessing is None else multiprocessing.active_children()
        yield from (child.pid for child in children if child.pid is not None)
        return
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
                # The name of the program, in brackets, may hold blanks and brackets; state and parent follow it.
                state, parent = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[:2]
                if int(parent) == here and state != "Z":
                    yield int(name)


def _has_children() -> bool:
    """Whether there is any child, which costs next to nothing to ask."""
    if not hasattr(os, "waitid"):
        return True
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _command(pid: int) -> str | None:
    """The command line of a process, None if it has ended."""
    if not Path("/proc/self").exists():
        return "started by multiprocessing"
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return (
        " ".join(word.decode(errors="replace") for word in words).strip() or None
    )  # of one that has ended it is empty
