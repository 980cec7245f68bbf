"""Owns what may go wrong on purpose: a Fault, what it can be set on, and the ways in which it goes wrong.

What comes of one is the server's to say, and the same for every transport and for real clients.
"""

from __future__ import annotations

import dataclasses
import threading

from wandb_testkit.records import SENT

ROUTES = ("graphql", "file_stream", "upload", "download")
"""The kinds of requests over HTTP: what faults are set on when a whole request is to fail."""

ABOUT_FILES = ("files", "upload", "download")
"""The kinds of records and requests that name a file."""

FAILURES = {
    "refuse": "HTTP {reply}, as the test asked",
    "cut": "the server cannot be reached",
    "malformed": "the answer cannot be read, as the test asked",
    "lose_answer": "the answer got lost, as the test asked",
    "twice": "",
    "slow": "",
}
"""The ways in which a fault goes wrong, and what is told where it says nothing itself."""


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong on purpose.

    Args:
        on: The kind of record that meets it, one of SENT; the kind of request over HTTP, one of ROUTES, and
            without HTTP each record that would be such a request; or "any", which over HTTP is any request.
        nth: The how many-th such record fails, from 1, however often it is tried; None means every one. Of uploads each
            try counts, and clients try again as those of W&B do: one that meets a 500 arrives at the next try.
        reply: The HTTP status to refuse with; 0 means that no connection comes about, as how="cut" does.
        message: The text of the refusal; a standard text if empty.
        how: "refuse": nothing is done, the status is `reply`. "cut": nothing is done, the connection is cut.
            "lose_answer": it is done, then the connection is cut. "malformed": it is done, and answered with status 200
            and half of a JSON text. "twice": it is delivered twice, at once. "slow": it is done, and the answer waits
            for release() or until `limit_s` is over.
        retry_after: Seconds, told with a refusal over HTTP; None tells clients not to wait.
        limit_s: The longest that a slow answer waits.
        file: Which files on="files", "upload" or "download" is about, as a pattern such as "*.ckpt"; others neither
            fail nor count. None means every file, those that a client writes itself too.
    Raises:
        ValueError: There is no such record or way to fail, a number is out of range, or `file` has no meaning.
    """

    on: str = "any"
    nth: int | None = None
    reply: int = 500
    message: str = ""
    how: str = "refuse"
    retry_after: int | None = None
    limit_s: float = 30.0
    file: str | None = None
    _released: threading.Event = dataclasses.field(
        default_factory=threading.Event, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        known = ("any", *SENT, *ROUTES)
        if self.on not in known:
            raise ValueError(f"Fault(on={self.on!r}): there is no such record; expected one of {', '.join(known)}")
        if self.nth is not None and self.nth < 1:
            raise ValueError(f"Fault(nth={self.nth!r}): records are counted from 1; use None for every one")
        if type(self.reply) is not int or not (self.reply == 0 or 400 <= self.reply <= 599):
            raise ValueError(f"Fault(reply={self.reply!r}): expected a status from 400 to 599, or 0 for no connection")
        if self.how not in FAILURES:
            raise ValueError(f"Fault(how={self.how!r}): expected one of {', '.join(FAILURES)}")
        if self.retry_after is not None and (type(self.retry_after) is not int or self.retry_after < 0):
            raise ValueError(f"Fault(retry_after={self.retry_after!r}): expected whole seconds, 0 or more")
        if not 0 <= self.limit_s <= threading.TIMEOUT_MAX:
            raise ValueError(f"Fault(limit_s={self.limit_s!r}): expected seconds, 0 or more")
        if self.file is not None and self.on not in ABOUT_FILES:
            raise ValueError(
                f"Fault(on={self.on!r}, file={self.file!r}): only {', '.join(ABOUT_FILES)} are about files"
            )

    @property
    def text(self) -> str:
        """What its sender is told."""
        how = "cut" if self.how == "refuse" and self.reply == 0 else self.how
        return self.message or FAILURES[how].format(reply=self.reply)

    def release(self) -> None:
        """Let slow answers go, those under way and those to come."""
        self._released.set()

    def wait(self) -> None:
        """Wait as a slow answer does."""
        self._released.wait(self.limit_s)
