"""The assertions: what they accept, what they refuse, and the words in which they do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wandb_testkit as wt
from tests.recorded import ROWS, a_run, an_artifact
from wandb_testkit.artifact_view import Artifacts

ODD: list[dict[str, Any]] = [
    *({"_step": step, "loss": loss} for step, loss in enumerate([0.9, 0.6, 0.5, 0.7, 0.3])),
    {"_step": 9, "nan": math.nan, "text": "0.3", "flag": True, "vector": [1, 2, 3], "none": None},
]


@pytest.fixture
def run() -> wt.RunView:
    return a_run()


@pytest.fixture
def odd() -> wt.RunView:
    return a_run(ODD)


def said_by(assertion: Callable[..., None], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(AssertionError) as raised:
        assertion(*args, **kwargs)
    return str(raised.value)


# ---------------------------------------------------------------------- assert_logged


@pytest.mark.parametrize(
    ("expected", "step"),
    [
        ({"loss": 0.5}, None),
        ({"loss": 0.5}, 1),
        ({"loss": 0.3, "eval": {"acc": 0.8}}, 2),
        ({"eval.acc": pytest.approx(0.8)}, None),
        ({"eval": {}}, 2),
        ({"_step": 1}, None),
        ({"loss": np.float64(0.5)}, 1),
        ({"loss": np.float32(0.5)}, 1),
        ({"loss": float}, 0),
        ({"loss": lambda loss: loss > 0.8}, 0),
    ],
)
def test_a_row_that_has_it_all_is_found(run: wt.RunView, expected: dict[str, Any], step: int | None) -> None:
    wt.assert_logged(run, expected, step=step)


@pytest.mark.parametrize(
    "expected",
    [
        {"nan": math.nan},
        {"nan": np.nan},
        {"nan": pytest.approx(math.nan, nan_ok=True)},
        {"flag": True, "text": "0.3", "none": None},
        {"flag": np.bool_(True)},
        {"vector": [1, 2, 3]},
        {"vector": (1, 2, 3)},
        {"vector": np.array([1, 2, 3])},
        {"vector": pytest.approx(np.array([1, 2, 3]))},
        {"vector": [int, pytest.approx(2), lambda value: value == 3]},
    ],
)
def test_values_of_every_kind_can_be_expected(odd: wt.RunView, expected: dict[str, Any]) -> None:
    wt.assert_logged(odd, expected, step=9)


@pytest.mark.parametrize(
    "wrong", [{"flag": 1}, {"flag": 1.0}, {"text": 0.3}, {"loss": True}, {"loss": "0.9"}, {"none": 0}, {"vector": 1}]
)
def test_values_of_another_type_are_not_taken_for_it(odd: wt.RunView, wrong: dict[str, Any]) -> None:
    said_by(wt.assert_logged, odd, wrong)


@pytest.mark.parametrize(
    ("expected", "step", "message"),
    [
        (
            {"loss": pytest.approx(0.1)},
            None,
            "run 'abc' logged no row with loss=0.1 ± 1.0e-07:\n"
            "  loss was never 0.1 ± 1.0e-07; the nearest is 0.3 at step 4\n"
            "    it was 0.9 (step 0), 0.6 (step 1), 0.5 (step 2), 0.7 (step 3), 0.3 (step 4)",
        ),
        (
            {"loss": 0.9, "text": "0.3"},
            None,
            "run 'abc' logged no row with loss=0.9, text='0.3':\n"
            "  loss is 0.9 at step 0\n"
            "  text is '0.3' at step 9\n"
            "  each was logged, but never in one row: one log() makes one row, unless it has commit=False",
        ),
        (
            {"loss": 0.9},
            9,
            "run 'abc' logged no row with loss=0.9 at step 9:\n"
            "  the row of step 9 has no 'loss'; there are 'nan', 'text', 'flag', 'vector', 'none'.\n"
            "    near it: 0.9 (step 0), 0.6 (step 1), 0.5 (step 2), 0.7 (step 3), 0.3 (step 4)\n"
            "    0.9 was logged at step 0",
        ),
        (
            {"loss": 0.9},
            7,
            "run 'abc' logged no row with loss=0.9 at step 7:\n"
            "  there is no row of step 7: the nearest steps are 2, 3, 4, 9",
        ),
        (
            {"nan": 0.3},
            9,
            "run 'abc' logged no row with nan=0.3 at step 9:\n  nan of step 9 is NaN, should be 0.3",
        ),
        (
            {"text": 0.3},
            None,
            "run 'abc' logged no row with text=0.3:\n"
            "  text was never 0.3: at step 9 it is '0.3' (a str), should be 0.3 (a float)\n"
            "    it was '0.3' (step 9)",
        ),
        (
            {"vector": [1, 2, 4]},
            9,
            "run 'abc' logged no row with vector=[1, 2, 4] at step 9:\n"
            "  vector of step 9 is [1, 2, 3], should be [1, 2, 4]: item 2 is 3, should be 4",
        ),
        (
            {"loss": int},
            0,
            "run 'abc' logged no row with loss=int at step 0:\n"
            "  loss of step 0 is 0.9 (a float), should be of type int\n"
            "    near it: 0.9 (step 0), 0.6 (step 1), 0.5 (step 2), 0.7 (step 3), 0.3 (step 4)",
        ),
        (
            {"loss": math.isinf},
            None,
            "run 'abc' logged no row with loss=isinf:\n"
            "  isinf accepts no value of loss\n"
            "    it was 0.9 (step 0), 0.6 (step 1), 0.5 (step 2), 0.7 (step 3), 0.3 (step 4)",
        ),
    ],
    ids=range(9),
)
def test_a_failure_shows_what_was_logged(
    odd: wt.RunView, expected: dict[str, Any], step: int | None, message: str
) -> None:
    assert said_by(wt.assert_logged, odd, expected, step=step) == message


def test_a_step_past_the_end_is_told_with_those_there_are(run: wt.RunView) -> None:
    message = said_by(wt.assert_logged, run, {"loss": 0.3}, step=3)

    assert message.endswith("there is no row of step 3: its rows are those of steps 0 to 2")


def test_a_nested_key_is_guessed_from_the_nested_ones(run: wt.RunView) -> None:
    message = said_by(wt.assert_logged, run, {"eval.ac": 0.8})

    assert message.endswith("its keys are 'eval.acc', 'loss'. Did you mean 'eval.acc'?")


def test_a_run_without_rows_is_told_with_its_warnings() -> None:
    message = said_by(wt.assert_logged, a_run([], warnings=["step 3 was dropped"]), {"loss": 0.3})

    assert message == (
        "run 'abc' logged no row with loss=0.3:\n  it logged no row at all\n  warning: step 3 was dropped"
    )


def test_a_long_course_is_shown_around_the_step() -> None:
    long = a_run([{"_step": step, "loss": step} for step in range(100)])

    message = said_by(wt.assert_logged, long, {"loss": 0}, step=50)

    assert "near it: ... 48 (step 48), 49 (step 49), 50 (step 50), 51 (step 51), 52 (step 52) ..." in message


# ---------------------------------------------------------------------- courses


def test_a_course_may_be_smoothed_or_stand_still(odd: wt.RunView) -> None:
    flat = a_run([{"_step": step, "loss": loss} for step, loss in enumerate([3, 2, 2, 1])])

    wt.assert_decreasing(odd, "loss", smooth=3)
    wt.assert_decreasing(flat, "loss", strictly=False)
    wt.assert_increasing(odd, "_step")


@pytest.mark.parametrize(
    ("key", "options", "message"),
    [
        ("loss", {}, "should fall from value to value, but rose from 0.5 to 0.7 between steps 2 and 3"),
        ("loss", {"smooth": 2}, "rose from 0.55 to 0.6 between steps 2 and 3 (means of 2)"),
        ("nan", {}, "nan of run 'abc' is NaN at step 9, which is neither more nor less than anything"),
        ("text", {}, "text of run 'abc' is '0.3' at step 9: that is no number"),
        ("flag", {}, "flag of run 'abc' is True at step 9: that is no number"),
        ("loss", {"smooth": 5}, "0.3 (step 4); the means of 5 take 6"),
    ],
)
def test_a_course_that_does_not_fall_is_shown(odd: wt.RunView, key: str, options: dict[str, Any], message: str) -> None:
    assert message in said_by(wt.assert_decreasing, odd, key, **options)


def test_standing_still_is_not_falling() -> None:
    flat = a_run([{"_step": step, "loss": loss} for step, loss in enumerate([2, 2])])

    assert said_by(wt.assert_decreasing, flat, "loss").startswith(
        "loss of run 'abc' should fall from value to value, but stayed at 2 between steps 0 and 1"
    )
    assert "the means" not in said_by(wt.assert_decreasing, a_run(ROWS[:1]), "loss")


def test_a_course_of_an_unknown_metric_is_refused_by_name(run: wt.RunView) -> None:
    with pytest.raises(wt.UnknownMetricError, match="Did you mean 'loss'"):
        wt.assert_decreasing(run, "los")


# ---------------------------------------------------------------------- config, summary


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"optimizer": {"name": "sgd"}}, "config['optimizer']['name'] is 'adam', should be 'sgd'"),
        ({"optimizer": {"betas": (0.9, 1)}}, "is [0.9, 0.99], should be (0.9, 1): item 1 is 0.99, should be 1"),
        ({"name": "adam"}, "config has no 'name', but there is 'optimizer.name': 'adam'"),
        ({"lr.max": 1}, "config['lr'] is 0.1, so there is nothing at 'lr.max'"),
        ({"learning_rate": 1}, "config has no 'learning_rate'; there are 'lr', 'optimizer'."),
        ({"lr": "0.1"}, "config['lr'] is 0.1 (a float), should be '0.1' (a str)"),
    ],
)
def test_a_wrong_config_is_shown_where_it_is_wrong(run: wt.RunView, expected: dict[str, Any], message: str) -> None:
    assert message in said_by(wt.assert_config, run, expected)


def test_the_summary_is_asked_like_the_config(run: wt.RunView) -> None:
    wt.assert_summary(run, {"best": pytest.approx(0.3)}, loss=0.3)

    assert said_by(wt.assert_summary, run, best=0.4) == (
        "the summary of run 'abc' is not as it should be:\n  summary['best'] is 0.3, should be 0.4"
    )


# ---------------------------------------------------------------------- artifacts


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("model", {}),
        ("model:v0", {"type": "model"}),
        ("model:best", {"aliases": ["latest", "v0"], "metadata": {"epochs": 3}}),
        ("model", {"files": {"weights.bin": lambda content: len(content) == 2}}),
        ("model", {"files": ["weights.bin"]}),
        ("data", {"used": True, "files": {"a.csv": "1,2", "b.csv": ...}}),
    ],
)
def test_an_artifact_that_is_there_is_found(run: wt.RunView, name: str, options: dict[str, Any]) -> None:
    wt.assert_artifact(run, name, **options)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("modle", {}, "run 'abc' logged no artifact 'modle'; its artifacts are 'model', 'data'. Did you mean 'model'?"),
        ("model:v7", {}, "no artifact 'model:v7'; of that name it has 'model:v0', 'model:best', 'model:latest'"),
        ("model", {"type": "data"}, "artifact 'model:v0' that run 'abc' logged is of type 'model', not 'data'"),
        ("model", {"aliases": ["prod"]}, "alias 'prod' is not among its aliases: 'best', 'latest'"),
        ("model", {"metadata": {"epochs": 4}}, "metadata['epochs'] is 3, should be 4"),
        ("model", {"files": []}, "it also has 'weights.bin'; files= names all files"),
        ("model", {"files": {"weights.bin": b"\x00"}}, "file 'weights.bin' is b'\\x00\\x01', should be b'\\x00'"),
        ("data", {}, "run 'abc' used artifact 'data', but logged none of that name; assert_artifact(..., used=True)"),
        ("data", {"used": True, "files": {"a.csv": ..., "b.csv": "x"}}, "is a reference to 's3://bucket/b.csv'"),
    ],
)
def test_an_artifact_that_is_not_so_is_shown(run: wt.RunView, name: str, options: dict[str, Any], message: str) -> None:
    assert message in said_by(wt.assert_artifact, run, name, **options)


def test_a_run_without_artifacts_says_so() -> None:
    message = said_by(wt.assert_artifact, a_run(artifacts=Artifacts({})), "model")

    assert message == "run 'abc' logged no artifact 'model'; it has none at all."


def test_artifacts_are_equal_if_all_their_versions_are() -> None:
    first, second = (an_artifact("model", {"w": content}) for content in (b"1", b"2"))
    whole = Artifacts({"model": [first, second]})

    assert whole == Artifacts({"model": (first, second)})
    assert whole != Artifacts({"model": [second]})
    assert whole == {"model": second}


# ---------------------------------------------------------------------- misuse


@pytest.mark.parametrize(
    "ask",
    [
        lambda run: wt.assert_logged(run, {"loss": 1}),
        lambda run: wt.assert_decreasing(run, "loss"),
        lambda run: wt.assert_config(run, lr=1),
        lambda run: wt.assert_artifact(run, "model"),
    ],
)
def test_a_world_is_not_a_run(ask: Callable[[Any], None]) -> None:
    with wt.fake(environ={}) as fake, pytest.raises(TypeError, match=r"looks at a RunView, .* give its \.run"):
        ask(fake)


def test_asking_for_nothing_would_always_pass_and_is_refused(run: wt.RunView) -> None:
    for ask in (wt.assert_logged, wt.assert_config, wt.assert_summary):
        with pytest.raises(ValueError, match="was told nothing to look for"):
            ask(run, {})
    with pytest.raises(ValueError, match="the mean of how many values"):
        wt.assert_decreasing(run, "loss", smooth=0)


def test_a_failure_ends_at_the_line_of_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb_testkit as wt

        def test_it(wandb_fake):
            with wandb_fake.init() as run:
                run.log({"loss": 0.5})
            wt.assert_logged(wandb_fake.run, {"loss": 0.4})
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:randomly")

    result.stdout.fnmatch_lines(
        ["E*logged no row with loss=0.4:", "E*the nearest is 0.5 at step 0", "*test_*.py:6: AssertionError"]
    )
