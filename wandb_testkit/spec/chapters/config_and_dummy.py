"""Owns the clauses on config, and on the dummy of disabled mode."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import BOTH, CLASSIC_ONLY, Clause

CONFIG = "CONFIG"
DISABLED = "DISABLED: the dummy"

CLAUSES = (
    Clause(
        "CONFIG-1",
        CONFIG,
        BOTH,
        "A dict is copied in depth, so that later changes of it do not reach the run; keys lose leading and trailing "
        '"-", tuples become lists, numpy scalars become numbers.',
        ("o10x", "o31"),
    ),
    Clause(
        "CONFIG-2",
        CONFIG,
        BOTH,
        "Of argparse.Namespace and any object with __dict__ the variables are taken; names that start with _ are "
        "kept, but hidden from keys() and items().",
        ("o10x", "o31"),
    ),
    Clause(
        "CONFIG-3", CONFIG, BOTH, "Of absl FLAGS the name and value of every flag are taken.", ("seed", "r33", "r31")
    ),
    Clause(
        "CONFIG-4",
        CONFIG,
        BOTH,
        "A str is the path of a YAML file of the form key: {value: v}. A missing file, bad YAML or another "
        "wandb_version is ConfigError, a flat key: v TypeError, an empty file AttributeError in classic and TypeError"
        ' in current; "" is no config.',
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "CONFIG-5", CONFIG, BOTH, 'None, {} and "" are no config; a key that is no str is an error.', ("o10x", "o31")
    ),
    Clause(
        "CONFIG-6",
        CONFIG,
        BOTH,
        "include keeps only these keys, exclude drops these; both together are a UsageError, an empty list counts as "
        "not given, unknown names are no error. They filter the config argument alone.",
        ("seed", "o10x", "o31"),
        leaves_open=True,
    ),
    Clause(
        "CONFIG-7",
        CONFIG,
        BOTH,
        "After init() changing a key to a different value raises ConfigError, the same value and new keys are fine, "
        "and update(..., allow_val_change=True) changes. A refused change leaves the old value; current refuses the "
        "whole update(), and after finish() raises UsageError.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "CONFIG-8",
        CONFIG,
        BOTH,
        "In notebooks changes are allowed unless that update() says allow_val_change=False; a notebook is any IPython"
        " shell in classic, a Jupyter kernel in current.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "CONFIG-9",
        CONFIG,
        BOTH,
        "init(allow_val_change=True) allows changes and False forbids them also in notebooks (classic); in current "
        "the argument has no effect.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "CONFIG-10",
        CONFIG,
        BOTH,
        "Assignments and updates to locked (sweep) keys are ignored with a warning, even with allow_val_change.",
        ("o33", "o31"),
    ),
    Clause(
        "CONFIG-11",
        CONFIG,
        BOTH,
        'A missing key: config["x"] raises KeyError, config.x KeyError in classic and AttributeError in current, '
        'config.get("x", d) gives d; setdefaults() sets missing keys only.',
        ("o10x", "o31"),
    ),
    Clause(
        "CONFIG-12",
        CONFIG,
        BOTH,
        "Every change after init() is on the server when finish() returns. In current an allowed update() of a key "
        "that holds a dict replaces it in run.config, while the record gets the two merged in depth; a dict without "
        "any value in it sets nothing there.",
        ("o10x", "o31"),
    ),
    Clause(
        "DISABLED-1",
        DISABLED,
        BOTH,
        "The dummy is returned at once: no request, process, credentials, prompt, directory, log file, link or "
        "handler. Classic leaves the resume file alone; current reads and writes it even here.",
        ("o33", "o31", "ruling"),
    ),
    Clause(
        "DISABLED-2",
        DISABLED,
        BOTH,
        'Each call gives a new object with an id of its own. Classic: a random id of 22 characters, name "dummy-"+id,'
        ' dir "/", step 0, whatever was given. Current: the effective id, and name, project, entity, tags and notes '
        "as given.",
        ("o10x", "o31"),
    ),
    Clause(
        "DISABLED-3",
        DISABLED,
        BOTH,
        "Classic: every other attribute, item or call, to any depth, gives another dummy and never raises; it is "
        "true, has length 1, equals everything, and cannot be hashed. Current: a run whose unknown attributes raise "
        "AttributeError.",
        ("o10x", "o31"),
        leaves_open=True,
    ),
    Clause(
        "DISABLED-4",
        DISABLED,
        BOTH,
        "log(d) merges d into the summary, returns None and leaves step at 0; step and commit are ignored, nothing is"
        " dropped, and it works after finish() too.",
        ("o10x", "o31"),
        leaves_open=True,
    ),
    Clause(
        "DISABLED-5",
        DISABLED,
        BOTH,
        "The summary reads by item and by attribute, nested dicts too; a missing key is a KeyError.",
        ("o10x", "o31"),
    ),
    Clause(
        "DISABLED-6",
        DISABLED,
        BOTH,
        "config is as CONFIG-1 to CONFIG-7: given keys are there, the defaults file is loaded, and an invalid config "
        "still raises.",
        ("o10x", "o31"),
    ),
    Clause(
        "DISABLED-7",
        DISABLED,
        BOTH,
        "The methods of a run: all give a dummy in classic; in current save gives False, define_metric a Metric, "
        "log_artifact an object of which everything is itself, and the others None.",
        ("o10x", "o31"),
    ),
    Clause(
        "DISABLED-8",
        DISABLED,
        BOTH,
        "After init() wandb.run, config, summary and log are the dummy's; its finish() returns None and resets them "
        "only if wandb.run is this dummy.",
        ("o31", "ruling"),
    ),
    Clause(
        "DISABLED-9",
        DISABLED,
        BOTH,
        "with works, exceptions pass through, and leaving the block does not reset wandb.run.",
        ("o10x", "o31"),
    ),
    Clause("DISABLED-10", DISABLED, CLASSIC_ONLY, "disabled=True of the settings means offline.", ("r33",)),
)
