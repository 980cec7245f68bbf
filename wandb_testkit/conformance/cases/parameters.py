"""Cases of A and META: where a value comes from, and what of it is in the record."""

from __future__ import annotations

from wandb_testkit.actions import EditRun, Init
from wandb_testkit.conformance.case import ERRORS, ROWS, RUNS, Case
from wandb_testkit.conformance.cases.words import chapter, earlier, finish, init, log, look, process
from wandb_testkit.spec.chapters.clause import CLASSIC_ONLY, CURRENT_ONLY

parameters = chapter("parameters")

CASES: tuple[Case, ...] = (
    parameters(
        "the-id-is-the-variable",
        "ID-1 A.1.id A.3",
        (process("only", RUN_ID="v"), init(), log(x=1), finish()),
        "init.run_id",
        *ROWS,
    ),
    parameters(
        "the-argument-beats-the-variable",
        "ID-1 F.2.9 A.2",
        (process("only", RUN_ID="v"), init(id="a"), log(x=1), finish()),
        "init.run_id",
        "init.warnings",
        *ROWS,
    ),
    parameters(
        "the-project-is-the-variable",
        "A.1.project A.3",
        (process("only", PROJECT="v"), Init("run"), finish()),
        *RUNS,
    ),
    parameters(
        "the-argument-beats-the-project-of-the-variable",
        "A.1.project A.2",
        (process("only", PROJECT="v"), init(project="q"), finish()),
        *RUNS,
    ),
    parameters(
        "the-name-is-the-argument",
        "A.1.name META-1",
        (init(name="n"), look(), finish()),
        "shown.name",
        *RUNS,
        "run.name",
    ),
    parameters(
        "the-name-is-the-variable",
        "A.1.name A.3",
        (process("only", NAME="v"), init(), look(), finish()),
        "shown.name",
        *RUNS,
        "run.name",
    ),
    parameters(
        "what-is-given-is-in-the-record-at-once",
        "META-1 A.1.config A.1.job_type A.1.group A.1.notes A.1.tags A.1.name",
        (
            init(
                job_type="t",
                group="g",
                notes="two\nlines",
                tags=["x", "y"],
                name="n",
                config={"lr": 1},
            ),
        ),
        *RUNS,
        "run.job_type",
        "run.group",
        "run.notes",
        "run.tags",
        "run.name",
        "run.config",
    ),
    parameters(
        "notes-keep-their-lines",
        "META-1 A.1.notes",
        (init(notes="one\ntwo\n"), look(), finish()),
        "shown.notes",
        *RUNS,
        "run.notes",
    ),
    parameters("the-group", "META-1 A.1.group", (init(group="g"), look(), finish()), "shown.group", *RUNS, "run.group"),
    parameters(
        "the-group-is-the-variable",
        "A.1.group A.3",
        (process("only", RUN_GROUP="v"), init(), look(), finish()),
        "shown.group",
        *RUNS,
        "run.group",
    ),
    parameters(
        "the-notes-are-the-variable",
        "A.1.notes A.3",
        (process("only", NOTES="v"), init(), look(), finish()),
        "shown.notes",
        *RUNS,
        "run.notes",
    ),
    parameters(
        "the-job-type-is-the-variable",
        "A.1.job_type A.3 META-2",
        (process("only", JOB_TYPE="v"), init(), look(), finish()),
        "shown.job_type",
        *RUNS,
        "run.job_type",
    ),
    parameters(
        "the-default-job-type",
        "META-2 A.1.job_type DEV-1",
        (init(), look(), finish()),
        "shown.job_type",
        *RUNS,
        "run.job_type",
    ),
    parameters(
        "the-default-job-type-offline",
        "META-2 A.1.job_type DEV-1",
        (init(mode="offline"), look(), finish()),
        "shown.job_type",
        *RUNS,
        "run.job_type",
    ),
    parameters(
        "a-resumed-run-keeps-its-job-type",
        "META-2",
        (*earlier(job_type="eval"), init(id="a", resume="allow"), look(), finish()),
        "shown.job_type",
        *RUNS,
        "run.job_type",
    ),
    parameters(
        "the-job-type-of-a-run-that-is-used-again",
        "META-2 DEV-1",
        (*earlier(job_type="eval"), init(id="a"), log(x=1), finish()),
        *RUNS,
        "run.job_type",
    ),
    *(
        parameters(f"a-{name}-that-is-no-text-is-refused", f"A.1.{name} ERR-2", (init(**{name: 5}),), *ERRORS)
        for name in ("job_type", "group", "notes", "name")
    ),
    parameters(
        "settings-are-a-source",
        "A.1.settings A.2 DEV-2",
        (init(settings={"run_name": "s"}), look(), finish()),
        "shown.name",
        *RUNS,
        "run.name",
    ),
    parameters(
        "settings-name-the-id",
        "A.1.settings ID-1",
        (init(settings={"run_id": "s"}), log(x=1), finish()),
        "init.run_id",
        *ROWS,
    ),
    parameters(
        "the-argument-beats-settings",
        "A.2 DEV-3",
        (init(name="a", notes="a", settings={"run_name": "s", "run_notes": "s"}), look(), finish()),
        "shown.name",
        "shown.notes",
        *RUNS,
        "run.name",
        "run.notes",
    ),
    parameters(
        "settings-beat-variables",
        "A.2",
        (
            process("only", NAME="v", RUN_GROUP="v"),
            init(settings={"run_name": "s", "run_group": "s"}),
            look(),
            finish(),
        ),
        "shown.name",
        "shown.group",
        *RUNS,
        "run.name",
        "run.group",
    ),
    parameters(
        "the-argument-beats-variables",
        "A.2",
        (process("only", NAME="v", NOTES="v", TAGS="v"), init(name="a", notes="a", tags=["a"]), look(), finish()),
        "shown.name",
        "shown.notes",
        "shown.tags",
        *RUNS,
        "run.name",
        "run.notes",
        "run.tags",
    ),
    parameters(
        "none-is-not-given",
        "A.2 A.1",
        (process("only", NAME="v"), init(name=None, notes=None), look(), finish()),
        "shown.name",
        *RUNS,
        "run.name",
        "run.notes",
    ),
    parameters("an-unknown-argument-is-a-type-error", "A.1", (init(nonsense=1),), *ERRORS, "runs"),
    parameters("magic-is-no-argument", "MAGIC-4 A.1", (init(magic=True),), *ERRORS, profiles=CURRENT_ONLY),
    *(
        parameters(
            f"{name}-is-no-argument", "FORK-3 A.1", (init(**{name: "a?_step=1"}),), *ERRORS, profiles=CLASSIC_ONLY
        )
        for name in ("fork_from", "resume_from")
    ),
    parameters(
        "name-notes-and-tags-can-be-set",
        "GLOBAL-4",
        (init(name="a"), EditRun("run", name="n", notes="m", tags=("x",)), look(), finish()),
        "shown.name",
        "shown.notes",
        "shown.tags",
        *RUNS,
        "run.name",
        "run.notes",
        "run.tags",
    ),
    parameters(
        "a-name-that-was-set-is-sent",
        "GLOBAL-4",
        (init(), EditRun("run", name="n"), finish()),
        *RUNS,
        "run.name",
    ),
)
