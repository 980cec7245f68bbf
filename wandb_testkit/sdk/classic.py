"""The classic profile: what the 2021 reference page says, and wandb 0.10.33 where the page is silent.

Source: spec.md C.3, and the rulings of section F.1 (DEV-n) where the page and the real client differ.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import LogMultiprocessError, UsageError
from wandb_testkit.profiles import Profile
from wandb_testkit.records import Row, RunStatus
from wandb_testkit.sdk.behaviour import Behaviour, RowRules
from wandb_testkit.sdk.classic_dummy import Dummy
from wandb_testkit.sdk.classic_fields import check, check_anonymous, check_arguments
from wandb_testkit.sdk.classic_login import LOGIN, log_in_or_go_offline, login
from wandb_testkit.sdk.classic_run import ClassicRun
from wandb_testkit.sdk.classic_values import CLASSIC_VALUES
from wandb_testkit.sdk.config import ConfigRules
from wandb_testkit.sdk.entry_script import ENVIRONMENT as CODE_ENVIRONMENT
from wandb_testkit.sdk.entry_script import is_true
from wandb_testkit.sdk.environment import classic_variables
from wandb_testkit.sdk.folding import SummaryRules
from wandb_testkit.sdk.jupyter import JupyterRules
from wandb_testkit.sdk.logging_setup import BEFORE_THE_BRACKET, PLACE, LoggingRules
from wandb_testkit.sdk.settings import MODES, RESUME_WORDS
from wandb_testkit.sdk.settings_files import read_or_raise
from wandb_testkit.sdk.steps import (
    choose_id,
    integrate,
    set_up_logging,
    start_offline,
    start_online,
    write_resume_file,
)

if TYPE_CHECKING:
    from wandb_testkit.sdk.data_types.rules import MediaRules
    from wandb_testkit.sdk.event_values import EventRules
    from wandb_testkit.sdk.init import _WandbInit
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.run_rows import RunRows
    from wandb_testkit.sdk.watch import WatchRules


def init(
    job_type: str | None = None,
    dir: str | os.PathLike[str] | None = None,
    config: Any = None,
    project: str | None = None,
    entity: str | None = None,
    reinit: bool | None = None,
    tags: Any = None,
    group: str | None = None,
    name: str | None = None,
    notes: str | None = None,
    magic: Any = None,
    config_exclude_keys: Any = None,
    config_include_keys: Any = None,
    anonymous: str | None = None,
    mode: str | None = None,
    allow_val_change: bool | None = None,
    resume: bool | str | None = None,
    force: bool | None = None,
    tensorboard: Any = None,
    sync_tensorboard: Any = None,
    monitor_gym: Any = None,
    save_code: Any = None,
    id: str | None = None,
    settings: Any = None,
) -> dict[str, Any]:
    """Collect the arguments of init() by name; the signature is the reference page's (A.1)."""
    return dict(locals())


def normalise(starting: _WandbInit) -> None:
    """Read mode, resume and anonymous; an unknown resume word is the run id (RESUME-9)."""
    settings = starting.settings
    starting.mode = MODES[settings.get("mode") or "online"]
    if settings.get("disabled") and starting.mode == "online":
        starting.mode = "offline"  # DISABLED-10
    if not settings.get("run_id"):
        settings.pop("run_id", None)  # "" is "not given" (ID-3)
    starting.resume = _read_resume(starting, settings.get("resume"))
    anonymous = settings.get("anonymous")
    if starting.mode == "online" and anonymous is not None:
        check_anonymous(anonymous)


def _read_resume(starting: _WandbInit, resume: Any) -> str:
    if resume is None or resume is False:
        return "none"
    if resume is True:
        return "auto"
    if isinstance(resume, str) and resume in RESUME_WORDS:
        return resume
    if "resume" not in starting.explicit:
        return "allow" if resume else "none"  # the variable is never an id (C.6)
    if not isinstance(resume, str):
        raise TypeError(f"resume={resume!r}: expected a bool or one of {', '.join(map(repr, RESUME_WORDS))} [RESUME-9]")
    id_is_explicit = "run_id" in starting.explicit and "run_id" in starting.settings
    if resume and not id_is_explicit:
        starting.settings["run_id"] = resume
    return "allow"


def events() -> EventRules:
    """The rules of TensorBoard's events; loaded where they are needed."""
    from wandb_testkit.sdk.classic_events import EVENTS

    return EVENTS


def media_rules() -> MediaRules:
    """The rules of media and artifacts; loaded where they are needed."""
    from wandb_testkit.sdk.classic_media import MEDIA

    return MEDIA


def watch_rules() -> WatchRules:
    """The rules of watch(); loaded where they are needed."""
    from wandb_testkit.sdk.watch import WatchRules

    return WatchRules(
        wrong_model=ValueError,
        other_words_mean_gradients=True,
        always_has_graph=True,
        equal_values_have_one_bin=False,
    )


def return_dummy(starting: _WandbInit) -> Dummy | None:
    """Disabled mode: a dummy, before anything is asked or written (MODE-5, REINIT-5, DISABLED-1)."""
    if starting.mode != "disabled":
        return None
    dummy = Dummy(starting.session, starting.config)
    starting.session.run = dummy
    return dummy


def return_or_finish_active(starting: _WandbInit) -> Run | None:
    """An active run is returned as it is, or finished first (REINIT-2, REINIT-3, REINIT-4)."""
    session = starting.session
    if not session.active:
        return None
    reinit = starting.settings.get("reinit")
    if not (session.shell.is_notebook() if reinit is None else reinit):
        return session.active[-1]
    for run in list(session.active):
        run.finish(0)
    return None


