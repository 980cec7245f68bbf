"""Cases of DISABLED: the dummy, which keeps nothing."""

from __future__ import annotations

from wandb_testkit.conformance.case import END, ERRORS, ROWS, RUNS, Case
from wandb_testkit.conformance.cases.words import (
    ACCOUNTS,
    REQUESTS,
    STEP,
    chapter,
    config,
    earlier,
    finish,
    init,
    log,
    look,
    process,
)

disabled = chapter("disabled")

DUMMY = ("init.is_dummy", "init.mode", "init.returned", "init.wandb_run")

CASES: tuple[Case, ...] = (
    disabled(
        "keeps-nothing",
        "DISABLED-1 DISABLED-4",
        (init(mode="disabled"), log(x=1), finish(), init("later", mode="offline"), log("later", x=1), finish("later")),
        *DUMMY,
        *REQUESTS,
        *ACCOUNTS,
        *ROWS,
    ),
    disabled("is-the-dummy", "DISABLED-1 F.2.16 INIT-2", (init(mode="disabled"),), *DUMMY),
    disabled(
        "each-call-gives-a-new-one",
        "DISABLED-2 REINIT-6",
        (init("one", mode="disabled"), init("two", mode="disabled")),
        *DUMMY,
        "init.run_id",
    ),
    disabled("what-id-it-has", "DISABLED-2", (init(id="a", mode="disabled"),), *DUMMY, "init.run_id"),
    disabled(
        "its-log-goes-to-the-summary",
        "DISABLED-4 DISABLED-5",
        (init(mode="disabled"), log(x=1), log(x=2, y={"z": 3}), look()),
        *DUMMY,
        "shown.summary",
    ),
    disabled(
        "step-and-commit-are-ignored",
        "DISABLED-4",
        (init(mode="disabled"), log(at=7, x=1), log(at=3, x=2), log(commit=False, y=3), look()),
        *DUMMY,
        "action.raises",
        "shown.summary",
    ),
    disabled(
        "it-logs-after-finish",
        "DISABLED-4",
        (init(mode="disabled"), finish(), log(x=1), look()),
        *DUMMY,
        "action.raises",
        "shown.summary",
    ),
    disabled(
        "its-config",
        "DISABLED-6",
        (init(mode="disabled", config={"lr": 1, "net": {"x": 2}}), look()),
        *DUMMY,
        "shown.config",
    ),
    disabled(
        "its-config-can-grow",
        "DISABLED-6",
        (init(mode="disabled", config={"lr": 1}), config(depth=2), look()),
        *DUMMY,
        "action.raises",
        "shown.config",
    ),
    disabled("its-config-is-refused-too", "DISABLED-6", (init(mode="disabled", config=[1]),), *ERRORS),
    disabled(
        "it-is-wandb-run",
        "DISABLED-8 INIT-2",
        (init(mode="disabled"), look(), finish(), look()),
        *DUMMY,
        "shown.wandb_run",
    ),
    disabled(
        "its-finish-leaves-another-run",
        "DISABLED-8 DEV-21",
        (init("dummy", mode="disabled"), init("two"), finish("dummy"), look("two"), log("two", x=1), finish("two")),
        *DUMMY,
        "shown.wandb_run",
        *ROWS,
    ),
    disabled(
        "beside-an-active-run",
        "REINIT-5 DEV-10",
        (init("one", id="a"), init("two", mode="disabled"), log("one", x=1), look("one")),
        *DUMMY,
        "shown.wandb_run",
        *ROWS,
        "run.state",
    ),
    disabled(
        "the-shadowed-run-is-returned",
        "REINIT-5 DEV-10",
        (init("one", id="a"), init("two", mode="disabled"), init("three")),
        *DUMMY,
        "init.run_id",
        *RUNS,
        "run.state",
    ),
    disabled(
        "reinit-does-not-finish-the-run",
        "REINIT-5",
        (init("one", id="a"), init("two", mode="disabled", reinit=True)),
        *DUMMY,
        *END,
    ),
    disabled(
        "is-not-active",
        "REINIT-6",
        (init("one", mode="disabled"), init("two", id="b"), log("two", x=1), finish("two")),
        *DUMMY,
        *ROWS,
    ),
    disabled(
        "by-the-variable",
        "MODE-2 DISABLED-1",
        (process("only", MODE="disabled"), init(id="a", resume="must"), log(x=1)),
        *DUMMY,
        *ERRORS,
        "runs",
    ),
    disabled(
        "is-not-resumed",
        "RESUME-10 DISABLED-2",
        (*earlier(), init(id="a", resume="allow", mode="disabled"), look()),
        *DUMMY,
        *STEP,
        "shown.summary",
    ),
)
