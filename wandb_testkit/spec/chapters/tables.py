"""Owns the clauses that are tables: the heart of resume, WANDB_RESUME, and what is merged with what."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import BOTH, Clause

THE_TABLES = "C. The tables"
MERGING = "E. Merging"

CLAUSES = (
    Clause(
        "C.5",
        THE_TABLES,
        BOTH,
        "Online, logged in, no active run, an id given: absent is a new run but an error for must; an existing one is"
        " overwritten (classic) or appended to (current) without resume, resumed for allow, auto and must, an error "
        "for never; a deleted one is an error. Without an id: must is an error, auto goes by the file, all else a new"
        " run.",
        ("seed", "o10x", "o31", "ruling"),
    ),
    Clause(
        "C.6",
        THE_TABLES,
        BOTH,
        "Without a resume argument WANDB_RESUME decides. Classic: the four words, any other text acts as allow, the "
        "empty one is none, and an argument, also False, beats it. Current: the four words, anything else is a "
        "ValidationError, and an argument other than None and False beats it.",
        ("o10x", "o31"),
    ),
    Clause(
        "E.1",
        MERGING,
        BOTH,
        "config, from lowest to highest: the old config when resuming, config-defaults.yaml of the current directory,"
        " the argument after include and exclude, the files of WANDB_CONFIG_PATHS, SageMaker's, the sweep's (locked)."
        " Merging is by top-level key. Where the defaults file and the argument disagree, the argument wins.",
        ("o10x", "r31", "o31"),
    ),
    Clause(
        "E.2",
        MERGING,
        BOTH,
        "tags, notes, name, group and job_type: one source wins, no union. dir: argument, setting, WANDB_DIR, current"
        " directory. allow_val_change: that of update(), else (classic) that of init(), else the notebook's. "
        "tensorboard or sync_tensorboard: either.",
        ("o10x", "o31"),
    ),
)
