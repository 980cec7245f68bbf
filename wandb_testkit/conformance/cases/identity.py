"""Cases of INIT, ID, PROJ, NAME and ENT: which run an init() makes."""

from __future__ import annotations

from wandb_testkit.actions import Init, LogIn
from wandb_testkit.conformance.case import END, ERRORS, ROWS, RUNS, Case
from wandb_testkit.conformance.cases.words import REQUESTS, chapter, finish, init, log, look, process
from wandb_testkit.spec.chapters.clause import CLASSIC_ONLY, CURRENT_ONLY

identity = chapter("identity")

GOOD_IDS = {"percent": "a%b", "umlaut": "ü", "blank-inside": "a b", "long": "a" * 100, "dots": "a.b-c_d"}
BAD_IDS = {
    "empty": "",
    "blank-before": " a",
    "blank-after": "a ",
    "colon": "a:b",
    "semicolon": "a;b",
    "comma": "a,b",
    "hash": "a#b",
    "question-mark": "a?b",
    "slash": "a/b",
    "quote": "a'b",
}

CASES: tuple[Case, ...] = (
    identity("init-without-arguments-is-complete", "INIT-1", (Init("run"),), "init.mode", *END, "run.entity"),
    identity(
        "two-plain-processes-are-two-runs",
        "INIT-1",
        (process("one"), init("one"), finish("one"), process("two"), init("two"), finish("two")),
        *END,
    ),
    identity(
        "the-result-is-wandb-run",
        "INIT-2 GLOBAL-2",
        (init(), look(), finish()),
        "init.wandb_run",
        "shown.wandb_run",
    ),
    identity("the-id-is-the-argument", "ID-1 A.1.id", (init(id="a"), log(x=1), finish()), "init.run_id", *ROWS),
    identity(
        "both-may-be-the-same",
        "ID-1",
        (process("only", RUN_ID="a"), init(id="a"), log(x=1), finish()),
        "init.run_id",
        *ROWS,
    ),
    identity("an-id-is-made-where-none-is-given", "ID-1 ID-2", (init(),), "init.run_id", *RUNS),
    identity(
        "made-ids-do-not-repeat",
        "ID-2",
        (init("one"), finish("one"), init("two"), finish("two"), init("three"), finish("three")),
        "init.run_id",
        *RUNS,
    ),
    identity(
        "the-variable-applies-to-every-init",
        "ID-5",
        (process("only", RUN_ID="v"), init("one"), log("one", x=1), finish("one"), init("two"), finish("two")),
        "init.run_id",
        *RUNS,
    ),
    *(
        identity(f"ids/{name}", "ID-3 A.1.id", (init(id=text), log(x=1), finish()), "init.run_id", *ROWS)
        for name, text in GOOD_IDS.items()
    ),
    *(
        identity(f"ids/{name}", "ID-3 A.1.id ERR-3", (init(id=text),), *ERRORS, "runs", profiles=CURRENT_ONLY)
        for name, text in BAD_IDS.items()
    ),
    identity(
        "an-empty-id-is-none",
        "ID-3",
        (init(id=""), log(x=1), finish()),
        "init.run_id",
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    identity(
        "an-empty-id-leaves-it-to-the-variable",
        "ID-3 ID-1",
        (process("only", RUN_ID="v"), init(id=""), log(x=1), finish()),
        "init.run_id",
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    identity("an-id-that-is-no-text-is-refused", "ID-3 A.1.id", (init(id=5),), *ERRORS),
    identity(
        "one-id-in-two-projects",
        "ID-4",
        (init("one", id="a"), log("one", x=1), finish("one"), init("two", project="q", id="a"), finish("two")),
        *ROWS,
    ),
    identity(
        "one-id-of-two-users",
        "ID-4",
        (
            *(process("first"), init("one", id="a"), log("one", x=1), finish("one")),
            *(LogIn("ann"), process("second"), init("two", id="a"), log("two", x=2), finish("two")),
        ),
        *ROWS,
        "run.entity",
    ),
    identity("without-a-project", "PROJ-1", (Init("run"), log(x=1), finish()), *ROWS),
    identity("offline-without-a-project", "PROJ-1", (Init("run", {"mode": "offline"}), log(x=1), finish()), *ROWS),
    identity("the-project-is-the-argument", "A.1.project", (init(project="q"), finish()), *RUNS),
    *(
        identity(
            f"projects/{name}",
            "A.1.project ERR-3",
            (init(project=text),),
            *ERRORS,
            profiles=CURRENT_ONLY,
        )
        for name, text in {"slash": "a/b", "hash": "a#b", "colon": "a:b", "long": "a" * 129}.items()
    ),
    identity("a-project-that-is-no-text-is-refused", "A.1.project ERR-2", (init(project=5),), *ERRORS),
    identity(
        "the-server-names-a-run-that-nobody-named",
        "NAME-2",
        (init(), look(), finish()),
        "shown.name",
        *RUNS,
        "run.name",
    ),
    identity(
        "offline-a-run-that-nobody-named-has-no-name",
        "NAME-2",
        (init(mode="offline"), look(), finish()),
        "shown.name",
        *RUNS,
        "run.name",
    ),
    identity(
        "two-runs-of-one-name",
        "NAME-1",
        (init("one", name="n"), finish("one"), init("two", name="n"), finish("two")),
        *RUNS,
        "run.name",
    ),
    identity("the-entity-is-the-accounts", "ENT-1 A.1.entity", (init(),), "init.entity", *RUNS, "run.entity"),
    identity(
        "the-entity-of-another-user",
        "ENT-1 ID-4",
        (LogIn("ann"), process("second"), init(), finish()),
        "init.entity",
        *RUNS,
        "run.entity",
    ),
    identity("init-asks-for-one-run", "INIT-1 RESUME-11", (init(id="a"),), *REQUESTS),
)
