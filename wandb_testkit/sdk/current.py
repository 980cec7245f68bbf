"""The current profile: wandb 0.31.0 as observed.

Source: spec.md C.4 and F.3.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import (
    CommError,
    Error,
    ServerResponseError,
    UsageError,
)
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk import sagemaker
from wandb_testkit.sdk.behaviour import Behaviour
from wandb_testkit.sdk.branch import branch_of
from wandb_testkit.sdk.config import ConfigRules
from wandb_testkit.sdk.current_fields import FIELDS, check, check_arguments, check_one_by_one
from wandb_testkit.sdk.current_login import LOGIN, NOT_GIVEN, log_in, login
from wandb_testkit.sdk.current_row import ROW
from wandb_testkit.sdk.current_run import CurrentRun
from wandb_testkit.sdk.current_steps import check_remembered_id, return_disabled, settle_active, start
from wandb_testkit.sdk.current_values import CURRENT_VALUES, stands_for_artifact
from wandb_testkit.sdk.entry_script import is_true
from wandb_testkit.sdk.environment import current_variables
from wandb_testkit.sdk.folding import SummaryRules
from wandb_testkit.sdk.jupyter import JupyterRules
from wandb_testkit.sdk.logging_setup import BEFORE_THE_BRACKET, PLACE, LoggingRules
from wandb_testkit.sdk.nested_config import merged
from wandb_testkit.sdk.settings import MODES_WITH_SHARED
from wandb_testkit.sdk.settings_files import read_or_ignore
from wandb_testkit.sdk.steps import (
    choose_id,
    integrate,
    set_up_logging,
    write_resume_file,
)

if TYPE_CHECKING:
    from wandb_testkit.sdk.data_types.rules import MediaRules
    from wandb_testkit.sdk.event_values import EventRules
    from wandb_testkit.sdk.init import _WandbInit
    from wandb_testkit.sdk.session import Session
    from wandb_testkit.sdk.watch import WatchRules

SYNC_TENSORBOARD = ("tensorboard", "sync_tensorboard")


def init(
    entity: str | None = None,
    project: str | None = None,
    dir: str | os.PathLike[str] | None = None,
    id: str | None = None,
    name: str | None = None,
    notes: str | None = None,
    tags: Any = None,
    config: Any = None,
    config_exclude_keys: Any = None,
    config_include_keys: Any = None,
    allow_val_change: bool | None = None,
    group: str | None = None,
    job_type: str | None = None,
    mode: str | None = None,
    force: bool | None = None,
    reinit: bool | str | None = None,
    resume: bool | str | None = None,
    resume_from: str | None = None,
    fork_from: str | None = None,
    save_code: Any = None,
    tensorboard: Any = None,
    sync_tensorboard: Any = None,
    monitor_gym: Any = None,
    settings: Any = None,
    anonymous: Any = NOT_GIVEN,
) -> dict[str, Any]:
    """Collect the arguments of init() by name; the signature is that of 0.31.0 (A.1)."""
    arguments = dict(locals())
    if anonymous is NOT_GIVEN:
        arguments["anonymous"] = None
    elif anonymous is None:
        arguments["anonymous"] = "None"
    if resume is False:
        arguments["resume"] = None  # it does not even beat the variable (A.2)
    return arguments


def announce(session: Session, values: Mapping[str, Any]) -> None:
    """Say that `anonymous` has no effect (ANON-9), nor have variables that were changed too late (A.2)."""
    if session.environment_has_changed():
        session.warn(
            "environment_changed",
            "WANDB_* variables were changed after the first init() of this process and are not read again [A.2]; "
            "set them before, or give arguments",
        )
    if values.get("anonymous") is not None:
        session.warn("anonymous_ignored", "anonymous has no effect any more [ANON-9]; leave it out")


def detected_config(session: Session, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a SageMaker job, unless `sagemaker_disable` is set (E.1, rank 5)."""
    if settings.get("sagemaker_disable") or not session.variable(sagemaker.PARAMETERS):
        return {}
    return sagemaker.parameters(session.environ, lambda text: session.warn("sagemaker_unreadable", text))


def normalise(starting: _WandbInit) -> None:
    """Read mode, resume, the moment to branch off, and what is to be switched on in other libraries.

    A SageMaker job names its runs, over the arguments (o31).
    """
    settings = starting.settings
    integrations = starting.integrations
    given = [integrations[name] for name in SYNC_TENSORBOARD if integrations[name] is not None]
    flags = [check_one_by_one({"sync_tensorboard": value})["sync_tensorboard"] for value in given]
    integrations.update(tensorboard=None, sync_tensorboard=any(flags or [settings.get("sync_tensorboard")]))
    starting.mode = MODES_WITH_SHARED[settings.get("mode") or "online"]
    if settings.get("mode") == "shared":
        from wandb_testkit.sdk.shared import SharedRun

        starting.run_class = SharedRun
    starting.branch = branch = branch_of(settings, starting.explicit)
    if branch is not None and branch.is_rewind:
        settings.setdefault("run_id", branch.run_id)
    resume = settings.get("resume")
    starting.resume = "auto" if resume is True else str(resume or "none")
    session = starting.session
    if session.variable(sagemaker.PARAMETERS) and not settings.get("sagemaker_disable"):
        host = settings.get("host") or "localhost"
        settings.update(sagemaker.run_id_and_group(session.environ, host, session.ids.run_id()))


