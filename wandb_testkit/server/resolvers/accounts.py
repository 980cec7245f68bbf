"""Resolves accounts: who asks, what the server can do, entities."""

from __future__ import annotations

import json
from typing import Any

from wandb_testkit.records import Account, AnonymousAccountRequest, ViewerRequest
from wandb_testkit.server.context import Context
from wandb_testkit.server.refused import accepted
from wandb_testkit.server.resolvers.ids import storage_id
from wandb_testkit.server.resolvers.table import Fields

NEWEST_VERSION = "99.0.0"
"""No client is told that it is too new, or that there is a newer one."""

SERVER_VERSION = "0.80.0"
"""New enough for clients of 0.22 and older to ask for collections of artifacts (protocol.md 8.2)."""


def viewer(source: None, context: Context) -> Account | None:
    return accepted(context.apply(ViewerRequest())).account


def server_info(source: None, context: Context) -> Context:
    return context


def entity(source: None, context: Context, name: str | None = None) -> str | None:
    name = name or context.account.entity
    return name if context.may_see(name) else None


def create_anonymous_entity(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    account = accepted(context.apply_as(None, AnonymousAccountRequest())).account
    name = None if account is None else account.api_key
    return {"apiKey": {"id": storage_id("ApiKey", name), "name": name, "description": None}}


def _flags(account: Account) -> str:
    return json.dumps({} if account.code_saving is None else {"code_saving_enabled": account.code_saving})


def _teams(account: Account, context: Context) -> dict[str, Any]:
    return {"edges": [{"node": team} for team in account.teams]}


def _features(source: Context, context: Context) -> list[dict[str, Any]]:
    return [{"name": name, "isEnabled": True} for name in sorted(context.server.features)]


QUERY: Fields = {"viewer": viewer, "serverInfo": server_info, "entity": entity}

MUTATION: Fields = {"createAnonymousEntity": create_anonymous_entity}

USER: Fields = {
    "id": lambda account, context: storage_id("User", account.entity),
    "name": lambda account, context: account.entity,
    "username": lambda account, context: account.entity,
    "email": lambda account, context: f"{account.entity}@example.com",
    "entity": lambda account, context: account.entity,
    "flags": lambda account, context: _flags(account),
    "admin": lambda account, context: False,
    "deletedAt": lambda account, context: None,
    "teams": _teams,
    "apiKeys": lambda account, context: {"edges": []},  # keys are shown to nobody
}

ENTITY: Fields = {
    "id": lambda name, context: storage_id("Entity", name),
    "name": lambda name, context: name,
    "isTeam": lambda name, context: context.server.accounts.is_team(name),
    "xxhashDigestsEnabled": lambda name, context: False,
    "organization": lambda name, context: None,
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
