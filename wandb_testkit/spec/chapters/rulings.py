"""Owns the clauses of spec.md F.2 and F.3: how the page was read, and current against its own documentation."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import BOTH, CLASSIC_ONLY, CURRENT_ONLY, Clause

AMBIGUITIES_OF_THE_REFERENCE_PAGE = "F.2 Ambiguities of the reference page"
CURRENT_AGAINST_ITS_OWN_DOCUMENTATION = "F.3 Current against its own documentation"

CLAUSES = (
    Clause(
        "F.2.1",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        CLASSIC_ONLY,
        '"overwritten" replaces config, summary, streams and job type; other fields that were not given stay.',
        ("ruling",),
    ),
    Clause(
        "F.2.2",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        '"crashed" means that the resume file is still there (AUTO-3).',
        ("ruling",),
    ),
    Clause(
        "F.2.3",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        '"same machine" means the same wandb directory (AUTO-2).',
        ("ruling",),
    ),
    Clause(
        "F.2.4",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        '"previous run" is the last auto run of the directory, as long as no run of the directory ended well after '
        "it; a run without auto is not remembered, whatever its end.",
        ("ruling", "o10x"),
    ),
    Clause(
        "F.2.5",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        "auto with an id that exists but is not in the file resumes it: the id was given to name that run.",
        ("ruling", "o10x"),
    ),
    Clause(
        "F.2.6",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        "must without an id is an error, never without an id a new run (C.5).",
        ("ruling",),
    ),
    Clause("F.2.7", AMBIGUITIES_OF_THE_REFERENCE_PAGE, BOTH, "resume False is as None.", ("ruling",)),
    Clause("F.2.8", AMBIGUITIES_OF_THE_REFERENCE_PAGE, BOTH, "Other resume words: RESUME-9.", ("ruling",)),
    Clause(
        "F.2.9",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        "An id argument and a different WANDB_RUN_ID: the argument, without a warning.",
        ("ruling",),
    ),
    Clause(
        "F.2.10",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        '"will crash" is an exception in the caller\'s process, not the end of it.',
        ("ruling",),
    ),
    Clause(
        "F.2.11",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        "\"can't or isn't logged in\" is no key, a refused key, or a server that cannot be reached.",
        ("ruling",),
    ),
    Clause(
        "F.2.12",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        CLASSIC_ONLY,
        "anonymous must for who is logged in is an anonymous account all the same (ANON-3).",
        ("ruling",),
    ),
    Clause(
        "F.2.13",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        CLASSIC_ONLY,
        "force and anonymous together: an anonymous login satisfies force (ANON-6).",
        ("ruling",),
    ),
    Clause(
        "F.2.14",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        'Without "allow multiple calls" a second init() returns the active run, and is no error (REINIT-2).',
        ("ruling",),
    ),
    Clause(
        "F.2.15",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        "resume must while another run is active and without reinit: classic returns the active run silently, current"
        " raises.",
        ("o10x", "o31"),
    ),
    Clause(
        "F.2.16",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        '"Union[Run, Dummy]" is a dummy exactly in disabled mode, and never None.',
        ("ruling",),
        leaves_open=True,
    ),
    Clause(
        "F.2.17",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        '"crash if user can\'t" comes before any run directory is needed; logs may exist.',
        ("ruling",),
    ),
    Clause(
        "F.2.18",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        "The lookup of a run asks in the entity the run would get, for an anonymous run the anonymous one.",
        ("ruling",),
    ),
    Clause("F.2.19", AMBIGUITIES_OF_THE_REFERENCE_PAGE, BOTH, "Config files and the argument: E.1.", ("ruling",)),
    Clause(
        "F.2.20", AMBIGUITIES_OF_THE_REFERENCE_PAGE, BOTH, "Offline, resume is not enforced (RESUME-13).", ("ruling",)
    ),
    Clause(
        "F.2.21",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        '"in jupyter" is any IPython shell for reinit, and in classic for allow_val_change too.',
        ("o10x", "o31"),
    ),
    Clause(
        "F.2.22",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        '"no way to disable logging" speaks of the user while the run is active (LOGSETUP-7).',
        ("ruling",),
    ),
    Clause(
        "F.2.23",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        '"Spawns a new process" is a matter of the transport (INIT-3).',
        ("ruling",),
    ),
    Clause(
        "F.2.24",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        "The flags row of the page's table is the continuation of the text on config, and no parameter.",
        ("ruling",),
    ),
    Clause(
        "F.2.25",
        AMBIGUITIES_OF_THE_REFERENCE_PAGE,
        BOTH,
        "tensorboard and settings are parameters although the page's table has no row for them, and config is "
        "explained above the table.",
        ("ruling",),
    ),
    Clause(
        "F.3.1",
        CURRENT_AGAINST_ITS_OWN_DOCUMENTATION,
        CURRENT_ONLY,
        "force False does not switch to offline: init() raises.",
        ("o31",),
    ),
    Clause(
        "F.3.2",
        CURRENT_AGAINST_ITS_OWN_DOCUMENTATION,
        CURRENT_ONLY,
        "allow_val_change is documented, and ignored.",
        ("o31",),
    ),
    Clause(
        "F.3.3",
        CURRENT_AGAINST_ITS_OWN_DOCUMENTATION,
        CURRENT_ONLY,
        'resume="must" while a run is active raises Error, which is documented nowhere.',
        ("o31",),
    ),
    Clause(
        "F.3.4",
        CURRENT_AGAINST_ITS_OWN_DOCUMENTATION,
        CURRENT_ONLY,
        "resume unset does not always start a new run: with a known id it appends to the old history.",
        ("o31",),
    ),
    Clause(
        "F.3.5",
        CURRENT_AGAINST_ITS_OWN_DOCUMENTATION,
        CURRENT_ONLY,
        "resume_from does not take precedence over id: another id is a ValidationError.",
        ("o31",),
    ),
    Clause(
        "F.3.6",
        CURRENT_AGAINST_ITS_OWN_DOCUMENTATION,
        CURRENT_ONLY,
        "auto resumes a run that ended well without finish().",
        ("o31",),
    ),
    Clause(
        "F.3.7",
        CURRENT_AGAINST_ITS_OWN_DOCUMENTATION,
        CURRENT_ONLY,
        "anonymous is nothing but a warning, also for None.",
        ("o31",),
    ),
    Clause(
        "F.3.8",
        CURRENT_AGAINST_ITS_OWN_DOCUMENTATION,
        CURRENT_ONLY,
        "WANDB_CONFIG_PATHS cannot be used: it raises ValidationError.",
        ("o31",),
    ),
)
