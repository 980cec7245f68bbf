"""Cases of CONFIG, SWEEP and E: what a run was configured with."""

from __future__ import annotations

from wandb_testkit.actions import StartProcess
from wandb_testkit.conformance.case import ERRORS, RUNS, Case
from wandb_testkit.conformance.cases.words import chapter, config, earlier, finish, init, look, one_run, process
from wandb_testkit.spec.chapters.clause import CLASSIC_ONLY, CURRENT_ONLY

configs = chapter("config")
sweeps = chapter("sweep")

SEEN = ("shown.config", *RUNS, "run.config")
CHANGE = ("action.raises", "action.error", *SEEN)
WARNED = ("action.raises", "action.warnings", *SEEN)


def swept(**parameters: object) -> StartProcess:
    """A process that is part of a sweep."""
    return StartProcess("only", sweep=parameters)


CONFIG: tuple[Case, ...] = (
    configs(
        "is-what-was-given",
        "CONFIG-1 A.1.config META-1",
        one_run(look(), config={"lr": 0.1, "depth": 2, "name": "x", "on": True, "none": None}),
        *SEEN,
    ),
    configs("nested-values", "CONFIG-1", one_run(look(), config={"net": {"x": 1, "y": {"z": [1, 2]}}}), *SEEN),
    configs("tuples-become-lists", "CONFIG-1", one_run(look(), config={"sizes": (1, 2)}), *SEEN),
    configs("dashes-are-taken-off", "CONFIG-1", one_run(look(), config={"--lr": 1, "-d-": 2}), *SEEN),
    configs("none-is-no-config", "CONFIG-5", one_run(look(), config=None), *SEEN),
    configs("an-empty-dict-is-no-config", "CONFIG-5", one_run(look(), config={}), *SEEN),
    *(
        configs(f"{name}-is-refused", "A.1.config CONFIG-5 ERR-2", (init(config=value),), *ERRORS, "runs")
        for name, value in {"a-list": [1], "a-number": 5, "a-key-that-is-no-text": {5: 1}}.items()
    ),
    configs(
        "include-keeps-only-these",
        "CONFIG-6 A.1.config_include_keys",
        one_run(look(), config={"a": 1, "b": 2, "c": 3}, config_include_keys=["a", "c", "z"]),
        *SEEN,
    ),
    configs(
        "exclude-drops-these",
        "CONFIG-6 A.1.config_exclude_keys",
        one_run(look(), config={"a": 1, "b": 2, "c": 3}, config_exclude_keys=["a", "z"]),
        *SEEN,
    ),
    configs(
        "empty-lists-count-as-not-given",
        "CONFIG-6",
        one_run(look(), config={"a": 1}, config_include_keys=[], config_exclude_keys=[]),
        *SEEN,
    ),
    configs(
        "both-are-refused",
        "CONFIG-6",
        (init(config={"a": 1}, config_include_keys=["a"], config_exclude_keys=["b"]),),
        *ERRORS,
        "runs",
    ),
    configs("a-new-key", "CONFIG-7", one_run(config(depth=2), look(), config={"lr": 1}), *CHANGE),
    configs("the-same-value", "CONFIG-7", one_run(config(lr=1), look(), config={"lr": 1}), *CHANGE),
    configs("another-value-is-refused", "CONFIG-7", one_run(config(lr=2), look(), config={"lr": 1}), *CHANGE),
    configs(
        "another-value-that-is-allowed",
        "CONFIG-7",
        one_run(config(lr=2, allow=True), look(), config={"lr": 1}),
        *CHANGE,
    ),
    configs(
        "a-refused-update-is-refused-whole",
        "CONFIG-7",
        one_run(config(lr=2, depth=3), look(), config={"lr": 1}),
        *CHANGE,
        profiles=CURRENT_ONLY,
    ),
    configs(
        "after-finish-it-cannot-be-changed",
        "CONFIG-7",
        (*one_run(config={"lr": 1}), config(depth=3)),
        "action.raises",
        "action.error",
        *RUNS,
        "run.config",
        profiles=CURRENT_ONLY,
    ),
    configs(
        "in-a-notebook",
        "CONFIG-8 F.2.21",
        (process("only", notebook=True), *one_run(config(lr=2), look(), config={"lr": 1})),
        *CHANGE,
        profiles=CLASSIC_ONLY,
    ),
    configs(
        "in-a-notebook-it-may-be-forbidden",
        "CONFIG-8",
        (process("only", notebook=True), *one_run(config(lr=2, allow=False), look(), config={"lr": 1})),
        *CHANGE,
    ),
    configs(
        "init-allows-changes-or-not",
        "CONFIG-9 DEV-13 F.3.2 A.1.allow_val_change",
        one_run(config(lr=2), look(), config={"lr": 1}, allow_val_change=True),
        *CHANGE,
    ),
    configs(
        "init-forbids-changes",
        "CONFIG-9",
        one_run(config(lr=2), look(), config={"lr": 1}, allow_val_change=False),
        *CHANGE,
    ),
    configs(
        "init-forbids-changes-in-a-notebook",
        "CONFIG-9 DEV-13",
        (process("only", notebook=True), *one_run(config(lr=2), look(), config={"lr": 1}, allow_val_change=False)),
        *CHANGE,
        profiles=CLASSIC_ONLY,
    ),
    configs(
        "changes-are-sent",
        "CONFIG-12",
        one_run(config(depth=2), config(width=3), config={"lr": 1}),
        *RUNS,
        "run.config",
    ),
    configs(
        "changes-are-sent-at-once",
        "CONFIG-12",
        (init(config={"lr": 1}), config(depth=2), finish()),
        *RUNS,
        "run.config",
    ),
    configs(
        "an-allowed-dict-replaces",
        "CONFIG-12",
        one_run(config(net={"y": 2}, allow=True), look(), config={"net": {"x": 1}}),
        *CHANGE,
    ),
    configs(
        "of-an-offline-run",
        "CONFIG-12 MODE-3",
        one_run(config(depth=2), config={"lr": 1}, mode="offline"),
        *RUNS,
        "run.config",
    ),
    configs(
        "old-config-and-argument",
        "E.1 RESUME-7",
        (
            *earlier(config={"lr": 1, "net": {"x": 1}}),
            init(id="a", resume="allow", config={"net": {"y": 2}}),
            look(),
            finish(),
        ),
        *SEEN,
    ),
    configs(
        "two-runs-have-configs-of-their-own",
        "CONFIG-1",
        (*one_run(id="a", config={"lr": 1}), init("two", id="b", config={"depth": 2}), look("two"), finish("two")),
        *SEEN,
    ),
)

