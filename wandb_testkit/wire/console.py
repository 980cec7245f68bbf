"""Owns console text that comes in chunks: which lines a terminal would show."""

from __future__ import annotations


class Console:
    """A terminal of one line: a carriage return goes back to its beginning, and what follows writes over it."""

    __slots__ = ("_at", "_line")

    def __init__(self) -> None:
        self._line: list[str] = []
        self._at = 0

    def write(self, text: str) -> list[str]:
        """Take a chunk, and return the lines that it ends."""
        lines = []
        for character in text:
            if character == "\n":
                lines.append("".join(self._line))
                self._line, self._at = [], 0
            elif character == "\r":
                self._at = 0
            else:
                self._line[self._at : self._at + 1] = [character]
                self._at += 1
        return lines

    def end(self) -> list[str]:
        """The line that nothing has ended, if there is one."""
        line, self._line, self._at = self._line, [], 0
        return ["".join(line)] if line else []
