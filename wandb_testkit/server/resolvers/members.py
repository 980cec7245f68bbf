"""Resolves who there is, and the mutations that make users, teams, service accounts, invitations and keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from wandb_testkit.records import Refusal
from wandb_testkit.server.context import Context
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.ids import date_time, parts_of, storage_id
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.rights import Action
from wandb_testkit.server.stored_account import ApiKey, StoredTeam, StoredUser, TeamRole

_T = TypeVar("_T")


def users(source: None, context: Context, query: str | None = None) -> dict[str, Any]:
    """The users whose name or email begins or ends so, as far as who asks has to do with them."""
    asking = _asking(context)
    wanted = query or ""
    found = [
        user
        for user in context.server.accounts.users
        if any(text.startswith(wanted) or text.endswith(wanted) for text in (user.name, user.email))
        and (asking.admin or context.server.accounts.knows(asking.name, user.name))
    ]
    context.spend(len(found))
    return {"edges": [{"node": user} for user in found]}


def create_user(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    _must_be_admin(context, "make users")
    email = input["email"]
    name = email.partition("@")[0]
    if not name or context.server.accounts.find_user(email) is not None:
        raise Refused(Refusal(400, f"there can be no new user with email {email!r}: it is none, or it is taken"))
    admin = bool(input.get("admin"))
    account = _done(lambda: context.server.accounts.add_user(name, email=email, admin=admin))
    return {"user": context.server.accounts.user(account.name)}


def create_team(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Make a team, whose admin is who asks unless another one is named."""
    if context.account.anonymous or context.account.service:
        raise Refused(Refusal(403, f"permission denied: {context.account.name!r} may not make teams"))
    admin = input.get("team_admin_user_name") or context.account.name
    name = input["team_name"]
    _done(lambda: context.server.accounts.add_team(name, roles={admin: TeamRole.ADMIN}))
    return {"entity": name}


def create_service_account(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Make a service account, named after its description."""
    team = _managed(context, input["entity_name"])
    name = f"{input['description']} service account".strip().replace(" ", "-")
    account = _done(lambda: context.server.accounts.add_service_account(name, team=team.name))
    return {"user": context.server.accounts.user(account.name)}


def create_invite(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Take a user into a team; who is invited by an email that nobody has is awaited."""
    team = _managed(context, input["entity_name"])
    who = input.get("username") or input.get("email") or ""
    role = TeamRole.ADMIN if input.get("admin") else TeamRole.MEMBER
    user = context.server.accounts.find_user(who)
    if (user is not None and user.name in team.roles) or who in team.invited:
        raise Refused(Refusal(400, f"{who!r} belongs to team {team.name!r} already"))
    if user is not None:
        context.server.accounts.set_role(team.name, user.name, role)
    elif input.get("email"):
        team.invited[who] = role
    else:
        raise Refused(Refusal(400, f"there is no user {who!r}; invite them by email, or let them register first"))
    return {
        "invite": {
            "id": storage_id("Member", team.name, who if user is None else user.name),
            "name": who,
            "email": who if user is None else user.email,
            "createdAt": date_time(time.time()),
            "toUser": user,
        }
    }


def delete_invite(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Take somebody out of a team; whoever is in one may leave it."""
    name, who = parts_of("Member", input.get("id") or "", 2)
    team = context.server.accounts.team(name)
    if who != context.account.name or team is None:
        team = _managed(context, name)
    if who not in team.roles and who not in team.invited:
        raise Refused(Refusal(404, f"{who!r} does not belong to team {name!r}"))
    team.invited.pop(who, None)
    if who in team.roles:
        context.server.accounts.set_role(name, who, None)
    return {"success": True, "clientMutationId": input.get("client_mutation_id")}


def generate_api_key(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Make one more key for who asks; it is shown here, and never again."""
    made: ApiKey = _done(
        lambda: context.server.accounts.add_api_key(_asking(context).name, description=input.get("description"))
    )
    key = {"id": storage_id("ApiKey", str(made.number)), "name": made.key, "description": made.description}
    return {"apiKey": key}


def delete_api_key(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Revoke a key: one's own, or as admin anybody's."""
    (number,) = parts_of("ApiKey", input["id"], 1)
    asking = _asking(context)
    owners = [user for user in context.server.accounts.users if user is asking or asking.admin]
    for key in (key for owner in owners for key in owner.keys):
        if str(key.number) == number:
            context.server.accounts.revoke(key.key)
            return {"success": True, "clientMutationId": input.get("client_mutation_id")}
    raise Refused(Refusal(404, f"{asking.name!r} has no API key with id {input['id']!r}"))


def _asking(context: Context) -> StoredUser:
    user = context.server.accounts.user(context.account.name)
    if user is None:
        raise Refused(Refusal(401, f"user {context.account.name!r} does not exist"))
    return user


def _must_be_admin(context: Context, what: str) -> None:
    asking = _asking(context)
    if not asking.admin:
        told = f"permission denied: {asking.name!r} may not {what}; add_user(..., admin=True) makes users who may"
        raise Refused(Refusal(403, told))


def _managed(context: Context, name: str) -> StoredTeam:
    context.must(Action.MANAGE, name)
    team = context.server.accounts.team(name)
    if team is None:
        raise Refused(Refusal(404, f"there is no team {name!r}"))
    return team


def _done(change: Callable[[], _T]) -> _T:
    """The result of a change, which a test's hand would be told with a ValueError that it cannot be made."""
    try:
        return change()
    except ValueError as error:
        raise Refused(Refusal(400, str(error))) from None


QUERY: Fields = {"users": users}

MUTATION: Fields = {
    "createUser": create_user,
    "createTeam": create_team,
    "createServiceAccount": create_service_account,
    "createInvite": create_invite,
    "deleteInvite": delete_invite,
    "generateApiKey": generate_api_key,
    "deleteApiKey": delete_api_key,
}
