"""The current profile: wandb 0.31.0 as observed.

Source: spec.md C.4 and F.3.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import (
    AuthenticationError,
    CommError,
    Error,
    NotModelledError,
    ServerResponseError,
    UsageError,
    ValidationError,
)
from wandb_testkit.profiles import Profile
from wandb_testkit.records import Account, Row
from wandb_testkit.sdk import resume_file
from wandb_testkit.sdk.behaviour import Behaviour, RowRules
from wandb_testkit.sdk.config import ConfigRules
from wandb_testkit.sdk.current_values import CURRENT_VALUES
from wandb_testkit.sdk.disabled import DisabledRun
from wandb_testkit.sdk.folding import SummaryRules
from wandb_testkit.sdk.init import choose_id, start_offline, start_online, write_resume_file
from wandb_testkit.sdk.login import MIN_KEY_LENGTH, ask_viewer
from wandb_testkit.sdk.run import Run
from wandb_testkit.sdk.setting_names import CURRENT_NAMES
from wandb_testkit.sdk.settings import ENVIRONMENT, MODES, RESUME_WORDS, TEXTS, did_you_mean

if TYPE_CHECKING:
    from wandb_testkit.sdk.init import _WandbInit
    from wandb_testkit.sdk.session import Session

REINIT_WORDS = ("default", "return_previous", "finish_previous", "create_new")
FLAGS = ("force", "allow_val_change", "save_code")
TRUE_WORDS = frozenset({"1", "true", "t", "yes", "y", "on"})
FALSE_WORDS = frozenset({"0", "false", "f", "no", "n", "off"})
FORBIDDEN_IN_ID = ":;,#?/'"
FORBIDDEN_IN_PROJECT = "/\\#?%:"
MAX_TAG_LENGTH = 64
MAX_PROJECT_LENGTH = 128

# Every setting has a variable in 0.31; of those that 0.10 does not read, these two change what init() does (A.3).
MORE_ENVIRONMENT = {"WANDB_REINIT": "reinit", "WANDB_FORCE": "force"}

NOT_GIVEN = object()
"""The default of `anonymous`: even None counts as given, and warns (ANON-9)."""


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


def check(values: Mapping[str, Any]) -> None:
    """Refuse settings that 0.31 refuses (A.1).

    Raises:
        ValidationError: A wrong type, or none of the words there are.
        UsageError: An id or project that no server takes (ID-3).
        AuthenticationError: A key that is too short (A.4).
    """
    for name in values:
        if name not in CURRENT_NAMES:
            near = did_you_mean(name, CURRENT_NAMES)
            raise ValidationError(f"settings: 0.31 has no setting {name!r}, extra inputs are not permitted [A.1]{near}")
    for name in TEXTS:
        value = values.get(name)
        if value is not None and not isinstance(value, str):
            raise _invalid(name, value, "a valid string")
    mode = values.get("mode")
    if mode == "shared":
        raise NotModelledError("mode='shared' is not part of this version of the kit; use 'online'")
    if mode is not None and (not isinstance(mode, str) or mode not in MODES):
        raise _invalid("mode", mode, "'online', 'offline', 'disabled' or 'shared'")
    resume = values.get("resume")
    if resume is not None and not isinstance(resume, bool) and resume not in RESUME_WORDS:
        raise _invalid("resume", resume, "'allow', 'must', 'never' or 'auto'")
    reinit = values.get("reinit")
    if reinit is not None and reinit not in REINIT_WORDS and read_flag(reinit) is None:
        raise _invalid("reinit", reinit, f"a bool or one of {', '.join(map(repr, REINIT_WORDS))}")
    for name in FLAGS:
        value = values.get(name)
        if value is not None and read_flag(value) is None:
            raise _invalid(name, value, "a valid boolean")
    root_dir = values.get("root_dir")
    if root_dir is not None and not isinstance(root_dir, (str, os.PathLike)):
        raise _invalid("dir", root_dir, "a path")
    if values.get("run_tags") is not None:
        _check_tags(values["run_tags"])
    if values.get("run_id") is not None:
        _check_id(values["run_id"])
    if values.get("project"):
        _check_project(values["project"])
    api_key = values.get("api_key")
    if api_key is not None and len(api_key) < MIN_KEY_LENGTH:
        raise AuthenticationError(f"API key must have {MIN_KEY_LENGTH} or more characters, has {len(api_key)} [A.4]")


def _invalid(name: str, value: Any, expected: str) -> ValidationError:
    return ValidationError(f"{name}: input should be {expected}; got {value!r} of type {type(value).__name__}")


def read_flag(value: Any) -> bool | None:
    """A bool, or text that reads as one; None for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        word = value.lower()
        return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None
    return None


