from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from wandb_testkit.observation import RunView
from wandb_testkit.report.chart import Line, draw
from wandb_testkit.report.data import to_data
from wandb_testkit.report.terminal import sentence, show

MakeRun = Callable[..., RunView]


def printed(entries: list[dict[str, Any]], width: int = 120, encoding: str = "utf-8") -> str:
    buffer = io.BytesIO()
    file = io.TextIOWrapper(buffer, encoding=encoding)
    show(entries, Console(file=file, width=width))
    file.flush()
    return buffer.getvalue().decode(encoding)


def drawn(lines: list[Line], width: int = 20, height: int = 4, ascii_only: bool = False) -> list[str]:
    rows = draw(lines, width, height, ascii_only=ascii_only)
    return ["".join(cell.character for cell in row).rstrip() for row in rows]


def test_the_table_has_a_row_per_run(make_run: MakeRun) -> None:
    runs = [to_data(make_run(id=name, config={"lr": lr, "seed": 1})) for name, lr in (("run1", 0.1), ("run2", 0.2))]

    output = printed([{"test": "tests/test_a.py::test_losses_fall", "outcome": "failed", "runs": runs}])

    assert "1 test reported (1 failed), 2 runs (2 finished)" in output
    (first,) = (line.split() for line in output.splitlines() if "run1" in line)
    assert first == ["losses", "fall", "FAILED", "run1", "finished", "3", "lr=0.1", "seed=1", "loss=0.5"]


def test_the_table_shows_what_sets_a_run_apart(make_run: MakeRun) -> None:
    rates = {"run1": 0.1, "run2": 0.1, "run3": 0.3}
    runs = [to_data(make_run(id=name, config={"lr": lr, "seed": 1})) for name, lr in rates.items()]

    output = printed([{"test": "test_a", "outcome": "passed", "runs": runs}])

    rows = [line for name in rates for line in output.splitlines() if name in line]
    assert ["lr=" in row for row in rows] == [False, False, True]
    assert "config, where the table says nothing else: lr=0.1  seed=1\n" in output


@pytest.mark.parametrize("width", [40, 80, 120])
def test_nothing_is_wider_than_the_terminal(make_run: MakeRun, width: int) -> None:
    runs = [to_data(make_run([{f"metric_{i}": i for i in range(20)}] * 3)) for _ in range(3)]

    output = printed([{"test": "test_a", "outcome": "passed", "runs": runs}], width)

    assert max(map(len, output.splitlines())) <= width
    assert "metrics not drawn: " in output


def test_what_looks_like_markup_is_shown_as_it_is(make_run: MakeRun) -> None:
    run = to_data(make_run([{"[bold]x[/bold]": 1.0}], id="[red]", summary={"[/]": 1}))

    output = printed([{"test": "test_a[[/b]]", "outcome": "passed", "runs": [run]}])

    assert all(text in output for text in ("[bold]x[/bold]", "[red]", "[/]=1", "a [[/b]]"))


def test_an_old_console_gets_plain_characters(make_run: MakeRun) -> None:
    output = printed([{"test": "test_a", "outcome": "passed", "runs": [to_data(make_run())]}], encoding="ascii")

    assert "2.5 +*" in output


def test_a_test_is_named_by_its_sentence() -> None:
    assert sentence("tests/test_a.py::TestB::test_losses_fall[sgd_x::y]") == "losses fall [sgd_x::y]"


def test_a_chart_has_labelled_axes() -> None:
    assert drawn([Line(range(5), [4, 3, 2, 1, 0])]) == [
        "4 ┤⠉⠢⠤⡀",
        "  │   ⠈⠉⠢⠤⡀",
        "  │       ⠈⠉⠒⠢⠤⣀",
        "0 ┤             ⠉⠑⠤⢄",
        "  └─────────────────",
        "   0               4",
    ]


def test_a_chart_leaves_a_gap_where_there_is_no_number() -> None:
    solid = drawn([Line(range(4), [1, 1, 1, 1])])
    broken = drawn([Line(range(4), [1, "NaN", None, 1])])

    assert solid[1].count(" ") < broken[1].count(" ") or solid[2].count(" ") < broken[2].count(" ")
    assert drawn([Line([0], ["NaN"])]) == ["no finite values"]


@pytest.mark.parametrize(
    "values",
    [[1.7e308, -1.7e308], [5e-324, 0.0], [1e16, 1e16 + 2], [10**300, 0], [math.pi]],
    ids=["huge", "tiny", "close", "int", "one"],
)
def test_a_chart_of_extreme_values_keeps_its_size(values: list[float]) -> None:
    rows = drawn([Line(range(len(values)), values)], width=38, height=8)

    assert len(rows) == 10
    assert max(map(len, rows)) <= 38
