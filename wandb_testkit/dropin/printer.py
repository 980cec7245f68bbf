"""Owns `wandb.sdk.lib.printer`: how libraries show lines in wandb's manner; here on the world's terminal."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from wandb_testkit.world import current

Level = str | int | None

CRITICAL = FATAL = 50
ERROR = 40
WARNING = WARN = 30
INFO = 20
DEBUG = 10
NOTSET = 0

LEVELS = {"CRITICAL": 50, "FATAL": 50, "ERROR": 40, "WARN": 30, "WARNING": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0}


class DynamicText:
    """A place whose text may change: each text is kept as a line."""

    def set_text(self, text: str) -> None:
        """Show another text there."""
        current().session.terminal.line(text, level="info")


class Printer:
    """Shows lines; text is not decorated, because nobody looks at it but tests."""

    supports_html = False
    supports_unicode = False

    @contextmanager
    def dynamic_text(self) -> Iterator[DynamicText | None]:
        """A place whose text may change; None: the terminal of a world is none that can do so."""
        yield None

    def display(self, text: str | Iterable[str], *, level: Level = None) -> None:
        """Show a line, or several.

        Raises:
            ValueError: There is no such level.
        """
        lines = [text] if isinstance(text, str) else list(text)
        number = _number(level)
        kind = "error" if number >= ERROR else "warning" if number >= WARNING else "info"
        for line in lines:
            current().session.terminal.line(line, level=kind)

    def progress_update(self, text: str, percent_done: float | None = None) -> None:
        """Tell how far something is."""
        self.display(text)

    def progress_close(self) -> None:
        """There is no more to be told: nothing is left standing."""

    def sparklines(self, series: Sequence[float]) -> str | None:
        """A chart in one line; None: of letters and digits alone there is none."""
        return None

    def code(self, text: str) -> str:
        """Text that is code."""
        return text

    def name(self, text: str) -> str:
        """Text that is the name of a run."""
        return text

    def link(self, link: str, text: str | None = None) -> str:
        """Text that is a link."""
        return text or link

    def secret(self, text: str) -> str:
        """Text that is not to be seen."""
        return text

    def emoji(self, name: str) -> str:
        """A picture: none."""
        return ""

    def status(self, text: str, failure: bool | None = None) -> str:
        """Text that tells how something went."""
        return text

    def files(self, text: str) -> str:
        """Text that is a path."""
        return text

    def error(self, text: str) -> str:
        """Text that is an error."""
        return text

    def secondary_text(self, text: str) -> str:
        """Text that is to draw less attention."""
        return text

    def loading_symbol(self, tick: int) -> str:
        """A frame of a picture that moves: none."""
        return ""

    def grid(self, rows: list[list[str]], title: str | None = None) -> str:
        """Rows of cells, below each other."""
        widths = [max(map(len, column)) for column in itertools.zip_longest(*rows, fillvalue="")]
        lines = [" ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=False)) for row in rows]
        return "\n".join(lines if title is None else [title, *lines])

    def panel(self, columns: list[str]) -> str:
        """Texts, below each other."""
        return "\n" + "\n".join(columns)


def _number(level: Level) -> int:
    if level is None:
        return INFO
    if isinstance(level, str) and level.upper() in LEVELS:
        return LEVELS[level.upper()]
    if isinstance(level, int):
        return level
    raise ValueError(f"Unknown level name: {level}, supported levels: {', '.join(LEVELS)}")


def new_printer(settings: object = None) -> Printer:
    """A printer for the terminal of the world in force."""
    return Printer()
