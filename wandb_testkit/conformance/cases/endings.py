"""Cases of FINISH: how a run ends, and what is there then."""

from __future__ import annotations

from wandb_testkit.actions import (
    EndProcess,
    Kill,
    SetSummary,
)
from wandb_testkit.conformance.case import END, ROWS, Case
from wandb_testkit.conformance.cases.words import chapter, finish, init, log, look, one_run, process
from wandb_testkit.spec.chapters.clause import CURRENT_ONLY

ending = chapter("finish")

CASES: tuple[Case, ...] = (
    ending("a-run-that-ends-is-finished", "FINISH-1", one_run(log(x=1)), *END, *ROWS),
    ending("exit-code-0", "FINISH-1", (init(), finish(exit_code=0)), *END),
    ending("another-exit-code-is-a-failure", "FINISH-1", (init(), log(x=1), finish(exit_code=3)), *END, *ROWS),
    ending("a-run-that-does-not-end-is-running", "FINISH-1 INIT-1", (init(), log(x=1)), *END),
    ending(
        "wandb-run-is-none-afterwards",
        "FINISH-2 GLOBAL-1",
        (init(), look(), finish(), look()),
        "init.wandb_run",
        "shown.wandb_run",
    ),
    ending(
        "wandb-run-stays-another-run",
        "FINISH-2",
        (init("one", id="a"), init("two", id="b", reinit="create_new"), finish("two"), look("one")),
        "init.wandb_run",
        "shown.wandb_run",
        *END,
        profiles=CURRENT_ONLY,
    ),
    ending("twice-does-nothing", "FINISH-3", (*one_run(log(x=1)), finish(exit_code=1)), "action.raises", *END),
    ending(
        "twice-leaves-another-run-alone",
        "FINISH-3 DEV-15",
        (*one_run(id="a"), init("two", id="b"), finish("run"), look("two"), log("two", x=1), finish("two")),
        "action.raises",
        "shown.wandb_run",
        *END,
        *ROWS,
    ),
    ending("the-process-ends", "FINISH-5", (init(), log(x=1), EndProcess(0)), *END, *ROWS),
    ending("the-process-ends-with-an-exit-code", "FINISH-5", (init(), log(x=1), EndProcess(3)), *END, *ROWS),
    ending(
        "the-process-ends-with-a-row-that-waits",
        "FINISH-5 LOG-4",
        (init(), log(commit=False, x=1), EndProcess(0)),
        *END,
        *ROWS,
    ),
    ending("the-process-ends-after-finish", "FINISH-5", (*one_run(log(x=1)), EndProcess(3)), *END),
    ending("a-kill-reports-nothing", "FINISH-5", (init(), log(x=1), Kill()), *END),
    ending(
        "everything-is-there",
        "FINISH-1 CONFIG-12 SUMMARY-2",
        one_run(log(x=1), SetSummary("run", {"b": 2}), config={"lr": 1}),
        *END,
        *ROWS,
        "run.config",
        "run.summary",
    ),
    ending(
        "an-offline-run-ends-too", "FINISH-1 MODE-3", (init(mode="offline"), log(x=1), finish(exit_code=1)), *END, *ROWS
    ),
    ending(
        "two-processes-two-ends",
        "FINISH-5",
        (
            process("one"),
            init("one", id="a"),
            process("two"),
            init("two", id="b"),
            EndProcess(1),
            process("one"),
            finish("one"),
        ),
        *END,
    ),
)
