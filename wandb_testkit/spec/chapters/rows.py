"""Owns the clauses on global names, rows, the summary, and the end of a run."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import BOTH, CLASSIC_ONLY, Clause

GLOBAL_NAMES = "GLOBAL names"
LOG_SUMMARY = "LOG, SUMMARY"
FINISH = "FINISH"

CLAUSES = (
    Clause(
        "GLOBAL-1",
        GLOBAL_NAMES,
        BOTH,
        "Before init() and after finish() wandb.run is None, and wandb.log() and wandb.config raise wandb.Error that "
        "tells to call init().",
        ("seed", "o10x", "o31"),
        leaves_open=True,
    ),
    Clause(
        "GLOBAL-2",
        GLOBAL_NAMES,
        BOTH,
        "After init() wandb.run is the returned run, and config, summary, log, save ... are its own.",
        ("o10x", "o31"),
    ),
    Clause(
        "GLOBAL-3", GLOBAL_NAMES, BOTH, "wandb.finish() ends wandb.run; without a run it does nothing.", ("o10x", "o31")
    ),
    Clause(
        "GLOBAL-4",
        GLOBAL_NAMES,
        BOTH,
        "A run takes no new attributes; name, notes and tags can be set and are sent; id cannot.",
        ("o10x", "o31"),
    ),
    Clause(
        "LOG-1",
        LOG_SUMMARY,
        BOTH,
        "log(d) writes one row at the current step and adds one to it; rows carry _step, _runtime and _timestamp "
        '(whole seconds in classic, fractions in current). Current drops the key "" and a value {} without a word.',
        ("o10x", "o31"),
    ),
    Clause(
        "LOG-2",
        LOG_SUMMARY,
        BOTH,
        "commit=False merges into the pending row and leaves the step; the next commit writes all of it.",
        ("o10x", "o31"),
    ),
    Clause(
        "LOG-3",
        LOG_SUMMARY,
        BOTH,
        "step=n below the current step: nothing is recorded, and there is a warning. Equal: merged into the pending "
        "row. Above: the pending row is written, then the step is n. With step the default is commit=False; step=n, "
        "commit=True writes a row at n and goes on at n+1.",
        ("o10x", "o31"),
    ),
    Clause(
        "LOG-4",
        LOG_SUMMARY,
        BOTH,
        "log({}) adds one to the step; classic writes no row, current one that holds only the step and times. "
        "finish() writes the pending row.",
        ("o33", "o31"),
    ),
    Clause(
        "LOG-5",
        LOG_SUMMARY,
        BOTH,
        "What is no mapping, or has a key that is no str, is ValueError in classic and TypeError in current; a step "
        "that is no number is TypeError. Current turns sets, Decimal, bytes, functions, huge ints and large arrays "
        "into what JSON can hold, and refuses other objects with TypeError.",
        ("o10x", "o31"),
    ),
    Clause(
        "LOG-6",
        LOG_SUMMARY,
        BOTH,
        "After finish() run.log raises (Exception, in current UsageError, there also alert, save and define_metric), "
        "and wandb.log raises wandb.Error.",
        ("o10x", "o31"),
    ),
    Clause(
        "LOG-7",
        LOG_SUMMARY,
        BOTH,
        "Threads of one process share the step: n calls give n rows with n different steps, and no row mixes two "
        "calls. In a forked child classic ignores log() with a warning, or raises if strict.",
        ("ruling", "r33"),
    ),
    Clause(
        "SUMMARY-1",
        LOG_SUMMARY,
        BOTH,
        "summary[k] is the last committed value of k; a value set by hand stays until k is logged again. In current a"
        " logged None, and None or NaN set by hand, take the key out, and nested values are set by path.",
        ("o10x", "o31"),
    ),
    Clause(
        "SUMMARY-2",
        LOG_SUMMARY,
        BOTH,
        "The summary is on the server when finish() returns, with _step, _runtime and _timestamp once a row was "
        "logged; after finish() current shows an empty run.summary with a warning.",
        ("o31",),
    ),
    Clause(
        "FINISH-1",
        FINISH,
        BOTH,
        "When finish() returns all data is on the server, and the end was reported once: state finished for exit code"
        " 0, failed for another; None means the process's code so far.",
        ("o10x", "o31"),
    ),
    Clause(
        "FINISH-2", FINISH, BOTH, "Afterwards wandb.run is None, in current only if it was this run.", ("o10x", "o31")
    ),
    Clause(
        "FINISH-3",
        FINISH,
        BOTH,
        "finish() of a finished run does nothing, in particular not to another run.",
        ("o31", "ruling"),
    ),
    Clause(
        "FINISH-4",
        FINISH,
        BOTH,
        "with ends the run with exit code 0, after any exception (also SystemExit(0) and KeyboardInterrupt) with 1, "
        "and the exception propagates.",
        ("o10x", "o31"),
    ),
    Clause(
        "FINISH-5",
        FINISH,
        BOTH,
        "A process that ends without finish() ends its runs with its exit code: 0, n of sys.exit(n), 1 after an "
        "uncaught exception, 255 after Ctrl-C. A kill reports nothing.",
        ("o10x", "o31", "r31"),
    ),
    Clause("FINISH-6", FINISH, BOTH, "What finish() does to the resume file is told by AUTO-5.", ("o10x", "o31")),
    Clause("FINISH-7", FINISH, CLASSIC_ONLY, "join() is an old name of finish().", ("r33",)),
)
