"""Cases of TAGS, files, alerts and preemption: what else a run says of itself."""

from __future__ import annotations

from wandb_testkit.actions import (
    Alert,
    EditRun,
    MarkPreempting,
    SaveFile,
)
from wandb_testkit.conformance.case import END, ROWS, RUNS, Case
from wandb_testkit.conformance.cases.rows import ACTIONS
from wandb_testkit.conformance.cases.words import chapter, finish, init, log, look, one_run, process
from wandb_testkit.spec.chapters.clause import CURRENT_ONLY

notices = chapter("notices")

CASES: tuple[Case, ...] = (
    notices(
        "tags-keep-order-and-repeats",
        "TAGS-1 A.1.tags",
        one_run(look(), tags=["y", "x", "y"]),
        "shown.tags",
        *RUNS,
        "run.tags",
    ),
    notices(
        "the-variable-is-split-at-commas",
        "TAGS-1 A.1.tags A.3",
        (process("only", TAGS="x,y"), init(), look(), finish()),
        "shown.tags",
        *RUNS,
        "run.tags",
    ),
    notices(
        "the-argument-replaces-the-variable",
        "TAGS-1 A.2 E.2",
        (process("only", TAGS="x,y"), init(tags=["z"]), look(), finish()),
        "shown.tags",
        *RUNS,
        "run.tags",
    ),
    notices(
        "tags-can-be-added",
        "TAGS-1 GLOBAL-4",
        one_run(EditRun("run", tags=("x", "z")), look(), tags=["x"]),
        "shown.tags",
        *RUNS,
        "run.tags",
    ),
    notices(
        "notes-can-be-changed",
        "GLOBAL-4 META-1",
        one_run(EditRun("run", notes="new"), look(), notes="old"),
        "shown.notes",
        *RUNS,
        "run.notes",
    ),
    notices(
        "notes-are-not-wiped-by-an-edit",
        "GLOBAL-4 META-1",
        one_run(EditRun("run", tags=("x",)), notes="old", name="n", group="g"),
        *RUNS,
        "run.notes",
        "run.name",
        "run.tags",
        "run.group",
    ),
    notices(
        "an-edit-is-sent-at-once",
        "GLOBAL-4",
        (init(), EditRun("run", name="n", notes="m", tags=("x",))),
        *RUNS,
        "run.name",
        "run.notes",
        "run.tags",
    ),
    notices("a-file", "protocol.md 4.7 FINISH-1", one_run(SaveFile("run", "model.txt", "weights")), *RUNS, "run.files"),
    notices(
        "a-file-below-a-directory",
        "protocol.md 4.7 FINISH-1",
        one_run(SaveFile("run", "plots/a.txt", "plot")),
        *RUNS,
        "run.files",
    ),
    notices(
        "a-file-that-is-saved-again",
        "protocol.md 4.7 FINISH-1",
        one_run(SaveFile("run", "model.txt", "one"), SaveFile("run", "model.txt", "two")),
        *RUNS,
        "run.files",
    ),
    notices(
        "two-files",
        "protocol.md 4.7 FINISH-1",
        one_run(SaveFile("run", "a.txt", "one"), SaveFile("run", "b.txt", "two")),
        *RUNS,
        "run.files",
    ),
    notices(
        "a-file-after-finish",
        "LOG-6",
        (*one_run(), SaveFile("run", "a.txt", "one")),
        *ACTIONS,
        *RUNS,
        "run.files",
        profiles=CURRENT_ONLY,
    ),
    notices("an-alert", "LOG-6", one_run(Alert("run", "title", "text")), "action.raises", *RUNS, "run.alerts"),
    *(
        notices(
            f"an-alert-of-level-{level.lower()}",
            "LOG-6",
            one_run(Alert("run", "title", "text", level)),
            *RUNS,
            "run.alerts",
        )
        for level in ("INFO", "WARN", "ERROR")
    ),
    notices(
        "alerts-add-up", "LOG-6", one_run(Alert("run", "one"), Alert("run", "two", "x", "WARN")), *RUNS, "run.alerts"
    ),
    notices(
        "an-alert-after-finish",
        "LOG-6",
        (*one_run(), Alert("run", "title")),
        *ACTIONS,
        *RUNS,
        "run.alerts",
        profiles=CURRENT_ONLY,
    ),
    notices("about-to-be-preempted", "protocol.md 4.9 FINISH-1", (init(), MarkPreempting("run")), *END),
    notices("preempted", "protocol.md 4.9 FINISH-1", (init(), MarkPreempting("run"), finish(exit_code=1)), *END),
    notices(
        "preempting-and-then-finished",
        "protocol.md 4.9 FINISH-1",
        (init(), MarkPreempting("run"), finish(exit_code=0)),
        *END,
    ),
    notices(
        "preempted-and-resumed",
        "protocol.md 4.9 RESUME-7",
        (
            process("first"),
            init("one", id="a"),
            log("one", x=1),
            MarkPreempting("one"),
            finish("one", 1),
            process("second"),
            init("two", id="a", resume="must"),
            log("two", x=2),
            finish("two"),
        ),
        *END,
        *ROWS,
    ),
    notices(
        "files-of-a-resumed-run-stay",
        "RESUME-7",
        (
            process("first"),
            init("one", id="a"),
            SaveFile("one", "a.txt", "one"),
            finish("one"),
            process("second"),
            init("two", id="a", resume="must"),
            SaveFile("two", "b.txt", "two"),
            finish("two"),
        ),
        *RUNS,
        "run.files",
    ),
)
