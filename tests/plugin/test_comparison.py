"""How a failed `==` on what a run recorded reads."""

from __future__ import annotations

import pytest

RUN = """
    import wandb
    import wandb_testkit as wt

    def train(**config):
        with wandb.init(project="demo", id="abc", config={"opt": {"name": "adam", "lr": 0.1}, **config}) as run:
            for step in range(3):
                run.log({"loss": 1.0 / (step + 1), "val": {"acc": step / 2}})

    def tabulate():
        with wandb.init(project="demo", id="tables") as run:
            run.log({"predictions": wandb.Table(columns=["text", "label"], data=[["a", 1], ["b", 2], ["c", 3]])})
"""

CASES = {
    "a_row": (
        'fake.run.history == [{"_step": s, "loss": [1.0, 0.25, 1 / 3][s], "val": {"acc": s / 2}} for s in range(3)]',
        ["assert history of run 'abc' == what was expected", "", "step 1: loss is 0.5, should be 0.25"],
    ),
    "rows": (
        '[{"_step": 0, "loss": 1.0, "val": {"acc": 0.0}}, {"_step": 7, "loss": 2}] == fake.run.history',
        [
            "assert history of run 'abc' == what was expected",
            "",
            "step 1 should not be there: {'loss': 0.5, 'val': {'acc': 0.5}}",
            "step 2 should not be there: {'loss': 0.3333333333333333, 'val': {'acc': 1.0}}",
            "step 7 is missing, should be {'loss': 2}",
        ],
    ),
    "no_rows": (
        'fake.run.history == {"loss": 1.0}',
        ["assert history of run 'abc' == what was expected", "", "has 3 rows, should be {'loss': 1.0}"],
    ),
    "without_steps": (
        'fake.run.history == [{"loss": 1.0}]',
        [
            "assert history of run 'abc' == what was expected",
            "",
            "step 0 (row 0): val is {'acc': 0.0}, should not be there",
            "step 0 (row 0): _step is 0, should not be there",
            "step 1 (row 1) should not be there: {'loss': 0.5, 'val': {'acc': 0.5}}",
            "step 2 (row 2) should not be there: {'loss': 0.3333333333333333, 'val': {'acc': 1.0}}",
        ],
    ),
    "column": (
        'fake.run.history["loss"] == [1.0, 0.25]',
        [
            "assert history['loss'] of run 'abc' == what was expected",
            "",
            "has 3 values, should have 2",
            "step 1: is 0.5, should be 0.25",
            "step 2 should not be there: 0.3333333333333333",
        ],
    ),
    "about_a_column": (
        'fake.run.history["loss"] == pytest.approx([1.0, 0.25])',
        [
            "assert history['loss'] of run 'abc' == what was expected",
            "",
            "has 3 values, should have 2",
            "step 1: is 0.5, should be 0.25 ± 2.5e-07",
            "step 2 should not be there: 0.3333333333333333",
        ],
    ),
    "config": (
        'fake.run.config == {"opt": {"name": "adam", "lr": 0.01}, "seed": 1}',
        [
            "assert config of run 'abc' == what was expected",
            "",
            "config['opt']['lr'] is 0.1, should be 0.01",
            "config['seed'] is missing, should be 1",
        ],
    ),
    "summary": (
        'fake.run.summary == {"loss": 0.5, "_step": 2}',
        [
            "assert row of step 2 or summary of run 'abc' == what was expected",
            "",
            "loss is 0.3333333333333333, should be 0.5",
            "val is {'acc': 1.0}, should not be there",
        ],
    ),
    "runs": (
        "fake.runs[0] == other.run",
        [
            "assert one run == another",
            "",
            "config['seed'] is missing, should be 1",
        ],
    ),
    "many": (
        "fake.run.config == {str(n): n for n in range(9)}",
        [
            "assert config of run 'abc' == what was expected",
            "",
            "config['0'] is missing, should be 0",
            "config['1'] is missing, should be 1",
            "config['2'] is missing, should be 2",
            "config['3'] is missing, should be 3",
            "config['4'] is missing, should be 4",
            "... and 5 more differences; -vv shows them",
        ],
    ),
    "table": (
        'tables["predictions"] == TableView(columns=["text", "class"], data=[["a", 1], ["b", 3]])',
        [
            "assert table 'predictions' of run 'tables' == what was expected",
            "",
            "columns is ['text', 'label'], should be ['text', 'class']: item 1 is 'label', should be 'class'",
            "has 3 rows, should have 2",
            "row 1: label is 2, should be 3",
            "row 2 should not be there: ['c', 3]",
        ],
    ),
    "cells": (
        'tables["predictions"].data == [["a", 1], ["x", 2], ["c", 3], ["d", 4]]',
        [
            "assert table 'predictions' of run 'tables' == what was expected",
            "",
            "has 3 rows, should have 4",
            "row 1: column 0 is 'b', should be 'x'",
            "row 3 is missing, should be ['d', 4]",
        ],
    ),
    "table_rows": (
        'tables["predictions"].rows == [{"text": t, "label": 1} for t in "abc"]',
        [
            "assert table 'predictions' of run 'tables' == what was expected",
            "",
            "row 1: label is 2, should be 1",
            "row 2: label is 3, should be 1",
        ],
    ),
    "not_ours": ("[1, 2] == [1, 3]", ["assert [1, 2] == [1, 3]"]),
}


def test_every_difference_is_named_by_step_or_key(pytester: pytest.Pytester) -> None:
    test = "\n    def test_{}({}):\n        assert {}\n"
    tests = "".join(
        test.format(name, "tables" if "tables[" in case else "fake, other", case) for name, (case, _) in CASES.items()
    )
    fixtures = """
    import pytest
    from wandb_testkit.table_view import TableView

    @pytest.fixture
    def tables(wandb_fake):
        tabulate()
        return wandb_fake.runs[-1].tables

    @pytest.fixture
    def fake(wandb_fake):
        train()
        return wandb_fake

    @pytest.fixture
    def other():
        with wt.fake(profile="current") as other:
            train(seed=1)
        return other
    """
    pytester.makepyfile(RUN + fixtures + tests)

    result = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:randomly")

    result.assert_outcomes(failed=len(CASES))
    for name, (_, lines) in CASES.items():
        start = next(at for at, line in enumerate(result.outlines) if f" test_{name} " in line)
        told = [line[1:].strip() for line in result.outlines[start:] if line.startswith("E ")][: len(lines)]
        assert [line.removeprefix("AssertionError: ") for line in told] == lines


def test_everything_is_shown_when_asked_for(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        RUN
        + """
    def test_it():
        with wt.fake(profile="current") as fake:
            fake.init(project="demo", id="abc", config={str(n): n for n in range(20)}).finish()
            assert fake.run.config == {str(n): n + 1 for n in range(20)}
    """
    )

    result = pytester.runpytest_subprocess("--wandb-fake", "-vv")

    told = [line[1:].strip() for line in result.outlines if line.startswith("E ")]
    assert told[2:] == [f"config['{n}'] is {n}, should be {n + 1}" for n in range(20)]


def test_a_world_without_the_plugins_fixtures_is_known_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import wandb_testkit as wt

        def test_it():
            with wt.fake(profile="current") as fake:
                fake.init(project="demo", id="abc", config={"lr": 1}).finish()
                assert {"lr": 2} == fake.run.config
        """
    )

    result = pytester.runpytest_subprocess()

    told = [line[1:].strip() for line in result.outlines if line.startswith("E ")]
    assert told == [
        "AssertionError: assert config of run 'abc' == what was expected",
        "",
        "config['lr'] is 1, should be 2",
    ]
