"""Cases of AUTO: the run of this directory that did not end well goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wandb_testkit.actions import Action, DeleteRun, EndProcess, Init, Kill, LogOut, RevokeKey
from wandb_testkit.conformance.case import ERRORS, ROWS, Case
from wandb_testkit.conformance.cases.words import (
    FILE,
    REQUESTS,
    STEP,
    chapter,
    finish,
    init,
    log,
    process,
)
from wandb_testkit.spec.chapters.clause import CLASSIC_ONLY, CURRENT_ONLY

auto = chapter("auto")

PROBE = Init("probe", {"mode": "disabled"})
"""An init() that changes nothing: it shows the resume file as it is then."""


def crashed(*ends: Action, project: str = "p", **kwargs: Any) -> tuple[Action, ...]:
    """A process whose auto run "a" logs two rows and ends so; then another process of the same directory."""
    return (
        process("first"),
        init("earlier", project=project, **{"id": "a", "resume": "auto", **kwargs}),
        log("earlier", loss=0),
        log("earlier", loss=1),
        *ends,
        process("second"),
    )


def _ends() -> Iterator[Case]:
    """AUTO-5, AUTO-6: which end of a run takes the file away."""
    ends: dict[str, tuple[str, tuple[Action, ...]]] = {
        "finish-0": ("AUTO-5 FINISH-6", (finish("earlier", 0),)),
        "finish": ("AUTO-5 FINISH-6", (finish("earlier"),)),
        "finish-1": ("AUTO-6 FINISH-6", (finish("earlier", 1),)),
        "exit-0": ("AUTO-5", (EndProcess(0),)),
        "exit-1": ("AUTO-6", (EndProcess(1),)),
        "kill": ("AUTO-6", (Kill(),)),
        "nothing": ("AUTO-3", ()),
    }
    for name, (clauses, end) in ends.items():
        more = " F.2.2 AUTO-3" if name != "nothing" else " F.2.2"
        more += " F.3.6" if name == "exit-0" else ""
        yield auto(f"ends/after-{name}-the-file-is", clauses + more, (*crashed(*end), PROBE), *FILE)
        after = (init(resume="auto"), log(loss=9), finish())
        yield auto(f"ends/after-{name}-auto", clauses + more, (*crashed(*end), *after), *STEP, *ROWS)


CASES: tuple[Case, ...] = (
    auto(
        "a-crashed-run-goes-on",
        "AUTO-3 AUTO-4",
        (*crashed(Kill()), init(resume="auto"), log(loss=2), finish()),
        *STEP,
        *ROWS,
    ),
    auto(
        "true-is-auto",
        "RESUME-5 AUTO-4",
        (*crashed(Kill(), resume=True), init(resume=True), log(loss=2), finish()),
        *STEP,
        *ROWS,
        *FILE,
    ),
    auto(
        "without-a-file-there-is-a-new-run",
        "AUTO-4",
        (init(resume="auto"), log(loss=2), finish()),
        *STEP,
        *ROWS,
    ),
    auto("the-file-names-the-run", "AUTO-1 AUTO-4", (init(id="a", resume="auto"),), *FILE),
    auto("the-file-names-a-generated-id", "AUTO-1 AUTO-4", (init(resume="auto"),), *FILE),
    auto(
        "the-file-is-written-before-the-server-is-asked",
        "AUTO-4 AUTO-9",
        (process("first"), init("gone", id="a"), finish("gone"), DeleteRun("a"), init(id="a", resume="auto")),
        *ERRORS,
        *FILE,
    ),
    auto(
        "a-deleted-run-stays-in-the-file",
        "RESUME-8 AUTO-9",
        (*crashed(Kill()), DeleteRun("a"), init(resume="auto"), PROBE),
        *ERRORS,
        *FILE,
    ),
    auto(
        "another-directory-has-no-file",
        "AUTO-2 F.2.3",
        (*crashed(Kill()), process("third", "there"), init(resume="auto"), log(loss=2), finish()),
        *STEP,
        *ROWS,
        *FILE,
    ),
    auto(
        "another-project-starts-a-run-with-the-id-of-the-file",
        "AUTO-2 F.2.3",
        (*crashed(Kill()), init(project="q", resume="auto"), log(loss=2), finish()),
        *STEP,
        *ROWS,
        *FILE,
    ),
    auto(
        "a-run-that-is-still-running-goes-on",
        "AUTO-3 F.2.2",
        (*crashed(), init(resume="auto"), log(loss=2), finish()),
        *STEP,
        *ROWS,
    ),
    auto(
        "another-id-beats-the-file",
        "AUTO-4",
        (*crashed(Kill()), init(id="b", resume="auto"), log(loss=2), finish()),
        *STEP,
        *ROWS,
        *FILE,
    ),
    auto(
        "another-id-than-that-of-the-file-is-warned-about",
        "AUTO-4",
        (*crashed(Kill()), init(id="b", resume="auto")),
        "init.warnings",
    ),
    auto(
        "the-same-id-is-not-warned-about",
        "AUTO-4",
        (*crashed(Kill()), init(id="a", resume="auto")),
        "init.warnings",
        *STEP,
    ),
    auto(
        "an-id-that-is-not-in-the-file-is-resumed",
        "F.2.5 AUTO-4",
        (
            process("first"),
            init("earlier", id="b"),
            log("earlier", x=1),
            finish("earlier"),
            process("second"),
            init(id="b", resume="auto"),
            log(x=2),
            finish(),
        ),
        *STEP,
        *ROWS,
    ),
    *(
        auto(
            f"{word}-neither-reads-nor-writes-the-file",
            "AUTO-11",
            (*crashed(Kill()), init(id="b" if word == "never" else "a", resume=word), PROBE),
            *STEP,
            *FILE,
        )
        for word in ("allow", "must", "never")
    ),
    auto(
        "allow-writes-no-file",
        "AUTO-11",
        (init(id="a", resume="allow"), PROBE),
        *FILE,
    ),
    auto(
        "a-plain-run-that-starts-and-the-file",
        "AUTO-5 F.2.4",
        (*crashed(Kill()), init(id="b"), PROBE),
        *FILE,
    ),
    auto(
        "a-plain-run-that-ends-well-removes-the-file",
        "AUTO-5 F.2.4",
        (*crashed(Kill()), init(id="b"), finish(), PROBE),
        *FILE,
    ),
    auto(
        "a-plain-run-is-not-remembered",
        "F.2.4",
        (process("first"), init("earlier", id="a"), Kill(), process("second"), init(resume="auto")),
        *STEP,
        *FILE,
    ),
    auto(
        "a-plain-run-that-fails-leaves-the-file",
        "AUTO-5 AUTO-6",
        (*crashed(Kill()), init(id="b", resume="allow"), finish(exit_code=1), PROBE),
        *FILE,
    ),
    auto(
        "an-allow-run-that-ends-well-removes-the-file",
        "AUTO-5",
        (*crashed(Kill()), init(id="b", resume="allow"), finish(), PROBE),
        *FILE,
    ),
    auto(
        "an-allow-run-whose-process-ends-and-the-file",
        "AUTO-5",
        (*crashed(Kill()), init(id="b", resume="allow"), EndProcess(0), PROBE),
        *FILE,
    ),
    auto(
        "reinit-finishes-first-or-reads-first",
        "AUTO-7 DEV-17",
        (init("one", id="a", resume="auto"), init("two", resume="auto", reinit=True), log("two", x=1), finish("two")),
        *STEP,
        *FILE,
        "runs",
    ),
    auto(
        "a-failed-login-leaves-the-file",
        "AUTO-9 FORCE-2",
        (*crashed(Kill()), RevokeKey(), init(id="b", resume="auto", force=True), PROBE),
        *ERRORS,
        *FILE,
        profiles=CLASSIC_ONLY,
    ),
    auto(
        "no-login-leaves-the-file",
        "AUTO-9 FORCE-2",
        (*crashed(Kill()), LogOut(), init(id="b", resume="auto", force=True), PROBE),
        *ERRORS,
        *FILE,
    ),
    auto(
        "a-bad-argument-leaves-the-file",
        "AUTO-9",
        (*crashed(Kill()), init(id="b", resume="auto", mode="bogus"), PROBE),
        *ERRORS,
        *FILE,
    ),
    auto(
        "a-never-run-that-is-refused-leaves-the-file",
        "AUTO-9 AUTO-11",
        (*crashed(Kill()), init(id="a", resume="never"), PROBE),
        *ERRORS,
        *FILE,
    ),
    auto(
        "offline-the-id-of-the-file-is-taken",
        "AUTO-4 RESUME-13",
        (*crashed(Kill()), init(resume="auto", mode="offline"), log(x=1), finish()),
        *STEP,
        *FILE,
        *REQUESTS,
        *ROWS,
    ),
    auto(
        "disabled-mode-and-the-file",
        "DISABLED-1 DEV-14",
        (*crashed(Kill()), init(id="b", resume="auto", mode="disabled"), PROBE),
        *FILE,
    ),
    auto(
        "a-disabled-run-writes-the-file-or-not",
        "DISABLED-1 DEV-14",
        (init(id="b", resume="auto", mode="disabled"), PROBE),
        *FILE,
    ),
    auto(
        "a-returned-run-and-the-file",
        "REINIT-10 DEV-12",
        (init("one", id="a"), init("two", resume="auto"), PROBE),
        *FILE,
    ),
    auto(
        "the-server-is-asked-for-the-run-of-the-file",
        "AUTO-4 RESUME-11",
        (*crashed(Kill()), init(resume="auto")),
        *REQUESTS,
    ),
    auto(
        "a-run-that-ended-well-is-not-asked-for",
        "AUTO-5",
        (*crashed(finish("earlier")), init(resume="auto"), log(x=1), finish()),
        *STEP,
        *ROWS,
    ),
    auto(
        "after-two-crashes",
        "AUTO-3 RESUME-7",
        (
            *crashed(Kill()),
            init("two", resume="auto"),
            log("two", loss=2),
            Kill(),
            process("third"),
            init("three", resume="auto"),
            log("three", loss=3),
            finish("three"),
            PROBE,
        ),
        *STEP,
        *ROWS,
        *FILE,
    ),
    auto(
        "an-id-that-must-not-be-is-refused",
        "ID-3 AUTO-9",
        (*crashed(Kill()), init(id="a:b", resume="auto"), PROBE),
        *ERRORS,
        *FILE,
        profiles=CURRENT_ONLY,
    ),
    *_ends(),
)
