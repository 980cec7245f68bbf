"""Owns the clauses on what is around a run: notebooks, log files, directories, code, other libraries, sweeps, forks."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import BOTH, CLASSIC_ONLY, CURRENT_ONLY, Clause

JUPYTER = "JUPYTER"
LOGSETUP = "LOGSETUP"
DIR_TAGS_CODE = "DIR, TAGS, CODE"
TB_GYM_MAGIC = "TB, GYM, MAGIC"
SWEEP_FORK = "SWEEP, FORK"

CLAUSES = (
    Clause(
        "JUPYTER-1",
        JUPYTER,
        BOTH,
        "_jupyter_setup registers a pre_run_cell and a post_run_cell hook once, and wraps display_pub.publish so that"
        " displayed data is recorded and still displayed, the original kept as _orig_publish; classic also registers "
        "the %wandb magic.",
        ("seed", "o10x", "r31"),
    ),
    Clause(
        "JUPYTER-2",
        JUPYTER,
        BOTH,
        "After a cell system metrics stop until the next one begins; _runtime goes on in classic and stands still in "
        "current.",
        ("r33", "r31"),
    ),
    Clause(
        "JUPYTER-3",
        JUPYTER,
        BOTH,
        "_jupyter_teardown on finish() saves the session history if code is saved, unregisters both hooks, restores "
        "publish and deletes _orig_publish.",
        ("seed", "o10x"),
    ),
    Clause("JUPYTER-4", JUPYTER, BOTH, "Nothing of this happens in disabled mode.", ("o33", "o31")),
    Clause(
        "JUPYTER-5",
        JUPYTER,
        CURRENT_ONLY,
        "Hooks are registered only in Jupyter kernels, not in a terminal's IPython.",
        ("o31",),
    ),
    Clause(
        "JUPYTER-6", JUPYTER, BOTH, "A run that reinit starts has its hooks: exactly one of each kind.", ("ruling",)
    ),
    Clause(
        "LOGSETUP-1",
        LOGSETUP,
        CLASSIC_ONLY,
        "_set_logger(log_object) replaces the module's logger and nothing else.",
        ("seed", "r33"),
    ),
    Clause(
        "LOGSETUP-2",
        LOGSETUP,
        CLASSIC_ONLY,
        "After setup(kwargs) settings are complete and frozen, logging is on, and the keys that are no settings are "
        "gone from kwargs.",
        ("seed", "r33"),
    ),
    Clause(
        "LOGSETUP-3",
        LOGSETUP,
        BOTH,
        "_log_setup makes <wandb dir>/<prefix>-<time>-<id>/ with files/ and logs/ and the transaction file; the "
        "prefix is run or offline-run, and the wandb directory is <dir>/wandb, or <dir>/.wandb if that exists. "
        "Current adds a number if the directory exists.",
        ("o10x", "o31"),
    ),
    Clause(
        "LOGSETUP-4",
        LOGSETUP,
        BOTH,
        "latest-run, debug.log and debug-internal.log in the wandb directory are relative links, replaced by every "
        "init(); not on Windows.",
        ("o10x", "o31"),
        leaves_open=True,
    ),
    Clause(
        "LOGSETUP-5",
        LOGSETUP,
        BOTH,
        '_enable_logging puts a FileHandler at INFO on the logger "wandb", which stops propagating; a record shows '
        "time, level, thread and process, [file:function():line] and message. With a run id the bracket starts with "
        "it; current keeps other runs' records out.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "LOGSETUP-6",
        LOGSETUP,
        BOTH,
        "Records made before the file existed are written to the first run's file, then two lines that name both log "
        "files.",
        ("o10x", "o31"),
    ),
    Clause(
        "LOGSETUP-7",
        LOGSETUP,
        BOTH,
        "finish() and a failing init() remove the handler, level and propagate stay changed, and nothing the user can"
        " do ends logging while the run is active.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "LOGSETUP-8",
        LOGSETUP,
        BOTH,
        "The user's root logger and handlers are not touched, and wandb's records do not reach them.",
        ("o10x", "o31"),
    ),
    Clause(
        "LOGSETUP-9",
        LOGSETUP,
        CLASSIC_ONLY,
        "Names and signatures are the page's, in the module that defines init(): _set_logger, and the class "
        "_WandbInit with setup, _enable_logging, _jupyter_teardown, _jupyter_setup and _log_setup. UNSPEC in current.",
        ("seed", "r33"),
        leaves_open=True,
    ),
    Clause(
        "DIR-1",
        DIR_TAGS_CODE,
        BOTH,
        "Files go below dir; run.dir is <run directory>/files and exists. A relative dir is accepted.",
        ("o10x", "o31"),
    ),
    Clause(
        "DIR-2",
        DIR_TAGS_CODE,
        BOTH,
        "A dir that is missing: classic falls back to the system's temporary directory with a warning, current makes "
        "it. One that cannot be written to or made: the temporary directory with a warning, and no exception.",
        ("o10x", "o31"),
    ),
    Clause(
        "TAGS-1",
        DIR_TAGS_CODE,
        BOTH,
        "The argument replaces WANDB_TAGS and settings; order and duplicates are kept; run.tags is a tuple, and += "
        "(t,) works and is sent.",
        ("seed", "o10x", "o31"),
        leaves_open=True,
    ),
    Clause(
        "CODE-1",
        DIR_TAGS_CODE,
        BOTH,
        "save_code True saves the entry script or notebook with the run's files, False never does, None leaves it to "
        "the account. Classic: argument and WANDB_SAVE_CODE beat the account; current: the account beats all but an "
        "explicit False.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "TB-1",
        TB_GYM_MAGIC,
        BOTH,
        "tensorboard is an alias of sync_tensorboard; either one patches the library once per process, and "
        "log(step=...) then warns. A missing library is an error before the run is made.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "TB-2",
        TB_GYM_MAGIC,
        BOTH,
        "What a SummaryWriter made after init() writes arrives in the active run's history: each scalar under its "
        "tag, with global_step, one row per global_step; with several log directories tags carry the directory's "
        "name.",
        ("seed", "r33"),
        leaves_open=True,
    ),
    Clause(
        "TB-3",
        TB_GYM_MAGIC,
        BOTH,
        "The event files of these writers are among the run's files, under their names and complete, when finish() "
        "returns.",
        ("seed", "r33"),
    ),
    Clause(
        "GYM-1",
        TB_GYM_MAGIC,
        BOTH,
        "monitor_gym True patches gym once per process; a missing library is an error.",
        ("seed", "r33", "r31"),
    ),
    Clause(
        "GYM-2",
        TB_GYM_MAGIC,
        BOTH,
        "Each video that the environment's recorder closes is logged to wandb.run, under video.<n> if the file's name"
        " says so, else videos.",
        ("seed", "r33", "r31"),
    ),
    Clause(
        "MAGIC-1",
        TB_GYM_MAGIC,
        CLASSIC_ONLY,
        "True and a dict or str that is not empty turn magic on; None and False leave it off.",
        ("seed",),
    ),
    Clause(
        "MAGIC-2",
        TB_GYM_MAGIC,
        CLASSIC_ONLY,
        "A configuration given as dict, JSON text or name of a YAML file is merged over the defaults, and what was "
        "set is in the config under magic; the variable also takes k=v,k=v.",
        ("seed",),
    ),
    Clause(
        "MAGIC-3",
        TB_GYM_MAGIC,
        CLASSIC_ONLY,
        "JSON or YAML that cannot be read: a warning, the defaults, and no exception.",
        ("r33",),
    ),
    Clause(
        "MAGIC-4",
        TB_GYM_MAGIC,
        BOTH,
        "Current has no such parameter: TypeError. In the kit magic has no effect on frameworks beyond MAGIC-1 to "
        "MAGIC-3.",
        ("ruling",),
    ),
    Clause(
        "SWEEP-1",
        SWEEP_FORK,
        BOTH,
        "Sweep parameters come from the file in WANDB_SWEEP_PARAM_PATH, win over the config argument and are locked; "
        "the id is WANDB_RUN_ID.",
        ("o33", "o31"),
    ),
    Clause(
        "FORK-1",
        SWEEP_FORK,
        CURRENT_ONLY,
        'fork_from="A?_step=n": a new run with a record of its own, starting step n+1, resumed False, A untouched, no'
        " existence query; A's own id is a ValidationError.",
        ("o31",),
    ),
    Clause(
        "FORK-2",
        SWEEP_FORK,
        CURRENT_ONLY,
        'resume_from="A?_step=n": the id becomes A, the server is asked to rewind it to n, starting step n+1, resumed'
        " False, old config kept. An unknown A is CommError, another id ValidationError.",
        ("o31",),
    ),
    Clause(
        "FORK-3",
        SWEEP_FORK,
        BOTH,
        "At most one of resume, fork_from and resume_from, else ValidationError (resume=False counts as none); bad "
        "text or another metric than _step is one too, and 1.5 is cut to 1. In classic the arguments are a TypeError.",
        ("o31",),
    ),
)
