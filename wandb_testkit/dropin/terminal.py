"""Owns `wandb.errors.term`: what libraries ask the user of the world's terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from wandb_testkit.world import current

LOG_STRING = "\x1b[34m\x1b[1mwandb\x1b[0m"
LOG_STRING_NOCOLOR = "wandb"
ERROR_STRING = "\x1b[32m\x1b[41mERROR\x1b[0m"
WARN_STRING = "\x1b[33mWARNING\x1b[0m"
PRINTED_MESSAGES: set[str] = set()


class NotATerminalError(Exception):
    """Nobody sits there who can answer."""


class SupportsLeveledLogging(Protocol):
    """What lines are handed to when nothing is to be shown."""

    def info(self, msg: str) -> None:
        """Take a line."""

    def warning(self, msg: str) -> None:
        """Take a warning."""

    def error(self, msg: str) -> None:
        """Take an error."""


class DynamicBlock:
    """A place on the terminal whose text may change: each text is kept as a line."""

    def set_text(self, text: str) -> None:
        """Show another text there."""
        current().session.terminal.line(text, level="info")


@contextmanager
def dynamic_text() -> Iterator[DynamicBlock | None]:
    """A place whose text may change; None: the terminal of a world is none that can do so."""
    yield None


def termsetup(settings: Any, logger: Any) -> None:
    """Take note of nothing: the world's terminal is set up."""


def can_use_terminput() -> bool:
    """Whether somebody sits there who can answer: fake(answers=[...])."""
    return bool(current().session.terminal.is_interactive)


def terminput(prompt: str, *, timeout: float | None = None, hide: bool = False) -> str:
    """What the user answers; nobody of fake(answers=[...]) is late, and what is typed is not shown anyway.

    Raises:
        NotATerminalError: Nobody sits there.
        NotImplementedError: Both `timeout` and `hide` are given.
    """
    if not can_use_terminput():
        raise NotATerminalError
    if hide and timeout is not None:
        raise NotImplementedError
    return current().session.terminal.ask(prompt)


def confirm(prompt: str) -> bool:
    """Ask until the user says yes or no.

    Raises:
        NotATerminalError: Nobody sits there.
    """
    while True:
        answer = terminput(f"{prompt} [y/n] ").strip().lower()
        if answer in ("y", "yes", "n", "no"):
            return answer.startswith("y")
