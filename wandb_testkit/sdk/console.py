"""Owns the console of a run: what its program prints, as lines.

Only runs that ask for it are listened to (setting `console`): a test's output is its own. Whatever goes through
sys.stdout and sys.stderr is heard; what a subprocess or C code writes to the file descriptors is not.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from wandb_testkit.forks import free_in_forks

SILENT = frozenset({None, "off"})
"""Values of the setting `console` that listen to nothing; not given counts as off, unlike in wandb."""


class Line:
    """A line that is being written; "\\r" goes back to its start, and what follows replaces what stands there."""

    __slots__ = ("_at", "text")

    def __init__(self) -> None:
        self.text = ""
        self._at = 0

    def write(self, part: str) -> None:
        """Write text without line ends."""
        for number, piece in enumerate(part.split("\r")):
            if number:
                self._at = 0
            self.text = self.text[: self._at] + piece + self.text[self._at + len(piece) :]
            self._at += len(piece)


class Console:
    """The lines of one run.

    Args:
        first_line: The number of the next line; a run that goes on writes after its old ones.
    """

    def __init__(self, first_line: int) -> None:
        self._lock = free_in_forks(threading.Lock())
        self._next_line = first_line
        self._complete: list[str] = []
        self._open: dict[str, Line] = {}
        self._listening: list[Callable[[], None]] = []

    def listen(self) -> list[str]:
        """Hear what is printed from now on, until stop(); returns the streams that let nobody listen."""
        deaf = []
        for name, stream in (("stdout", sys.stdout), ("stderr", sys.stderr)):
            if hasattr(stream, "write") and hasattr(stream, "__dict__"):
                self._listening.append(_tap(stream, self._hears(name)))
            elif stream is not None:  # pythonw has none
                deaf.append(name)
        return deaf

    def stop(self) -> None:
        """Hear no more; a line that was not ended is complete now."""
        while self._listening:
            self._listening.pop()()
        with self._lock:
            self._complete += [line.text for line in self._open.values() if line.text]
            self._open.clear()

    def write(self, text: str, stream: str) -> None:
        """Take text that was written to a stream: complete lines, and the beginning of one."""
        *ended, rest = text.replace("\r\n", "\n").split("\n")
        with self._lock:
            line = self._open.get(stream) or Line()
            for part in ended:
                line.write(part)
                self._complete.append(line.text)
                line = Line()
            line.write(rest)
            self._open[stream] = line

    def take(self) -> tuple[int, list[str]]:
        """The complete lines that nobody has taken yet, and the number of the first."""
        with self._lock:
            first, lines = self._next_line, self._complete
            self._next_line += len(lines)
            self._complete = []
        return first, lines

    def _hears(self, stream: str) -> Callable[[str], None]:
        return lambda text: self.write(text, stream)


def _tap(stream: Any, hear: Callable[[str], None]) -> Callable[[], None]:
    """Tell `hear` what is written to a stream, and return what ends that."""
    write, before = stream.write, stream.__dict__.get("write")
    is_heard = True

    def heard(text: str) -> Any:
        written = write(text)
        if is_heard:
            hear(text)
        return written

    def end() -> None:
        nonlocal is_heard
        is_heard = False
        if stream.__dict__.get("write") is not heard:
            return  # somebody taps it after us, and needs us to pass on
        if before is None:
            del stream.write
        else:
            stream.write = before

    stream.write = heard
    return end
