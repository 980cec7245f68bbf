"""Cases of REINIT: an init() while a run is active."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wandb_testkit.actions import Action
from wandb_testkit.conformance.case import END, ERRORS, ROWS, RUNS, Case
from wandb_testkit.conformance.cases.words import (
    REQUESTS,
    STEP,
    chapter,
    finish,
    init,
    log,
    look,
    process,
)
from wandb_testkit.spec.chapters.clause import CURRENT_ONLY

reinit = chapter("reinit")

OBJECT = ("init.returned", "init.wandb_run", "init.run_id")

WORDS: dict[str, tuple[str, dict[str, Any]]] = {
    "unset": ("REINIT-2 F.2.14", {}),
    "false": ("REINIT-2 F.2.14", {"reinit": False}),
    "true": ("REINIT-3", {"reinit": True}),
}
CURRENT_WORDS = {
    "default": "REINIT-2",
    "return_previous": "REINIT-2",
    "finish_previous": "REINIT-3",
    "create_new": "REINIT-7",
}


def _loop() -> Iterator[Action]:
    """The reference page's loop, with fewer rows: each run is finished before the next one starts."""
    for number in range(10):
        name = f"run{number}"
        yield init(name, reinit=True)
        yield from (log(name, metric=number + row) for row in range(5))
        yield finish(name)


def _words() -> Iterator[Case]:
    """Each word of reinit, in a script and in a notebook, without an active run, with one and with two inits more."""
    for name, (clauses, kwargs) in WORDS.items():
        for notebook in (False, True):
            where = "-in-a-notebook" if notebook else ""
            named = f"REINIT-4 F.2.21 {clauses}" if notebook else clauses
            script = (
                process("only", notebook=notebook),
                init("one", id="a"),
                log("one", x=1),
                init("two", id="b", **kwargs),
                log("two", x=2),
            )
            yield reinit(f"{name}{where}", named, script, *OBJECT, *ERRORS, *ROWS, "run.state")
            alone = (process("only", notebook=notebook), init(id="a", **kwargs), log(x=1), finish())
            yield reinit(f"{name}{where}-without-an-active-run", "REINIT-1", alone, *OBJECT, *ROWS)
        yield reinit(f"{name}-warns-or-not", f"{clauses} A.1.reinit", (init(**kwargs),), "init.warnings", *OBJECT)
    for word, clauses in CURRENT_WORDS.items():
        beside = (init("one", id="a"), log("one", x=1), init("two", id="b", reinit=word), log("two", x=2))
        yield reinit(
            word.replace("_", "-"), clauses, beside, *OBJECT, *ERRORS, *ROWS, "run.state", profiles=CURRENT_ONLY
        )
        yield reinit(
            f"{word.replace('_', '-')}-without-an-active-run",
            f"REINIT-1 {clauses}",
            (init(id="a", reinit=word), look(), log(x=1), finish()),
            *OBJECT,
            "shown.wandb_run",
            *ROWS,
            profiles=CURRENT_ONLY,
        )


CASES: tuple[Case, ...] = (
    reinit(
        "a-returned-run-ignores-the-other-arguments",
        "REINIT-2",
        (
            init("one", id="a", config={"lr": 1}, tags=["x"]),
            init("two", id="b", config={"lr": 2}, tags=["y"], notes="n", resume="allow"),
            look("two"),
            finish("two"),
        ),
        *OBJECT,
        *REQUESTS,
        "shown.config",
        "shown.tags",
        *RUNS,
        "run.config",
        "run.tags",
        "run.notes",
    ),
    reinit(
        "a-bad-value-is-refused-all-the-same", "REINIT-2", (init("one"), init("two", mode="bogus")), *ERRORS, *OBJECT
    ),
    reinit(
        "a-bad-config-is-refused-all-the-same", "REINIT-2", (init("one"), init("two", config=[1])), *ERRORS, *OBJECT
    ),
    reinit(
        "returning-asks-nothing", "REINIT-2 REINIT-10 DEV-12", (init("one"), init("two", id="b")), *OBJECT, *REQUESTS
    ),
    reinit(
        "must-with-an-active-run",
        "REINIT-2 F.2.15 F.3.3 ERR-3",
        (init("one"), init("two", id="b", resume="must")),
        *OBJECT,
        *ERRORS,
    ),
    reinit(
        "the-earlier-run-ends-with-exit-code-0",
        "REINIT-3",
        (init("one", id="a"), log("one", x=1), init("two", id="b", reinit=True)),
        *OBJECT,
        *END,
    ),
    reinit(
        "all-active-runs-are-finished-oldest-first",
        "REINIT-3",
        (
            init("one", id="a"),
            init("two", id="b", reinit="create_new"),
            init("three", id="c", reinit="finish_previous"),
        ),
        *OBJECT,
        *END,
        profiles=CURRENT_ONLY,
    ),
    reinit(
        "the-latest-active-run-is-returned",
        "REINIT-2 INIT-2",
        (init("one", id="a"), init("two", id="b", reinit="create_new"), init("three", id="c")),
        *OBJECT,
        profiles=CURRENT_ONLY,
    ),
    reinit(
        "create-new-runs-side-by-side",
        "REINIT-7",
        (
            init("one", id="a"),
            init("two", id="b", reinit="create_new"),
            log("one", x=1),
            log("two", x=2),
            log("one", x=3),
            finish("two"),
            look("one"),
            finish("one"),
        ),
        *OBJECT,
        "shown.wandb_run",
        *ROWS,
        profiles=CURRENT_ONLY,
    ),
    reinit(
        "create-new-may-not-have-the-id-of-an-active-run",
        "REINIT-7 ERR-3",
        (init("one", id="a"), init("two", id="a", reinit="create_new")),
        *OBJECT,
        *ERRORS,
        profiles=CURRENT_ONLY,
    ),
    reinit("an-unknown-word-is-refused", "A.1.reinit ERR-3", (init(reinit="bogus"),), *ERRORS, profiles=CURRENT_ONLY),
    reinit(
        "the-variable",
        "A.1.reinit A.3",
        (process("only", REINIT="finish_previous"), init("one", id="a"), init("two", id="b")),
        *OBJECT,
        *END,
    ),
    reinit(
        "a-loop-of-ten-runs",
        "REINIT-8 LOG-1",
        _loop(),
        *OBJECT,
        *ROWS,
        "run.state",
    ),
    reinit(
        "a-finished-run-is-not-active",
        "REINIT-8 FINISH-2",
        (init("one", id="a"), finish("one"), init("two", id="b"), look("two")),
        *OBJECT,
        "shown.wandb_run",
        *RUNS,
    ),
    reinit(
        "the-own-id-is-finished-and-then-resumed",
        "REINIT-9 DEV-11",
        (
            init("one", id="a"),
            log("one", x=1),
            init("two", id="a", reinit=True, resume="allow"),
            log("two", x=2),
            finish("two"),
        ),
        *OBJECT,
        *STEP,
        *ROWS,
    ),
    reinit(
        "the-own-id-with-must",
        "REINIT-9 DEV-11",
        (init("one", id="a"), log("one", x=1), init("two", id="a", reinit=True, resume="must"), finish("two")),
        *OBJECT,
        *STEP,
        *ERRORS,
    ),
    reinit(
        "the-own-id-with-never",
        "REINIT-9",
        (init("one", id="a"), log("one", x=1), init("two", id="a", reinit=True, resume="never")),
        *OBJECT,
        *ERRORS,
        *END,
    ),
    *_words(),
)
