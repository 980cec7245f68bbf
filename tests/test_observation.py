"""What a test reads: History, RunView, diff()."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.observation import diff
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

ROWS: list[dict[str, Any]] = [
    {"_step": 0, "loss": 3, "eval": {"acc": 0.1}},
    {"_step": 2, "loss": 2},
    {"_step": 5, "eval": {"acc": 0.3}, "a.b": 1},
]


@pytest.fixture
def history() -> wt.History:
    return wt.History(ROWS, [100.5, 101.5, 102.5], [0.5, 1.5, 2.5], "abc")


@pytest.fixture(params=[CLASSIC, CURRENT], ids=str)
def fake(request: pytest.FixtureRequest) -> Iterator[wt.World]:
    profile: Profile = request.param
    with wt.fake(profile=profile, environ={}) as world:
        yield world


# ---------------------------------------------------------------------- History


def test_it_is_a_sequence_of_rows(history: wt.History) -> None:
    assert (len(history), list(history), history[0], history[-1]) == (3, ROWS, ROWS[0], ROWS[2])
    assert ROWS[1] in history
    assert list(reversed(history)) == ROWS[::-1]


@pytest.mark.parametrize(
    "index", [slice(1, None), slice(None, -1), slice(None, None, 2), slice(5, 9), slice(None, None, -1)]
)
def test_slices_are_lists_of_rows(history: wt.History, index: slice) -> None:
    assert history[index] == ROWS[index]


@pytest.mark.parametrize("index", [3, -4, 100])
def test_a_row_that_is_not_there_is_named(history: wt.History, index: int) -> None:
    with pytest.raises(IndexError, match=f"row {index} of run 'abc': it has 3 rows"):
        history[index]


@pytest.mark.parametrize(
    ("key", "column", "steps"),
    [
        ("loss", [3, 2], [0, 2]),
        ("eval", [{"acc": 0.1}, {"acc": 0.3}], [0, 5]),
        ("eval.acc", [0.1, 0.3], [0, 5]),
        ("a.b", [1], [5]),
        ("_step", [0, 2, 5], [0, 2, 5]),
    ],
)
def test_a_key_gives_a_column(history: wt.History, key: str, column: list[Any], steps: list[int]) -> None:
    assert (history[key], history.column(key), history.steps(key), history.last(key)) == (
        column,
        column,
        steps,
        column[-1],
    )


def test_times_are_columns_too(history: wt.History) -> None:
    assert (history["_timestamp"], history["_runtime"]) == ([100.5, 101.5, 102.5], [0.5, 1.5, 2.5])


def test_keys_are_in_order_of_appearance(history: wt.History) -> None:
    assert history.keys() == ["loss", "eval", "a.b"]


def test_rows_have_no_times_unless_asked_for(history: wt.History) -> None:
    times = [(100.5, 0.5), (101.5, 1.5), (102.5, 2.5)]

    assert history.with_times() == [
        {**row, "_timestamp": timestamp, "_runtime": runtime}
        for row, (timestamp, runtime) in zip(ROWS, times, strict=True)
    ]


def test_it_compares_to_lists_of_rows_and_to_its_like(history: wt.History) -> None:
    assert history == ROWS
    assert history == tuple(ROWS)
    assert history == wt.History(ROWS)
    assert history != ROWS[:2]
    assert history != [*ROWS[:2], {"_step": 5}]
    assert history != "rows"


def test_it_is_shown_as_its_rows(history: wt.History) -> None:
    assert repr(history) == repr(ROWS)


def test_it_cannot_be_hashed(history: wt.History) -> None:
    with pytest.raises(TypeError):
        hash(history)


def test_a_row_may_be_changed_without_consequences(history: wt.History) -> None:
    history[0]["loss"] = 9
    history[:1][0]["loss"] = 9
    next(iter(history))["loss"] = 9
    history["loss"].append(9)

    assert history == ROWS


@pytest.mark.parametrize(
    ("key", "hint"),
    [("los", " Did you mean 'loss'?"), ("zzz", ""), ("eval.ac", " Did you mean 'eval.acc'?")],
    ids=["near", "far", "nested"],
)
def test_an_unknown_metric_is_answered_with_those_there_are(history: wt.History, key: str, hint: str) -> None:
    for ask in (history.column, history.steps, history.last, history.__getitem__):
        with pytest.raises(wt.UnknownMetricError) as raised:
            ask(key)
        assert str(raised.value) == (
            f"history[{key!r}]: no row of run 'abc' has that key; its keys are 'loss', 'eval', 'a.b'.{hint}"
        )

    assert isinstance(raised.value, KeyError)


@pytest.mark.parametrize(
    ("rows", "told"),
    [([], "has logged no rows"), ([{"_step": 0}], "has only empty rows")],
    ids=["none", "empty"],
)
def test_without_rows_the_message_says_so(rows: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(wt.UnknownMetricError) as raised:
        wt.History(rows, run_id="abc")["loss"]

    assert str(raised.value) == f"history['loss']: run 'abc' {told}"


def test_without_pandas_a_data_frame_is_refused_by_name(history: wt.History, monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_pandas(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "pandas":
            raise ImportError("No module named 'pandas'")
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pandas)
    monkeypatch.setattr("importlib.import_module", without_pandas)

    with pytest.raises(ImportError, match="pip install pandas"):
        history.to_pandas()


def test_with_pandas_a_data_frame_has_a_column_for_each_key(
    history: wt.History, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FakePandas:
        @staticmethod
        def DataFrame(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return rows

    monkeypatch.setattr("importlib.import_module", lambda name: FakePandas)

    assert history.to_pandas() == ROWS


# ---------------------------------------------------------------------- views


def test_a_view_does_not_change_when_the_run_goes_on(fake: wt.World, tmp_path: Path) -> None:
    run: Any = fake.init(config={"a": 1}, tags=["a"], name="old", notes="old")
    run.log({"loss": 1})
    run.summary["best"] = 1
    before = fake.run
    copy = (list(before.history), dict(before.summary), dict(before.config), before.state, list(before.requests))

    run.log({"loss": 2, "new": 1})
    run.summary["best"] = 2
    run.config["b"] = 2
    run.tags = ["b"]
    run.name = "new"
    (tmp_path / "file").write_text("x")
    run.save(str(tmp_path / "file"))
    run.finish(1)

    assert (list(before.history), before.summary, before.config, before.state, before.requests) == copy
    assert (before.history["loss"], before.history.keys()) == ([1], ["loss"])
    assert (before.tags, before.name, before.files, before.exit_code) == (("a",), "old", {}, None)
    assert fake.run.history["loss"] == [1, 2]


def test_a_view_keeps_the_rows_of_a_run_that_is_overwritten() -> None:
    with wt.fake(profile="classic", environ={}) as fake:
        for loss in (1, 2):
            with fake.init(id="abc") as run:
                run.log({"loss": loss})
                view = fake.run
            if loss == 1:
                before = view

        assert (before.history["loss"], before.history["_runtime"]) == ([1], [0])
        assert fake.run.history["loss"] == [2]


def test_a_view_keeps_the_rows_of_a_run_that_is_deleted(fake: wt.World) -> None:
    run = fake.init(id="abc")
    run.log({"loss": 1})
    before = fake.run

    fake.server.delete_run("abc")

    assert before.history["loss"] == [1]
    assert before.state == "running"


def test_what_a_test_changes_in_a_view_does_not_reach_the_run(fake: wt.World) -> None:
    run = fake.init(config={"a": 1})
    run.log({"loss": 1})
    view = fake.run

    view.config["a"] = 2
    view.summary.clear()
    view.requests.clear()
    view.warnings.append("mine")

    seen = fake.run
    assert (seen.config, seen.summary, seen.warnings) == ({"a": 1}, {"_step": 0, "loss": 1}, [])
    assert seen.requests


def test_views_of_the_same_state_are_equal_whatever_was_asked(fake: wt.World) -> None:
    fake.init(id="abc").finish()
    before = fake.run
    with pytest.raises(wt.UsageError):
        fake.init(id="abc", resume="never")

    assert fake.run == before
    assert fake.run.requests != before.requests


def test_a_view_is_shown_in_one_line(fake: wt.World) -> None:
    run = fake.init(id="abc", project="p")
    running = repr(fake.run)
    run.log({"loss": 1})
    run.finish(3)

    assert running == "<RunView testkit-user/p/abc: running, 0 rows>"
    assert repr(fake.run) == "<RunView testkit-user/p/abc: failed, exit code 3, 1 rows>"


def test_a_state_is_its_own_text() -> None:
    texts = ["running", "finished", "failed", "crashed", "deleted", "preempting", "preempted", "pending", "killed"]

    assert [f"{state}" for state in wt.RunState] == texts
    assert [state == text for state, text in zip(wt.RunState, texts, strict=True)] == [True] * len(texts)


# ---------------------------------------------------------------------- diff


def test_diff_names_the_fields_that_differ(fake: wt.World) -> None:
    fake.init(id="abc", config={"a": 1})
    before = fake.run
    fake.session.finish(1)
    after = fake.run

    assert diff(before, before) == []
    assert diff(before, after) == [
        "state: expected <RunState.RUNNING: 'running'>, got <RunState.FAILED: 'failed'>",
        "exit_code: expected None, got 1",
    ]


def test_diff_of_different_kinds_tells_both(fake: wt.World) -> None:
    assert diff(1, "1") == ["expected 1, got '1'"]