def saves_code(starting: _WandbInit) -> bool:
    """Argument or variable, else the account's preference; WANDB_DISABLE_CODE beats them all (CODE-1)."""
    wanted = starting.settings.get("save_code")
    if wanted is None and starting.account is not None:
        wanted = starting.account.code_saving
    return is_true(wanted) and not is_true(starting.settings.get("disable_code"))


def missing_root_dir(path: str) -> str:
    """A `dir` that does not exist gives way to the system's temporary directory (DIR-2)."""
    if os.path.isdir(path) and os.access(path, os.W_OK):
        return path
    import tempfile

    return tempfile.gettempdir()


def what_can_be_read(status: RunStatus, resume: str) -> RunStatus | None:
    """The rest, unless resuming is a must; the config is read first, and the summary after it (RESUME-12)."""
    if resume == "must":
        return None
    return status._replace(config={}, summary={}) if "config" in status.unreadable else status


def read_step(step: Any) -> int:
    """A number; 0.10 does not mind floats and bools (LOG-3, LOG-5)."""
    if not isinstance(step, (int, float)) and not hasattr(step, "__index__"):
        raise TypeError(f"log(step={step!r}): expected an int, got {type(step).__name__} [LOG-5]")
    return int(step)


def report(error: Exception) -> Exception:
    """UsageError as it is, anything else as "problem" (ERR-2)."""
    return error if isinstance(error, UsageError) else Exception("problem")


def forked(run: RunRows, row: Row, step: int | None, commit: bool | None) -> None:
    """log() in a forked child is ignored with a warning, or raises if `strict` is set (LOG-7)."""
    text = f"log() ignored: run {run.id!r} belongs to the parent of this forked process [LOG-7]. Log there"
    if run._given.get("strict"):
        raise LogMultiprocessError(f"log() does not support multiprocessing: {text}")
    run._session.warn("forked_log", text, run=run._path)


CLASSIC = Behaviour(
    profile=Profile.CLASSIC,
    version="0.10.33",
    arguments=init,
    log_in=login,
    login=LOGIN,
    environment={**classic_variables(), **CODE_ENVIRONMENT},
    read_settings_files=read_or_raise,
    settings_folder=None,
    announce=lambda session, values: None,
    check=check,
    check_variables=check,
    check_arguments=check_arguments,
    detected_config=lambda session, settings: {},
    sweep_decides_over_settings=False,
    normalise=normalise,
    steps=(
        return_dummy,
        integrate,
        return_or_finish_active,
        log_in_or_go_offline,
        choose_id,
        set_up_logging,
        write_resume_file,
        start_offline,
        start_online,
    ),
    errors=dict.fromkeys(
        ("LOGIN", "MUST_ABSENT", "NEVER_EXISTS", "DELETED", "UNREADABLE", "COMM_REJECTED", "COMM_UNREACHABLE"),
        UsageError,
    ),
    report=report,
    run_class=ClassicRun,
    row=RowRules(
        wrong_row=ValueError,
        fallback=CLASSIC_VALUES.row,
        read_step=read_step,
        tidy=lambda row: None,
        empty_is_written=False,
        whole_seconds=True,
        forked=forked,
    ),
    config=ConfigRules(
        missing_attribute=KeyError,
        server_merges_dicts=False,
        fallback=CLASSIC_VALUES.config,
        choosing_is_deprecated=False,
        empty_argument=AttributeError,
        empty_file=AttributeError,
        with_sweep=lambda config, swept: {**config, **swept},
    ),
    summary=SummaryRules(
        words=("min", "max", "mean", "best", "last", "none", "copy"),
        fallback=CLASSIC_VALUES.summary,
        keeps=lambda value: True,
        is_tree=False,
        is_plain=lambda words: not words or "copy" in words,
        is_number=lambda value: isinstance(value, (int, float)) and not math.isnan(value),
        first_and_last_are_numbers=True,
        counts_earlier_rows=False,
        hand_ends_definition=False,
        unknown_step=None,
        unsent=frozenset(),
        expands_patterns=True,
        shows_values_after_finish=True,
    ),
    saves_code=saves_code,
    logging=LoggingRules(
        line=f"{BEFORE_THE_BRACKET}[{PLACE}] %(message)s",
        line_with_run_id=f"{BEFORE_THE_BRACKET}[%(run_id)s:{PLACE}] %(message)s",
        keeps_runs_apart=False,
        adds_suffix=False,
        links_may_be_refused=False,
    ),
    jupyter=JupyterRules(
        is_jupyter=lambda shell: shell.is_notebook(),
        has_magic=True,
        runtime_stands_still=False,
    ),
    events=events,
    media=media_rules,
    watch=watch_rules,
    job_type="train",
    offline_project="",
    resumed_shows_notes=False,
    resumed_step_reads_zero=False,
    finish_unsets_any_run=True,
    process_end_keeps_resume_file=False,
    fork_leaves_runs_behind=False,
    finished_error=Exception,
    wrong_wait_duration=ValueError,
    missing_root_dir=missing_root_dir,
    save_root=os.path.dirname,
    uploads_run_directory=True,
    what_can_be_read=what_can_be_read,
    exists=lambda status: True,
    first_line=lambda status, info: 0 if status is None else status.history_lines,
    allow_val_change_counts=True,
    client_config={"cli_version": "0.10.33", "t": {}},
)
