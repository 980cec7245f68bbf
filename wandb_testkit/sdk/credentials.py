"""Owns which key a process uses: the sources in their order, where a key is kept, and what may be wrong with one.

Source: spec.md A.4.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from wandb_testkit.errors import AuthenticationError
from wandb_testkit.sdk import netrc_file
from wandb_testkit.sdk.home import NETRC
from wandb_testkit.sdk.netrc_file import UnreadableNetrcError

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session

MIN_KEY_LENGTH = 40


PLAIN_URL = re.compile(r"https?://([a-z0-9.-]+)")
"""The address of a server with nothing but a host, which is what W&B's own ones have."""


class LoginRules(NamedTuple):
    """What a profile decides about credentials and the menu that asks for them.

    Attributes:
        base_url: The server where nobody named one.
        app_url: The address of the pages that people look at, from that of the server.
        machines: Server -> the names that its entry in a netrc file may have, best first; the first is written.
        key_problem: What is wrong with the form of a key, in a sentence, or None.
        wrong_key: Raised for a key that has a problem, by login().
        checks_keys: A key must have the right form wherever it comes from, when it is used.
        netrc_variable_is_written: A new key goes to the file that NETRC names, and not always to `~/.netrc`.
        choices: What the menu of an interactive terminal offers, in order (FORCE-4).
        notebook_choices: The same in a notebook.
        empty_is_wrong: An empty answer to the menu gets the warning that a wrong one gets.
    """

    base_url: str
    app_url: Callable[[str], str]
    machines: Callable[[str], tuple[str, ...]]
    key_problem: Callable[[str], str | None]
    wrong_key: type[Exception]
    checks_keys: bool
    netrc_variable_is_written: bool
    choices: tuple[str, ...]
    notebook_choices: tuple[str, ...]
    empty_is_wrong: bool


def find_key(session: Session, explicit: str | None = None, base_url: str | None = None) -> str | None:
    """The key that a process uses for a server, None if there is none.

    In order: given to this very init(), to login(), to setup(), variable (of a key, or of the file of an identity
    token), netrc file, settings file.

    Raises:
        AuthenticationError: Key and identity token are both given by variables; a key has no form that a key may have.
    """
    key: str | None = explicit or session.login_key or session.setup_value("api_key")
    if key:
        return _usable(session, key)
    given = session.load_environment()
    api_key: str | None = given.get("api_key")
    token_file: str | None = given.get("identity_token_file")
    if api_key and token_file:
        raise AuthenticationError(
            "WANDB_API_KEY and WANDB_IDENTITY_TOKEN_FILE are both set [A.4]; unset the one that is not to be used"
        )
    if api_key:
        return _usable(session, api_key)
    if token_file:
        return read_identity_token(token_file)
    stored = stored_key(session, base_url or session.base_url())
    return stored or (_usable(session, session.key_in_file) if session.key_in_file else None)


def _usable(session: Session, key: str) -> str:
    if session.behaviour.login.checks_keys:
        check_key(session, key)
    return key


def read_identity_token(path: str) -> str:
    """The token in a file; it is sent in the place of a key.

    Raises:
        AuthenticationError: There is no such file, or nothing in it.
    """
    try:
        with open(os.path.abspath(path), encoding="utf-8") as file:
            token = file.read().strip()
    except OSError as error:
        raise AuthenticationError(
            f"the identity token file {path!r} cannot be read: {error.strerror} [A.4]. Let WANDB_IDENTITY_TOKEN_FILE "
            "name a file that holds a token"
        ) from error
    if not token:
        raise AuthenticationError(f"the identity token file {path!r} is empty [A.4]")
    return token


def stored_key(session: Session, base_url: str) -> str | None:
    """The key that the netrc file has for a server; without an entry of its own, the file's default."""
    rules = session.behaviour.login
    path = session.home.netrc_path(session.netrc_variable)
    try:
        keys = session.home.keys(path)
    except UnreadableNetrcError as error:
        session.warn("netrc_unreadable", f"the netrc file {path} cannot be read: {error} [A.4]. It is passed over")
        return None
    if not keys:
        return None
    found = (keys.get(machine) for machine in (*rules.machines(base_url), netrc_file.DEFAULT))
    key = next((key for key in found if key), None)
    if key is not None and rules.checks_keys:
        check_key(session, key, f"the key in {path}")
    return key


def keep_key(session: Session, base_url: str, key: str) -> None:
    """Write a key into the netrc file, as the entry of a server."""
    rules, home = session.behaviour.login, session.home
    machine = rules.machines(base_url)[0]
    named = session.netrc_variable if rules.netrc_variable_is_written else None
    path = home.netrc_path(named) if rules.netrc_variable_is_written else home.at(NETRC)
    session.terminal.line(f"Appending key for {machine} to your netrc file: {path}", level="info")
    home.keep_key(path, machine, key)


def check_key(session: Session, key: str, what: str = "the API key") -> None:
    """A key has a form that a server could accept.

    Raises:
        Exception: It has not, and why, in the class of the profile.
    """
    rules = session.behaviour.login
    problem = rules.key_problem(key)
    if problem is not None:
        raise rules.wrong_key(f"{what} {problem} [A.4]; copy it whole from your account's page")


def app_url(base_url: str) -> str:
    """The address of the pages that people look at, from that of the server."""
    is_cloud = "://api.wandb." in base_url and "://api.wandb.test" not in base_url
    return base_url.replace("://api.", "://" if is_cloud else "://app.", 1).rstrip("/")
