"""Resolves sweeps and their agents, and the mutations by which clients make, change and carry them out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

from wandb_testkit.observation import RunState
from wandb_testkit.records import Refusal
from wandb_testkit.server.context import Context
from wandb_testkit.server.projects import StoredProject
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.connection import connection
from wandb_testkit.server.resolvers.ids import date_time, parts_of, storage_id
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.run_filters import chosen, matching, ordered
from wandb_testkit.server.run_hands import DEFAULT_PROJECT
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.server.stored_sweep import StoredAgent, StoredSweep, SweepState
from wandb_testkit.server.sweep_search import expected_runs
from wandb_testkit.wire.http import as_object, decode_json

UNUSED = ("scheduler", "launch_scheduler")
"""Inputs of upsertSweep that clients leave empty, unless they want W&B Launch."""

FILTERS: dict[str, Callable[[StoredSweep], Any]] = {
    "name": lambda sweep: sweep.id,
    "state": lambda sweep: str(sweep.state),
    "display_name": lambda sweep: sweep.display_name,
    "displayName": lambda sweep: sweep.display_name,
    "method": lambda sweep: sweep.method,
    "created_at": lambda sweep: date_time(sweep.created_at),
    "createdAt": lambda sweep: date_time(sweep.created_at),
}
"""What sweeps can be chosen by."""


def upsert_sweep(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Make a sweep, or change one; null means "leave as it is"."""
    for name in UNUSED:
        if input.get(name) not in (None, "", "null", "{}"):
            raise Refused(Refusal(400, f"{name} of a sweep is not part of the fake; leave it out"))
    storage = input.get("id")
    sweep = None if not storage else _writable(context, storage)
    if sweep is None:
        sweep = _created(context, input)
    elif input.get("config") is not None and (config := _config(input["config"])) != sweep.config:
        context.server.sweeps.configure(sweep, config, input["config"])
    for name in ("description", "display_name"):
        if input.get(name) is not None:
            setattr(sweep, name, input[name])
    if input.get("controller") is not None:
        controller = as_object(decode_json(input["controller"], "controller"), "controller")
        context.server.sweeps.control(sweep, controller, context.account)
    if input.get("state") is not None:
        context.server.sweeps.change(sweep, _state(input["state"]))
    return {"sweep": sweep, "configValidationWarnings": sweep.warnings}


def _created(context: Context, input: dict[str, Any]) -> StoredSweep:
    entity = input.get("entity_name") or context.account.entity
    project = input.get("project_name") or DEFAULT_PROJECT
    context.must_write(entity, project)
    if input.get("config") is None:
        raise Refused(Refusal(400, "a sweep needs a config, as YAML"))
    made = context.server.sweeps.made_since(context.began, entity, project, input["config"])
    if made is not None:
        return made  # the client gave up waiting for the first sweep of all, which takes seconds, and asks again
    context.server.projects.ensure(entity, project)
    sweep = context.server.sweeps.create(entity, project, _config(input["config"]), input["config"])
    if filters := input.get("prior_runs_filters"):
        there = [run for run in context.server.runs if (run.path.entity, run.path.project) == (entity, project)]
        context.server.sweeps.take_in(sweep, matching(there, filters))
    return sweep


def _config(text: str) -> dict[str, Any]:
    try:
        config = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Refused(Refusal(400, f"the config of the sweep is not YAML: {error}")) from None
    return as_object(config, "the config of a sweep")


def _state(text: str) -> SweepState:
    try:
        return SweepState(text)
    except ValueError:
        raise Refused(
            Refusal(400, f"state of a sweep should be one of {[*map(str, SweepState)]}, not {text!r}")
        ) from None


