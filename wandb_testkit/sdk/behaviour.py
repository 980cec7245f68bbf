"""Owns the shape of what a profile decides: `classic.py` and `current.py` each hold one such value.

Nothing else of the implementation asks which profile it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.profiles import Profile
from wandb_testkit.sdk.config import ConfigRules
from wandb_testkit.sdk.credentials import LoginRules
from wandb_testkit.sdk.folding import SummaryRules
from wandb_testkit.sdk.jupyter import JupyterRules
from wandb_testkit.sdk.logging_setup import LoggingRules
from wandb_testkit.sdk.values import Fallback

if TYPE_CHECKING:
    from wandb_testkit.records import Row, RunInfo, RunStatus
    from wandb_testkit.sdk.classic_dummy import Dummy
    from wandb_testkit.sdk.data_types.rules import MediaRules
    from wandb_testkit.sdk.event_values import EventRules
    from wandb_testkit.sdk.init import _WandbInit
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.run_rows import RunRows
    from wandb_testkit.sdk.session import Session
    from wandb_testkit.sdk.watch import WatchRules

    Step = Callable[[_WandbInit], "Run | Dummy | None"]


class RowRules(NamedTuple):
    """What a profile decides about log().

    Attributes:
        wrong_row: Raised for data that is no dict, or has a key that is no str (LOG-5).
        fallback: Makes JSON of values that JSON does not know (LOG-5).
        read_step: Checks `step=` and makes an int of it.
        tidy: Takes out of a row, which it may change, what is left out without a word (LOG-1).
        empty_is_written: log({}) writes a row (LOG-4).
        whole_seconds: `_timestamp` and `_runtime` are whole seconds (LOG-1).
        forked: What becomes of a row that a forked child logs to a run of its parent, with `step` and `commit` (LOG-7).
    """

    wrong_row: type[Exception]
    fallback: Fallback
    read_step: Callable[[Any], int]
    tidy: Callable[[Row], None]
    empty_is_written: bool
    whole_seconds: bool
    forked: Callable[[RunRows, Row, int | None, bool | None], None]


class Behaviour(NamedTuple):
    """What a profile decides.

    Attributes:
        version: The wandb version it stands for.
        arguments: Has the signature of init(), and returns what it was given by name.
        log_in: login(), with the signature of the profile behind the session.
        login: Rules of credentials, and of the menu that asks for them (A.4, FORCE-4).
        environment: Environment variable -> the setting it gives (A.3).
        read_settings_files: The settings that files give, and what becomes of wrong ones (A.2); it is told where the
            user's file is, None for the usual place.
        settings_folder: The variable that names the directory of the user's settings file, if there is one.
        announce: Warns about settings that have no effect; called before they are checked (C.4 step 0).
        check: Raises for a setting whose value is not allowed, and gives the values as the profile keeps them; called
            for Settings objects and files.
        check_variables: The same for environment variables.
        check_arguments: The same for the arguments of init().
        detected_config: What the surroundings of the process add to config (E.1, rank 5).
        sweep_decides_over_settings: During a sweep `settings=` cannot say where a run goes either (A.2).
        normalise: Brings the settings of one init() into the words that the steps use.
        steps: What init() does, in order; the first step that returns something ends it (C.3, C.4).
        errors: Reason -> exception class (C.2).
        report: What the caller of init() sees of an exception inside it (ERR-2).
        run_class: The class of a run.
        row, config, summary: Rules of log(), of config and of the summary.
        saves_code: Whether code is saved with the run of this init() (CODE-1).
        logging, jupyter: Rules of the log and the directory of a run, and of notebooks.
        events: Loads the rules of what becomes of TensorBoard's events (TB-2).
        media: Loads the rules of media, tables, plots and artifacts.
        watch: Loads the rules of watch().
        job_type: Given to a new run that names none (META-2).
        offline_project: Project of an offline run that names none; None: as online (PROJ-1).
        resumed_shows_notes: A resumed run shows the old tags and notes (RESUME-7f).
        resumed_step_reads_zero: `run.step` of a run that does not begin at 0 reads 0 until the first log() (RESUME-7c).
        finish_unsets_any_run: finish() unsets wandb.run whichever run it is (FINISH-2).
        process_end_keeps_resume_file: A run that ends with its process leaves the resume file, also with exit code 0
            (AUTO-5).
        fork_leaves_runs_behind: In a forked child no run is active, whatever is in the parent.
        finished_error: Raised by a run that is used after its end (LOG-6).
        wrong_wait_duration: Raised by alert() for what is no time span.
        missing_root_dir: What becomes of a `dir` that does not exist: the directory used instead (DIR-2).
        save_root: What the names of files are relative to that save() is given by absolute path.
        uploads_run_directory: What was written into the run's files directory is uploaded at the end, saved or not.
        what_can_be_read: Of a run whose stored config or summary nobody can read, what it is resumed with; None if that
            is an error. Is told the word of `resume` (RESUME-12).
        exists: Whether a run record counts as existing for resume (spec.md B, RESUME).
        first_line: The line of history that a run starts to write at (RESUME-1).
        allow_val_change_counts: init(allow_val_change=...) has an effect (CONFIG-9).
        client_config: What the client writes into config by itself (`_wandb`).
    """

    profile: Profile
    version: str
    arguments: Callable[..., dict[str, Any]]
    log_in: Callable[..., bool]
    login: LoginRules
    environment: Mapping[str, str]
    read_settings_files: Callable[[Session, str | None], dict[str, Any]]
    settings_folder: str | None
    announce: Callable[[Session, Mapping[str, Any]], None]
    check: Callable[[Mapping[str, Any]], dict[str, Any]]
    check_variables: Callable[[Mapping[str, Any]], dict[str, Any]]
    check_arguments: Callable[[Mapping[str, Any]], dict[str, Any]]
    detected_config: Callable[[Session, Mapping[str, Any]], dict[str, Any]]
    sweep_decides_over_settings: bool
    normalise: Callable[[_WandbInit], None]
    steps: tuple[Step, ...]
    errors: Mapping[str, type[Exception]]
    report: Callable[[Exception], Exception]
    run_class: type[Run]
    row: RowRules
    config: ConfigRules
    summary: SummaryRules
    saves_code: Callable[[_WandbInit], bool]
    logging: LoggingRules
    jupyter: JupyterRules
    events: Callable[[], EventRules]
    media: Callable[[], MediaRules]
    watch: Callable[[], WatchRules]
    job_type: str | None
    offline_project: str | None
    resumed_shows_notes: bool
    resumed_step_reads_zero: bool
    finish_unsets_any_run: bool
    process_end_keeps_resume_file: bool
    fork_leaves_runs_behind: bool
    finished_error: type[Exception]
    wrong_wait_duration: type[Exception]
    missing_root_dir: Callable[[str], str]
    save_root: Callable[[str], str]
    uploads_run_directory: bool
    what_can_be_read: Callable[[RunStatus, str], RunStatus | None]
    exists: Callable[[RunStatus], bool]
    first_line: Callable[[RunStatus | None, RunInfo | None], int]
    allow_val_change_counts: bool
    client_config: Mapping[str, Any]
