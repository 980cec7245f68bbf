"""Owns the steps of init() that only 0.31 takes: what becomes of active runs, and how a start may end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wandb_testkit.errors import ConfigError
from wandb_testkit.sdk import resume_file
from wandb_testkit.sdk.config_files import DEFAULTS
from wandb_testkit.sdk.current_disabled import DisabledRun
from wandb_testkit.sdk.current_readers import run_id
from wandb_testkit.sdk.steps import start_offline, start_online

if TYPE_CHECKING:
    from wandb_testkit.sdk.init import _WandbInit
    from wandb_testkit.sdk.run import Run


def check_remembered_id(starting: _WandbInit) -> None:
    """An id that the resume file holds is no better than one that is given (AUTO-8, ID-3)."""
    run_id(starting.run_id)


def return_disabled(starting: _WandbInit) -> DisabledRun | None:
    """Disabled mode: a run that does nothing (MODE-5, REINIT-5, DISABLED-2)."""
    if starting.mode != "disabled":
        return None
    for key, value in starting.defaults.items():
        if starting.config[key] != value:
            raise ConfigError(
                f"config[{key!r}] is {value!r} in {DEFAULTS} and was to become {starting.config[key]!r} [DISABLED-6]. "
                "In disabled mode 0.31 does not let the argument win; take the key out of one of them"
            )
    run = DisabledRun(starting.session, starting.run_id, starting.settings, starting.config)
    starting.session.run = run
    return run


def settle_active(starting: _WandbInit) -> Run | None:
    """Active runs are finished, left beside, or the last one is returned (REINIT-2, REINIT-3, REINIT-7)."""
    session = starting.session
    reinit = starting.settings.get("reinit")
    flag = reinit if isinstance(reinit, bool) else None
    is_unset = reinit in (None, "default")
    starting.becomes_wandb_run = reinit != "create_new"
    if session.active:
        if flag is True or reinit == "finish_previous" or (is_unset and session.shell.is_notebook()):
            for run in list(session.active):
                run.finish(0)
        elif reinit != "create_new":
            if starting.resume == "must":
                raise starting.error(
                    "ACTIVE_MUST",
                    f"resume='must' cannot be met while run {session.active[-1].id!r} is active [REINIT-2]. Call "
                    "finish() first, or set reinit='finish_previous'",
                )
            return session.active[-1]
    if starting.run_id in session.taken_ids or any(run.id == starting.run_id for run in session.active):
        raise starting.error("ID_IN_USE", f"run id {starting.run_id!r} is in use in this process [REINIT-7, ERR-4]")
    if flag is not None:
        word = "finish_previous" if flag else "default"
        session.warn("reinit_bool", f"reinit={reinit!r} is an old way to say reinit={word!r} [REINIT-3]")
    return None


def start(starting: _WandbInit) -> Run:
    """Start the run; a start without resume ends what auto remembers (AUTO-5), a failed one keeps its id (ERR-4)."""
    session = starting.session
    if starting.run_class is not starting.behaviour.run_class:
        session.warn("shared_experimental", "mode='shared' is experimental, and may change [SHARED-1]")
    try:
        run = start_offline(starting) or start_online(starting)
    except Exception:
        session.taken_ids.add(starting.run_id)
        raise
    if starting.resume == "none":
        resume_file.remove(session.disk, starting.wandb_dir)
    return run
