"""Owns the accounts: whose key is whose, and which entities an account may write to.

A key that nobody registered belongs to the default user: whoever runs a suite with a key of their own in the
environment must get the same runs as everybody else. A key that should be refused is revoked by name. An entity that
nobody registered may be written to by every user: suites name their team, and must not have to tell us about it.
"""

from __future__ import annotations

import re
from typing import Any

from wandb_testkit.records import Account, Refusal

DEFAULT_USER = "testkit-user"
DEFAULT_KEY = "testkit0" * 5
"""40 characters, the length that every client generation accepts (protocol.md 1.1)."""

MIN_KEY_LENGTH = 40


HASHED = "sha256:"
"""Begins what stands for a key that only its owner knows: it came out of a store."""


class Accounts:
    """Users, teams and anonymous accounts, by API key.

    Args:
        user, api_key: The default user.
        is_open: Whether a key that nobody registered is the default user's too; if not, it is refused.

    Attributes:
        salt: What keys are hashed with, b"" as long as nothing is kept in a store.
    """

    def __init__(self, user: str = DEFAULT_USER, api_key: str = DEFAULT_KEY, *, is_open: bool = True) -> None:
        self.default = Account(user, api_key)
        self.is_open = is_open
        self.salt = b""
        self._by_key = {api_key: self.default}
        self._revoked: set[str] = set()
        self._anonymous_made = 0

    def add_user(
        self,
        name: str,
        *,
        api_key: str | None = None,
        teams: tuple[str, ...] = (),
        code_saving: bool | None = None,
    ) -> Account:
        """Register a user; the key is made from the name unless given.

        Raises:
            ValueError: The key is shorter than clients accept, or belongs to somebody.
        """
        key = api_key or _key_of(name)
        if len(key) < MIN_KEY_LENGTH:
            raise ValueError(f"api_key {key!r} has {len(key)} characters; clients accept {MIN_KEY_LENGTH} or more")
        if owner := self._owner(key):
            raise ValueError(f"api_key of {name!r} belongs to {owner.entity!r} already; give another one")
        account = self._by_key[key] = Account(name, key, teams=teams, code_saving=code_saving)
        return account

    def add_team(self, name: str, *, members: tuple[str, ...] = ()) -> None:
        """Make a team that `members` (the default user if none are named) may write to."""
        chosen = members or (self.default.entity,)
        missing = set(chosen) - {account.entity for account in self._by_key.values()}
        if missing:
            raise ValueError(f"team {name!r} cannot have members {sorted(missing)}: add_user() them first")
        for key, account in list(self._by_key.items()):
            if account.entity in chosen:
                self._by_key[key] = account._replace(teams=(*account.teams, name))
        self.default = self._by_key[self.default.api_key]

    def set_code_saving(self, prefers: bool | None, name: str | None = None) -> None:
        """Say whether a user (None: the default one) prefers code to be saved (CODE-1).

        Raises:
            LookupError: There is no such user.
        """
        account = self.default if name is None else self.named(name)
        if account is None:
            known = ", ".join(repr(one.entity) for one in self._by_key.values())
            raise LookupError(f"there is no user {name!r} on this server; there are {known}. add_user() it first")
        self._by_key[account.api_key] = account._replace(code_saving=prefers)
        self.default = self._by_key[self.default.api_key]

    def add_anonymous(self) -> Account:
        """Make an account on the fly (ANON-2)."""
        self._anonymous_made += 1
        name = f"anonymous-{self._anonymous_made}"
        account = Account(name, _key_of(name), anonymous=True)
        self._by_key[account.api_key] = account
        return account

    def revoke(self, api_key: str) -> None:
        """Refuse this key from now on."""
        self._revoked.add(api_key)

    def reinstate(self, api_key: str) -> None:
        """Accept a revoked key again."""
        self._revoked -= {api_key, self.hashed(api_key)}

    def of(self, api_key: str | None) -> Account | None:
        """The account of a key, or None where the key is missing, too short or revoked."""
        if not api_key or api_key in self._revoked or len(api_key) < MIN_KEY_LENGTH:
            return None
        if self.salt and api_key.startswith(HASHED):
            return None  # whoever has read a hash in the file has no key
        account = self._by_key.get(api_key) or self._by_hash(api_key)
        if account is None:
            return None
        if len(self._by_key) == 1:
            return account  # whatever else there is by name is the default user's team
        registered = {name for other in self._by_key.values() for name in (other.entity, *other.teams)}
        return account._replace(strangers=frozenset(registered - {account.entity, *account.teams}))

    def _by_hash(self, api_key: str) -> Account | None:
        """The account of a key that is not known by its text: one out of a store, or the default user's."""
        if self.salt:
            hashed = self.hashed(api_key)
            if hashed in self._revoked:
                return None
            if (owner := self._by_key.get(hashed)) is not None:
                return owner._replace(api_key=api_key)
        return self.default._replace(api_key=api_key) if self.is_open else None

    def _owner(self, api_key: str) -> Account | None:
        return self._by_key.get(api_key) or (self._by_key.get(self.hashed(api_key)) if self.salt else None)

    def hashed(self, api_key: str) -> str:
        """What stands for a key in a store: a salted hash; "" for the default user's, which each start says anew."""
        if api_key == self.default.api_key:
            return ""
        if api_key.startswith(HASHED):
            return api_key
        import hashlib  # only servers with a store pay for OpenSSL

        return HASHED + hashlib.sha256(self.salt + api_key.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def without_keys(self) -> dict[str, Any]:
        """All that a store keeps of the accounts; it hides the keys in them."""
        return {
            "accounts": list(self._by_key.values()),
            "revoked": sorted(map(self.hashed, self._revoked)),
            "anonymous_made": self._anonymous_made,
        }

    @without_keys.setter
    def without_keys(self, kept: dict[str, Any]) -> None:
        key = self.default.api_key
        accounts = [account._replace(api_key=account.api_key or key) for account in kept["accounts"]]
        self._by_key = {account.api_key: account for account in accounts}
        self.default = self._by_key[key]
        self._revoked = {hashed for hashed in kept["revoked"] if hashed}  # the key that a start names is good
        self._anonymous_made = kept["anonymous_made"]

    def named(self, entity: str) -> Account | None:
        """The account of a user by name, or None where there is none."""
        return next((account for account in self._by_key.values() if account.entity == entity), None)

    def is_team(self, entity: str) -> bool:
        """Whether an entity is a team."""
        return any(entity in account.teams for account in self._by_key.values())


def _key_of(name: str) -> str:
    """A key that every client accepts: what stands before a dash does not count for them (A.4)."""
    letters = re.sub(r"[^A-Za-z0-9]", "", name) or "user"
    return f"{letters}x".ljust(MIN_KEY_LENGTH, "0")[:MIN_KEY_LENGTH]


def may_write(account: Account, entity: str) -> Refusal | None:
    """Why an account may not write to an entity, or None where it may."""
    if entity == account.entity or entity in account.teams:
        return None
    if not account.anonymous and entity not in account.strangers:
        return None
    known = ", ".join(repr(name) for name in (account.entity, *account.teams))
    return Refusal(403, f"permission denied: {account.entity!r} may write to {known}, not to entity {entity!r}")
