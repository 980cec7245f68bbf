"""Resolves projects, and the runs in them."""

from __future__ import annotations

from typing import Any

from wandb_testkit.records import Refusal, RunPath, RunStatusRequest
from wandb_testkit.server.context import Context
from wandb_testkit.server.projects import StoredProject
from wandb_testkit.server.refused import Refused, accepted
from wandb_testkit.server.resolvers.connection import connection
from wandb_testkit.server.resolvers.ids import date_time, internal_id, storage_id
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.rights import Access, Action, may
from wandb_testkit.server.run_filters import matching, ordered
from wandb_testkit.server.run_hands import DEFAULT_PROJECT
from wandb_testkit.server.stored_run import StoredRun

ACCESS = {
    "ENTITY_WRITE": Access.TEAM,
    "ENTITY_READ": Access.TEAM,
    "USER_READ": Access.PUBLIC,
    "USER_WRITE": Access.PUBLIC,
    "PRIVATE": Access.PRIVATE,
}
"""What clients say of the access of a project; the first word for an access is the one they are told."""


def project(
    source: None, context: Context, name: str | None = None, entity_name: str | None = None
) -> StoredProject | None:
    entity = entity_name or context.account.entity
    return (
        context.server.projects.find(entity, name or DEFAULT_PROJECT)
        if context.may_see(entity, name or DEFAULT_PROJECT)
        else None
    )


def model(source: None, context: Context, name: str | None = None, entity_name: str | None = None) -> StoredProject:
    """A project for the question about one of its runs; there need be none yet.

    Raises:
        Refused: 403: the account may not see it.
    """
    entity = entity_name or context.account.entity
    name = name or DEFAULT_PROJECT
    context.must(Action.SEE, entity, name)
    return context.server.projects.find(entity, name) or context.server.projects.imagined(entity, name)


def models(
    source: None, context: Context, entity_name: str | None = None, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    entity = entity_name or context.account.entity
    found = [
        project
        for project in context.server.projects
        if project.entity == entity and context.may_see(entity, project.name)
    ]
    context.spend(len(found))
    return connection(found, first, after)


def upsert_model(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    entity = input.get("entity_name") or context.account.entity
    name = input.get("name") or DEFAULT_PROJECT
    context.must_write(entity, name)
    inserted = context.server.projects.find(entity, name) is None
    access = _access(input["access"]) if input.get("access") else None
    if access is not None and not inserted:
        context.must(Action.MANAGE, entity, name)
    made = context.server.projects.ensure(entity, name, context.account.acts_for or context.account.name)
    made.access = access or made.access
    if input.get("description") is not None:
        made.description = input["description"]
    return {"model": made, "project": made, "inserted": inserted}


def _access(word: str) -> Access:
    if word not in ACCESS:
        raise Refused(Refusal(400, f"access of a project should be one of {', '.join(ACCESS)}, not {word!r}"))
    return ACCESS[word]


def run(source: StoredProject, context: Context, name: str) -> StoredRun | None:
    return context.run(RunPath(source.entity, source.name, name))


def bucket(
    source: StoredProject, context: Context, name: str, missing_ok: bool | None = None, desc: str | None = None
) -> StoredRun | None:
    """A run by name; with `missingOk` this is the question before a resumption (protocol.md 5.1).

    Raises:
        Refused: 404: there is none, and the client does not say that it may be missing.
    """
    path = RunPath(source.entity, source.name, name)
    if missing_ok:
        accepted(context.apply(RunStatusRequest(path)))
    found = context.run(path)
    if found is None and not missing_ok:
        raise Refused(Refusal(404, f"run {path} does not exist"))
    return found


def runs(
    source: StoredProject,
    context: Context,
    filters: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    found = matching(context.runs_of(source.entity, source.name), filters)
    return connection(ordered(found, order), first, after)


def run_count(source: StoredProject, context: Context, filters: str | None = None) -> int:
    return len(matching(context.runs_of(source.entity, source.name), filters))


def _read_only(source: StoredProject, context: Context) -> bool:
    """Whether who asks may not write to it."""
    return not may(context.account, Action.WRITE, context.server.place(source.entity, source.name))


QUERY: Fields = {"project": project, "model": model, "models": models}

MUTATION: Fields = {"upsertModel": upsert_model}

PROJECT: Fields = {
    "id": lambda project, context: storage_id("Project", project.entity, project.name),
    "internalId": lambda project, context: internal_id(project.number),
    "name": lambda project, context: project.name,
    "entityName": lambda project, context: project.entity,
    "entity": lambda project, context: project.entity,
    "description": lambda project, context: project.description,
    "access": lambda project, context: next(word for word, access in ACCESS.items() if access is project.access),
    "views": lambda project, context: "{}",
    "createdAt": lambda project, context: date_time(project.created_at),
    "isBenchmark": lambda project, context: False,
    "readOnly": _read_only,
    "user": lambda project, context: context.server.accounts.user(project.made_by or project.entity),
    "run": run,
    "bucket": bucket,
    "runs": runs,
    "buckets": runs,
    "runCount": run_count,
}
