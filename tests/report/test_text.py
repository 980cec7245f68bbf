from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wandb_testkit.observation import RunState, RunView
from wandb_testkit.report.text import WIDTH, runs_section, summary_line

MakeRun = Callable[..., RunView]


def test_a_run_is_shown_with_all_that_a_reader_of_a_failure_asks_for(make_run: MakeRun) -> None:
    run = make_run(
        state=RunState.FAILED,
        exit_code=1,
        resumed_from=2,
        summary={"loss": 0.5, "best": 0.4},
        files={"model.bin": b"x" * 4_100},
        warnings=["Step 3 < 5: the row was dropped"],
    )

    section = runs_section([run])

    assert section.splitlines() == [
        "user/digits/k3x9p2aa  failed (exit code 1)  3 rows  resumed at step 2",
        "  config    learning_rate=0.01",
        "  summary   best=0.4",
        "  files     model.bin (4.1 kB)",
        "  loss  █▅▁  2.5 -> 0.5  min 0.5, max 2.5",
        "  warning   Step 3 < 5: the row was dropped",
    ]


def test_many_runs_and_metrics_are_counted_not_shown(make_run: MakeRun) -> None:
    row = {f"metric_{i}": i for i in range(14)}

    section = runs_section([make_run([row]) for _ in range(8)])

    assert section.count("metric_11  ") == 5
    assert "  also      metric_12  metric_13" in section
    assert section.endswith("... and 3 more runs")


def test_no_line_is_wider_than_the_section(make_run: MakeRun) -> None:
    run = make_run(
        [{"k" * 30 + "/" + "m" * 300: 1.23456e-200, "other/" + "n" * 30 + "/x" * 90: "text"}],
        project="p" * 39 + "/" + "q" * 200,
        config={"c" * 30 + "\n" * 9 + "d" * 200: "v\n" * 300, **{f"key_{i}": "value" * 5 for i in range(300)}},
        warnings=["a warning of\nsome length " * 30] * 9,
        tags=tuple(f"tag {i}" for i in range(50)),
    )

    lines = runs_section([run]).splitlines()

    assert max(map(len, lines)) <= WIDTH
    assert len(lines) < 20


def test_an_offline_run_without_entity_says_so(make_run: MakeRun) -> None:
    run = make_run([], entity="", mode="offline", config={}, summary={})

    assert runs_section([run]) == "digits/k3x9p2aa  finished  0 rows  offline"


def test_no_runs_are_a_sentence() -> None:
    assert runs_section([]) == "no runs were recorded"


def test_the_summary_line_counts_by_outcome_and_by_state() -> None:
    entries: list[dict[str, Any]] = [
        {"test": "a", "outcome": "passed", "runs": [{"state": "finished"}, {"state": "failed"}]},
        {"test": "b", "outcome": "passed", "runs": []},
    ]

    assert summary_line(entries) == "2 tests reported (2 passed), 2 runs (1 finished, 1 failed)"
