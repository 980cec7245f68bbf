"""Owns the question whose account a run belongs to: credentials, and what becomes of an init() without any.

Source: spec.md A.4, FORCE-1 to FORCE-6, ANON-1 to ANON-9, LOGIN-1, LOGIN-2.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wandb_testkit.errors import AuthenticationError, UsageError
from wandb_testkit.records import Account, AnonymousAccountRequest, Refusal, ViewerRequest

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session

MIN_KEY_LENGTH = 40


class Home:
    """What a machine keeps about its user between processes; the world's own, never the real user's."""

    __slots__ = ("anonymous", "api_key")

    def __init__(self, api_key: str | None = None) -> None:
        self.api_key = api_key
        self.anonymous = False

    def at(self, path: str) -> str:
        """Where a path of the user's is on the world's disk: "~" is this home."""
        return f"home{path[1:]}" if path.startswith("~/") else os.path.abspath(path)


def ask_viewer(session: Session, api_key: str) -> Account | Refusal:
    """Whose key this is; an answer is remembered for the process (LOGIN-2)."""
    known = session.viewers.get(api_key)
    if known is not None:
        return known
    result = session.connect(api_key).deliver(ViewerRequest())
    if result.account is None:
        return result.refusal or Refusal(500, "the server did not say whose key this is")
    account = result.account
    if session.home.anonymous and api_key == session.home.api_key:
        account = account._replace(anonymous=True)  # the machine knows how it got its key; servers do not tell
    session.viewers[api_key] = account
    return account


def ask_anonymous(session: Session) -> Account | Refusal:
    """An anonymous account: the one that this machine has, else a new one (ANON-2 to ANON-4)."""
    home = session.home
    if home.anonymous and home.api_key is not None:
        return ask_viewer(session, home.api_key)
    if session.anonymous is not None:
        return session.anonymous
    result = session.connect(None).deliver(AnonymousAccountRequest())
    if result.account is None:
        return result.refusal or Refusal(500, "the server made no anonymous account")
    session.anonymous = account = result.account
    session.viewers[account.api_key] = account
    if session.api_key() is None:
        home.api_key = account.api_key
        home.anonymous = True
    return account


def login(
    session: Session,
    key: str | None = None,
    *,
    relogin: bool | None = None,
    force: bool | None = None,
    anonymous: str | None = None,
) -> bool:
    """Log this process in: with `key`, or with the credentials there are.

    Returns:
        Whether there are credentials now.
    Raises:
        AuthenticationError: The key is shorter than any server accepts.
        UsageError: `force` is set and there are no credentials.
    """
    session.load_environment()
    if key is not None:
        if len(key) < MIN_KEY_LENGTH:
            raise AuthenticationError(
                f"API key of {len(key)} characters; a key has {MIN_KEY_LENGTH} or more. Copy it whole"
            )
        session.login_key = key
        session.viewers.clear()
        return True
    if relogin:
        session.login_key = None
    if session.api_key() is not None:
        return True
    if anonymous in ("allow", "must"):
        return isinstance(ask_anonymous(session), Account)
    if force:
        raise UsageError("login(force=True) found no API key [FORCE-2]. Give key=..., or set WANDB_API_KEY")
    return False
