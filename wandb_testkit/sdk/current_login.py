"""The login of the current profile: wandb 0.31.0.

Source: spec.md A.4, C.4 step 1, FORCE-1, FORCE-4, LOGIN-1, ANON-9; protocol.md 7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import AuthenticationError, UsageError
from wandb_testkit.records import Account, Refusal
from wandb_testkit.sdk.credentials import MIN_KEY_LENGTH, PLAIN_URL, LoginRules, app_url, check_key, find_key, keep_key
from wandb_testkit.sdk.login import EXISTING_ACCOUNT, NEW_ACCOUNT, OFFLINE, ask_viewer, choose
from wandb_testkit.sdk.settings import MODES_WITH_SHARED

if TYPE_CHECKING:
    from wandb_testkit.sdk.init import _WandbInit
    from wandb_testkit.sdk.session import Session

BASE_URL = "https://api.forge.coreweave.com"
CLOUD_URL = "https://api.wandb.ai"
FORGE_UPSTREAM = {
    host: upstream
    for name, upstream in (("forge.coreweave.com", "api.wandb.ai"), ("qa.forge.coreweave.com", "api.qa.wandb.ai"))
    for host in (name, f"api.{name}")
}
"""W&B's servers that have two names: whose key is not found under the one may be under the other."""

FORGE = {host: f"https://{host.removeprefix('api.')}/wandb" for host in FORGE_UPSTREAM} | {
    upstream: f"https://{host.removeprefix('api.')}/wandb" for host, upstream in FORGE_UPSTREAM.items()
}
"""W&B's own servers: where their pages are."""

NO_KEY = "no API key configured [FORCE-1]: call wandb.login(), set WANDB_API_KEY, or use mode='offline'"

_KEY_CHARACTERS = re.compile(r"[\w-]+")
_JSON_WEB_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")

NOT_GIVEN = object()
"""The default of `anonymous`: even None counts as given, and warns (ANON-9)."""


@lru_cache(maxsize=64)
def pages_of(base_url: str) -> str:
    """The address of the pages that people look at, from that of the server."""
    return FORGE.get(_host_and_place(base_url)[0]) or app_url(base_url)


def login(
    session: Session,
    key: Any = None,
    relogin: Any = None,
    host: Any = None,
    force: Any = None,
    timeout: Any = None,
    verify: Any = True,
    referrer: Any = None,
    prompt: Any = True,
    anonymous: Any = NOT_GIVEN,
) -> bool:
    """Log this process in: with `key`, with the credentials there are, or by asking at the terminal.

    Args:
        key: Is written to the netrc file, and used by the rest of the process.
        relogin: Pass over the credentials there are, and ask.
        host: The server, from now on for every process of this user.
        force: Neither offline mode nor a new account is a choice.
        timeout: Has no effect: a scripted terminal answers at once.
        verify: Ask the server whose key it is.
        referrer: Is added to the address that the user is sent to for a key.
        prompt: Whether to ask at the terminal where there are no credentials.
        anonymous: Has no effect but a warning (ANON-9).
    Returns:
        Whether there are credentials now.
    Raises:
        AuthenticationError: The key has not the form of a key, or the server refuses it or cannot be reached.
        UsageError: There are no credentials, and nobody can be asked.
        ValueError: `host` is no address of a server.
    """
    if anonymous is not NOT_GIVEN:
        session.warn("anonymous_ignored", "anonymous has no effect any more [ANON-9]; leave it out")
    settings = session.settings({}, {})
    mode = MODES_WITH_SHARED[settings.get("mode") or "online"]
    if session.run is not None:
        session.warn("login_after_init", "wandb.login() after wandb.init() has no effect: log in before")
        return False
    if mode == "disabled":
        return False
    if mode == "offline":
        session.warn("login_offline", "in offline mode no login can be verified")
        return False
    before = session.setup_value("base_url")
    if host:
        session.setup({"base_url": checked_host(host)})
    has_credentials = False
    try:
        has_credentials = _log_in(session, settings, key, relogin, force, verify, referrer, prompt)
    finally:
        if not has_credentials:
            session.set_up_again("base_url", before)
    if has_credentials:
        _tell_the_user_settings(session, host)
    return has_credentials


def _log_in(
    session: Session,
    settings: Mapping[str, Any],
    key: Any,
    relogin: Any,
    force: Any,
    verify: Any,
    referrer: Any,
    prompt: Any,
) -> bool:
    if key:
        _use_key(session, key, verify=bool(verify))
        return True
    relogin = settings.get("relogin") if relogin is None else relogin
    if not relogin and _use_what_is_there(session, verify=bool(verify)):
        return True
    force = settings.get("force") if force is None else force
    return bool(prompt) and ask(session, force=bool(force), referrer=referrer or "models", verify=bool(verify))


def _tell_the_user_settings(session: Session, host: Any) -> None:
    session.home.set("anonymous", None)
    if host:
        url = session.base_url()
        session.home.set("base_url", None if url == BASE_URL else url)


