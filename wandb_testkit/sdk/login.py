"""Owns the question whose account a run belongs to: whose key it is, anonymous accounts, the menu that asks for a key.

What login() does with them is each generation's: classic_login.py, current_login.py. Source: spec.md FORCE-1 to
FORCE-5, ANON-1 to ANON-9, LOGIN-1, LOGIN-2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wandb_testkit.records import Account, AnonymousAccountRequest, Refusal, ViewerRequest
from wandb_testkit.sdk.credentials import find_key, keep_key, stored_key

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session

PRIVATE_DASHBOARD = "Private W&B dashboard, no account required"
NEW_ACCOUNT = "Create a W&B account"
EXISTING_ACCOUNT = "Use an existing W&B account"
OFFLINE = "Don't visualize my results"
"""What a menu offers, in the words of wandb (FORCE-4)."""


def ask_viewer(session: Session, api_key: str) -> Account | Refusal:
    """Whose key this is; an answer is remembered for the process (LOGIN-2)."""
    known = session.viewers.get(api_key)
    if known is not None:
        return known
    result = session.connect(api_key).deliver(ViewerRequest())
    if result.account is None:
        return result.refusal or Refusal(500, "the server did not say whose key this is")
    account = result.account
    if session.home.anonymous and api_key == stored_key(session, session.base_url()):
        account = account._replace(anonymous=True)  # the machine knows how it got its key; servers do not tell
    session.viewers[api_key] = account
    return account


def ask_anonymous(session: Session, base_url: str | None = None) -> Account | Refusal:
    """An anonymous account: the one that this machine has, else a new one (ANON-2 to ANON-4)."""
    home = session.home
    server = base_url or session.base_url()
    if home.anonymous:
        key = stored_key(session, server)
        if key is not None:
            return ask_viewer(session, key)
    if session.anonymous is not None:
        return session.anonymous
    result = session.connect(None).deliver(AnonymousAccountRequest())
    if result.account is None:
        return result.refusal or Refusal(500, "the server made no anonymous account")
    session.anonymous = account = result.account
    session.viewers[account.api_key] = account
    if find_key(session, base_url=server) is None:  # a real key is not overwritten (ANON-3)
        keep_key(session, server, account.api_key)
        home.anonymous = True
    return account


def choose(session: Session, *, force: bool, anonymous: bool) -> str:
    """What the user chooses from the menu of how to log in (FORCE-4).

    Args:
        force: Going offline and creating an account are not offered.
        anonymous: The private dashboard may be offered, where the generation has it.
    """
    rules, terminal = session.behaviour.login, session.terminal
    offered = rules.notebook_choices if session.shell.is_notebook() else rules.choices
    left_out = {*((OFFLINE, NEW_ACCOUNT) if force else ()), *(() if anonymous else (PRIVATE_DASHBOARD,))}
    choices = [choice for choice in offered if choice not in left_out]
    if len(choices) == 1:
        return choices[0]
    for number, choice in enumerate(choices, 1):
        terminal.line(f"({number}) {choice}", level="info")
    while True:
        answer = terminal.ask("Enter your choice: ").strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            chosen = choices[int(answer) - 1]
            terminal.line(f"You chose {chosen!r}", level="info")
            return chosen
        if answer or rules.empty_is_wrong:
            terminal.line("Invalid choice", level="warning")
