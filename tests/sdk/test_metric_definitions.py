"""define_metric(): what the summary keeps instead of the last value, and the step that joins a metric.

The specification has no clause on it: what is pinned here was observed with 0.31.0 (offline) for current and with
0.10.33 (offline) for classic.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

LOSSES = (3, 1, 2)

Rows = list[dict[str, Any]]


def summary_of(world: wt.World) -> dict[str, Any]:
    return {key: value for key, value in world.runs[-1].summary.items() if key != "_step"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("min", {"loss": {"min": 1}}),
        ("max", {"loss": {"max": 3}}),
        ("mean", {"loss": {"mean": 2}}),
        ("last", {"loss": {"last": 2}}),
        ("none", {}),
        ("copy", {"loss": 2}),
        ("min,max", {"loss": {"min": 1, "max": 3}}),
        ("MIN", {"loss": {"min": 1}}),
        ("none,min", {}),
        ("", {"loss": 2}),
        (None, {"loss": 2}),
    ],
)
def test_what_the_summary_keeps(fake: wt.World, words: str | None, expected: dict[str, Any]) -> None:
    run = fake.init()
    run.define_metric("loss", summary=words)

    for loss in LOSSES:
        run.log({"loss": loss})

    assert summary_of(fake) == expected
    assert fake.run.history["loss"] == list(LOSSES)


def test_first_is_a_word_of_current(classic: wt.World, current: wt.World) -> None:
    run = current.init()
    run.define_metric("loss", summary="first")
    for loss in LOSSES:
        run.log({"loss": loss})

    assert summary_of(current) == {"loss": {"first": 3}}
    with pytest.raises(wt.Error, match="'first' is none of min, max, mean, best, last, none, copy"):
        classic.init().define_metric("loss", summary="first")


@pytest.mark.parametrize(("goal", "best"), [(None, 1), ("minimize", 1), ("maximize", 3)])
def test_best_is_a_word_of_classic(classic: wt.World, goal: str | None, best: int) -> None:
    run: Any = classic.init()
    run.define_metric("loss", summary="best", goal=goal)

    for loss in LOSSES:
        run.log({"loss": loss})

    assert summary_of(classic) == {"loss": {"best": best}}


def test_best_and_goal_are_gone_in_current(current: wt.World) -> None:
    run: Any = current.init()

    with pytest.raises(wt.Error, match="'best' is none of min, max, mean, first, last, none, copy"):
        run.define_metric("loss", summary="best")
    with pytest.raises(TypeError, match="goal"):
        run.define_metric("loss", goal="maximize")


def test_copy_beats_the_other_words_in_classic_and_gives_way_in_current(classic: wt.World, current: wt.World) -> None:
    for world in (classic, current):
        run = world.init()
        run.define_metric("loss", summary="copy,min")
        for loss in LOSSES:
            run.log({"loss": loss})

    assert summary_of(classic) == {"loss": 2}
    assert summary_of(current) == {"loss": {"min": 1}}


@pytest.mark.parametrize(
    ("definitions", "expected"),
    [
        ([("l*", "min")], {"loss": {"min": 1}}),
        ([("*", "max")], {"loss": {"max": 3}}),
        ([("l*", "min"), ("loss", "max")], {"loss": {"max": 3}}),
        ([("loss", "max"), ("l*", "min")], {"loss": {"max": 3}}),
        ([("l*", "none"), ("loss", None)], {"loss": 2}),
        ([("l*", "min"), ("lo*", "max")], {"loss": {"min": 1}}),
        ([("lo*", "max"), ("l*", "min")], {"loss": {"max": 3}}),
        ([("x*", "min")], {"loss": 2}),
        ([("loss", "min"), ("loss", "max")], {"loss": {"min": 1, "max": 3}}),
    ],
    ids=[
        "glob",
        "star",
        "exact_after",
        "exact_before",
        "exact_without",
        "first_glob",
        "first_glob_2",
        "other",
        "again",
    ],
)
def test_which_definition_holds(
    fake: wt.World, definitions: list[tuple[str, str | None]], expected: dict[str, Any]
) -> None:
    run = fake.init()
    for name, words in definitions:
        run.define_metric(name, summary=words)

    for loss in LOSSES:
        run.log({"loss": loss})

    assert summary_of(fake) == expected


def test_a_pattern_does_not_match_names_with_a_leading_underscore(fake: wt.World) -> None:
    run = fake.init()
    run.define_metric("*", summary="max")

    for value in (2, 1):
        run.log({"_own": value, "loss": value})

    assert fake.run.summary == {"_own": 1, "_step": 1, "loss": {"max": 2}}


def test_a_definition_is_merged_with_the_earlier_one_unless_it_overwrites(fake: wt.World) -> None:
    merged, overwritten = fake.init(reinit=True), None
    merged.define_metric("loss", summary="min")
    merged.define_metric("loss", step_metric="epoch")
    merged.log({"loss": 1, "epoch": 1})
    merged.log({"loss": 2, "epoch": 1})
    merged.finish()
    overwritten = fake.init()
    overwritten.define_metric("loss", summary="min")
    overwritten.define_metric("loss", step_metric="epoch", overwrite=True)
    overwritten.log({"loss": 1, "epoch": 1})
    overwritten.log({"loss": 2, "epoch": 1})

    assert [run.summary for run in fake.runs] == [
        {"_step": 1, "epoch": 1, "loss": {"min": 1}},
        {"_step": 1, "epoch": 1, "loss": 2},
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.b", {"a": {"b": {"min": 1}, "c": 0}}),
        ("a.*", {"a": {"b": {"min": 1}, "c": {"min": 0}}}),
        ("a*", {"a": {"b": {"min": 1}, "c": {"min": 0}}}),
    ],
)
def test_nested_values_are_named_with_dots(fake: wt.World, name: str, expected: dict[str, Any]) -> None:
    """0.10.33 loses the plain `c` beside a defined `b`: an accident that is not followed"""
    run = fake.init()
    run.define_metric(name, summary="min")

    for b, c in ((3, 1), (1, 2), (2, 0)):
        run.log({"a": {"b": b, "c": c}})

    assert summary_of(fake) == expected


def test_only_committed_values_count(fake: wt.World) -> None:
    run = fake.init()
    run.define_metric("loss", summary="min")

    run.log({"loss": 3})
    run.log({"loss": 1}, commit=False)

    assert summary_of(fake) == {"loss": {"min": 3}}


def test_numbers_of_many_batches_count(fake: wt.World) -> None:
    run = fake.init()
    run.define_metric("loss", summary="min,max,mean")

    for loss in range(1100):
        run.log({"loss": loss})

    assert summary_of(fake) == {"loss": {"min": 0, "max": 1099, "mean": 549.5}}


def test_classic_passes_over_what_is_no_number(classic: wt.World) -> None:
    run = classic.init()
    run.define_metric("loss", summary="min,max,mean,last")

    for value in (3, math.nan, 1, None, "text", [0]):
        run.log({"loss": value})

    assert summary_of(classic) == {"loss": {"min": 1, "max": 3, "mean": 2, "last": 1}}


def test_current_lets_first_and_last_be_anything(current: wt.World) -> None:
    run = current.init()
    run.define_metric("loss", summary="min,max,mean,first,last")

    for value in ("a", 3, 1, "b"):
        run.log({"loss": value})

    assert summary_of(current) == {"loss": {"min": 1, "max": 3, "mean": 2, "first": "a", "last": "b"}}


def test_a_logged_none_is_a_last_value_in_current(current: wt.World) -> None:
    run = current.init()
    run.define_metric("loss", summary="min,last")

    for value in (1, None):
        run.log({"loss": value})

    assert summary_of(current) == {"loss": {"min": 1, "last": None}}


def test_nan_spoils_min_max_and_mean_in_current(current: wt.World) -> None:
    run = current.init()
    run.define_metric("loss", summary="min,max,mean,first,last")

    for value in (3, math.nan, 1):
        run.log({"loss": value})

    kept = summary_of(current)["loss"]
    assert (kept["first"], kept["last"]) == (3, 1)
    assert all(math.isnan(kept[word]) for word in ("min", "max", "mean"))


def test_rows_before_the_definition_count_in_current_once_the_next_value_comes(current: wt.World) -> None:
    run = current.init()
    run.log({"loss": 0.5, "other": 1})
    run.log({"loss": 5})
    run.define_metric("loss", summary="min,max,mean,first,last")
    at_once = summary_of(current)["loss"]
    run.log({"loss": 3.5})

    assert at_once == 5
    assert summary_of(current) == {
        "other": 1,
        "loss": {"min": 0.5, "max": 5, "mean": 3, "first": 0.5, "last": 3.5},
    }


def test_what_is_set_by_hand_ends_a_definition_of_current_until_the_next_one(current: wt.World) -> None:
    run = current.init()
    run.define_metric("loss", summary="min")
    run.define_metric("acc", summary="max")
    run.log({"loss": 3, "acc": 1})
    run.summary["loss"] = 9
    del run.summary["acc"]
    run.log({"loss": 1, "acc": 0})
    run.log({"loss": 2, "acc": 0.5})
    plain = summary_of(current)
    run.define_metric("loss", summary="max")
    run.log({"loss": 2})

    assert plain == {"loss": 2, "acc": {"max": 1}}
    assert summary_of(current) == {"loss": {"min": 1, "max": 3}, "acc": {"max": 1}}


def test_a_definition_that_keeps_nothing_leaves_what_was_there_in_current(current: wt.World) -> None:
    run = current.init()
    run.log({"loss": 3})
    run.define_metric("loss", summary="none")
    run.log({"loss": 1})

    assert summary_of(current) == {"loss": 3}


def test_classic_counts_from_the_definition_on(classic: wt.World) -> None:
    """0.10.33 crashes when a number is in the way: an accident that is not followed"""
    run = classic.init()
    run.log({"loss": 0.5})
    run.define_metric("loss", summary="min")
    run.log({"loss": 3})

    assert summary_of(classic) == {"loss": {"min": 3}}


# ---------------------------------------------------------------------- the step that joins a metric


@pytest.mark.parametrize("name", ["loss", "l*"])
@pytest.mark.parametrize("step_sync", [None, True])
@pytest.mark.parametrize(("profile", "never_logged"), [(CLASSIC, {}), (CURRENT, {"epoch": 0})], ids=str)
def test_a_row_without_the_step_gets_its_last_value(
    fake: wt.World, never_logged: dict[str, Any], step_sync: bool | None, name: str
) -> None:
    run = fake.init()
    run.define_metric(name, step_metric="epoch", step_sync=step_sync)

    for row in ({"loss": 3}, {"loss": 3, "epoch": 1}, {"loss": 4}, {"acc": 1}, {"epoch": 2}, {"loss": 5}):
        run.log(row)

    assert fake.run.history == [
        {"_step": 0, "loss": 3, **never_logged},
        {"_step": 1, "loss": 3, "epoch": 1},
        {"_step": 2, "loss": 4, "epoch": 1},
        {"_step": 3, "acc": 1},
        {"_step": 4, "epoch": 2},
        {"_step": 5, "loss": 5, "epoch": 2},
    ]
    assert summary_of(fake) == {"loss": 5, "epoch": 2, "acc": 1}


def test_no_step_joins_where_it_is_switched_off(fake: wt.World) -> None:
    run = fake.init()
    run.define_metric("loss", step_metric="epoch", step_sync=False)

    for row in ({"loss": 3, "epoch": 1}, {"loss": 4}):
        run.log(row)

    assert fake.run.history == [{"_step": 0, "loss": 3, "epoch": 1}, {"_step": 1, "loss": 4}]


@pytest.mark.parametrize(("profile", "joining"), [(CLASSIC, {}), (CURRENT, {"epoch": 0})], ids=str)
def test_a_step_that_was_logged_before_the_definition_does_not_join(fake: wt.World, joining: dict[str, Any]) -> None:
    run = fake.init()
    run.log({"epoch": 7})
    run.define_metric("loss", step_metric=run.define_metric("epoch"))

    run.log({"loss": 1})

    assert fake.run.history[1] == {"_step": 1, "loss": 1, **joining}


def test_a_row_of_the_client_only_gets_no_step(fake: wt.World) -> None:
    run = fake.init()
    run.define_metric("*", step_metric="epoch")

    run.log({"epoch": 1})
    run.log({"_own": 1})

    assert fake.run.history == [{"_step": 0, "epoch": 1}, {"_step": 1, "_own": 1}]


# ---------------------------------------------------------------------- arguments


def test_it_returns_what_was_defined(fake: wt.World) -> None:
    metric = fake.init().define_metric("loss", step_metric="epoch", hidden=True, summary="min,max")

    assert (metric.name, metric.step_metric, metric.step_sync, metric.hidden, metric.summary) == (
        "loss",
        "epoch",
        True,
        True,
        ("min", "max"),
    )


def test_the_record_keeps_the_definition(fake: wt.World) -> None:
    fake.init().define_metric("loss", step_metric="epoch", summary="min")

    (defined,) = fake.run.client["metrics"].values()

    assert (defined.name, defined.step_metric, defined.summary) == ("loss", "epoch", ("min",))


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": ""},
        {"name": 3},
        {"name": "a*b"},
        {"name": "**"},
        {"name": "a", "step_metric": 3},
        {"name": "a", "step_sync": "yes"},
        {"name": "a", "hidden": "yes"},
        {"name": "a", "overwrite": "yes"},
        {"name": "a", "summary": "median"},
        {"name": "a", "summary": "min, max"},
        {"name": "a", "summary": ["min"]},
    ],
    ids=str,
)
def test_wrong_arguments_are_refused_by_name(fake: wt.World, arguments: dict[str, Any]) -> None:
    run = fake.init()

    with pytest.raises(wt.Error, match="define_metric"):
        run.define_metric(**arguments)

    assert fake.run.client["metrics"] == {}


def test_a_goal_that_does_not_exist_is_refused_in_classic(classic: wt.World) -> None:
    run: Any = classic.init()

    with pytest.raises(wt.Error, match="goal='most'"):
        run.define_metric("loss", goal="most")


@pytest.mark.parametrize("profile", list(Profile), ids=str)
def test_definitions_are_of_one_run(fake: wt.World) -> None:
    first = fake.init()
    first.define_metric("loss", summary="min")
    first.finish()
    second = fake.init()

    for loss in LOSSES:
        second.log({"loss": loss})

    assert summary_of(fake) == {"loss": 2}


# ---------------------------------------------------------------------- what the server is told


def told_metrics(world: wt.World) -> Any:
    return world.run.client["config"]["m"]


def test_definitions_are_sent_in_the_clients_part_of_config(fake: wt.World) -> None:
    run = fake.init(config={"lr": 1})
    run.define_metric("loss", step_metric="epoch", summary="min,mean", hidden=True)
    run.define_metric("acc", step_metric="epoch", step_sync=False)

    assert told_metrics(fake) == [
        {"1": "epoch"},
        {"1": "loss", "6": [1, 2, 3], "7": [1, 3], "5": 1},
        {"1": "acc", "6": [3], "5": 1},
    ]
    assert fake.run.config == {"lr": 1}


def test_a_pattern_is_sent_as_such_in_current_and_name_by_name_in_classic(classic: wt.World, current: wt.World) -> None:
    for world in (classic, current):
        run = world.init()
        run.define_metric("train/*", step_metric="epoch", summary="max")
        run.log({"train/loss": 1, "other": 1})
        run.log({"train/acc": 1, "train/loss": 2})

    shared = {"6": [1], "7": [2], "5": 1}
    assert told_metrics(current) == [{"1": "epoch"}, {"2": "train/*", **shared}]
    assert told_metrics(classic) == [{"1": "epoch"}, {"1": "train/loss", **shared}, {"1": "train/acc", **shared}]


def test_a_goal_is_sent_in_classic(classic: wt.World) -> None:
    run: Any = classic.init()

    metric = run.define_metric("loss", goal="MAXimise")

    assert metric.goal == "maximize"
    assert told_metrics(classic) == [{"1": "loss", "6": [3], "8": 2}]


def test_an_argument_that_classic_does_not_know_is_passed_over_with_a_warning(classic: wt.World) -> None:
    run: Any = classic.init()

    run.define_metric("loss", colour="red")

    assert ["colour" in warning for warning in classic.run.warnings] == [True]
