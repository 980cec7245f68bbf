"""Owns what a test does with accounts: who there is, with which keys, and who is what in which team."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from wandb_testkit.server.rights import Access

if TYPE_CHECKING:
    from wandb_testkit.records import Account
    from wandb_testkit.server.accounts import Accounts
    from wandb_testkit.server.projects import Projects
    from wandb_testkit.server.stored_account import TeamRole


class AccountHands:
    """The hands on accounts; a part of FakeServer.

    Until somebody is registered there is the default user alone, and every entity is theirs. A registered entity is
    closed to all who do not belong to it (`server.rights` has the table).
    """

    accounts: Accounts
    projects: Projects
    settle: Callable[[], None]
    _keep: Callable[[], None]

    def add_user(
        self,
        name: str,
        *,
        api_key: str | None = None,
        teams: Collection[str] = (),
        email: str | None = None,
        admin: bool = False,
        code_saving: bool | None = None,
    ) -> Account:
        """Register a user, and return the account with its key, which is made from the name unless given.

        Args:
            teams: Teams to be a member of; those that are not there are made.
            admin: Whether the user may make users, and see the names of everybody's keys; no more than that.
            code_saving: Whether the user prefers code to be saved (CODE-1).
        Raises:
            ValueError: The name is taken, the key is shorter than clients accept, or it belongs to somebody.
        """
        account = self.accounts.add_user(
            name, api_key=api_key, teams=teams, email=email, admin=admin, code_saving=code_saving
        )
        self._keep()
        return account

    def set_code_saving(self, prefers: bool | None, *, user: str | None = None) -> None:
        """Say whether a user (None: the default one) prefers code to be saved; None: the account does not say (CODE-1).

        Clients ask once a process, when they log in.

        Raises:
            LookupError: There is no such user.
        """
        self.accounts.set_code_saving(prefers, user)
        self._keep()

    def add_service_account(self, name: str, *, team: str, api_key: str | None = None) -> Account:
        """Register a service account of a team, and return it with its key.

        It writes to the team. Runs that it makes with WANDB_USERNAME or WANDB_USER_EMAIL of a member are the member's.

        Raises:
            ValueError: As add_user(), or there is no such team.
        """
        account = self.accounts.add_service_account(name, team=team, api_key=api_key)
        self._keep()
        return account

    def add_team(
        self, name: str, *, members: Collection[str] = (), roles: Mapping[str, TeamRole | str] | None = None
    ) -> None:
        """Make a team.

        Args:
            members: Users that may see and write; the default user, as admin, if nobody is named at all.
            roles: User -> "admin", "member" or "view-only".
        Raises:
            ValueError: The name is taken, somebody is not registered, or there is no such role.
        """
        self.accounts.add_team(name, members=members, roles=roles)
        self._keep()

    def set_role(self, team: str, user: str, role: TeamRole | str | None) -> None:
        """Let a user be "admin", "member" or "view-only" of a team from now on; None takes them out of it.

        Raises:
            ValueError: There is no such team, user or role.
        """
        self.settle()
        self.accounts.set_role(team, user, role)
        self._keep()

    def add_organization(self, name: str, *, teams: Collection[str] = (), members: Collection[str] = ()) -> None:
        """Make an organization of teams, and of users beside those of the teams.

        Raises:
            ValueError: The name is taken, a team is not there or is in another one, or somebody is not registered.
        """
        self.accounts.add_organization(name, teams=teams, members=members)
        self._keep()

    def add_api_key(self, user: str, api_key: str | None = None, *, description: str | None = None) -> str:
        """Give a user one more key, a random one unless it is given, and return it; the others stay good.

        Raises:
            ValueError: There is no such user, or as add_user().
        """
        made = self.accounts.add_api_key(user, api_key, description=description)
        self._keep()
        return made.key

    def revoke_api_key(self, api_key: str) -> None:
        """Refuse a key from now on, whoever has it."""
        self.settle()
        self.accounts.revoke(api_key)
        self._keep()

    def reinstate_api_key(self, api_key: str) -> None:
        """Accept a revoked key again."""
        self.accounts.reinstate(api_key)
        self._keep()

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
