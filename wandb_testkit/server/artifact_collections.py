"""Owns collections: sequences of versions and portfolios of links, and whose an alias is in each (protocol.md 8.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wandb_testkit.records import Refusal
from wandb_testkit.server.refused import Refused

if TYPE_CHECKING:
    from wandb_testkit.server.stored_artifact import StoredArtifact

LATEST = "latest"
MAX_NAME_LENGTH = 128
MAX_ALIAS_LENGTH = 128

_VERSION = re.compile(r"v\d+")


class Membership:
    """One version in one collection: its number there, and its aliases there."""

    __slots__ = ("aliases", "artifact", "collection", "created_at", "version_index")

    def __init__(
        self, collection: StoredCollection, artifact: StoredArtifact, version_index: int, created_at: float
    ) -> None:
        self.collection = collection
        self.artifact = artifact
        self.version_index = version_index
        self.aliases: set[str] = set()
        self.created_at = created_at

    @property
    def version(self) -> str:
        """Such as "v0"."""
        return f"v{self.version_index}"


class StoredCollection:
    """A name under which versions are found: a sequence, which they were logged to, or a portfolio of links.

    Attributes:
        number: Its id.
        entity, project, name: Where it is.
        type: The name of the type of all its versions.
        memberships: In order of their version numbers; deleted versions are gone, and their numbers never come again.
    """

    __slots__ = (
        "created_at",
        "description",
        "entity",
        "is_deleted",
        "is_portfolio",
        "memberships",
        "name",
        "next_version",
        "number",
        "project",
        "tags",
        "type",
        "updated_at",
    )

    def __init__(
        self, number: int, where: tuple[str, str, str], type: str, created_at: float, *, is_portfolio: bool
    ) -> None:
        self.number = number
        self.entity, self.project, self.name = where
        self.type = type
        self.is_portfolio = is_portfolio
        self.description: str | None = None
        self.tags: set[str] = set()
        self.memberships: list[Membership] = []
        self.next_version = 0
        self.is_deleted = False
        self.created_at = self.updated_at = created_at

    def __str__(self) -> str:
        return f"{self.entity}/{self.project}/{self.name}"

    @property
    def latest(self) -> Membership | None:
        """The membership with the highest version."""
        return self.memberships[-1] if self.memberships else None

    def find(self, alias: str) -> Membership | None:
        """The membership with an alias or a version."""
        return next((one for one in self.memberships if alias in one.aliases or alias == one.version), None)

    def of(self, artifact: StoredArtifact) -> Membership | None:
        """The membership of a version."""
        return next((one for one in self.memberships if one.artifact is artifact), None)

    def add(self, artifact: StoredArtifact, aliases: Iterable[str], now: float) -> Membership:
        """Take a version in; the newest one is always the latest."""
        membership = Membership(self, artifact, self.next_version, now)
        self.next_version += 1
        self.memberships.append(membership)
        artifact.memberships.append(membership)
        self.give((LATEST, *aliases), membership)
        return membership

    def give(self, aliases: Iterable[str], membership: Membership) -> None:
        """Give aliases to a version; who had one before has it no more.

        Raises:
            Refused: 400: an alias that cannot be one.
        """
        wanted = set(aliases) - {membership.version}
        for alias in wanted:
            check_alias(alias)
        for other in self.memberships:
            other.aliases -= wanted
        membership.aliases |= wanted

    def remove(self, membership: Membership) -> None:
        """Let a version go."""
        self.memberships.remove(membership)
        membership.artifact.memberships.remove(membership)


def check_alias(alias: str) -> None:
    """Refuse what cannot be an alias.

    Raises:
        Refused: 400: it is empty, too long, has "/" or ":", or is the form of a version.
    """
    if not alias or len(alias) > MAX_ALIAS_LENGTH or "/" in alias or ":" in alias:
        raise Refused(
            Refusal(400, f"alias {alias!r} should have 1 to {MAX_ALIAS_LENGTH} characters, and neither '/' nor ':'")
        )
    if _VERSION.fullmatch(alias):
        raise Refused(Refusal(400, f"alias {alias!r} has the form of a version; those are the server's to give"))


def check_name(name: str, what: str) -> None:
    """Refuse what cannot be the name of a collection or a type.

    Raises:
        Refused: 400: it is empty, too long, or has "/" or ":".
    """
    if not name or len(name) > MAX_NAME_LENGTH or "/" in name or ":" in name or "\0" in name:
        raise Refused(
            Refusal(400, f"{what} {name!r} should have 1 to {MAX_NAME_LENGTH} characters, and neither '/' nor ':'")
        )
