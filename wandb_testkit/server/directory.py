"""Owns who there is, by name: users, service accounts, teams and organizations, and who belongs to what."""

from __future__ import annotations

from collections.abc import Iterator

from wandb_testkit.server.stored_account import StoredOrganization, StoredTeam, StoredUser


class Directory:
    """Everybody there is, by name."""

    def __init__(self) -> None:
        self._users: dict[str, StoredUser] = {}
        self._teams: dict[str, StoredTeam] = {}
        self._organizations: dict[str, StoredOrganization] = {}

    def user(self, name: str) -> StoredUser | None:
        """A user or service account by name, None where there is none."""
        return self._users.get(name)

    def find_user(self, name_or_email: str) -> StoredUser | None:
        """A user by name or by email, None where there is none."""
        return next((user for user in self.users if name_or_email in (user.name, user.email)), None)

    @property
    def users(self) -> Iterator[StoredUser]:
        """Every user and service account, in order."""
        return iter(list(self._users.values()))

    def team(self, name: str) -> StoredTeam | None:
        """A team by name, None where there is none."""
        return self._teams.get(name)

    def teams_of(self, user: str) -> list[StoredTeam]:
        """The teams that somebody belongs to."""
        return [team for team in self._teams.values() if user in team.roles]

    def is_team(self, entity: str) -> bool:
        """Whether an entity is a team."""
        return entity in self._teams

    def organization(self, name: str) -> StoredOrganization | None:
        """An organization by name, None where there is none."""
        return self._organizations.get(name)

    def organization_of(self, entity: str) -> StoredOrganization | None:
        """The organization that a team belongs to, None where it belongs to none."""
        return next((known for known in self._organizations.values() if entity in known.teams), None)

    def organizations_of(self, user: str) -> list[StoredOrganization]:
        """The organizations that somebody is in: by name, or with a team."""
        teams = {team.name for team in self.teams_of(user)}
        return [known for known in self._organizations.values() if user in known.members or teams & {*known.teams}]

    def knows(self, user: str, other: str) -> bool:
        """Whether two users have a team or an organization in common."""
        if user == other or any(other in team.roles for team in self.teams_of(user)):
            return True
        others = self.organizations_of(other)
        return any(known in others for known in self.organizations_of(user))

    def _team(self, name: str) -> StoredTeam:
        if name not in self._teams:
            raise ValueError(f"there is no team {name!r}; there are {sorted(self._teams)}: add_team() it first")
        return self._teams[name]

    def _must_be_free(self, name: str) -> None:
        if name in self._users or name in self._teams:
            what = (
                "user: add_api_key() gives it another key" if name in self._users else "team: set_role() takes users in"
            )
            raise ValueError(f"{name!r} exists already, as a {what}")
