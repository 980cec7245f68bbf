"""Cases of LOG: what becomes of a row."""

from __future__ import annotations

from wandb_testkit.actions import (
    Log,
)
from wandb_testkit.conformance.case import ROWS, Case
from wandb_testkit.conformance.cases.words import chapter, finish, init, log, look, one_run
from wandb_testkit.spec.chapters.clause import CURRENT_ONLY

rows = chapter("log")
ACTIONS = ("action.raises", "action.error")
DROPPED = ("action.raises", "action.warnings")

CASES: tuple[Case, ...] = (
    rows("each-log-is-a-row", "LOG-1", one_run(log(x=1), log(x=2), log(y="text")), *ROWS),
    rows("the-step-counts", "LOG-1", one_run(look(), log(x=1), look(), log(x=2), look()), "shown.step", *ROWS),
    rows(
        "values-of-all-kinds",
        "LOG-1",
        one_run(Log("run", {"i": 1, "f": 0.5, "t": "x", "b": True, "n": None, "l": [1, 2.5]})),
        *ROWS,
    ),
    rows("nested-values", "LOG-1", one_run(log(net={"x": 1}), log(net={"x": 2})), *ROWS),
    rows("a-run-without-rows", "LOG-1 FINISH-1", one_run(), *ROWS, "run.state"),
    rows(
        "empty-names-and-dicts",
        "LOG-1",
        one_run(Log("run", {"": 1, "a": 2}), Log("run", {"b": {}, "c": 3})),
        *ROWS,
        profiles=CURRENT_ONLY,
    ),
    rows("commit-false-waits", "LOG-2", one_run(log(commit=False, x=1), look(), log(y=2)), "shown.step", *ROWS),
    rows(
        "commit-false-several-times",
        "LOG-2",
        one_run(log(commit=False, x=1), log(commit=False, y=2), log(commit=False, x=3), log(z=4)),
        *ROWS,
    ),
    rows("finish-writes-what-waits", "LOG-4 LOG-2", one_run(log(x=1), log(commit=False, y=2)), *ROWS),
    rows(
        "a-step-below-is-dropped",
        "LOG-3",
        one_run(log(at=5, commit=True, x=1), log(at=2, x=9), log(x=2)),
        *DROPPED,
        *ROWS,
    ),
    rows(
        "a-dropped-row-is-no-error",
        "LOG-3",
        one_run(log(x=1), log(x=2), log(at=0, x=9), look()),
        "action.raises",
        "shown.step",
        *ROWS,
    ),
    rows("an-equal-step-merges", "LOG-3", one_run(log(at=3, x=1), log(at=3, y=2), log(at=4, x=3)), *ROWS),
    rows("a-step-above-writes-what-waits", "LOG-3", one_run(log(commit=False, x=1), log(at=4, y=2), log(z=3)), *ROWS),
    rows(
        "with-a-step-the-row-stays-open",
        "LOG-3",
        one_run(log(at=3, x=1), look(), log(y=2), look()),
        "shown.step",
        *ROWS,
    ),
    rows(
        "with-a-step-and-commit", "LOG-3", one_run(log(at=3, commit=True, x=1), look(), log(y=2)), "shown.step", *ROWS
    ),
    rows("steps-may-leap", "LOG-3", one_run(log(at=3, x=1), log(at=10, x=2), log(at=100, x=3)), *ROWS),
    rows("an-empty-row", "LOG-4", one_run(log(x=1), Log("run", {}), look(), log(x=2)), "shown.step", *ROWS),
    rows("after-finish-it-raises", "LOG-6", (*one_run(log(x=1)), log(x=2)), *ACTIONS, *ROWS),
    rows(
        "two-runs-have-rows-of-their-own",
        "LOG-1",
        (*one_run(log(x=1), id="a"), init("two", id="b"), log("two", x=2), finish("two")),
        *ROWS,
    ),
    rows(
        "offline-rows-are-the-same",
        "LOG-1 MODE-3",
        one_run(log(x=1), log(at=4, y=2), log(commit=False, z=3), mode="offline"),
        *ROWS,
    ),
    rows("many-rows", "LOG-1", one_run(*(log(x=number) for number in range(600))), *ROWS),
    rows("numbers-as-they-are", "LOG-1", one_run(log(x=1e300, y=-0.5, z=2**53)), *ROWS),
)
