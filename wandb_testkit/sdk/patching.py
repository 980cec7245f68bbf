"""Owns patches of other people's libraries: made once per process, undone when the last process of a world that asked
for them goes.

Source: TB-1, GYM-1. What was replaced is put back only where it is still ours to put back: somebody may have patched on
top, and then what stays behind does nothing but call the original.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.forks import free_in_forks

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


class Replacement(NamedTuple):
    """One method of a class, and what stands in for it."""

    owner: type
    name: str
    method: Callable[..., Any]


class Patch:
    """Methods of a library that are replaced as long as a session asks for it.

    Args:
        replacements: Makes what is to be put in; called when the first session asks. It may raise.
    """

    def __init__(self, replacements: Callable[[], Iterable[Replacement]]) -> None:
        self._replacements = replacements
        self._sessions: list[Session] = []
        self._undo: list[tuple[Replacement, Any]] = []
        self._lock = free_in_forks(threading.RLock())

    def ask(self, session: Session) -> None:
        """Patch on behalf of a session; a second time it changes nothing but whose turn it is."""
        with self._lock:
            if not self._sessions:
                for replacement in self._replacements():
                    # The class itself may inherit the method: then there is nothing to put back, but to take away.
                    self._undo.append((replacement, vars(replacement.owner).get(replacement.name)))
                    setattr(replacement.owner, replacement.name, replacement.method)
            self._forget(session)
            self._sessions.append(session)
        session.at_close(self.release)

    def release(self, session: Session) -> None:
        """A session goes; with the last one the library is what it was."""
        with self._lock:
            self._forget(session)
            while self._undo and not self._sessions:
                (owner, name, method), original = self._undo.pop()
                if vars(owner).get(name) is not method:
                    continue
                if original is None:
                    delattr(owner, name)
                else:
                    setattr(owner, name, original)

    def is_asked_by(self, session: Session) -> bool:
        """Whether a session has asked, and is still there."""
        return any(other is session for other in self._sessions)

    @property
    def session(self) -> Session | None:
        """The session that asked last and is still there."""
        return self._sessions[-1] if self._sessions else None

    def _forget(self, session: Session) -> None:
        self._sessions = [other for other in self._sessions if other is not session]
