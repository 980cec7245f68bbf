"""Owns the clauses on the call itself: what it returns, how it fails, and what a run is called."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import BOTH, Clause

INIT = "INIT: the call"
ERR = "ERR: failures"
ID = "ID and names"

CLAUSES = (
    Clause(
        "INIT-1",
        INIT,
        BOTH,
        "init() without any argument is a complete call: online, default entity and project, generated id and name, "
        "and a run that is running when it returns. Every call without a known id that neither resumes nor returns "
        "the active run makes a run of its own, also in another process.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "INIT-2",
        INIT,
        BOTH,
        "The result is a run, in disabled mode the dummy, never None, and it is wandb.run, except where REINIT-2, "
        "REINIT-5 and REINIT-7 say otherwise.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "INIT-3",
        INIT,
        BOTH,
        "init() spawns a process that keeps the run's local record and talks to the server, so log() does not wait "
        "for the network. In the kit the transport decides whether there is a child, no other clause depends on the "
        "transport, and none is spawned in disabled mode or when the active run is returned.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "ERR-1",
        ERR,
        BOTH,
        "Whatever stops init() reaches the caller as an exception that is an Exception and not a SystemExit; only a "
        "KeyboardInterrupt passes through as it is.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "ERR-2",
        ERR,
        BOTH,
        'In classic a UsageError passes through and everything else is reported as Exception("problem") with the real'
        " cause in __cause__; in current the original exception is raised.",
        ("o10x", "o31"),
    ),
    Clause(
        "ERR-3",
        ERR,
        BOTH,
        "Current: a bad argument is ValidationError or UsageError, missing credentials UsageError, a key of the wrong"
        " form AuthenticationError, a refused or unreachable server CommError, a must or never conflict UsageError, "
        "must under another active run Error, an id in use ServerResponseError. Classic: what the server side or the "
        "login reports is UsageError, all else ERR-2.",
        ("o31", "o33", "ruling"),
    ),
    Clause(
        "ERR-4",
        ERR,
        BOTH,
        "After a failed init() nothing stays active: wandb.run is what it was, or None if reinit had finished the run"
        " before; no log handler stays, and a plain init() works. In current an init() that failed at the server "
        "leaves its id taken for that process.",
        ("o12", "o31", "o33"),
    ),
    Clause(
        "ERR-5",
        ERR,
        BOTH,
        'A server that answers the requests about the run with nothing or with "deleted" is reported at once: '
        "UsageError with its message in classic, CommError in current. In classic a server that is dead already at "
        "the login is a matter of FORCE-1 and FORCE-2.",
        ("ruling",),
    ),
    Clause(
        "ID-1",
        ID,
        BOTH,
        "The effective id is the argument, else (classic) the hint of RESUME-9, else WANDB_RUN_ID, else (auto only) "
        "the one in the resume file, else a generated one.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "ID-2",
        ID,
        BOTH,
        "Generated ids have 8 characters of 0-9a-z, do not repeat, and do not depend on the user's random.seed.",
        ("o10x", "o31", "ruling"),
    ),
    Clause(
        "ID-3",
        ID,
        BOTH,
        "Classic accepts any text that is not empty, and takes the empty one as not given; current raises UsageError "
        "for an empty id, blanks at its ends, or one of : ; , # ? / ' and accepts all other characters. An id that is"
        " no str is refused.",
        ("o10x", "o31"),
        leaves_open=True,
    ),
    Clause(
        "ID-4",
        ID,
        BOTH,
        "An id is unique per entity and project: the same id in another project or under another owner is another run.",
        ("seed",),
    ),
    Clause(
        "ID-5",
        ID,
        BOTH,
        "WANDB_RUN_ID applies to every init() of the process: the second one, after finish(), has the same id.",
        ("o10x", "o31"),
    ),
    Clause("ID-6", ID, BOTH, "The id of a deleted run cannot be used again.", ("docs",)),
    Clause(
        "PROJ-1",
        ID,
        BOTH,
        "Without a project: the base name of the git repository plus the program's path below it, else "
        '"uncategorized"; in classic an offline run without a project has the project "".',
        ("o10x", "o31"),
    ),
    Clause("NAME-1", ID, BOTH, "A name need not be unique, and has no influence on resuming.", ("seed",)),
    Clause(
        "NAME-2",
        ID,
        BOTH,
        "Online without a name: the server gives one, which run.name shows after init(). Offline it is None.",
        ("o10x", "o31"),
    ),
    Clause(
        "ENT-1",
        ID,
        BOTH,
        "The entity is the argument, the variable, the file, else the default entity that the server reports when the"
        " run is created; run.entity, run.path and run.url follow it.",
        ("o10x", "o31"),
    ),
    Clause(
        "META-1",
        ID,
        BOTH,
        "job_type, group, notes, tags, name and config given at init() are in the record when it returns. Notes keep "
        "their line breaks, and the same group text alone makes a group. What is not given is not sent, and an "
        "existing record keeps its value.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "META-2",
        ID,
        BOTH,
        'Classic: a new run, online or offline, whose job_type nobody gave has job type "train", which also replaces '
        "that of a run it overwrites; a resumed run gets no default. Current has no default: nothing is sent, and "
        'run.job_type reads "".',
        ("seed", "o31"),
        leaves_open=True,
    ),
)