def checked_host(host: Any) -> str:
    """The address of a server as it is kept.

    Raises:
        ValueError: It is none.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(host) if isinstance(host, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"host={host!r} is no address of a server; give one such as {CLOUD_URL!r}")
    if re.match(r".*wandb\.ai[^.]*$", host):
        if "api." not in host:
            raise ValueError(f"host={host!r} is not a valid server address; did you mean {CLOUD_URL!r}?")
        if parts.scheme != "https":
            raise ValueError(f"host={host!r}: http is not secure; use {CLOUD_URL!r}")
    return str(host).rstrip("/")


def _use_what_is_there(session: Session, *, verify: bool) -> bool:
    """Take the credentials of this process, else those of the system, which are verified first."""
    if session.login_key is not None:
        return True
    key = find_key(session)
    if key is None:
        return False
    if verify:
        _verify(session, key)
    session.login_key = key
    return True


def _use_key(session: Session, key: Any, *, verify: bool) -> None:
    if session.shell.is_notebook():
        session.warn(
            "key_in_code",
            "an API key in the code of a notebook is seen by everyone who sees the notebook; set WANDB_API_KEY instead",
        )
    check_key(session, key)
    if verify:
        _verify(session, key)
    _take(session, key)


def _take(session: Session, key: str) -> None:
    session.login_key = key
    session.viewers.clear()
    keep_key(session, session.base_url(), key)


def _verify(session: Session, key: str) -> None:
    problem = _refusal_of(session, key)
    if problem is not None:
        raise AuthenticationError(f"the credentials were not accepted by {session.base_url()}: {problem} [A.4]")


def _refusal_of(session: Session, key: str) -> str | None:
    answer = ask_viewer(session, key)
    return answer.message if isinstance(answer, Refusal) else None


def ask(session: Session, *, force: bool, referrer: str = "models", verify: bool = False) -> bool:
    """Show the menu until the user has chosen offline mode, or given a key that will do (FORCE-4).

    Returns:
        Whether there are credentials now; if not, the process is offline.
    Raises:
        UsageError: Nobody can be asked.
    """
    if not session.terminal.is_interactive:
        raise UsageError(NO_KEY)
    pages = session.app_url()
    while True:
        chosen = choose(session, force=force, anonymous=False)
        if chosen == OFFLINE:
            session.terminal.line("Using W&B in offline mode.", level="info")
            session.login_key = None
            session.setup({"mode": "offline"})
            return False
        signup = "signup=true&" if chosen == NEW_ACCOUNT else ""
        what = "an account" if chosen == NEW_ACCOUNT else "a new API key"
        session.terminal.line(f"Create {what} here: {pages}/authorize?{signup}ref={referrer}", level="info")
        key = session.terminal.ask("Paste your API key and hit enter: ")
        problem = key_problem(key) or (_refusal_of(session, key) if verify else None)
        if problem is None:
            _take(session, key)
            return True
        session.terminal.line(f"Invalid API key: it {problem}", level="error")


def log_in(starting: _WandbInit) -> None:
    """Credentials must be there before anything else; the server's word on them counts later (LOGIN-1, FORCE-1)."""
    if starting.mode != "online":
        return
    session = starting.session
    starting.api_key = starting.known_api_key()
    if starting.api_key is None:
        if not session.terminal.is_interactive:
            raise starting.error("LOGIN", NO_KEY)
        if not ask(session, force=bool(starting.settings.get("force"))):
            starting.mode = "offline"
            return
        starting.api_key = starting.known_api_key()
    session.login_key = starting.api_key  # this process keeps to it, whatever becomes of the files
    answer = ask_viewer(session, starting.api_key or "")
    if isinstance(answer, Account):
        starting.account = answer


@lru_cache(maxsize=64)
def _host_and_place(base_url: str) -> tuple[str, str]:
    """The host of an address, and all that stands in its place: with a port, say."""
    if (plain := PLAIN_URL.fullmatch(base_url)) is not None:
        return plain[1], plain[1]
    from urllib.parse import urlsplit  # only who has another server pays for it

    parts = urlsplit(base_url)
    return parts.hostname or "", parts.netloc


@lru_cache(maxsize=64)
def machines(base_url: str) -> tuple[str, ...]:
    """Host and port as they stand in the address; W&B's own servers are also known by their older name."""
    host, place = _host_and_place(base_url)
    upstream = FORGE_UPSTREAM.get(host)
    return (place,) if upstream is None else (place, upstream)


def key_problem(key: Any) -> str | None:
    """What is wrong with a key: its characters, then its length, after the prefix of a server of one's own."""
    if not isinstance(key, str):
        return f"should be a str; got {key!r} of type {type(key).__name__}"
    if not key:
        return "is empty"
    if _JSON_WEB_TOKEN.fullmatch(key):
        return None
    secret = key.partition("-")[2] if "-" in key else key
    if not _KEY_CHARACTERS.fullmatch(secret):
        return "may only contain the letters A-Z, digits and underscores"
    if len(secret) < MIN_KEY_LENGTH:
        return f"must have {MIN_KEY_LENGTH} or more characters, has {len(secret)}"
    return None


LOGIN = LoginRules(
    base_url=BASE_URL,
    app_url=pages_of,
    machines=machines,
    key_problem=key_problem,
    wrong_key=AuthenticationError,
    checks_keys=True,
    netrc_variable_is_written=True,
    choices=(NEW_ACCOUNT, EXISTING_ACCOUNT, OFFLINE),
    notebook_choices=(NEW_ACCOUNT, EXISTING_ACCOUNT, OFFLINE),
    empty_is_wrong=False,
)
