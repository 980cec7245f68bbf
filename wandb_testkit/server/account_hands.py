"""Owns what a test does with accounts: who there is, with which keys, and who is what in which team."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from wandb_testkit.server.accounts import Accounts
from wandb_testkit.server.rights import Access

if TYPE_CHECKING:
    from wandb_testkit.server.projects import Projects

P = ParamSpec("P")
R = TypeVar("R")


def _hand(
    verb: Callable[Concatenate[Accounts, P], R], *, settles: bool = False
) -> Callable[Concatenate[AccountHands, P], R]:
    """A change of the accounts as a test makes it: the same call, and what it changes is kept.

    Args:
        settles: What clients have sent arrives before it.
    """

    @functools.wraps(verb)
    def hand(hands: AccountHands, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if settles:
            hands.settle()
        made = verb(hands.accounts, *args, **kwargs)
        hands._keep()
        return made

    return hand


class AccountHands:
    """The hands on accounts; a part of FakeServer.

    Until somebody is registered there is the default user alone, and every entity is theirs. A registered entity is
    closed to all who do not belong to it (`server.rights` has the table).
    """

    accounts: Accounts
    projects: Projects
    settle: Callable[[], None]
    _keep: Callable[[], None]

    add_user = _hand(Accounts.add_user)
    add_service_account = _hand(Accounts.add_service_account)
    add_team = _hand(Accounts.add_team)
    set_role = _hand(Accounts.set_role, settles=True)
    add_organization = _hand(Accounts.add_organization)
    revoke_api_key = _hand(Accounts.revoke, settles=True)
    reinstate_api_key = _hand(Accounts.reinstate)

    def set_code_saving(self, prefers: bool | None, *, user: str | None = None) -> None:
        """Say whether a user (None: the default one) prefers code to be saved; None: the account does not say (CODE-1).

        Clients ask once a process, when they log in.

        Raises:
            LookupError: There is no such user.
        """
        self.accounts.set_code_saving(prefers, user)
        self._keep()

    def add_api_key(self, user: str, api_key: str | None = None, *, description: str | None = None) -> str:
        """Give a user one more key, a random one unless it is given, and return it; the others stay good.

        Raises:
            ValueError: There is no such user, or as add_user().
        """
        made = self.accounts.add_api_key(user, api_key, description=description)
        self._keep()
        return made.key

    def set_access(self, project: str, access: Access | str, *, entity: str | None = None) -> None:
        """Say who may see a project, which is made if it is not there.

        Args:
            access: "private" (in a team: its admins and who made it), "team" (the default), or "public".
        Raises:
            ValueError: There is no such access.
        """
        known = [known.value for known in Access]
        if access not in known:
            raise ValueError(f"access of a project should be one of {known}, not {access!r}")
        self.settle()
        self.projects.ensure(entity or self.accounts.default.entity, project).access = Access(access)
        self._keep()
