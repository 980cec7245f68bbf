"""Owns `wandb.sdk.lib.printer`: how libraries show lines in wandb's manner; here on the world's terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from wandb_testkit.world import current

Level = str | int | None

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING, "warning": logging.WARNING}


class Printer:
    """Shows lines; text is not decorated, because nobody looks at it but tests."""

    supports_html = False
    supports_unicode = False

    def display(self, text: str | Iterable[str], *, level: Level = None) -> None:
        """Show a line, or several."""
        lines = [text] if isinstance(text, str) else list(text)
        number = LEVELS.get(level.lower(), logging.ERROR) if isinstance(level, str) else level or logging.INFO
        kind = "error" if number >= logging.ERROR else "warning" if number >= logging.WARNING else "info"
        for line in lines:
            current().session.terminal.line(line, level=kind)

    def code(self, text: str) -> str:
        """Text that is code."""
        return text

    def name(self, name: str) -> str:
        """Text that is the name of a run."""
        return name

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


def new_printer(settings: object = None) -> Printer:
    """A printer for the terminal of the world in force."""
    return Printer()
