"""What becomes of values that are not JSON, per profile (LOG-5)."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import math
import pathlib
import types
import uuid
from typing import Any

import numpy
import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


class Word(str, enum.Enum):
    A = "a"


def function() -> None:
    """Is logged by its name."""


class Thing:
    """Has no JSON form."""


def same(value: object) -> tuple[object, object]:
    return value, value


REFUSED = object()
"""Stands for a TypeError."""

NOON = datetime.datetime(2021, 1, 2, 12, 0, 1)

# Observed with 0.10.33 and 0.31.0: name, value, in classic, in current.
VALUES: list[tuple[str, Any, Any, Any]] = [
    ("int", 1, *same(1)),
    ("float", 0.5, *same(0.5)),
    ("bool", True, *same(True)),
    ("str", "text", *same("text")),
    ("none", None, *same(None)),
    ("nan", math.nan, *same(math.nan)),
    ("infinity", math.inf, *same(math.inf)),
    ("minus_infinity", -math.inf, *same(-math.inf)),
    ("list", [1, [2]], *same([1, [2]])),
    ("tuple", (1, (2, 3)), *same([1, [2, 3]])),
    ("dict", {"a": {"b": 1}}, *same({"a": {"b": 1}})),
    ("dict_of_tuple", {"a": (1, {"b": (2,)})}, *same({"a": [1, {"b": [2]}]})),
    ("int_key", {"n": {1: 2}}, *same({"n": {"1": 2}})),
    ("float32", numpy.float32(0.5), *same(0.5)),
    ("float64", numpy.float64(0.1), *same(0.1)),
    ("numpy_nan", numpy.float32("nan"), *same(math.nan)),
    ("numpy_infinity", numpy.float64("inf"), *same(math.inf)),
    ("int64", numpy.int64(3), *same(3)),
    ("numpy_bool", numpy.bool_(True), *same(True)),
    ("numpy_str", numpy.str_("x"), *same("x")),
    ("datetime64", numpy.datetime64("2021-01-02"), *same("2021-01-02")),
    ("array_0d", numpy.array(1.5), *same(1.5)),
    ("array_of_one", numpy.array([[1.5]]), *same(1.5)),
    ("array", numpy.array([1, 2]), *same([1, 2])),
    ("matrix", numpy.array([[1, 2], [3, 4]]), *same([[1, 2], [3, 4]])),
    ("empty_array", numpy.array([]), *same([])),
    ("array_with_nan", numpy.array([1.0, math.nan]), *same([1.0, math.nan])),
    ("array_of_32", numpy.arange(32), *same(list(range(32)))),
    (
        "array_of_33",
        numpy.arange(33),
        *same({"_type": "histogram", "values": [1] * 31 + [2], "bins": [float(edge) for edge in range(33)]}),
    ),
    ("list_of_numpy", [numpy.float32(1.5)], *same([1.5])),
    ("date", datetime.date(2021, 1, 2), *same("2021-01-02")),
    ("datetime", NOON, *same("2021-01-02T12:00:01")),
    (
        "datetime_utc",
        NOON.replace(tzinfo=datetime.timezone.utc),
        "2021-01-02T12:00:01+00:00",
        "2021-01-02T12:00:01Z",
    ),
    ("time", datetime.time(1, 2, 3), REFUSED, "01:02:03"),
    ("timedelta", datetime.timedelta(days=1), REFUSED, "P1D"),
    ("int_enum", Level.HIGH, *same(3)),
    ("str_enum", Word.A, *same("a")),
    ("enum", Colour.RED, REFUSED, 1),
    ("bytes", b"ab", *same("ab")),
    ("bytearray", bytearray(b"ab"), REFUSED, "ab"),
    ("set", {1}, REFUSED, [1]),
    ("frozenset", frozenset({1}), REFUSED, [1]),
    ("list_of_set", [{1}], REFUSED, [[1]]),
    ("generator", (i for i in range(2)), REFUSED, [0, 1]),
    ("decimal", decimal.Decimal("1.50"), REFUSED, "1.50"),
    ("fraction", fractions.Fraction(1, 3), REFUSED, "1/3"),
    ("complex", 1j, REFUSED, "1j"),
    ("uuid", uuid.UUID(int=1), REFUSED, "00000000-0000-0000-0000-000000000001"),
    ("path", pathlib.Path("a"), REFUSED, "a"),
    ("pure_path", pathlib.PurePosixPath("a"), REFUSED, REFUSED),
    ("largest_int", 2**63 - 1, *same(2**63 - 1)),
    ("smallest_int", -(2**63), *same(-(2**63))),
    ("int_beyond_64_bits", 2**64, 2**64, float(2**64)),
    ("int_beyond_63_bits", 2**63, 2**63, float(2**63)),
    ("int_below_64_bits", -(2**63) - 1, -(2**63) - 1, -float(2**63)),
    ("int_beyond_float", 10**400, 10**400, math.inf),
    ("function", function, *same(f"{__name__}.function")),
    ("class", Thing, *same(f"{__name__}.Thing")),
    ("builtin", len, *same("builtins.len")),
    ("object", Thing(), *same(REFUSED)),
    ("ellipsis", ..., *same(REFUSED)),
    ("range", range(3), *same(REFUSED)),
    ("exception", ValueError("x"), *same(REFUSED)),
    ("memoryview", memoryview(b"a"), *same(REFUSED)),
    ("bytes_that_are_no_text", b"\xff", *same(UnicodeDecodeError)),
]

CASES = [
    pytest.param(profile, value, expected, id=f"{profile}-{name}")
    for name, value, in_classic, in_current in VALUES
    for profile, expected in ((CLASSIC, in_classic), (CURRENT, in_current))
]


def equal(got: Any, expected: Any) -> bool:
    """Like ==, but NaN is NaN, and 1 is neither 1.0 nor True; bins of a histogram may be ints or floats."""
    if isinstance(expected, dict) and expected.get("_type") == "histogram":
        return bool(got == expected)
    if type(got) is not type(expected):
        return False
    if isinstance(expected, float) and math.isnan(expected):
        return math.isnan(got)
    if isinstance(expected, list):
        return len(got) == len(expected) and all(map(equal, got, expected))
    return bool(got == expected)


@pytest.mark.parametrize(("profile", "value", "expected"), [case for case in CASES])
def test_a_value_becomes_json_or_is_refused(fake: wt.World, value: object, expected: object) -> None:
    """LOG-5"""
    run = fake.init()

    if expected in (REFUSED, UnicodeDecodeError):
        error = TypeError if expected is REFUSED else UnicodeDecodeError
        with pytest.raises(error):
            run.log({"value": value})
        assert (list(fake.run.history), run.step) == ([], 0)
    else:
        run.log({"value": value})
        assert equal(fake.run.history["value"], [expected])


def test_a_refused_value_leaves_the_run_as_it_was(fake: wt.World) -> None:
    """LOG-5: in 0.10.33 the bad row stays pending and poisons every later call, an accident that is not followed"""
    run = fake.init()
    run.log({"a": 1}, commit=False)

    with pytest.raises(TypeError, match=r"Thing.*cannot be logged"):
        run.log({"b": 1, "value": Thing()})
    run.log({"c": 1})

    assert fake.run.history == [{"_step": 0, "a": 1, "c": 1}]


@pytest.mark.parametrize(
    "data",
    [types.MappingProxyType({"a": 1}), collections.UserDict(a=1), collections.OrderedDict(a=1)],
    ids=["mappingproxy", "UserDict", "OrderedDict"],
)
def test_every_mapping_is_a_row(fake: wt.World, data: Any) -> None:
    """LOG-5"""
    fake.init().log(data)

    assert fake.run.history == [{"_step": 0, "a": 1}]


@pytest.mark.parametrize("data", [[1], None, "text", 3, ("a", 1), {("a", 1)}, {1: 2}, {None: 1}, {b"a": 1}])
@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, ValueError), (CURRENT, TypeError)], ids=str)
def test_data_that_is_no_mapping_of_str_is_an_error(fake: wt.World, error: type[Exception], data: Any) -> None:
    """LOG-5"""
    run = fake.init()

    with pytest.raises(error, match="LOG-5") as raised:
        run.log(data)

    assert type(raised.value) is error
    assert (list(fake.run.history), run.step) == ([], 0)


@pytest.mark.parametrize("step", ["3", [1], {}, object()])
def test_a_step_that_is_no_number_is_an_error(fake: wt.World, step: Any) -> None:
    """LOG-5"""
    run = fake.init()

    with pytest.raises(TypeError, match="step"):
        run.log({"a": 1}, step=step)

    assert (list(fake.run.history), run.step) == ([], 0)


@pytest.mark.parametrize("step", [2.0, True])
def test_current_refuses_steps_that_only_look_like_numbers(classic: wt.World, current: wt.World, step: Any) -> None:
    """LOG-5"""
    classic.init().log({"a": 1}, step=step, commit=True)
    with pytest.raises(TypeError, match="step"):
        current.init().log({"a": 1}, step=step)

    assert classic.run.history == [{"_step": int(step), "a": 1}]


def test_a_numpy_step_is_a_number(fake: wt.World) -> None:
    """LOG-5"""
    fake.init().log({"a": 1}, step=numpy.int64(3), commit=True)

    assert fake.run.history == [{"_step": 3, "a": 1}]
    assert type(fake.run.history[0]["_step"]) is int


def test_a_negative_step_only_warns(fake: wt.World) -> None:
    """LOG-5"""
    run = fake.init()

    run.log({"a": 1}, step=-1)

    assert fake.run.history == []
    assert len(fake.recorder.dropped_rows) == 1
