"""Cases of RESUME-1 to RESUME-6, of the words and of the table C.5: whether an earlier run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wandb_testkit.actions import Action, DeleteRun, EndProcess, Init, Kill
from wandb_testkit.conformance.case import END, ERRORS, ROWS, RUNS, Case
from wandb_testkit.conformance.cases.words import (
    FILE,
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

resume = chapter("resume")

WORDS: dict[str, dict[str, Any]] = {
    "no-word": {},
    "none": {"resume": None},
    "false": {"resume": False},
    "allow": {"resume": "allow"},
    "must": {"resume": "must"},
    "never": {"resume": "never"},
    "auto": {"resume": "auto"},
    "true": {"resume": True},
}


def again(**kwargs: Any) -> Init:
    """The init() under judgement: the same id once more."""
    return init(id="a", **kwargs)


def _states() -> Iterator[Case]:
    """RESUME-6: whatever state the earlier run is in."""
    ends: dict[str, tuple[Action, ...]] = {
        "finished": (finish("earlier"),),
        "failed": (finish("earlier", 1),),
        "killed": (Kill(),),
        "ended": (EndProcess(0),),
        "running": (),
    }
    clauses = {"allow": "RESUME-6 RESUME-2", "must": "RESUME-6 RESUME-4", "never": "RESUME-6 RESUME-3"}
    for state, end in ends.items():
        for word, named in clauses.items():
            before = (process("first"), init("earlier", id="a"), log("earlier", loss=0), *end, process("second"))
            yield resume(f"states/{word}-with-a-{state}-run", named, (*before, again(resume=word)), *STEP, *ERRORS)


def _table() -> Iterator[Case]:
    """C.5: each resume word, for an id that is absent, there, or deleted."""
    before: dict[str, tuple[Action, ...]] = {
        "an-absent-id": (process("second"),),
        "a-known-id": earlier(),
        "a-deleted-id": (*earlier(), DeleteRun("a")),
    }
    for which, script in before.items():
        for name, kwargs in WORDS.items():
            clauses = "C.5 RESUME-8 ID-6" if which == "a-deleted-id" else "C.5"
            clauses += " RESUME-5" if name in ("auto", "true") else " RESUME-1" if name in ("none", "no-word") else ""
            clauses += " DEV-4" if which == "a-deleted-id" and name != "must" else ""
            after = (again(**kwargs), log(loss=7), finish())
            yield resume(f"table/{name}-with-{which}", clauses, (*script, *after), *STEP, *ERRORS, *ROWS)


CASES: tuple[Case, ...] = (
    resume(
        "must-goes-on-with-an-existing-run",
        "RESUME-4",
        (*earlier(), again(resume="must"), log(loss=9), finish()),
        *STEP,
        *ROWS,
    ),
    resume("must-missing-run-is-refused", "RESUME-4", (process("only"), again(resume="must")), *ERRORS),
    resume("must-missing-run-makes-no-record", "RESUME-4 RESUME-11", (again(resume="must"),), "runs", *REQUESTS),
    resume("must-without-an-id-is-refused", "RESUME-4 F.2.6", (init(resume="must"),), *ERRORS),
    resume(
        "never-with-an-existing-run-is-refused",
        "RESUME-3",
        (*earlier(config={"lr": 1}), again(resume="never", config={"lr": 2})),
        *ERRORS,
        *END,
        "run.config",
    ),
    resume("never-asks-and-creates-nothing", "RESUME-3 RESUME-11", (*earlier(), again(resume="never")), *REQUESTS),
    resume("never-with-a-fresh-id-starts", "RESUME-3", (again(resume="never"), log(a=1), finish()), *STEP, *ROWS),
    resume("never-without-an-id-starts", "RESUME-3 F.2.6", (init(resume="never"),), *STEP),
    resume(
        "allow-goes-on-with-an-existing-run",
        "RESUME-2",
        (*earlier(), again(resume="allow"), log(loss=9), finish()),
        *STEP,
        *ROWS,
    ),
    resume("allow-with-a-fresh-id-starts", "RESUME-2", (again(resume="allow"), log(a=1), finish()), *STEP, *ROWS),
    resume("allow-without-an-id-starts", "RESUME-2", (init(resume="allow"),), *STEP),
    resume("allow-asks-before-it-creates", "RESUME-11 RESUME-2", (*earlier(), again(resume="allow")), *REQUESTS),
    resume("must-asks-before-it-goes-on", "RESUME-11 RESUME-4", (*earlier(), again(resume="must")), *REQUESTS),
    resume("without-a-word-nothing-is-asked", "RESUME-11 RESUME-1", (*earlier(), again()), *REQUESTS),
    resume(
        "without-a-word-the-history-begins-anew",
        "RESUME-1 F.2.1",
        (*earlier(), again(), log(loss=7), finish()),
        *STEP,
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    resume(
        "without-a-word-rows-are-appended",
        "RESUME-1 F.3.4",
        (*earlier(), again(), log(loss=7), finish()),
        *STEP,
        *ROWS,
        profiles=CURRENT_ONLY,
    ),
    resume(
        "without-a-word-config-is-replaced",
        "RESUME-1 F.2.1",
        (*earlier(config={"lr": 1}), again(config={"depth": 2}), look(), log(a=1), finish()),
        "shown.config",
        *RUNS,
        "run.config",
    ),
    resume(
        "without-a-word-summary-is-replaced",
        "RESUME-1 F.2.1",
        (*earlier(), again(), look(), log(acc=1), finish()),
        "shown.summary",
        *RUNS,
        "run.summary",
    ),
    resume(
        "without-a-word-what-is-not-given-stays",
        "RESUME-1 META-1 F.2.1",
        (*earlier(notes="old", tags=["old"], group="g"), again(), log(a=1), finish()),
        *RUNS,
        "run.notes",
        "run.tags",
        "run.group",
    ),
    resume(
        "false-is-no-word",
        "F.2.7 RESUME-1",
        (*earlier(), again(resume=False), log(loss=7), finish()),
        *STEP,
        *ROWS,
    ),
    resume(
        "from-another-machine",
        "RESUME-6",
        (
            process("first"),
            init("earlier", id="a"),
            log("earlier", x=1),
            finish("earlier"),
            process("second", "there"),
            again(resume="must"),
            log(x=2),
            finish(),
        ),
        *STEP,
        *ROWS,
    ),
    resume("a-new-run-is-not-resumed", "RESUME-10", (init(), look(), finish()), "init.resumed", "shown.resumed"),
    resume(
        "offline-nothing-is-enforced",
        "RESUME-13 F.2.20",
        (*earlier(), again(resume="never", mode="offline"), log(x=1), finish()),
        *STEP,
        *REQUESTS,
        *ROWS,
    ),
    resume(
        "offline-must-needs-no-run",
        "RESUME-13 RESUME-10 F.2.20",
        (init(id="b", resume="must", mode="offline"), look(), log(x=1), finish()),
        *STEP,
        *ROWS,
        "shown.resumed",
    ),
    resume(
        "an-unknown-word-is-refused",
        "RESUME-9 A.1.resume",
        (init(resume="bogus"),),
        *ERRORS,
        profiles=CURRENT_ONLY,
    ),
    *(
        resume(
            f"an-unknown-word-is-refused-{mode}",
            "RESUME-9 A.1.resume",
            (init(resume="bogus", mode=mode),),
            *ERRORS,
            profiles=CURRENT_ONLY,
        )
        for mode in ("offline", "disabled")
    ),
    resume(
        "an-unknown-word-is-the-id",
        "RESUME-9 F.2.8 ID-1",
        (*earlier(), init(resume="a"), log(loss=9), finish()),
        *STEP,
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    resume(
        "an-unknown-word-may-be-a-new-id",
        "RESUME-9 F.2.8 ID-1",
        (init(resume="b"), log(loss=9), finish()),
        *STEP,
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    resume(
        "an-id-beats-an-unknown-word",
        "RESUME-9 F.2.8 ID-1",
        (*earlier(), again(resume="b"), log(loss=9), finish()),
        *STEP,
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    resume(
        "an-unknown-word-beats-the-variable",
        "RESUME-9 F.2.8 ID-1",
        (process("only", RUN_ID="c"), init(resume="b"), log(loss=9), finish()),
        *STEP,
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    resume(
        "words-are-case-sensitive",
        "RESUME-9 F.2.8",
        (init(resume="MUST"), log(loss=9), finish()),
        *STEP,
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    resume(
        "the-empty-word-is-allow",
        "RESUME-9",
        (*earlier(), again(resume=""), log(loss=9), finish()),
        *STEP,
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    resume(
        "a-run-that-never-began-does-not-exist",
        "RESUME-11 RESUME-4",
        (again(resume="must"), init("next", id="a2", resume="allow"), log("next", a=1), finish("next")),
        *ROWS,
    ),
    *_states(),
    *_table(),
    resume(
        "a-failed-must-leaves-nothing-behind",
        "RESUME-4 ERR-4",
        (init("refused", id="a", resume="must"), init(id="b"), log(x=1), finish()),
        *ROWS,
    ),
    resume("auto-with-an-id-acts-as-allow", "RESUME-5 F.2.5", (*earlier(), again(resume="auto")), *STEP, *FILE),
)
