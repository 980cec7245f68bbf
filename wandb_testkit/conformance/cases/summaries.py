"""Cases of SUMMARY and of define_metric(): which value is kept."""

from __future__ import annotations

from wandb_testkit.actions import (
    DefineMetric,
    SetSummary,
)
from wandb_testkit.conformance.case import ROWS, RUNS, Case
from wandb_testkit.conformance.cases.rows import ACTIONS
from wandb_testkit.conformance.cases.words import chapter, finish, init, log, look, one_run
from wandb_testkit.spec.chapters.clause import CLASSIC_ONLY, CURRENT_ONLY

summary = chapter("summary")
SUMMARY = ("shown.summary", *RUNS, "run.summary")


def metric(name: str = "loss", summary: str | None = None, **more: object) -> DefineMetric:
    """`run.define_metric(name, ...)`."""
    return DefineMetric("run", name, summary, **more)  # type: ignore[arg-type] # words of define_metric()


LOSSES = (log(loss=3), log(loss=1), log(loss=2))

CASES: tuple[Case, ...] = (
    summary("is-the-last-value", "SUMMARY-1", one_run(log(x=1), log(x=2, y=3), look()), *SUMMARY),
    summary("pending-values-are-not-in-it", "SUMMARY-1", one_run(log(x=1), log(commit=False, x=2), look()), *SUMMARY),
    summary(
        "set-by-hand",
        "SUMMARY-1",
        one_run(log(x=1), SetSummary("run", {"x": 9, "best": 5}), look(), log(y=1), look()),
        *SUMMARY,
    ),
    summary("logged-again-it-follows", "SUMMARY-1", one_run(SetSummary("run", {"x": 9}), log(x=1), look()), *SUMMARY),
    summary("a-row-before-does-not-win", "SUMMARY-1", one_run(log(x=1), SetSummary("run", {"x": 9}), look()), *SUMMARY),
    summary("is-there-at-the-end", "SUMMARY-2", one_run(log(x=1), log(x=2)), *RUNS, "run.summary"),
    summary("after-finish", "SUMMARY-2", (*one_run(log(x=1)), look()), "shown.summary", *RUNS, "run.summary"),
    summary(
        "says-at-which-step-it-is",
        "SUMMARY-2",
        one_run(log(x=1), log(x=2), look()),
        *SUMMARY,
        "shown.step in the summary",
        "run.step in the summary",
    ),
    summary("of-a-run-without-rows", "SUMMARY-2", one_run(look()), *SUMMARY),
    summary("nested-values", "SUMMARY-1", one_run(log(net={"x": 1}), look()), *SUMMARY),
    summary("a-logged-none", "SUMMARY-1", one_run(log(x=1), log(x=None), look()), *SUMMARY),
    summary(
        "none-by-hand",
        "SUMMARY-1",
        one_run(log(x=1), SetSummary("run", {"x": None}), look()),
        *SUMMARY,
        profiles=CURRENT_ONLY,
    ),
    summary(
        "of-an-offline-run",
        "SUMMARY-2",
        one_run(log(x=1), SetSummary("run", {"y": 2}), mode="offline"),
        *RUNS,
        "run.summary",
    ),
    summary(
        "is-new-for-a-new-run",
        "SUMMARY-1",
        (*one_run(log(x=1), id="a"), init("two", id="b"), look("two"), finish("two")),
        *SUMMARY,
    ),
    *(
        summary(
            f"define-metric/{word.replace(',', '-and-')}",
            "protocol.md 4.3 SUMMARY-1",
            one_run(metric(summary=word), *LOSSES, look()),
            *SUMMARY,
        )
        for word in ("min", "max", "mean", "last", "none", "min,max", "max,mean")
    ),
    summary(
        "define-metric/first",
        "protocol.md 4.3 SUMMARY-1",
        one_run(metric(summary="first"), *LOSSES, look()),
        *SUMMARY,
        profiles=CURRENT_ONLY,
    ),
    summary(
        "define-metric/copy", "protocol.md 4.3 SUMMARY-1", one_run(metric(summary="copy"), *LOSSES, look()), *SUMMARY
    ),
    summary(
        "define-metric/hidden", "protocol.md 4.3 SUMMARY-1", one_run(metric(hidden=True), *LOSSES, look()), *SUMMARY
    ),
    summary("define-metric/without-words", "protocol.md 4.3 SUMMARY-1", one_run(metric(), *LOSSES, look()), *SUMMARY),
    summary(
        "define-metric/only-that-key",
        "protocol.md 4.3 SUMMARY-1",
        one_run(metric(summary="min"), log(loss=1, acc=1), log(loss=2, acc=2), look()),
        *SUMMARY,
    ),
    *(
        summary(
            f"define-metric/best-{goal}",
            "protocol.md 4.1 SUMMARY-1",
            one_run(metric(summary="best", goal=goal), *LOSSES, look()),
            *SUMMARY,
            profiles=CLASSIC_ONLY,
        )
        for goal in ("minimize", "maximize")
    ),
    summary(
        "define-metric/after-finish", "LOG-6", (*one_run(), metric(summary="min")), *ACTIONS, profiles=CURRENT_ONLY
    ),
    summary(
        "define-metric/step-metric",
        "protocol.md 4.3 SUMMARY-1",
        one_run(metric(step_metric="epoch", summary="max"), log(loss=1, epoch=1), log(loss=3, epoch=2)),
        *ROWS,
        "run.summary",
    ),
)
