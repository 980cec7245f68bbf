"""Owns the steps of init() that the profiles share: the id, the directory and its log, and the way to the server.

Which steps there are, and in which order, is the profile's (`Behaviour.steps`). Source: spec.md C.3, C.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wandb_testkit.ports import Transport
from wandb_testkit.records import (
    Result,
    RewindRequest,
    RunPath,
    RunRecord,
    RunStatus,
    RunStatusRequest,
    SummaryRecord,
)
from wandb_testkit.sdk import resume_file
from wandb_testkit.sdk.branch import Branch
from wandb_testkit.sdk.entry_script import entry_script
from wandb_testkit.sdk.nested_config import without_empty_dicts

if TYPE_CHECKING:
    from wandb_testkit.sdk.init import _WandbInit
    from wandb_testkit.sdk.run import Run


def choose_id(starting: _WandbInit) -> None:
    """The effective id: given, else with auto the one in the resume file, else a new one (ID-1, AUTO-4)."""
    session = starting.session
    run_id = starting.settings.get("run_id")
    if starting.resume == "auto":
        remembered = resume_file.read(session.disk, starting.wandb_dir)
        if run_id is None:
            run_id = remembered
        elif remembered not in (None, run_id):
            session.warn(
                "other_id_remembered",
                f"resume='auto' remembers run {remembered!r} in this directory, and id {run_id!r} was given [AUTO-4]: "
                f"{run_id!r} is used",
            )
    starting.run_id = run_id or session.ids.run_id()


def integrate(starting: _WandbInit) -> None:
    """Switch on what was asked for in other libraries (TB-1, GYM-1).

    Raises:
        Error: A library is missing.
    """
    wanted = starting.integrations
    if wanted["tensorboard"] or wanted["sync_tensorboard"]:
        from wandb_testkit.sdk import tensorboard

        tensorboard.sync(starting.session)
    if wanted["monitor_gym"]:
        from wandb_testkit.sdk import gym

        gym.monitor(starting.session)


def write_resume_file(starting: _WandbInit) -> None:
    """With auto, remember the id before the server is asked (AUTO-4)."""
    if starting.resume == "auto":
        resume_file.write(starting.session.disk, starting.wandb_dir, starting.run_id)


def set_up_logging(starting: _WandbInit) -> None:
    """There is going to be a run: it gets its directory, its log, and the hooks of its notebook."""
    starting._log_setup(starting.settings)
    in_notebook = starting.behaviour.jupyter.is_jupyter(starting.session.shell)
    if starting.behaviour.saves_code(starting):
        starting.script = entry_script(starting.session, starting.settings, in_notebook=in_notebook)
    if in_notebook:
        starting._jupyter_setup(starting.settings)


def start_offline(starting: _WandbInit) -> Run | None:
    """A new local run, whatever resume says (MODE-3, RESUME-13)."""
    if starting.mode != "offline":
        return None
    settings = starting.settings
    path = RunPath(
        settings.get("entity") or "", _project(starting, starting.behaviour.offline_project), starting.run_id
    )
    record = _start_record(starting, path, None)
    assert starting.tree is not None  # set_up_logging comes before
    transport = starting.session.connect_offline(starting.tree.path, path.run_id)
    answer = transport.deliver(record)
    if answer.refusal is not None:
        raise starting.refused(answer.refusal)
    return _run(starting, transport, path, record, answer, None)


def start_online(starting: _WandbInit) -> Run:
    """Ask whether the run exists where that matters, then create, continue or replace it (RESUME-1 to RESUME-11)."""
    session = starting.session
    account = starting.account
    entity = starting.given.get("entity") or (account.entity if account is not None else "")
    path = RunPath(entity, _project(starting, None), starting.run_id)
    transport = session.connect(starting.api_key)
    status = None
    if starting.branch is not None and starting.branch.is_rewind:
        status = _rewound(starting, transport, path, starting.branch)
    elif starting.resume != "none":
        asked = transport.deliver(RunStatusRequest(path))
        if asked.refusal is not None:
            raise starting.refused(asked.refusal)
        status = asked.status
        if status is not None and not starting.behaviour.exists(status):
            status = None
        if starting.resume == "must" and status is None:
            raise starting.error(
                "MUST_ABSENT",
                f"resume='must', but run {path} does not exist or has not been initialized [RESUME-4]. "
                "Give the id of an existing run, or use resume='allow'",
            )
        if starting.resume == "never" and status is not None:
            raise starting.error(
                "NEVER_EXISTS",
                f"resume='never' does not allow resuming an existing run, and run {path} already exists [RESUME-3]. "
                "Give a new id, or use resume='allow'",
            )
        if status is not None and status.unreadable:
            status = _what_can_be_read(starting, path, status)
    record = _start_record(starting, path, status)
    answer = transport.deliver(record)
    if answer.refusal is not None:
        raise starting.refused(answer.refusal)
    return _run(starting, transport, answer.run.path if answer.run else path, record, answer, status)


def _project(starting: _WandbInit, default: str | None) -> str:
    settings = starting.given
    project: str = settings.get("project") or default or ""
    return project if project or default == "" else starting.session.project(settings.get("program"))


def _what_can_be_read(starting: _WandbInit, path: RunPath, status: RunStatus) -> RunStatus:
    """A run of which something is unreadable is resumed with the rest, or not at all (RESUME-12)."""
    rest = starting.behaviour.what_can_be_read(status, starting.resume)
    if rest is None:
        raise starting.error(
            "UNREADABLE",
            f"run {path} cannot be resumed: its stored {' and '.join(status.unreadable)} cannot be read [RESUME-12]. "
            "Start a new run with another id",
        )
    return rest


def _rewound(starting: _WandbInit, transport: Transport, path: RunPath, branch: Branch) -> RunStatus | None:
    """Let the server forget the rows after a step (FORK-2)."""
    answer = transport.deliver(RewindRequest(path, branch.step))
    if answer.refusal is not None:
        reason = "COMM_REJECTED" if answer.refusal.status else "COMM_UNREACHABLE"
        raise starting.error(reason, f"failed to rewind run: {answer.refusal.message} [FORK-2]")
    return answer.status


def _start_record(starting: _WandbInit, path: RunPath, status: RunStatus | None) -> RunRecord:
    settings = starting.given
    if status is None and starting.behaviour.job_type is not None:
        settings.setdefault("run_job_type", starting.behaviour.job_type)  # META-2: a new run only
    tags = settings.get("run_tags")
    old = {} if status is None else {key: status.config[key] for key in status.config if key != "_wandb"}
    config = _starting_config(starting, old)
    is_rewound = (
        status is not None and starting.branch is not None
    )  # offline nobody has been asked, and the name is kept
    return RunRecord(
        path,
        starts=True,
        resumed=status is not None,
        display_name=None if is_rewound else settings.get("run_name"),  # FORK-2: the old name stays
        notes=settings.get("run_notes"),
        tags=None if tags is None else tuple(tags),
        group=settings.get("run_group"),
        job_type=settings.get("run_job_type"),
        config={**config, "_wandb": starting.client_config},
        started_at=starting.started_at,
        facts={"sweep": sweep} if (sweep := settings.get("sweep_id")) else None,
    )


def _starting_config(starting: _WandbInit, old: dict[str, Any]) -> dict[str, Any]:
    """The config as the server gets it: what is given replaces what the server had (E.1); the run shows it, too."""
    if not starting.behaviour.config.server_merges_dicts:
        starting.config = {**old, **starting.config}
        return starting.config
    sent = {**old, **without_empty_dicts(starting.config)}
    starting.config = {**starting.config, **sent}  # observed: what sets nothing is seen all the same
    return sent


def _run(
    starting: _WandbInit,
    transport: Any,
    path: RunPath,
    record: RunRecord,
    answer: Result,
    status: RunStatus | None,
) -> Run:
    session, behaviour, settings = starting.session, starting.behaviour, starting.given
    assert starting.tree is not None  # set_up_logging comes before
    is_online = starting.mode == "online"
    info = answer.run
    branch = starting.branch
    resumed = status is not None and branch is None
    if status is not None and resumed and behaviour.resumed_shows_notes:
        settings.setdefault("run_notes", status.notes)
        settings.setdefault("run_tags", status.tags)
    may_change = settings.get("allow_val_change") if behaviour.allow_val_change_counts else None
    step = 0 if status is None or status.last_step is None else status.last_step + 1
    run = starting.run_class(
        session,
        transport,
        path,
        mode=starting.mode,
        name=info.display_name if is_online and info is not None else settings.get("run_name"),
        given=settings,
        config=starting.config,
        summary=status.summary if status is not None and resumed else {},
        wandb_dir=starting.wandb_dir,
        tree=starting.tree,
        client_config=starting.client_config,
        teardown_hooks=starting.teardown_hooks,
        step=step if branch is None else branch.starting_step,
        lines=behaviour.first_line(status, info),
        output_lines=0 if status is None else status.output_lines,
        runtime=0.0 if status is None else status.last_runtime,
        resumed=resumed,
        started_at=record.started_at or 0.0,
        may_change_config=behaviour.jupyter.is_jupyter(session.shell) if may_change is None else bool(may_change),
        url=_url(starting, path) if is_online else None,
    )
    if starting.locked:
        run.config.lock(starting.locked)
    if branch is not None and branch.is_rewind and is_online:
        transport.publish(SummaryRecord(path, {}))  # the rows that it summed up may be gone
    session.started(run, becomes_wandb_run=starting.becomes_wandb_run)
    if starting.notebook is not None:
        starting.notebook.run = run
    if starting.script is not None:
        run._keep_file(starting.script.name, starting.script.path)
    session.log.info("run started, returning control to user process", run_id=run.id)
    run._listen_if_asked()
    for key, value in starting.artifacts.items():
        run.config.update({key: value}, allow_val_change=True)
    return run


def _url(starting: _WandbInit, path: RunPath) -> str:
    app = starting.session.app_url(starting.given)
    secret = (
        f"?apiKey={starting.api_key}" if starting.account is not None and starting.account.anonymous else ""
    )  # ANON-5
    return f"{app}/{path.entity}/{path.project}/runs/{path.run_id}{secret}"
