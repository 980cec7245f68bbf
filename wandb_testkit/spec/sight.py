"""Owns what can be seen of the oracle's world, in the words of observations.

Source: spec.md C.2 (warnings, network), RESUME-11 (order of requests), LOGIN-2, ERR-2, ERR-3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_testkit.artifact_view import NO_ARTIFACTS
from wandb_testkit.history_view import History
from wandb_testkit.observation import InitSeen, RunView
from wandb_testkit.profiles import CLASSIC, Profile
from wandb_testkit.spec import branch
from wandb_testkit.spec.decision import Decision
from wandb_testkit.spec.model import Record, RunObject, World
from wandb_testkit.spec.outcome import ERROR_CLASSES

OPEN = "open"
"""Key of a predicted view's `client`: the fields that spec.md leaves open for this run."""

MESSAGES: Mapping[str, str] = {
    "LOGIN": "not logged in: there is no API key that the server accepts; call login()",
    "MUST_ABSENT": "resume='must', but the run does not exist",
    "NEVER_EXISTS": "resume='never' does not allow resuming a run that exists",
    "DELETED": "the run was deleted",
    "VALIDATION": "resume: not one of its words",
    "ACTIVE_MUST": "resume='must' cannot be met while a run is active",
    "ID_IN_USE": "the run id is in use in this process",
    "COMM_REJECTED": "401: the API key is not accepted",
    "COMM_UNREACHABLE": "the server cannot be reached",
    "BRANCH": branch.BRANCH_MESSAGE,
    "REWIND_ABSENT": "failed to rewind run: there is none",
}
"""Error of an outcome -> the text that stands for what its message says."""

PROBLEM = "problem"
"""The whole text of what classic raises instead of anything but a UsageError (ERR-2)."""

BAD_ARGUMENT = "an argument has a value that is not allowed"


Asked = tuple[tuple[str, str, str], ...]
"""Kind, entity and run id of each request."""


def of_init(
    world: World,
    name: str,
    run: RunObject | None,
    decision: Decision,
    asked: Asked,
    *,
    remembered_before: str | None,
) -> InitSeen:
    """What an init() shows that was decided and carried out."""
    error = decision.facts["error"]
    wandb_run = world.process.wandb_run
    return InitSeen(
        run=name,
        error="" if error == "-" else _error_class(world.profile, error),
        message="" if error == "-" else MESSAGES[error],
        returned="" if run is None else run.name,
        is_dummy=run is not None and run.is_dummy,
        run_id="" if run is None else run.run_id,
        resumed=run is not None and run.resumed,
        starting_step=0 if run is None else run.starting_step,
        mode="-" if run is None else run.mode,
        entity="" if run is None else run.entity,
        wandb_run="" if wandb_run is None else wandb_run.name,
        asked=asked,
        resume_file=(remembered_before, world.process.machine.remembered),
        warnings=_warnings(decision),
    )


def of_bad_argument(world: World, name: str, error: str) -> InitSeen:
    """What an init() shows that refused an argument: nothing has changed (ERR-2, ERR-4)."""
    wandb_run = world.process.wandb_run
    remembered = world.process.machine.remembered
    return InitSeen(
        run=name,
        error=error,
        message=PROBLEM if error == "Exception" else BAD_ARGUMENT,
        returned="",
        is_dummy=False,
        run_id="",
        resumed=False,
        starting_step=0,
        mode="-",
        entity="",
        wandb_run="" if wandb_run is None else wandb_run.name,
        asked=(),
        resume_file=(remembered, remembered),
        warnings=frozenset(),
    )


def _error_class(profile: Profile, error: str) -> str:
    if error in branch.ERROR_CLASSES:
        return branch.ERROR_CLASSES[error]
    # ERR-3: in classic whatever the server side reports is a UsageError, also what no cell can show.
    return ERROR_CLASSES[profile].get(error, "UsageError")


def _warnings(decision: Decision) -> frozenset[str]:
    facts = decision.facts
    kinds = {name for name in ("offline_fallback", "anonymous_ignored", "reinit_bool") if facts[name] == "yes"}
    if facts.get("shared_experimental") == "yes":
        kinds.add("shared_experimental")
    names_another = decision.remembered not in (None, decision.run_id) and facts["effective_resume"] == "auto"
    if names_another and decision.run_id:
        kinds.add("other_id_remembered")  # AUTO-4
    return frozenset(kinds)


def requests(world: World, decision: Decision) -> Asked:
    """The requests that init() makes: at most those about accounts (LOGIN-2), exactly those about the run."""
    facts = decision.facts
    asked = []
    if facts["network"] != "forbidden":
        asked.append(("viewer", "", ""))
        if world.profile is CLASSIC and facts["anonymous"] in ("allow", "must"):  # ANON-1
            asked.append(("anonymous", "", ""))
    if facts["network"] == "full":
        about = (decision.entity, decision.run_id)
        if facts.get("begins") == "by rewinding":
            asked.append(("rewind", *about))
        elif facts["effective_resume"] != "none":
            asked.append(("status", *about))
        is_unanswered = facts["error"] in ("COMM_REJECTED", "COMM_UNREACHABLE")
        ends_there = facts["error"] in ("MUST_ABSENT", "NEVER_EXISTS", "REWIND_ABSENT")
        ends_there |= is_unanswered and asked[-1][0] in ("status", "rewind")
        if not ends_there:
            asked.append(("run", *about))
    return tuple(asked)


def of_run(record: Record) -> RunView:
    """A run as it can be seen at the end."""
    client: dict[str, Any] = {OPEN: (*record.open_fields, *(("history",) if record.rows_are_open else ()))}
    if record.forked_from is not None:
        run_id, step = record.forked_from
        client["config"] = {"branch_point": {"run_id": run_id, "step": step}}
    return RunView(
        id=record.run_id,
        entity=record.entity,
        project=record.project,
        name=record.name,
        state=record.state,
        exit_code=record.exit_code,
        config=record.config,
        summary={key: value for key, value in record.summary.items() if key not in ("_timestamp", "_runtime")},
        history=History(record.rows, run_id=record.run_id),
        tags=record.tags,
        group=record.group,
        job_type=record.job_type,
        notes=record.notes,
        resumed_from=record.resumed_from,
        files=record.files,
        artifacts=NO_ARTIFACTS,
        output=[],
        alerts=record.alerts,
        warnings=[],
        requests=[],
        mode=record.mode,
        client=client,
    )
