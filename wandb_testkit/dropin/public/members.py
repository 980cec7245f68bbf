"""Owns users, teams and their members as the public API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.dropin.public.attrs import Attrs
from wandb_testkit.errors import CommError


class User(Attrs):
    """A user: username, email, admin, entity."""

    def __init__(self, asker: Asker, attrs: Mapping[str, Any], api_key: str | None = None) -> None:
        super().__init__(attrs)
        self._asker = asker
        self._api_key = api_key

    @classmethod
    def create(cls, api: Any, email: str, admin: bool | None = False) -> User:
        """Make a user."""
        told = api._asker.ask(documents.CREATE_USER, {"email": email, "admin": admin})
        return cls(api._asker, told["createUser"]["user"])

    @property
    def api_keys(self) -> list[str]:
        """The names of the keys, as far as they are told."""
        return [edge["node"]["name"] for edge in (self._attrs.get("apiKeys") or {"edges": []})["edges"]]

    @property
    def teams(self) -> list[str]:
        """The names of the teams."""
        return [edge["node"]["name"] for edge in (self._attrs.get("teams") or {"edges": []})["edges"]]

    @property
    def user_api(self) -> Any:
        """The public API on behalf of this user, None where no key is told."""
        keys = self.api_keys
        return type(self)._api_class()(api_key=keys[0]) if keys else None

    @staticmethod
    def _api_class() -> Any:
        from wandb_testkit.dropin.public.current import Api

        return Api

    def generate_api_key(self, description: str | None = None) -> str | None:
        """Make a key, and tell it; None if that is refused."""
        try:
            key = self._asker.ask(documents.GENERATE_API_KEY, {"description": description})["generateApiKey"]["apiKey"]
        except CommError:
            return None
        self._attrs.setdefault("apiKeys", {"edges": []})["edges"].append({"node": key})
        return str(key["name"])

    def delete_api_key(self, api_key: str) -> bool:
        """Take a key away; False if there is none of this name."""
        edges = (self._attrs.get("apiKeys") or {"edges": []})["edges"]
        found = [edge["node"] for edge in edges if edge["node"]["name"] == api_key]
        if not found:
            return False
        try:
            self._asker.ask(documents.DELETE_API_KEY, {"id": found[0]["id"]})
        except CommError:
            return False
        self._attrs["apiKeys"]["edges"] = [edge for edge in edges if edge["node"] is not found[0]]
        return True

    def __repr__(self) -> str:
        return f"<User {self._attrs.get('email') or self._attrs.get('username')}>"


class Member(Attrs):
    """A member of a team."""

    def __init__(self, asker: Asker, team: str, attrs: Mapping[str, Any]) -> None:
        super().__init__(attrs)
        self._asker = asker
        self.team = team

    def delete(self) -> bool | None:
        """Take them out of the team."""
        try:
            told = self._asker.ask(documents.DELETE_INVITE, {"id": self.id, "entity": self.team})
        except CommError:
            return False
        return bool(told["deleteInvite"]["success"])

    def __repr__(self) -> str:
        return f"<Member {self._attrs.get('name')} ({self._attrs.get('accountType')})>"


class Team(Attrs):
    """A team and its members."""

    def __init__(self, asker: Asker, name: str, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs or {})
        self._asker = asker
        self.name = name
        self.load()

    @classmethod
    def create(cls, api: Any, team: str, admin_username: str | None = None) -> Team:
        """Make a team; it may have another admin than oneself.

        Raises:
            CommError: The server refuses.
        """
        api._asker.ask(documents.CREATE_TEAM, {"teamName": team, "teamAdminUserName": admin_username})
        return cls(api._asker, team)

    def load(self, force: bool = False) -> dict[str, Any]:
        """Its fields, asked for anew if `force`."""
        if force or not self._attrs:
            entity = self._asker.ask(documents.TEAM, {"name": self.name})["entity"] or {}
            members = [Member(self._asker, self.name, member) for member in entity.get("members") or ()]
            self._attrs = {**entity, "members": members}
        return self._attrs

    def invite(self, username_or_email: str, admin: bool = False) -> bool:
        """Invite somebody; False if that is refused."""
        kind = "email" if "@" in username_or_email else "username"
        variables = {"entity": self.name, "admin": admin, kind: username_or_email}
        try:
            self._asker.ask(documents.CREATE_INVITE, variables)
        except CommError:
            return False
        return True

    def create_service_account(self, description: str) -> Member | None:
        """Make a service account; None if that is refused."""
        try:
            self._asker.ask(documents.CREATE_SERVICE_ACCOUNT, {"entity": self.name, "description": description})
        except CommError:
            return None
        self.load(force=True)
        return next(iter(reversed(self.members)), None)

    def __repr__(self) -> str:
        return f"<Team {self.name}>"
