"""Resolves runs: their fields, and the mutations that change them, each as the record that it is."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Callable
from typing import Any

from wandb_testkit.observation import RunState
from wandb_testkit.records import (
    AlertRecord,
    ConfigRecord,
    Refusal,
    RewindRequest,
    RunPath,
    RunRecord,
    RunScopedRecord,
    SummaryRecord,
)
from wandb_testkit.server.app import full_path
from wandb_testkit.server.artifact_links import delete
from wandb_testkit.server.context import Context
from wandb_testkit.server.features import LEVELS
from wandb_testkit.server.refused import Refused, accepted
from wandb_testkit.server.resolvers.ids import date_time, run_id, run_path
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.stored_run import ALIVE, CLIENT_KEY, StoredRun
from wandb_testkit.wire.config import decode_config, encode_config
from wandb_testkit.wire.http import as_object, decode_json
from wandb_testkit.wire.metrics import defined_metrics

FACTS = ("host", "commit", "job_program", "job_repo", "description", "sweep", "debug", "state")
"""What a client tells of itself along with a run."""

FIRST_TIME = ("host", "job_program", "display_name", "group_name", "job_type", "notes", "tags", "sweep")
"""What a client that logs sends with its first upsert only; none of them is there each time."""


def upsert_bucket(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Create a run, start it again or edit it; null means "leave as it is" (protocol.md 3.3)."""
    storage_id, name = input.get("id"), input.get("name")
    if storage_id and not name:
        path = run_path(storage_id)
        existing = context.run(path)
        if existing is None:
            raise Refused(Refusal(404, f"run {path} does not exist"))
    else:
        given = RunPath(input.get("entity_name") or "", input.get("model_name") or "", name or secrets.token_hex(4))
        path = full_path(given, context.account)
    config = None if input.get("config") is None else decode_config(input["config"])
    summary = _summary(input)
    info = None
    for record in MAKES.get(context.said, _guessed)(context.run(path), path, input, config):
        result = accepted(context.apply(record))
        info = result.run or info
    if summary is not None:
        accepted(context.apply(SummaryRecord(path, summary)))
    context.tells_history_length = context.server.reports_history_length
    return {
        "bucket": context.run(path),
        "inserted": info is not None and info.inserted,
        "serverSettings": {"serverMessages": [_message(*message) for message in context.server.messages]},
    }


def _message(text: str, level: str) -> dict[str, Any]:
    texts = dict.fromkeys(("utfText", "plainText", "htmlText"), text)
    return {**texts, "messageType": "footer", "messageLevel": str(LEVELS[level])}


def _guessed(
    run: StoredRun | None, path: RunPath, input: dict[str, Any], config: dict[str, Any] | None
) -> list[RunScopedRecord]:
    """The record that an upsert of a client of W&B is."""
    return [_record(path, input, config, starts=_starts(run, input, config))]


def _start(
    run: StoredRun | None, path: RunPath, input: dict[str, Any], config: dict[str, Any] | None
) -> list[RunScopedRecord]:
    return [dataclasses.replace(_record(path, input, config), starts=True, resumed=False)]


def _resume(
    run: StoredRun | None, path: RunPath, input: dict[str, Any], config: dict[str, Any] | None
) -> list[RunScopedRecord]:
    return [dataclasses.replace(_record(path, input, config), starts=True, resumed=True)]


def _edit(
    run: StoredRun | None, path: RunPath, input: dict[str, Any], config: dict[str, Any] | None
) -> list[RunScopedRecord]:
    return [dataclasses.replace(_record(path, input, config), starts=False, config=None)]


def _config(
    run: StoredRun | None, path: RunPath, input: dict[str, Any], config: dict[str, Any] | None
) -> list[RunScopedRecord]:
    return [ConfigRecord(path, config or {})]


def _metric(
    run: StoredRun | None, path: RunPath, input: dict[str, Any], config: dict[str, Any] | None
) -> list[RunScopedRecord]:
    """The definitions that are new; all of them where the server has each already."""
    defined = defined_metrics((config or {}).get(CLIENT_KEY), path)
    known = {} if run is None else run.metrics
    changed = [record for name, record in defined.items() if known.get(name) != record]
    return [*(changed or defined.values())]


MAKES: dict[
    str, Callable[[StoredRun | None, RunPath, dict[str, Any], dict[str, Any] | None], list[RunScopedRecord]]
] = {"start": _start, "resume": _resume, "edit": _edit, "config": _config, "watch": _config, "metric": _metric}
"""What an upsert says it is (RECORD_HEADER) -> the records that it is."""


def _record(
    path: RunPath, input: dict[str, Any], config: dict[str, Any] | None, *, starts: bool | None = None
) -> RunRecord:
    facts = {name: input[name] for name in FACTS if input.get(name) is not None}
    tags = input.get("tags")
    return RunRecord(
        path,
        starts=starts,
        resumed=None,
        display_name=input.get("display_name"),
        notes=input.get("notes"),
        tags=None if tags is None else tuple(tags),
        group=input.get("group_name"),
        job_type=input.get("job_type"),
        config=config,
        facts=facts or None,
    )


def _starts(run: StoredRun | None, input: dict[str, Any], config: dict[str, Any] | None) -> bool | None:
    """Whether a client begins to log with this, None if that cannot be told.

    A client that logs names the run and sends its own part of the config, each time (protocol.md 3.3); it tells more
    when it begins, and when the user edits the run. An edit says where the run is, which the client has been told by
    then; so does a resumption, but before that it asks. Edits by the public API have an id, or no config of a client's
    own (protocol.md trap 14).
    """
    if not input.get("name") or config is None or CLIENT_KEY not in config:
        return False
    tells_more = any(input.get(name) is not None for name in FIRST_TIME)
    says_where = bool(input.get("id") or input.get("entity_name"))
    if run is not None and says_where and not run.asked_about and (run.state in ALIVE or not tells_more):
        return False
    return True if tells_more else None


