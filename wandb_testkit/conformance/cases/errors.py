"""Cases of ERR and A.1: an init() that raises."""

from __future__ import annotations

from wandb_testkit.actions import EndProcess
from wandb_testkit.conformance.case import END, ERRORS, ROWS, Case
from wandb_testkit.conformance.cases.disabled import DUMMY
from wandb_testkit.conformance.cases.reinit import OBJECT
from wandb_testkit.conformance.cases.words import (
    chapter,
    finish,
    init,
    log,
    look,
    process,
)

errors = chapter("errors")

CASES: tuple[Case, ...] = (
    errors(
        "a-failed-init-leaves-no-run-active",
        "ERR-4",
        (init("one", id="a", resume="must"), init("two"), log("two", x=1), look("two"), finish("two")),
        *ERRORS,
        *OBJECT,
        "shown.wandb_run",
        *ROWS,
    ),
    errors(
        "a-bad-argument-leaves-no-run-active",
        "ERR-4 ERR-2",
        (init("one", mode="bogus"), init("two"), log("two", x=1), finish("two")),
        *ERRORS,
        *OBJECT,
        *ROWS,
    ),
    errors(
        "a-failed-init-leaves-the-active-run",
        "ERR-4",
        (init("one"), init("two", mode="bogus"), look("one"), log("one", x=1), finish("one")),
        *ERRORS,
        *OBJECT,
        "shown.wandb_run",
        *ROWS,
    ),
    errors(
        "reinit-has-finished-the-run-before",
        "ERR-4 REINIT-3",
        (init("one", id="a"), init("two", id="b", reinit=True, resume="must"), look("one")),
        *ERRORS,
        *OBJECT,
        *END,
    ),
    errors(
        "the-id-of-a-failed-init",
        "ERR-4",
        (init("one", id="a", resume="must"), init("two", id="a"), log("two", x=1), finish("two")),
        *ERRORS,
        *OBJECT,
        *ROWS,
    ),
    errors(
        "the-id-of-a-failed-init-offline",
        "ERR-4",
        (init("one", id="a", resume="must"), init("two", id="a", mode="offline")),
        *ERRORS,
        *OBJECT,
    ),
    errors(
        "the-id-of-a-failed-init-disabled",
        "ERR-4",
        (init("one", id="a", resume="must"), init("two", id="a", mode="disabled")),
        *ERRORS,
        *DUMMY,
    ),
    errors(
        "the-id-of-a-failed-init-in-another-process",
        "ERR-4",
        (init("one", id="a", resume="must"), process("other"), init("two", id="a"), log("two", x=1), finish("two")),
        *ERRORS,
        *ROWS,
    ),
    errors(
        "the-process-goes-on",
        "ERR-1 F.2.10",
        (init("one", id="a", resume="must"), init("two", mode="offline"), log("two", x=1), EndProcess(0)),
        *ERRORS,
        *ROWS,
        "run.state",
    ),
    errors("tags-that-are-no-text", "A.1.tags ERR-2 ERR-3", (init(tags=["a", 5]),), *ERRORS),
    errors("an-empty-tag", "A.1.tags ERR-3", (init(tags=[""]), look()), *ERRORS, "shown.tags"),
    errors("a-long-tag", "A.1.tags ERR-3", (init(tags=["a" * 65]),), *ERRORS),
    errors(
        "both-include-and-exclude",
        "CONFIG-6 A.1.config_exclude_keys A.1.config_include_keys",
        (init(config={"a": 1}, config_include_keys=["a"], config_exclude_keys=["b"]),),
        *ERRORS,
    ),
)