def _check_tags(tags: Any) -> None:
    if not hasattr(tags, "__iter__"):
        raise _invalid("tags", tags, "a sequence of strings")
    for index, tag in enumerate(tags):
        if not isinstance(tag, str):
            raise _invalid(f"tags[{index}]", tag, "a valid string")
        if not 1 <= len(tag) <= MAX_TAG_LENGTH:
            raise ValidationError(
                f"tags[{index}]: a tag has 1 to {MAX_TAG_LENGTH} characters; got {tag!r} of {len(tag)} characters"
            )


def _check_id(run_id: str) -> None:
    if not run_id:
        raise UsageError("id='': a run id cannot be empty [ID-3]; leave it out to get a new one")
    if run_id != run_id.strip():
        raise UsageError(f"id={run_id!r}: a run id cannot start or end with whitespace [ID-3]")
    found = sorted(set(run_id) & set(FORBIDDEN_IN_ID))
    if found:
        raise UsageError(f"id={run_id!r}: a run id cannot contain any of {FORBIDDEN_IN_ID}, found {found[0]!r} [ID-3]")


def _check_project(project: str) -> None:
    if len(project) > MAX_PROJECT_LENGTH:
        raise UsageError(f"project={project!r}: exceeds {MAX_PROJECT_LENGTH} characters (has {len(project)})")
    found = sorted(set(project) & set(FORBIDDEN_IN_PROJECT))
    if found:
        raise UsageError(
            f"project={project!r}: a project name cannot contain any of {FORBIDDEN_IN_PROJECT}, found {found[0]!r}"
        )


def normalise(starting: _WandbInit) -> None:
    """Read mode, resume and tags."""
    settings = starting.settings
    starting.mode = MODES[settings.get("mode") or "online"]
    resume = settings.get("resume")
    starting.resume = "auto" if resume is True else str(resume or "none")
    tags = settings.get("run_tags")
    if tags is not None:
        settings["run_tags"] = tuple(tags)


def log_in(starting: _WandbInit) -> None:
    """Credentials must be there before anything else; the server's word on them counts later (LOGIN-1, FORCE-1)."""
    if starting.mode != "online":
        return
    session = starting.session
    starting.api_key = starting.known_api_key()
    if starting.api_key is None:
        raise starting.error(
            "LOGIN",
            "no API key configured [FORCE-1]: call wandb.login(), set WANDB_API_KEY, or use mode='offline'",
        )
    answer = ask_viewer(session, starting.api_key)
    if isinstance(answer, Account):
        starting.account = answer


def check_remembered_id(starting: _WandbInit) -> None:
    """An id that the resume file holds is no better than one that is given (AUTO-8, ID-3)."""
    _check_id(starting.run_id)


def return_disabled(starting: _WandbInit) -> DisabledRun | None:
    """Disabled mode: a run that does nothing (MODE-5, REINIT-5, DISABLED-2)."""
    if starting.mode != "disabled":
        return None
    run = DisabledRun(starting.session, starting.run_id, starting.settings, starting.config)
    starting.session.run = run
    return run


