"""Owns what a server keeps of a user, of a team and of an organization."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeVar

HASHED = "sha256:"
"""Begins what stands for a key that only its owner knows: it came out of a store."""


class TeamRole(str, Enum):
    """What somebody is in a team; compares equal to its own text."""

    ADMIN = "admin"
    MEMBER = "member"
    VIEW_ONLY = "view-only"
    SERVICE = "service"

    def __str__(self) -> str:
        return self.value


class ApiKey(NamedTuple):
    """One key of a user; `number` is unique on the server."""

    number: int
    key: str
    description: str | None = None

    @property
    def name(self) -> str:
        """What is shown of it: no client can log in with that. Of one out of a store the letters are not known."""
        return f"key {self.number}" if self.key.startswith(HASHED) else f"{self.key[:4]}...{self.key[-4:]}"


class StoredUser:
    """One user, or one service account.

    Attributes:
        name, email: As registered.
        admin: May make users, and see the names of everybody's keys.
        service_of: The team whose service account it is, None for a person.
        code_saving: Whether it prefers code to be saved, None if it does not say (CODE-1).
        keys: Its keys, in order; revoked ones, too.
    """

    __slots__ = ("admin", "anonymous", "code_saving", "email", "keys", "name", "service_of")

    def __init__(self, name: str, email: str, admin: bool, anonymous: bool, service_of: str | None) -> None:
        self.name = name
        self.email = email
        self.admin = admin
        self.anonymous = anonymous
        self.service_of = service_of
        self.code_saving: bool | None = None
        self.keys: list[ApiKey] = []


class StoredTeam:
    """One team: who is what in it, and who was invited by email and is not registered."""

    __slots__ = ("invited", "name", "roles")

    def __init__(self, name: str) -> None:
        self.name = name
        self.roles: dict[str, TeamRole] = {}
        self.invited: dict[str, TeamRole] = {}


CORE_REGISTRIES = ("model", "dataset")
"""Every organization has these."""


class StoredOrganization(NamedTuple):
    """One organization: its teams, the users in it beside those of the teams, and its registries by bare name."""

    name: str
    teams: tuple[str, ...]
    members: tuple[str, ...]
    registries: tuple[str, ...] = CORE_REGISTRIES


_T = TypeVar("_T", StoredUser, StoredTeam)


def restored(cls: type[_T], values: Mapping[str, Any]) -> _T:
    """A user or a team with the attributes that were kept of it."""
    made = cls.__new__(cls)
    for name, value in values.items():
        setattr(made, name, value)
    return made
