"""The login of the classic profile: as 0.10.33, where the reference page and its rulings are silent.

Source: spec.md A.4, C.3 step 3, FORCE-1, FORCE-2, FORCE-4, ANON-1 to ANON-8; DEV-6 to DEV-8.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import UsageError
from wandb_testkit.records import Account, Refusal
from wandb_testkit.sdk.classic_fields import ANONYMOUS
from wandb_testkit.sdk.credentials import PLAIN_URL, LoginRules, app_url, check_key, find_key, keep_key
from wandb_testkit.sdk.login import (
    EXISTING_ACCOUNT,
    NEW_ACCOUNT,
    OFFLINE,
    PRIVATE_DASHBOARD,
    ask_anonymous,
    ask_viewer,
    choose,
)
from wandb_testkit.sdk.settings import MODES

if TYPE_CHECKING:
    from wandb_testkit.sdk.init import _WandbInit
    from wandb_testkit.sdk.session import Session

BASE_URL = "https://api.wandb.ai"
KEY_LENGTH = 40


def login(
    session: Session,
    anonymous: Any = None,
    key: Any = None,
    relogin: Any = None,
    host: Any = None,
    force: Any = None,
) -> bool:
    """Log this process in: with `key`, with the credentials there are, or by asking at the terminal.

    Args:
        anonymous: "must": as an anonymous account; "allow": so if nobody is logged in (ANON-2, ANON-3).
        key: Is written to the netrc file, and used by the rest of the process.
        relogin: Pass over the credentials there are.
        host: The server, from now on for every process of this user.
        force: Offline mode is no choice.
    Returns:
        Whether there are credentials now.
    Raises:
        ValueError: The key has not the form of a key.
        TypeError: `anonymous` is none of the words there are.
        UsageError: There are no credentials, and nobody can be asked.
    """
    if host:
        _use_server(session, str(host))
    settings = session.settings({}, {})
    mode = MODES[settings.get("mode") or "online"]
    if mode == "disabled":
        return True
    if session.run is not None:
        session.warn("login_after_init", "wandb.login() after wandb.init() has no effect: log in before")
        return True
    word = anonymous if anonymous is not None else settings.get("anonymous") or "never"
    if not isinstance(word, str) or word not in ANONYMOUS:
        raise TypeError(f"anonymous={word!r}: expected 'never', 'allow' or 'must' [ANON-8]")
    if mode == "offline":
        return False
    if key:
        _use_key(session, key)
        return True
    wanted = ANONYMOUS[word]
    if wanted == "must":
        return _use_anonymous(session)
    if not (relogin or settings.get("relogin")) and find_key(session) is not None:
        return True
    return _ask(session, wanted, force=bool(force))


def _ask(session: Session, wanted: str, *, force: bool) -> bool:
    if session.terminal.is_interactive:
        return choose_account(session, wanted, force=force)
    if wanted == "allow":
        return _use_anonymous(session)
    raise UsageError(
        "no API key is configured, and there is no terminal to ask for one [FORCE-2]: call wandb.login(key=...), or "
        "set WANDB_API_KEY"
    )


def choose_account(session: Session, wanted: str, *, force: bool) -> bool:
    """Show the menu, and do what the user chooses (FORCE-4).

    Returns:
        Whether there are credentials now; if not, the process is offline.
    Raises:
        ValueError: What was pasted has not the form of a key.
        UsageError: No anonymous account could be made.
    """
    chosen = choose(session, force=force, anonymous=wanted != "never")
    if chosen == PRIVATE_DASHBOARD:
        return _use_anonymous(session)
    if chosen == OFFLINE:
        session.setup({"mode": "offline"})
        return False
    pages = session.app_url()
    line = {
        NEW_ACCOUNT: f"Create an account here: {pages}/authorize?signup=true",
        EXISTING_ACCOUNT: f"You can find your API key in your browser here: {pages}/authorize",
    }
    session.terminal.line(line[chosen], level="info")
    _use_key(session, session.terminal.ask("Paste an API key from your profile and hit enter: ").strip())
    return True


def _use_key(session: Session, key: Any) -> None:
    if session.shell.is_notebook():
        session.warn(
            "key_in_code",
            "an API key in the code of a notebook is seen by everyone who sees the notebook; set WANDB_API_KEY instead",
        )
    check_key(session, key)
    keep_key(session, session.base_url(), key)
    session.home.anonymous = False
    session.login_key = key
    session.viewers.clear()


def _use_anonymous(session: Session) -> bool:
    answer = ask_anonymous(session)
    if isinstance(answer, Refusal):
        raise UsageError(f"no anonymous account could be made: {answer.message} [ANON-6]")
    session.login_key = answer.api_key
    return True


def _use_server(session: Session, host: str) -> None:
    """Take another server, and tell the user's settings file, so that every later process takes it too."""
    url = host.rstrip("/")
    session.setup({"base_url": url})
    session.home.set("base_url", None if url == BASE_URL else url)