def settle_active(starting: _WandbInit) -> Run | None:
    """Active runs are finished, left beside, or the last one is returned (REINIT-2, REINIT-3, REINIT-7)."""
    session = starting.session
    reinit = starting.settings.get("reinit")
    flag = None if reinit in REINIT_WORDS else read_flag(reinit) if reinit is not None else None
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
    try:
        run = start_offline(starting) or start_online(starting)
    except Exception:
        session.taken_ids.add(starting.run_id)
        raise
    if starting.resume == "none":
        resume_file.remove(session.disk, starting.wandb_dir)
    return run


def missing_root_dir(path: str) -> str:
    """A `dir` that does not exist is made; if that is not possible, the temporary directory is used (DIR-2)."""
    with contextlib.suppress(OSError):
        os.makedirs(path, exist_ok=True)
    return path if os.path.isdir(path) and os.access(path, os.W_OK) else tempfile.gettempdir()


def save_root(path: str) -> str:
    """Files given by absolute path keep the name of their directory."""
    return os.path.dirname(os.path.dirname(path))


def read_step(step: Any) -> int:
    """An int and nothing else (LOG-5)."""
    if isinstance(step, bool) or not hasattr(step, "__index__"):
        raise TypeError(f"log(step={step!r}): expected an int, got {type(step).__name__} [LOG-5]")
    return int(step)


def tidy(row: Row) -> None:
    """Take out the empty key, and every dict without leaves, at any depth (LOG-1)."""
    row.pop("", None)
    _drop_empty(row)


def _drop_empty(values: Row) -> None:
    for key, value in list(values.items()):
        if type(value) is dict:
            _drop_empty(value)
            if not value:
                del values[key]


RUN_NAMES_NOT_MODELLED = frozenset(
    {
        *("alert", "config_static", "display", "finish_artifact", "link_artifact", "link_model", "log_artifact"),
        *("log_code", "log_model", "mark_preempting", "pin_config_keys", "project_url", "restore", "settings"),
        *("status", "sweep_url", "sync_dir", "to_html", "unwatch", "upsert_artifact", "use_artifact", "use_model"),
        "write_logs",
    }
)

CURRENT = Behaviour(
    profile=Profile.CURRENT,
    version="0.31.0",
    arguments=init,
    environment={**ENVIRONMENT, **MORE_ENVIRONMENT},
    announce=announce,
    check=check,
    normalise=normalise,
    steps=(log_in, choose_id, check_remembered_id, write_resume_file, return_disabled, settle_active, start),
    errors={
        "LOGIN": UsageError,
        "MUST_ABSENT": UsageError,
        "NEVER_EXISTS": UsageError,
        "DELETED": CommError,
        "ACTIVE_MUST": Error,
        "ID_IN_USE": ServerResponseError,
        "COMM_REJECTED": CommError,
        "COMM_UNREACHABLE": CommError,
    },
    report=lambda error: error,
    run_class=Run,
    run_names_not_modelled=RUN_NAMES_NOT_MODELLED,
    row=RowRules(
        wrong_row=TypeError,
        fallback=CURRENT_VALUES.row,
        read_step=read_step,
        tidy=tidy,
        empty_is_written=True,
        whole_seconds=False,
    ),
    config=ConfigRules(
        missing_attribute=AttributeError,
        server_merges_dicts=True,
        fallback=CURRENT_VALUES.config,
        choosing_is_deprecated=True,
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
        unknown_step=0,
        shows_values_after_finish=False,
    ),
    job_type=None,
    offline_project="uncategorized",
    resumed_shows_notes=True,
    resumed_step_reads_zero=True,
    finish_unsets_any_run=False,
    process_end_keeps_resume_file=True,
    finished_error=UsageError,
    missing_root_dir=missing_root_dir,
    save_root=save_root,
    exists=lambda status: status.started,
    first_line=lambda status, info: info.history_lines if info is not None else 0,
    allow_val_change_counts=False,
    client_config={"cli_version": "0.31.0", "t": {}},
)
