"""Resolves accounts: who asks, what the server can do, entities."""

from __future__ import annotations

import json
from typing import Any

from wandb_testkit.records import AnonymousAccountRequest, ViewerRequest
from wandb_testkit.server.context import Context
from wandb_testkit.server.refused import accepted
from wandb_testkit.server.resolvers.ids import storage_id
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.rights import Role, role_in
from wandb_testkit.server.stored_account import StoredOrganization, StoredUser, TeamRole

NEWEST_VERSION = "99.0.0"
"""No client is told that it is too new, or that there is a newer one."""

SERVER_VERSION = "0.80.0"
"""New enough for clients of 0.22 and older to ask for collections of artifacts (protocol.md 8.2)."""


INSIDE = (Role.ADMIN, Role.MEMBER, Role.VIEW_ONLY, Role.SERVICE)
"""Roles of those who may see who else is in a team."""


def viewer(source: None, context: Context) -> StoredUser | None:
    account = accepted(context.apply(ViewerRequest())).account
    return None if account is None else context.server.accounts.user(account.name)


def server_info(source: None, context: Context) -> Context:
    return context


def entity(source: None, context: Context, name: str | None = None) -> str | None:
    name = name or context.account.entity
    return name if context.may_see(name) else None


def create_anonymous_entity(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    account = accepted(context.apply_as(None, AnonymousAccountRequest())).account
    name = None if account is None else account.api_key
    return {"apiKey": {"id": storage_id("ApiKey", name), "name": name, "description": None}}


def _flags(user: StoredUser, context: Context) -> str:
    return json.dumps({} if user.code_saving is None else {"code_saving_enabled": user.code_saving})


def organization(source: None, context: Context, name: str) -> StoredOrganization | None:
    """An organization, for those who are in it."""
    found = context.server.accounts.organization(name)
    mine = context.server.accounts.organizations_of(context.account.name)
    return found if found in mine else None


def _teams(user: StoredUser, context: Context) -> dict[str, Any]:
    return {"edges": [{"node": team.name} for team in context.server.accounts.teams_of(user.name)]}


def _api_keys(user: StoredUser, context: Context) -> dict[str, Any]:
    """Names of keys, which are no keys, for who has them and for admins of the server."""
    asking = context.server.accounts.user(context.account.name)
    if asking is None or (asking is not user and not asking.admin):
        return {"edges": []}
    kept = [key for key in user.keys if not context.server.accounts.keys.is_revoked(key.key)]
    nodes = [
        {"id": storage_id("ApiKey", str(key.number)), "name": key.name, "description": key.description} for key in kept
    ]
    return {"edges": [{"node": node} for node in nodes]}


def _members(name: str, context: Context) -> list[dict[str, Any]]:
    """Who belongs to a team, for those who do; of a user's own entity nobody but the user."""
    team = context.server.accounts.team(name)
    if team is None or role_in(context.account, name) not in INSIDE:
        return []
    users = [(context.server.accounts.user(member), role) for member, role in team.roles.items()]
    known = [
        {
            "id": storage_id("Member", name, user.name),
            "admin": role is TeamRole.ADMIN,
            "pending": False,
            "email": user.email,
            "username": user.name,
            "name": user.name,
            "photoUrl": None,
            "accountType": "SERVICE" if user.service_of else "MEMBER",
            "apiKey": None,
            "role": str(role),
        }
        for user, role in users
        if user is not None
    ]
    invited = [
        {
            "id": storage_id("Member", name, email),
            "admin": role is TeamRole.ADMIN,
            "pending": True,
            "email": email,
            "username": None,
            "name": email,
            "photoUrl": None,
            "accountType": "MEMBER",
            "apiKey": None,
            "role": str(role),
        }
        for email, role in team.invited.items()
    ]
    return [*known, *invited]


def _organization_of_entity(name: str, context: Context) -> StoredOrganization | None:
    """That of a team, and of the organization's own entity."""
    accounts = context.server.accounts
    return accounts.organization(name) or accounts.organization_of(name)


def _entity_type(name: str, context: Context) -> str:
    accounts = context.server.accounts
    return "organization" if accounts.organization(name) else "team" if accounts.is_team(name) else "user"


def _features(source: Context, context: Context) -> list[dict[str, Any]]:
    return [{"name": name, "isEnabled": True} for name in sorted(context.server.features)]


QUERY: Fields = {"viewer": viewer, "serverInfo": server_info, "entity": entity, "organization": organization}

MUTATION: Fields = {"createAnonymousEntity": create_anonymous_entity}

USER: Fields = {
    "id": lambda user, context: storage_id("User", user.name),
    "name": lambda user, context: user.name,
    "username": lambda user, context: user.name,
    "email": lambda user, context: user.email,
    "entity": lambda user, context: user.service_of or user.name,
    "flags": _flags,
    "admin": lambda user, context: user.admin,
    "deletedAt": lambda user, context: None,
    "teams": _teams,
    "apiKeys": _api_keys,
    "organizations": lambda user, context: context.server.accounts.organizations_of(user.name),
}

ENTITY: Fields = {
    "id": lambda name, context: storage_id("Entity", name),
    "name": lambda name, context: name,
    "isTeam": lambda name, context: context.server.accounts.is_team(name),
    "xxhashDigestsEnabled": lambda name, context: False,
    "entityType": _entity_type,
    "available": lambda name, context: False,
    "photoUrl": lambda name, context: None,
    "readOnly": lambda name, context: role_in(context.account, name) is Role.VIEW_ONLY,
    "readOnlyAdmin": lambda name, context: False,
    "privateOnly": lambda name, context: False,
    "storageBytes": lambda name, context: context.server.runs.stored_bytes(name),
    "codeSavingEnabled": lambda name, context: False,
    "defaultAccess": lambda name, context: "ENTITY_WRITE",
    "isPaid": lambda name, context: False,
    "limits": lambda name, context: {},
    "members": _members,
    "organization": _organization_of_entity,
    "user": lambda name, context: context.server.accounts.user(name),
}

ORGANIZATION: Fields = {
    "id": lambda organization, context: storage_id("Organization", organization.name),
    "name": lambda organization, context: organization.name,
    "orgEntity": lambda organization, context: organization.name,
    "coreWeaveOrganizationId": lambda organization, context: None,
}

SERVER_INFO: Fields = {
    "cliVersionInfo": lambda source, context: {"max_cli_version": NEWEST_VERSION},
    "latestLocalVersionInfo": lambda source, context: {
        "outOfDate": False,
        "latestVersionString": SERVER_VERSION,
        "versionOnThisInstanceString": SERVER_VERSION,
    },
    "features": _features,
}
