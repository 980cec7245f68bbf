"""Owns the accounts: whose keys are good, and what becomes of users, service accounts, teams and organizations.

A key that nobody registered belongs to the default user: whoever runs a suite with a key of their own in the
environment must get the same runs as everybody else. A key that should be refused is revoked by name. An entity that
nobody registered may be written to by every user: suites name their team, and must not have to tell us about it. Who
there is by name is told by `directory`, what an account may do by `rights`, and what becomes of keys by `keys`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from wandb_testkit.records import Account
from wandb_testkit.server.directory import Directory
from wandb_testkit.server.keys import MIN_KEY_LENGTH, Keys
from wandb_testkit.server.stored_account import (
    CORE_REGISTRIES,
    ApiKey,
    StoredOrganization,
    StoredTeam,
    StoredUser,
    TeamRole,
    restored,
)

DEFAULT_USER = "testkit-user"
DEFAULT_KEY = "testkit0" * 5
"""40 characters, the length that every client generation accepts (protocol.md 1.1)."""


class Accounts(Directory):
    """Everybody there is, by name and by API key.

    Args:
        user, api_key: The default user.
        is_open: Whether a key that nobody registered is the default user's too; if not, it is refused, and keys that
            are made are random.

    Attributes:
        keys: Whose key is whose.
    """

    def __init__(self, user: str = DEFAULT_USER, api_key: str = DEFAULT_KEY, *, is_open: bool = True) -> None:
        self.is_open = is_open
        self.keys = Keys(api_key)
        super().__init__()
        self._anonymous_made = 0
        self._told: dict[str, Account] = {}  # what of() says, until somebody is added or changed
        self._default = self._new_user(user)
        self.add_api_key(user, api_key)

    # ------------------------------------------------------------------ who is who

    @property
    def default(self) -> Account:
        """The user who runs the tests."""
        return self._told.get(self.keys.default) or self._account(self._default, self.keys.default)

    def of(self, api_key: str | None) -> Account | None:
        """The account of a key, or None where the key is missing, too short or revoked."""
        if not api_key:
            return None
        told = self._told.get(api_key)
        if told is not None:
            return told
        if not self.keys.is_good(api_key):
            return None
        owner = self.keys.owner(api_key)
        if owner is None:
            return self._account(self._default, api_key) if self.is_open else None
        account = self._told[api_key] = self._account(owner, api_key)
        return account

    def named(self, entity: str) -> Account | None:
        """The account of a user by name, or None where there is none."""
        user = self._users.get(entity)
        return None if user is None else self._account(user, user.keys[0].key if user.keys else "")

    def acting(self, account: Account, username: str = "", email: str = "") -> Account:
        """The account of a service, acting for a member of its team; others act for themselves (protocol.md 7)."""
        if not account.service:
            return account
        user = self.find_user(username) if username else self.find_user(email)
        if user is None or user.name not in self._teams[account.entity].roles:
            return account
        return account._replace(acts_for=user.name)

    # ------------------------------------------------------------------ changes

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
        self._must_be_free(name)
        key = api_key or self._new_key(name)
        self.keys.check(key, name)
        user = self._new_user(name, email=email, admin=admin)
        user.code_saving = code_saving
        self.add_api_key(name, key)
        for team in teams:
            self._teams.setdefault(team, StoredTeam(team)).roles[name] = TeamRole.MEMBER
        self._told.clear()
        return self._account(user, key)

    def add_service_account(self, name: str, *, team: str, api_key: str | None = None) -> Account:
        """Register a service account of a team, and return it with its key.

        It writes to the team. Runs that it makes with WANDB_USERNAME or WANDB_USER_EMAIL of a member are the member's.

        Raises:
            ValueError: As add_user(), or there is no such team.
        """
        self._must_be_free(name)
        found = self._team(team)
        key = api_key or self._new_key(name)
        self.keys.check(key, name)
        user = self._new_user(name, service_of=team)
        found.roles[name] = TeamRole.SERVICE
        self.add_api_key(name, key)
        return self._account(user, key)

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
        self._must_be_free(name)
        chosen: dict[str, TeamRole | str] = dict.fromkeys(members, TeamRole.MEMBER)
        chosen.update(roles or {})
        chosen = chosen or {self._default.name: TeamRole.ADMIN}
        missing = sorted(chosen.keys() - self._users.keys())
        if missing:
            raise ValueError(f"team {name!r} cannot have members {missing}: add_user() them first")
        team = StoredTeam(name)
        team.roles = {member: _role(role) for member, role in chosen.items()}
        self._teams[name] = team
        self._told.clear()

    def set_role(self, team: str, user: str, role: TeamRole | str | None) -> None:
        """Let a user be "admin", "member" or "view-only" of a team from now on; None takes them out of it.

        Raises:
            ValueError: There is no such team, user or role.
        """
        found = self._team(team)
        if user not in self._users:
            raise ValueError(f"there is no user {user!r}: add_user() them first")
        if role is None:
            found.roles.pop(user, None)
        else:
            found.roles[user] = _role(role)
        self._told.clear()

    def add_organization(
        self,
        name: str,
        *,
        teams: Collection[str] = (),
        members: Collection[str] = (),
        registries: Collection[str] = (),
    ) -> None:
        """Make an organization of teams, and of users beside those of the teams.

        Args:
            registries: Those it has besides "model" and "dataset", which every organization has.

        Raises:
            ValueError: The name is taken, a team is not there or is in another one, or somebody is not registered.
        """
        if name in self._organizations:
            raise ValueError(f"organization {name!r} exists already")
        for team in teams:
            self._team(team)
            if other := self.organization_of(team):
                raise ValueError(f"team {team!r} belongs to organization {other.name!r} already")
        if missing := sorted({*members} - self._users.keys()):
            raise ValueError(f"organization {name!r} cannot have members {missing}: add_user() them first")
        self._organizations[name] = StoredOrganization(
            name, tuple(teams), tuple(members), tuple(dict.fromkeys((*CORE_REGISTRIES, *registries)))
        )

    def add_api_key(self, user: str, api_key: str | None = None, *, description: str | None = None) -> ApiKey:
        """Give a user one more key, a random one unless it is given; the others stay good.

        Raises:
            ValueError: There is no such user, or as add_user().
        """
        owner = self._users.get(user)
        if owner is None:
            raise ValueError(f"there is no user {user!r}: add_user() them first")
        made = self.keys.give(owner, api_key or _new_key(), description)
        self._told.clear()
        return made

    def add_anonymous(self) -> Account:
        """Make an account on the fly (ANON-2)."""
        self._anonymous_made += 1
        name = f"anonymous-{self._anonymous_made}"
        user = self._new_user(name, anonymous=True)
        key = self.add_api_key(name, self._new_key(name))
        return self._account(user, key.key)

    def set_code_saving(self, prefers: bool | None, name: str | None = None) -> None:
        """Say whether a user (None: the default one) prefers code to be saved (CODE-1).

        Raises:
            LookupError: There is no such user.
        """
        user = self._default if name is None else self._users.get(name)
        if user is None:
            known = ", ".join(repr(one) for one in self._users)
            raise LookupError(f"there is no user {name!r} on this server; there are {known}. add_user() it first")
        user.code_saving = prefers
        self._told.clear()

    def revoke(self, api_key: str) -> None:
        """Refuse a key from now on, whoever has it."""
        self.keys.revoke(api_key)
        self._told.clear()

    def reinstate(self, api_key: str) -> None:
        """Accept a revoked key again."""
        self.keys.reinstate(api_key)

    # ------------------------------------------------------------------ in a store

    @property
    def without_keys(self) -> dict[str, Any]:
        """All that a store keeps of the accounts; it hides the keys in them."""
        return {
            "users": [{name: getattr(user, name) for name in StoredUser.__slots__} for user in self._users.values()],
            "teams": [{name: getattr(team, name) for name in StoredTeam.__slots__} for team in self._teams.values()],
            "organizations": list(self._organizations.values()),
            "revoked": self.keys.revoked_hashes,
            "anonymous_made": self._anonymous_made,
        }

    @without_keys.setter
    def without_keys(self, kept: dict[str, Any]) -> None:
        users = [restored(StoredUser, values) for values in kept["users"]]
        teams = [restored(StoredTeam, values) for values in kept["teams"]]
        self._users = {user.name: user for user in users}
        self._teams = {team.name: team for team in teams}
        self._organizations = {known.name: known for known in kept["organizations"]}
        self._default = users[0]
        self.keys.restore(users, users[0], kept["revoked"])
        self._anonymous_made = kept["anonymous_made"]
        self._told.clear()

    # ------------------------------------------------------------------ inside

    def _new_key(self, name: str) -> str:
        """A key for a name: one that a test can foretell, unless keys are what keeps others out."""
        return _key_of(name) if self.is_open else _new_key()

    def _account(self, user: StoredUser, key: str) -> Account:
        teams = self.teams_of(user.name)
        entity = user.service_of or user.name
        of_others: set[str] = set()
        if len(self._users) > 1:  # else whatever there is by name is the default user's team
            users = {other.name for other in self._users.values() if not other.service_of}
            of_others = {*users, *self._teams} - {entity, *(team.name for team in teams)}
        return Account(
            entity,
            key,
            anonymous=user.anonymous,
            teams=tuple(team.name for team in teams if team.name != entity),
            strangers=frozenset(of_others),
            admin_of=tuple(team.name for team in teams if team.roles[user.name] is TeamRole.ADMIN),
            viewer_of=tuple(team.name for team in teams if team.roles[user.name] is TeamRole.VIEW_ONLY),
            code_saving=user.code_saving,
            service=user.name if user.service_of else "",
        )

    def _new_user(
        self,
        name: str,
        *,
        email: str | None = None,
        admin: bool = False,
        anonymous: bool = False,
        service_of: str | None = None,
    ) -> StoredUser:
        user = StoredUser(name, email or f"{name}@example.com", admin, anonymous, service_of)
        self._users[name] = user
        self._told.clear()
        return user


def _key_of(name: str) -> str:
    """A key that every client accepts: what stands before a dash does not count for them (A.4)."""
    letters = re.sub(r"[^A-Za-z0-9]", "", name) or "user"
    return f"{letters}x".ljust(MIN_KEY_LENGTH, "0")[:MIN_KEY_LENGTH]


def _role(role: TeamRole | str) -> TeamRole:
    known = [str(known) for known in TeamRole if known is not TeamRole.SERVICE]
    if str(role) not in known:
        raise ValueError(f"role in a team should be one of {known}, not {role!r}")
    return TeamRole(str(role))


def _new_key() -> str:
    import secrets  # only who makes accounts pays for it

    return secrets.token_hex(MIN_KEY_LENGTH // 2)
