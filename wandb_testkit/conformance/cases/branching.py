"""Cases of FORK, C.6 and WANDB_RESUME: other ways in which a run begins in an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wandb_testkit.conformance.case import ERRORS, ROWS, RUNS, Case
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
from wandb_testkit.spec.chapters.clause import CURRENT_ONLY

forks = chapter("fork")
variables = chapter("variables")

BEGINS = (*STEP, *ROWS, "run.forked_from")


def begun(name: str, clauses: str, *script: Any, judges: tuple[str, ...] = BEGINS) -> Case:
    """A case of the current profile: classic has no such arguments."""
    return forks(name, clauses, script, *judges, profiles=CURRENT_ONLY)


FORK: tuple[Case, ...] = (
    begun(
        "a-fork-is-a-run-of-its-own", "FORK-1", *earlier(), init(id="b", fork_from="a?_step=1"), log(loss=9), finish()
    ),
    begun("a-fork-without-an-id", "FORK-1", *earlier(), init(fork_from="a?_step=1"), log(loss=9), finish()),
    begun("a-fork-at-the-beginning", "FORK-1", *earlier(), init(id="b", fork_from="a?_step=0"), log(loss=9), finish()),
    begun(
        "the-variable-of-a-fork",
        "A.1.fork_from A.3 FORK-1",
        *earlier()[:-1],
        process("second", FORK_FROM="a?_step=1"),
        init(id="b"),
        log(loss=9),
        finish(),
    ),
    begun(
        "a-fork-asks-for-no-run", "FORK-1", *earlier(), init(id="b", fork_from="a?_step=1"), judges=(*STEP, *REQUESTS)
    ),
    begun(
        "a-fork-may-not-have-the-id-of-its-parent",
        "FORK-1",
        *earlier(),
        init(id="a", fork_from="a?_step=1"),
        judges=(*ERRORS, *ROWS),
    ),
    begun(
        "a-rewound-run-goes-on-at-the-step", "FORK-2", *earlier(), init(resume_from="a?_step=1"), log(loss=9), finish()
    ),
    begun(
        "a-rewound-run-keeps-its-config",
        "FORK-2",
        *earlier(config={"lr": 1}),
        init(resume_from="a?_step=1", config={"depth": 2}),
        look(),
        finish(),
        judges=("init.run_id", "shown.config", *RUNS, "run.config"),
    ),
    begun(
        "the-variable-of-a-rewind",
        "A.1.resume_from A.3 FORK-2",
        *earlier()[:-1],
        process("second", RESUME_FROM="a?_step=1"),
        init(),
        log(loss=9),
        finish(),
    ),
    begun(
        "a-rewound-run-with-its-own-id",
        "FORK-2",
        *earlier(),
        init(id="a", resume_from="a?_step=1"),
        log(loss=9),
        finish(),
    ),
    begun(
        "a-rewound-run-may-have-no-other-id",
        "FORK-2 F.3.5",
        *earlier(),
        init(id="b", resume_from="a?_step=1"),
        judges=(*ERRORS, *ROWS),
    ),
    begun(
        "a-run-that-is-not-there-cannot-be-rewound", "FORK-2", init(resume_from="a?_step=1"), judges=(*ERRORS, "runs")
    ),
    begun("a-rewind-is-asked-for", "FORK-2", *earlier(), init(resume_from="a?_step=1"), judges=(*STEP, *REQUESTS)),
    begun("a-fraction-is-cut", "FORK-3", *earlier(), init(id="b", fork_from="a?_step=1.5"), log(loss=9), finish()),
    begun(
        "resume-false-counts-as-none",
        "FORK-3",
        *earlier(),
        init(id="b", fork_from="a?_step=1", resume=False),
        log(loss=9),
        finish(),
    ),
    *(
        begun(f"refused/{name}", "FORK-3 ERR-3", *earlier(), init(**kwargs), judges=(*ERRORS, *RUNS))
        for name, kwargs in {
            "fork-and-resume": {"id": "b", "fork_from": "a?_step=1", "resume": "allow"},
            "rewind-and-resume": {"resume_from": "a?_step=1", "resume": "must"},
            "fork-and-rewind": {"fork_from": "a?_step=1", "resume_from": "a?_step=1"},
        }.items()
    ),
    *(
        begun(f"refused/{name}-{word}", f"FORK-3 A.1.{name}", init(**{name: text}), judges=(*ERRORS, "runs"))
        for name in ("fork_from", "resume_from")
        for word, text in {"without-a-step": "a", "another-metric": "a?epoch=1", "no-number": "a?_step=one"}.items()
    ),
)


def _variable() -> Iterator[Case]:
    """C.6: WANDB_RESUME, alone and beside the argument."""
    words = ("allow", "must", "never", "auto", "bogus", "true", "ALLOW", "")
    for word in words:
        for absent in (False, True):
            before = (process("second", RESUME=word),) if absent else (*earlier()[:-1], process("second", RESUME=word))
            yield variables(
                f"resume/{word or 'empty'}-with-{'an-absent' if absent else 'a-known'}-id",
                "C.6 A.1.resume" + (" RESUME-9" if word in ("bogus", "true", "ALLOW") else ""),
                (*before, init(id="a"), log(loss=7), finish()),
                *STEP,
                *ERRORS,
                *ROWS,
                *FILE,
            )
    arguments: dict[str, Any] = {"none": None, "false": False, "never": "never", "allow": "allow", "must": "must"}
    for name, value in arguments.items():
        yield variables(
            f"resume/the-argument-{name}-beside-allow",
            "C.6 A.2",
            (*earlier()[:-1], process("second", RESUME="allow"), init(id="a", resume=value), log(loss=7), finish()),
            *STEP,
            *ERRORS,
            *ROWS,
        )


CASES = (*FORK, *_variable())