def events() -> EventRules:
    """The rules of TensorBoard's events; loaded where they are needed."""
    from wandb_testkit.sdk.current_events import EVENTS

    return EVENTS


def media_rules() -> MediaRules:
    """The rules of media and artifacts; loaded where they are needed."""
    from wandb_testkit.sdk.current_media import MEDIA

    return MEDIA


def watch_rules() -> WatchRules:
    """The rules of watch(); loaded where they are needed."""
    from wandb_testkit.sdk.watch import WatchRules

    return WatchRules(
        wrong_model=TypeError,
        other_words_mean_gradients=False,
        always_has_graph=False,
        equal_values_have_one_bin=True,
    )


def saves_code(starting: _WandbInit) -> bool:
    """Argument, else variables; then the account's preference over everything but a plain no (CODE-1)."""
    wanted = starting.settings.get("save_code")
    is_of_variable = "save_code" not in starting.explicit and "save_code" in starting.session.load_environment()
    if (wanted is None or is_of_variable) and is_true(starting.settings.get("disable_code")):
        return False
    prefers = None if starting.account is None else starting.account.code_saving
    if prefers is None or (wanted is not None and not is_true(wanted)):
        return is_true(wanted)
    return prefers


def missing_root_dir(path: str) -> str:
    """A `dir` that does not exist is made; if that is not possible, the temporary directory is used (DIR-2)."""
    with contextlib.suppress(OSError, ValueError):  # the latter where a name cannot be that of a directory
        os.makedirs(path, exist_ok=True)
    if os.path.isdir(path) and os.access(path, os.W_OK):
        return path
    import tempfile

    return tempfile.gettempdir()


def save_root(path: str) -> str:
    """Files given by absolute path keep the name of their directory."""
    return os.path.dirname(os.path.dirname(path))


CURRENT = Behaviour(
    profile=Profile.CURRENT,
    version="0.31.0",
    arguments=init,
    log_in=login,
    login=LOGIN,
    environment=current_variables(FIELDS),
    read_settings_files=read_or_ignore,
    settings_folder="WANDB_CONFIG_DIR",
    announce=announce,
    check=check,
    check_variables=check_one_by_one,
    check_arguments=check_arguments,
    detected_config=detected_config,
    sweep_decides_over_settings=True,
    normalise=normalise,
    steps=(
        log_in,
        choose_id,
        check_remembered_id,
        write_resume_file,
        return_disabled,
        integrate,
        settle_active,
        set_up_logging,
        start,
    ),
    errors={
        "LOGIN": UsageError,
        "MUST_ABSENT": UsageError,
        "NEVER_EXISTS": UsageError,
        "DELETED": CommError,
        "UNREADABLE": Error,
        "ACTIVE_MUST": Error,
        "ID_IN_USE": ServerResponseError,
        "COMM_REJECTED": CommError,
        "COMM_UNREACHABLE": CommError,
    },
    report=lambda error: error,
    run_class=CurrentRun,
    row=ROW,
    config=ConfigRules(
        missing_attribute=AttributeError,
        server_merges_dicts=True,
        fallback=CURRENT_VALUES.config,
        choosing_is_deprecated=True,
        empty_argument=TypeError,
        empty_file=None,
        with_sweep=merged,
        is_artifact=stands_for_artifact,
    ),
    summary=SummaryRules(
        words=("min", "max", "mean", "first", "last", "none", "copy"),
        fallback=CURRENT_VALUES.summary,
        keeps=lambda value: value is not None,
        is_tree=True,
        is_plain=lambda words: set(words) <= {"copy"},
        is_number=lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
        first_and_last_are_numbers=False,
        counts_earlier_rows=True,
        hand_ends_definition=True,
        unknown_step=0,
        unsent=frozenset({"copy"}),
        expands_patterns=False,
        shows_values_after_finish=False,
    ),
    saves_code=saves_code,
    logging=LoggingRules(
        line=f"{BEFORE_THE_BRACKET}[{PLACE}]%(run_id_tag)s %(message)s",
        line_with_run_id=f"{BEFORE_THE_BRACKET}[{PLACE}]%(run_id_tag)s %(message)s",
        keeps_runs_apart=True,
        adds_suffix=True,
        links_may_be_refused=True,
    ),
    jupyter=JupyterRules(
        is_jupyter=lambda shell: shell.is_kernel(),
        has_magic=False,
        runtime_stands_still=True,
    ),
    events=events,
    media=media_rules,
    watch=watch_rules,
    job_type=None,
    offline_project=None,
    resumed_shows_notes=True,
    resumed_step_reads_zero=True,
    finish_unsets_any_run=False,
    process_end_keeps_resume_file=True,
    fork_leaves_runs_behind=True,
    finished_error=UsageError,
    wrong_wait_duration=TypeError,
    missing_root_dir=missing_root_dir,
    save_root=save_root,
    uploads_run_directory=False,
    what_can_be_read=lambda status, resume: None,
    exists=lambda status: status.started,
    first_line=lambda status, info: info.history_lines if info is not None else 0,
    allow_val_change_counts=False,
    client_config={"cli_version": "0.31.0", "t": {}},
)