def _summary(input: dict[str, Any]) -> dict[str, Any] | None:
    text = input.get("summary_metrics")
    return None if text is None else as_object(decode_json(text, "summaryMetrics"), "summaryMetrics")


def delete_run(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Delete a run, and with it what it logged if that is asked for."""
    run = _writable(context, input["id"])
    run.state = RunState.DELETED
    if input.get("delete_artifacts"):
        for artifact in list(context.server.artifacts.logged_by(run.path)):
            delete(artifact, with_aliases=True)
    return {"success": True, "clientMutationId": input.get("client_mutation_id")}


def stop_run(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    _writable(context, input["id"]).stop_is_requested = True
    return {"success": True, "clientMutationId": input.get("client_mutation_id")}


STATE_CHANGES: dict[str, tuple[RunState, ...]] = {
    RunState.PENDING: (RunState.RUNNING, RunState.FAILED, RunState.CRASHED, RunState.PREEMPTED),
    RunState.FAILED: (RunState.PENDING, RunState.RUNNING),
}
"""A state that users may give a run -> the states in which they may."""


def update_run_state(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Have a run wait for an agent again, or give it up."""
    run = _writable(context, input["id"])
    before, state = run.state, input["state"]
    if run.facts.get("sweep"):
        raise Refused(Refusal(400, f"run {run.path} is part of a sweep, whose runs cannot be given a state"))
    if before not in STATE_CHANGES.get(state, ()):
        may = ", ".join(f"{name} from {' or '.join(map(str, known))}" for name, known in STATE_CHANGES.items())
        raise Refused(Refusal(400, f"run {run.path} is {before}, and cannot become {state!r}; runs can become {may}"))
    run.state = RunState(state)
    return {"success": True, "clientMutationId": input.get("client_mutation_id")}


def rewind_run(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    """Forget the rows after a step (protocol.md 5.4)."""
    if input["metric_name"] != "_step":
        raise Refused(Refusal(400, f"a run can be rewound to a _step, not to a {input['metric_name']!r}"))
    given = RunPath(input.get("entity_name") or "", input.get("project_name") or "", input["run_name"])
    path = full_path(given, context.account)
    accepted(context.apply(RewindRequest(path, input["metric_value"])))
    return {"rewoundRun": context.run(path)}


def notify_scriptable_run_alert(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    path = RunPath(input["entity_name"], input["project_name"], input["run_name"])
    milliseconds = input.get("wait_duration")
    if not isinstance(milliseconds, (int, float)):
        milliseconds = 60_000  # the clients' default (protocol.md 3.2)
    level = input.get("severity") or "INFO"
    accepted(context.apply(AlertRecord(path, input["title"], input["text"], level, milliseconds / 1000)))
    return {"success": True, "clientMutationId": input.get("client_mutation_id")}


def _writable(context: Context, storage_id: str) -> StoredRun:
    path = run_path(storage_id)
    context.must_write(path.entity, path.project)
    run = context.server.runs.find(path)
    if run is None:
        raise Refused(Refusal(404, f"run {path} does not exist"))
    return run


def _wandb_config(run: StoredRun, context: Context, keys: list[str] | None = None) -> str:
    """What clients keep in the config for themselves; key "t" says that the run has started (protocol.md 5.1)."""
    kept = run.config.get(CLIENT_KEY)
    known = kept if isinstance(kept, dict) else {}
    if run.started:
        known = {"t": {}, **known}
    return json.dumps({key: value for key, value in known.items() if keys is None or key in keys})


MUTATION: Fields = {
    "upsertBucket": upsert_bucket,
    "deleteRun": delete_run,
    "stopRun": stop_run,
    "updateRunState": update_run_state,
    "rewindRun": rewind_run,
    "notifyScriptableRunAlert": notify_scriptable_run_alert,
}

RUN: Fields = {
    "id": lambda run, context: run_id(run.path),
    "name": lambda run, context: run.path.run_id,
    "displayName": lambda run, context: run.display_name,
    "description": lambda run, context: run.facts.get("description"),
    "notes": lambda run, context: run.notes,
    "tags": lambda run, context: list(run.tags),
    "group": lambda run, context: run.group,
    "jobType": lambda run, context: run.job_type,
    "sweepName": lambda run, context: run.facts.get("sweep"),
    "commit": lambda run, context: run.facts.get("commit"),
    "state": lambda run, context: str(run.state),
    "stopped": lambda run, context: run.stop_is_requested,
    "exitcode": lambda run, context: run.exit_code,
    "readOnly": lambda run, context: False,
    "createdAt": lambda run, context: date_time(run.created_at),
    "heartbeatAt": lambda run, context: date_time(run.created_at),
    "user": lambda run, context: context.server.accounts.user(run.user),
    "project": lambda run, context: context.server.projects.ensure(run.path.entity, run.path.project),
    "projectId": lambda run, context: context.server.projects.ensure(run.path.entity, run.path.project).number,
    "config": lambda run, context: run.unreadable.get("config") or encode_config(run.config),
    "wandbConfig": _wandb_config,
    "summaryMetrics": lambda run, context: run.unreadable.get("summary") or json.dumps(run.summary),
    "systemMetrics": lambda run, context: json.dumps(run.stats[-1] if run.stats else {}),
}