def log_in_or_go_offline(starting: _WandbInit) -> None:
    """Find out whose run it is; without credentials that work, offline unless forced.

    Source: FORCE-1, FORCE-2, FORCE-4, ANON-2, ANON-3.
    """
    if starting.mode != "online":
        return
    session = starting.session
    wanted = ANONYMOUS[starting.settings.get("anonymous") or "never"]
    force = bool(starting.settings.get("force"))
    api_key = starting.known_api_key()
    if api_key is None and wanted != "must" and session.terminal.is_interactive:
        if not _chosen(starting, wanted, force=force):
            starting.mode = "offline"
            return
        api_key = starting.known_api_key()
    answer = None
    if wanted == "must":
        answer = ask_anonymous(session, starting.settings.get("base_url"))
    elif api_key is not None:
        answer = ask_viewer(session, api_key)
    elif wanted == "allow":
        answer = ask_anonymous(session, starting.settings.get("base_url"))
    if isinstance(answer, Account):
        starting.account = answer
        starting.api_key = answer.api_key
        return
    why = "there is no API key" if answer is None else answer.message
    if force:
        raise starting.error(
            "LOGIN", f"init(force=True) could not log in: {why} [FORCE-2]. Call login(), or set WANDB_API_KEY"
        )
    starting.mode = "offline"
    session.warn("offline_fallback", f"could not log in: {why}. The run is made in offline mode [FORCE-1]")


def _chosen(starting: _WandbInit, wanted: str, *, force: bool) -> bool:
    try:
        return choose_account(starting.session, wanted, force=force)
    except ValueError as error:
        raise starting.error("LOGIN", str(error)) from error


@lru_cache(maxsize=64)
def machines(base_url: str) -> tuple[str, ...]:
    """The host alone, as 0.10 writes it and requests reads it: no port, no brackets."""
    if (plain := PLAIN_URL.fullmatch(base_url)) is not None:
        return (plain[1],)
    from urllib.parse import urlsplit  # only who has another server pays for it

    url = base_url if "//" in base_url else f"//{base_url}"
    return (urlsplit(url).hostname or base_url,)


def key_problem(key: Any) -> str | None:
    """What is wrong with a key: 0.10 counts, after the prefix of a server of one's own."""
    if not isinstance(key, str):
        return f"should be a str; got {key!r} of type {type(key).__name__}"
    secret = key.partition("-")[2] if "-" in key else key
    return None if len(secret) == KEY_LENGTH else f"must be {KEY_LENGTH} characters long, yours has {len(secret)}"


LOGIN = LoginRules(
    base_url=BASE_URL,
    app_url=app_url,
    machines=machines,
    key_problem=key_problem,
    wrong_key=ValueError,
    checks_keys=False,
    netrc_variable_is_written=False,
    choices=(PRIVATE_DASHBOARD, NEW_ACCOUNT, EXISTING_ACCOUNT, OFFLINE),
    notebook_choices=(PRIVATE_DASHBOARD, EXISTING_ACCOUNT),
    empty_is_wrong=True,
)