SWEEP: tuple[Case, ...] = (
    sweeps(
        "of-a-run-that-a-variable-disables",
        "DISABLED-6 SWEEP-1",
        (
            StartProcess("only", env={"WANDB_MODE": "disabled"}, sweep={"lr": 0.5}),
            init(config={"depth": 1}),
            look(),
        ),
        "shown.config",
        "init.is_dummy",
    ),
    sweeps(
        "its-parameters-are-in-the-config", "SWEEP-1", (swept(lr=0.5), *one_run(look(), config={"depth": 2})), *SEEN
    ),
    sweeps(
        "its-parameters-beat-the-argument",
        "SWEEP-1 E.1",
        (swept(lr=0.5), *one_run(look(), config={"lr": 1, "depth": 2})),
        *SEEN,
    ),
    sweeps(
        "nested-parameters", "SWEEP-1 E.1", (swept(net={"x": 1}), *one_run(look(), config={"net": {"y": 2}})), *SEEN
    ),
    sweeps("locked-keys-stay", "CONFIG-10", (swept(lr=0.5), *one_run(config(lr=1), look())), *WARNED),
    sweeps(
        "locked-keys-stay-even-when-allowed",
        "CONFIG-10",
        (swept(lr=0.5), *one_run(config(lr=1, allow=True), look())),
        *WARNED,
    ),
    sweeps(
        "the-other-keys-of-an-update-are-set",
        "CONFIG-10",
        (swept(lr=0.5), *one_run(config(lr=1, depth=3), look())),
        *WARNED,
    ),
    sweeps(
        "of-a-disabled-run",
        "DISABLED-6 SWEEP-1",
        (swept(lr=0.5), init(mode="disabled", config={"lr": 1}), look()),
        "shown.config",
        "init.is_dummy",
    ),
    sweeps(
        "the-id-is-the-variable",
        "SWEEP-1 ID-1",
        (StartProcess("only", env={"WANDB_RUN_ID": "v"}, sweep={"lr": 1}), *one_run(look())),
        "init.run_id",
        *SEEN,
    ),
    sweeps("of-an-offline-run", "SWEEP-1", (swept(lr=0.5), *one_run(look(), config={"lr": 1}, mode="offline")), *SEEN),
)

CASES = (*CONFIG, *SWEEP)
