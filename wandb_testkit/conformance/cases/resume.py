"""Cases of the chapters RESUME and C.5: what becomes of an id that was used before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wandb_testkit.actions import (
    Action,
    DeleteRun,
    EndProcess,
    Finish,
    Init,
    Kill,
    Log,
    Look,
    StartProcess,
)
from wandb_testkit.conformance.case import END, ERRORS, ROWS, RUNS, Case, case
from wandb_testkit.spec.chapters.clause import CLASSIC_ONLY, CURRENT_ONLY

REQUESTS = ("init.requests about runs",)
STEP = ("init.resumed", "init.starting_step")


def earlier(*, config: dict[str, object] | None = None, rows: int = 3, **kwargs: object) -> tuple[Action, ...]:
    """A process that makes run "a", logs a few rows and ends it."""
    given = {"config": config} if config is not None else {}
    return (
        StartProcess("first"),
        Init("earlier", {"project": "p", "id": "a", **given, **kwargs}),
        *(Log("earlier", {"loss": number}) for number in range(rows)),
        Finish("earlier"),
        StartProcess("second"),
    )


def again(**kwargs: object) -> Init:
    """The init() under judgement: the same id once more."""
    return Init("run", {"project": "p", "id": "a", **kwargs})


def _resume(name: str, clauses: str, script: Iterable[Action], *judges: str, **more: object) -> Case:
    return case(f"resume/{name}", clauses, script, *judges, **more)  # type: ignore[arg-type] # profiles


def _states() -> Iterator[Case]:
    """RESUME-6: whatever state the earlier run is in."""
    ends: dict[str, tuple[Action, ...]] = {
        "finished": (Finish("earlier"),),
        "failed": (Finish("earlier", 1),),
        "killed": (Kill(),),
        "ended": (EndProcess(0),),
        "still-running": (),
    }
    for state, end in ends.items():
        for word in ("allow", "must", "never"):
            yield _resume(
                f"{word}-of-a-{state}-run",
                "RESUME-6 RESUME-2"
                if word == "allow"
                else "RESUME-6 RESUME-4"
                if word == "must"
                else "RESUME-6 RESUME-3",
                (
                    StartProcess("first"),
                    Init("earlier", {"project": "p", "id": "a"}),
                    Log("earlier", {"loss": 0}),
                    *end,
                    StartProcess("second"),
                    again(resume=word),
                ),
                *STEP,
                *ERRORS,
            )


def _table() -> Iterator[Case]:
    """C.5: each resume word, for an id that is absent, there, or deleted."""
    before: dict[str, tuple[Action, ...]] = {
        "an-absent-id": (StartProcess("second"),),
        "a-known-id": earlier(),
        "a-deleted-id": (*earlier(), DeleteRun("a")),
    }
    words: dict[str, object] = {
        "no-word": None,
        "false": False,
        "allow": "allow",
        "must": "must",
        "never": "never",
        "auto": "auto",
        "true": True,
    }
    for which, script in before.items():
        for name, word in words.items():
            kwargs = {} if word is None else {"resume": word}
            yield _resume(
                f"table/{name}-with-{which}",
                "C.5 RESUME-8 ID-6" if which == "a-deleted-id" else "C.5",
                (*script, again(**kwargs), Log("run", {"loss": 7}), Finish("run")),
                *STEP,
                *ERRORS,
                *ROWS,
            )


CASES: tuple[Case, ...] = (
    _resume(
        "must-goes-on-with-an-existing-run",
        "RESUME-4",
        (*earlier(), again(resume="must"), Log("run", {"loss": 9}), Finish("run")),
        *STEP,
        *ROWS,
    ),
    _resume("must-missing-run-is-refused", "RESUME-4", (StartProcess("only"), again(resume="must")), *ERRORS),
    _resume("must-missing-run-makes-no-record", "RESUME-4 RESUME-11", (again(resume="must"),), "runs", *REQUESTS),
    _resume("must-without-an-id-is-refused", "RESUME-4", (Init("run", {"project": "p", "resume": "must"}),), *ERRORS),
    _resume(
        "never-with-an-existing-run-is-refused",
        "RESUME-3",
        (*earlier(config={"lr": 1}), again(resume="never", config={"lr": 2})),
        *ERRORS,
        *END,
        "run.config",
    ),
    _resume("never-asks-and-creates-nothing", "RESUME-3 RESUME-11", (*earlier(), again(resume="never")), *REQUESTS),
    _resume(
        "never-with-a-fresh-id-starts",
        "RESUME-3",
        (again(resume="never"), Log("run", {"a": 1}), Finish("run")),
        *STEP,
        *ROWS,
    ),
    _resume("never-without-an-id-starts", "RESUME-3", (Init("run", {"project": "p", "resume": "never"}),), *STEP),
    _resume(
        "allow-goes-on-with-an-existing-run",
        "RESUME-2",
        (*earlier(), again(resume="allow"), Log("run", {"loss": 9}), Finish("run")),
        *STEP,
        *ROWS,
    ),
    _resume(
        "allow-with-a-fresh-id-starts",
        "RESUME-2",
        (again(resume="allow"), Log("run", {"a": 1}), Finish("run")),
        *STEP,
        *ROWS,
    ),
    _resume("allow-without-an-id-starts", "RESUME-2", (Init("run", {"project": "p", "resume": "allow"}),), *STEP),
    _resume("allow-asks-before-it-creates", "RESUME-11", (*earlier(), again(resume="allow")), *REQUESTS),
    _resume("must-asks-before-it-goes-on", "RESUME-11", (*earlier(), again(resume="must")), *REQUESTS),
    _resume("without-a-word-nothing-is-asked", "RESUME-11", (*earlier(), again()), *REQUESTS),
    _resume(
        "without-a-word-the-history-begins-anew",
        "RESUME-1 F.2.1",
        (*earlier(), again(), Log("run", {"loss": 7}), Finish("run")),
        *STEP,
        *ROWS,
        profiles=CLASSIC_ONLY,
    ),
    _resume(
        "without-a-word-rows-are-appended",
        "RESUME-1 F.3.4",
        (*earlier(), again(), Log("run", {"loss": 7}), Finish("run")),
        *STEP,
        *ROWS,
        profiles=CURRENT_ONLY,
    ),
    _resume(
        "without-a-word-config-is-replaced",
        "RESUME-1 F.2.1",
        (*earlier(config={"lr": 1}), again(config={"depth": 2}), Look("run"), Log("run", {"a": 1}), Finish("run")),
        "shown.config",
        *RUNS,
        "run.config",
    ),
    _resume(
        "without-a-word-summary-is-replaced",
        "RESUME-1 F.2.1",
        (*earlier(), again(), Look("run"), Log("run", {"acc": 1}), Finish("run")),
        "shown.summary",
        *RUNS,
        "run.summary",
    ),
    _resume(
        "false-is-no-word",
        "F.2.7 RESUME-1",
        (*earlier(), again(resume=False), Log("run", {"loss": 7}), Finish("run")),
        *STEP,
        *ROWS,
    ),
    _resume(
        "a-resumed-run-goes-on-after-the-last-step",
        "RESUME-7",
        (*earlier(rows=0), *(), again(resume="allow"), Log("run", {"a": 1}), Finish("run")),
        *STEP,
        *ROWS,
    ),
    *_states(),
    *_table(),
)
