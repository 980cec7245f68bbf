"""Cases of MODE and SHARED: where a run goes."""

from __future__ import annotations

from collections.abc import Iterator

from wandb_testkit.actions import CutNetwork, LogOut, StartProcess
from wandb_testkit.conformance.case import ERRORS, ROWS, RUNS, Case
from wandb_testkit.conformance.cases.words import (
    ACCOUNTS,
    REQUESTS,
    STEP,
    chapter,
    earlier,
    finish,
    init,
    log,
    look,
    process,
)
from wandb_testkit.spec.chapters.clause import CLASSIC_ONLY, CURRENT_ONLY

mode = chapter("mode")

MODE = ("init.mode", "init.is_dummy")


def _modes() -> Iterator[Case]:
    """MODE-2: every mode argument with every variable."""
    words = ("unset", "online", "offline", "disabled")
    for variable in words:
        for argument in words:
            given = {} if argument == "unset" else {"mode": argument}
            env = {} if variable == "unset" else {"WANDB_MODE": variable}
            clauses = "MODE-2 A.1.mode" + (" DEV-5" if (argument, variable) == ("online", "offline") else "")
            yield mode(
                f"table/{argument}-with-{variable}",
                clauses,
                (StartProcess("only", env=env), init(**given), log(x=1), finish()),
                *MODE,
                *ROWS,
                "run.mode",
            )


CASES: tuple[Case, ...] = (
    mode("online-is-the-default", "MODE-1 MODE-4", (init(), log(x=1), finish()), *MODE, *REQUESTS, *ROWS, "run.mode"),
    mode("a-run-is-on-the-server-at-once", "MODE-4", (init(),), *RUNS, "run.state", "run.mode"),
    mode(
        "offline-asks-nothing",
        "MODE-3 LOGIN-2",
        (init(mode="offline"), log(x=1), finish()),
        *MODE,
        *REQUESTS,
        *ACCOUNTS,
        *ROWS,
        "run.mode",
        "init.entity",
    ),
    mode(
        "offline-needs-no-login",
        "MODE-3",
        (LogOut(), init(mode="offline"), log(x=1), finish()),
        *MODE,
        *ERRORS,
        *ROWS,
    ),
    mode(
        "offline-needs-no-server",
        "MODE-3",
        (CutNetwork(), init(mode="offline"), log(x=1), finish()),
        *MODE,
        *ERRORS,
        *ROWS,
    ),
    mode("run-is-online", "MODE-1", (init(mode="run"), log(x=1), finish()), *MODE, *ROWS, "run.mode"),
    mode("dryrun-is-offline", "MODE-1", (init(mode="dryrun"), log(x=1), finish()), *MODE, *ROWS, "run.mode"),
    mode(
        "each-run-has-a-mode-of-its-own",
        "MODE-6",
        (
            *(init("one", mode="offline"), log("one", x=1), finish("one")),
            *(init("two"), log("two", x=2), finish("two")),
            *(init("three", mode="disabled"), log("three", x=3), finish("three")),
            *(init("four", mode="offline"), log("four", x=4), finish("four")),
        ),
        *MODE,
        *ROWS,
        "run.mode",
    ),
    *(
        mode(f"words/{name}-is-refused", "A.1.mode ERR-2 ERR-3", (init(mode=word),), *ERRORS, "runs")
        for name, word in {"bogus": "bogus", "upper-case": "OFFLINE", "empty": ""}.items()
    ),
    mode("an-empty-variable-is-refused", "A.2 A.3 A.1.mode", (process("only", MODE=""), init(mode="online")), *ERRORS),
    mode("a-refused-variable", "A.3 A.1.mode", (process("only", MODE="bogus"), init()), *ERRORS),
    mode(
        "disabled-beats-everything",
        "MODE-5 DISABLED-1",
        (LogOut(), init(id="a", resume="must", force=True, mode="disabled"), log(x=1), look(), finish()),
        *MODE,
        *ERRORS,
        *REQUESTS,
        *ACCOUNTS,
        "runs",
    ),
    mode(
        "shared-acts-as-online",
        "SHARED-1",
        (init(mode="shared"), log(x=1), finish()),
        *MODE,
        *ROWS,
        profiles=CURRENT_ONLY,
    ),
    mode(
        "shared-is-called-experimental",
        "SHARED-1",
        (init(mode="shared"),),
        *MODE,
        "init.warnings",
        profiles=CURRENT_ONLY,
    ),
    mode(
        "the-step-of-a-shared-run-cannot-be-read",
        "SHARED-1",
        (init(mode="shared"), log(x=1), look(), finish()),
        "shown.step",
        profiles=CURRENT_ONLY,
    ),
    mode(
        "a-shared-run-appends",
        "SHARED-1 RESUME-1",
        (*earlier(config={"lr": 1}), init(id="a", mode="shared", config={"depth": 1}), log(x=1), finish()),
        *STEP,
        *ROWS,
        "run.config",
        profiles=CURRENT_ONLY,
    ),
    mode("there-is-no-shared-mode", "A.1.mode", (init(mode="shared"),), *ERRORS, profiles=CLASSIC_ONLY),
    *_modes(),
)
