"""Owns the clauses of section A: the parameters of init(), precedence, environment variables, credentials."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import BOTH, CLASSIC_ONLY, CURRENT_ONLY, Clause

PARAMETERS = "A. Parameters"

CLAUSES = (
    Clause(
        "A.1",
        PARAMETERS,
        BOTH,
        "init() has the 24 parameters of the reference page, all None by default; in classic all may be given by "
        "position in the page's order (the first is job_type). In current the first position is entity, magic is gone, "
        "resume_from and fork_from are new. An unknown keyword is Python's own TypeError, before anything else "
        "happens.",
        ("seed", "r33", "o31"),
    ),
    Clause(
        "A.1.job_type",
        PARAMETERS,
        BOTH,
        'A str, also from WANDB_JOB_TYPE; it ends in the run record. Not given: "train" for a new run in classic '
        "(META-2), none in current. A non-str is refused.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.dir",
        PARAMETERS,
        BOTH,
        "A path, also from WANDB_DIR, below which the run's local files go; by default the current directory. A place"
        " that cannot be used: DIR-2.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.config",
        PARAMETERS,
        BOTH,
        "A dict, an argparse.Namespace, absl FLAGS, any object with __dict__, or a str that names a YAML file; empty "
        "by default. A list or an int is a TypeError, a missing file a ConfigError.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.project",
        PARAMETERS,
        BOTH,
        "A str, also from WANDB_PROJECT; part of the record's key; without it PROJ-1. Classic takes any text; current"
        " refuses more than 128 characters and any of / \\ # ? % : with UsageError.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.entity",
        PARAMETERS,
        BOTH,
        "A str, also from WANDB_ENTITY; part of the record's key; without it the account's default entity, which the "
        "server tells.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.reinit",
        PARAMETERS,
        BOTH,
        "A bool that changes what init() does while a run is active. Classic takes any truthy value as True and reads"
        ' no variable; current also takes default, return_previous, finish_previous, create_new, reads "yes" and '
        '"true" as bool, reads WANDB_REINIT, and refuses other words with ValidationError.',
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.tags",
        PARAMETERS,
        BOTH,
        "A sequence of str, also from WANDB_TAGS split at commas; in the record and, as a tuple, in run.tags. A non-"
        "str item is refused; an empty tag or one over 64 characters is accepted by classic and a ValidationError in "
        "current.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.group",
        PARAMETERS,
        BOTH,
        "A str, also from WANDB_RUN_GROUP; in the record. A non-str is refused.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.name",
        PARAMETERS,
        BOTH,
        "A str, also from WANDB_NAME; the record's display name. Not given: a name that the server makes, None "
        "offline.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.notes",
        PARAMETERS,
        BOTH,
        "A str, also from WANDB_NOTES; in the record. A non-str is refused.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.magic",
        PARAMETERS,
        CLASSIC_ONLY,
        "A bool, dict, JSON text or name of a YAML file, also from WANDB_MAGIC; off by default. Current has no such "
        "parameter (MAGIC-4).",
        ("seed", "r33"),
    ),
    Clause(
        "A.1.config_exclude_keys",
        PARAMETERS,
        BOTH,
        "A collection of str: keys that the config argument loses. Given together with config_include_keys it is a "
        "UsageError.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.config_include_keys",
        PARAMETERS,
        BOTH,
        "A collection of str: the only keys that the config argument keeps. Given together with config_exclude_keys "
        "it is a UsageError.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.anonymous",
        PARAMETERS,
        BOTH,
        'Classic: never (the default), allow, must, and the old words "false" and "true" for never and allow, also '
        "from WANDB_ANONYMOUS; another word is refused (ANON-8). Current: a warning and nothing else, whatever the "
        "value.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.mode",
        PARAMETERS,
        BOTH,
        "online (the default), offline, disabled, and the aliases run and dryrun, also from WANDB_MODE; current also "
        "knows shared. Case counts, and the empty text is refused like any other word.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.allow_val_change",
        PARAMETERS,
        BOTH,
        "A bool: whether config values may be changed; by default True in notebooks and False elsewhere. Classic "
        "honours it, in current it has no effect (CONFIG-9).",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.resume",
        PARAMETERS,
        BOTH,
        "None (the default), a bool, allow, must, never or auto, also from WANDB_RESUME (C.6). Another word: RESUME-9.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.force",
        PARAMETERS,
        BOTH,
        "A bool, False by default: whether init() may go on offline without a login. Classic reads no variable, "
        "current reads WANDB_FORCE.",
        ("seed", "o10x", "o31"),
    ),
    Clause("A.1.tensorboard", PARAMETERS, BOTH, "An alias of sync_tensorboard.", ("seed",)),
    Clause(
        "A.1.sync_tensorboard",
        PARAMETERS,
        BOTH,
        "A bool, False by default: patches the library so that what it writes is logged (TB-1). A missing library is "
        "an error. WANDB_SYNC_TENSORBOARD counts in current alone.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.monitor_gym",
        PARAMETERS,
        BOTH,
        "A bool, False by default: patches gym so that its videos are logged (GYM-1). A missing library is an error.",
        ("seed", "r33", "r31"),
    ),
    Clause(
        "A.1.save_code",
        PARAMETERS,
        BOTH,
        "A bool, also from WANDB_SAVE_CODE and WANDB_DISABLE_CODE; None, the default, leaves it to the account's "
        "preference (CODE-1).",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.id",
        PARAMETERS,
        BOTH,
        "A str, also from WANDB_RUN_ID; part of the record's key. Not given: 8 random characters of a-z0-9. What is "
        "accepted: ID-3.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "A.1.settings",
        PARAMETERS,
        BOTH,
        'A Settings object or a dict, for every setting. An unknown name is a KeyError (inside "problem") in classic '
        "and a ValidationError in current.",
        ("seed", "o31"),
    ),
    Clause(
        "A.1.fork_from",
        PARAMETERS,
        CURRENT_ONLY,
        '"<id>?_step=<number>", also from WANDB_FORK_FROM; other text is a ValidationError (FORK-1, FORK-3). Classic '
        "has no such parameter.",
        ("o31",),
    ),
    Clause(
        "A.1.resume_from",
        PARAMETERS,
        CURRENT_ONLY,
        '"<id>?_step=<number>", also from WANDB_RESUME_FROM; other text is a ValidationError (FORK-2, FORK-3). '
        "Classic has no such parameter.",
        ("o31",),
    ),
    Clause(
        "A.2",
        PARAMETERS,
        BOTH,
        "The first source that has a value gives it: argument, settings= of init(), settings given to setup(), then "
        "in classic environment, workspace file, user file, and in current detected values, environment, files; then "
        "the default. None is no value; False is one in classic, while current's resume=False gives way. The "
        "environment is read once per process.",
        ("ruling", "o10x", "o31"),
    ),
    Clause(
        "A.3",
        PARAMETERS,
        BOTH,
        "Classic reads the variables of its settings and their special names, and reads no WANDB_REINIT, WANDB_FORCE,"
        " WANDB_ALLOW_VAL_CHANGE, WANDB_GROUP or WANDB_ID; current reads WANDB_<FIELD> for every field of its "
        "settings. Values from the environment are validated like arguments; in current the error comes when settings"
        " are first loaded.",
        ("o10x", "r33", "o31"),
        leaves_open=True,
    ),
    Clause(
        "A.4",
        PARAMETERS,
        BOTH,
        "Classic finds a key in its settings (login(), WANDB_API_KEY), then in the netrc file of the host; current in"
        " the explicit setting, the session, WANDB_API_KEY, netrc, the settings file. A key that is there counts as "
        "logged in and is not verified; one that is too short is AuthenticationError in current before any request.",
        ("o10x", "o31"),
    ),
)
