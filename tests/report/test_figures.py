from __future__ import annotations

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wandb_testkit.report.figures import clip, figure, listing, size, sparkline, ticks

FLOAT_MAX = sys.float_info.max


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.48671, "0.4867"), (3.0, "3"), (1e-7, "1e-07"), (10**300, "1e+300"), (None, "None"), (True, "True"), ("a", "a")],
    ids=str,
)
def test_a_figure_is_as_short_as_it_may_be(value: object, expected: str) -> None:
    assert figure(value) == expected


@pytest.mark.parametrize(("number", "expected"), [(812, "812 B"), (4_120, "4.1 kB"), (23_000_000, "23 MB")], ids=str)
def test_a_size_has_a_unit(number: int, expected: str) -> None:
    assert size(number) == expected


def test_a_sparkline_shows_the_course_and_its_gaps() -> None:
    assert sparkline([1, 2, 3, "NaN", 8], 24) == "▁▂▃·█"
    assert sparkline([], 24) == ""
    assert sparkline(["NaN"], 24) == "·"
    assert sparkline([7, 7], 24) == "▅▅"


@given(st.lists(st.floats()), st.integers(1, 30))
def test_a_sparkline_never_grows_too_wide(values: list[float], width: int) -> None:
    assert len(sparkline(values, width)) == min(width, len(values))


@given(st.lists(st.text(min_size=1)), st.integers(20, 60))
def test_a_listing_fits_on_its_line(items: list[str], width: int) -> None:
    assert len(listing(items, width)) <= width


def test_a_listing_counts_what_it_leaves_out() -> None:
    assert listing(["alpha", "beta", "gamma", "delta"], 20) == "alpha  beta  +2 more"


def test_a_clipped_line_is_one_line() -> None:
    assert clip("one\ntwo  three", 10) == "one two..."


@given(st.floats(-FLOAT_MAX, FLOAT_MAX), st.floats(-FLOAT_MAX, FLOAT_MAX), st.integers(2, 8))
def test_ticks_are_few_and_finite(one: float, other: float, most: int) -> None:
    low, high = sorted((one, other))

    marks = ticks(low, high, most)

    assert len(marks) <= max(most, 2)
    assert all(map(math.isfinite, marks))


def test_ticks_are_round_numbers() -> None:
    assert ticks(0.34, 2.4, 4) == pytest.approx([0.5, 1.0, 1.5, 2.0])