def create_agent(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    entity = input.get("entity_name") or context.account.entity
    project = input.get("project_name") or DEFAULT_PROJECT
    context.must_write(entity, project)
    sweep = context.server.sweeps.find(entity, project, input["sweep"])
    if sweep is None:
        raise Refused(Refusal(404, f"sweep {entity}/{project}/{input['sweep']} does not exist"))
    return {"agent": context.server.sweeps.register_agent(sweep, input["host"])}


def agent_heartbeat(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Take note of what an agent has, and tell it what to do next."""
    (name,) = parts_of("Agent", input["id"], 1)
    agent = context.server.sweeps.agent(name)
    context.must_write(agent.sweep.entity, agent.sweep.project)
    told = as_object(decode_json(input.get("run_state") or "{}", "runState"), "runState")
    alive = {run_id for run_id, is_alive in told.items() if is_alive}
    commands = context.server.sweeps.heartbeat(agent, alive, context.account)
    return {"agent": agent, "commands": json.dumps(commands)}


def _writable(context: Context, storage: str) -> StoredSweep:
    entity, project, name = parts_of("Sweep", storage, 3)
    context.must_write(entity, project)
    sweep = context.server.sweeps.find(entity, project, name)
    if sweep is None:
        raise Refused(Refusal(404, f"sweep {entity}/{project}/{name} does not exist"))
    return sweep


# ---------------------------------------------------------------- reads


def sweep(source: StoredProject, context: Context, sweep_name: str) -> StoredSweep | None:
    return context.server.sweeps.find(source.entity, source.name, sweep_name)


def sweeps(
    source: StoredProject,
    context: Context,
    filters: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    found = context.server.sweeps.of_project(source.entity, source.name)
    context.spend(len(found))
    return connection(chosen(found, filters, _filter_value), first, after)


def _filter_value(sweep: StoredSweep, key: str) -> Any:
    if key not in FILTERS:
        raise Refused(Refusal(400, f"key {key!r} of sweeps is not part of the fake; it knows {', '.join(FILTERS)}"))
    return FILTERS[key](sweep)


def _runs(
    source: StoredSweep,
    context: Context,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    return _page(source.runs, context, order, first, after)


def _runs_of_agent(
    source: StoredAgent,
    context: Context,
    after: str | None = None,
    before: str | None = None,
    first: int | None = None,
    last: int | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    if before is not None or last is not None:
        raise Refused(Refusal(400, "runs of an agent are read forwards: use first and after"))
    runs = [run for run in source.sweep.runs if run.path.run_id in source.run_ids]
    return _page(runs, context, order, first, after)


def _page(
    runs: list[StoredRun], context: Context, order: str | None, first: int | None, after: str | None
) -> dict[str, Any]:
    there = [run for run in runs if run.state is not RunState.DELETED]
    context.spend(len(there))
    return connection(ordered(there, order), len(there) if first is None else first, after)


def _agent(source: StoredSweep, context: Context, agent_name: str) -> StoredAgent | None:
    names = (agent_name, *_name_of_agent(agent_name))
    return next((agent for agent in source.agents if agent.name in names), None)


def _name_of_agent(given: str) -> list[str]:
    """Clients ask for an agent by its name or by its id."""
    try:
        return parts_of("Agent", given, 1)
    except Refused:
        return []


def _agents(
    source: StoredSweep, context: Context, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    context.spend(len(source.agents))
    return connection(source.agents, first, after)


def _should_stop(run: StoredRun, context: Context) -> bool:
    name = run.facts.get("sweep")
    sweep = context.server.sweeps.find(run.path.entity, run.path.project, name) if name else None
    return run.stop_is_requested or (sweep is not None and run.path.run_id in sweep.stopping)


MUTATION: Fields = {"upsertSweep": upsert_sweep, "createAgent": create_agent, "agentHeartbeat": agent_heartbeat}

PROJECT: Fields = {
    "sweep": sweep,
    "sweeps": sweeps,
    "totalSweeps": lambda project, context: len(context.server.sweeps.of_project(project.entity, project.name)),
}

RUN: Fields = {
    "shouldStop": _should_stop,
    "failed": lambda run, context: run.state is RunState.FAILED,
    "running": lambda run, context: run.state is RunState.RUNNING,
}

SWEEP: Fields = {
    "id": lambda sweep, context: storage_id("Sweep", sweep.entity, sweep.project, sweep.id),
    "name": lambda sweep, context: sweep.id,
    "displayName": lambda sweep, context: sweep.display_name,
    "method": lambda sweep, context: sweep.method,
    "state": lambda sweep, context: str(sweep.state),
    "description": lambda sweep, context: sweep.description,
    "config": lambda sweep, context: sweep.yaml,
    "controller": lambda sweep, context: json.dumps(sweep.controller),
    "scheduler": lambda sweep, context: json.dumps(sweep.scheduler),
    "bestLoss": lambda sweep, context: sweep.best_value,
    "earlyStopJobRunning": lambda sweep, context: False,
    "createdAt": lambda sweep, context: date_time(sweep.created_at),
    "updatedAt": lambda sweep, context: date_time(sweep.updated_at),
    "heartbeatAt": lambda sweep, context: date_time(
        max((agent.heartbeat_at for agent in sweep.agents), default=sweep.created_at)
    ),
    "runCount": lambda sweep, context: len(sweep.runs),
    "runCountExpected": lambda sweep, context: expected_runs(sweep.config),
    "project": lambda sweep, context: context.server.projects.ensure(sweep.entity, sweep.project),
    "runs": _runs,
    "agent": _agent,
    "agents": _agents,
}

AGENT: Fields = {
    "id": lambda agent, context: storage_id("Agent", agent.name),
    "name": lambda agent, context: agent.name,
    "host": lambda agent, context: agent.host,
    "state": lambda agent, context: "FINISHED" if agent.has_left else "RUNNING",
    "totalRuns": lambda agent, context: len(agent.run_ids),
    "createdAt": lambda agent, context: date_time(agent.created_at),
    "heartbeatAt": lambda agent, context: date_time(agent.heartbeat_at),
    "runs": _runs_of_agent,
}
