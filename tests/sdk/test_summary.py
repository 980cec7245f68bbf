"""The summary of a run: the last committed values, and what is set by hand (SUMMARY)."""

from __future__ import annotations

import datetime
import enum
import math
from typing import Any

import numpy
import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


def test_it_holds_the_last_committed_value_of_each_key(fake: wt.World) -> None:
    """SUMMARY-1"""
    run = fake.init()

    run.log({"a": 1, "b": 1})
    run.log({"a": 2})
    run.log({"a": 3, "c": 3}, commit=False)

    assert (run.summary["a"], run.summary["b"], run.summary.get("c")) == (2, 1, None)
    assert fake.run.summary == {"_step": 1, "a": 2, "b": 1}


def test_what_is_set_by_hand_stays_until_the_key_is_logged_again(fake: wt.World) -> None:
    """SUMMARY-1"""
    run = fake.init()

    run.log({"a": 1})
    run.summary["a"] = 9
    run.log({"b": 1})
    by_hand = run.summary["a"]
    run.log({"a": 2})

    assert (by_hand, run.summary["a"]) == (9, 2)


def test_rows_that_were_logged_before_do_not_win_over_what_is_set_by_hand(fake: wt.World) -> None:
    """SUMMARY-1: rows wait in a batch, what is set by hand does not"""
    run = fake.init()

    run.log({"best": 1})
    run.summary["best"] = 9
    run.finish()

    assert fake.run.summary == {"_step": 0, "best": 9}


def test_logged_none_takes_the_key_out_in_current_only(classic: wt.World, current: wt.World) -> None:
    """SUMMARY-1"""
    for world in (classic, current):
        run = world.init()
        run.log({"a": 1, "n": {"x": 1, "y": 1}})
        run.log({"a": None, "n": {"x": None, "y": 2}})

    assert classic.run.summary == {"_step": 1, "a": None, "n": {"x": None, "y": 2}}
    assert current.run.summary == {"_step": 1, "n": {"y": 2}}
    assert current.run.history[1] == {"_step": 1, "a": None, "n": {"x": None, "y": 2}}


def test_none_and_nan_set_by_hand_take_the_key_out_in_current_only(classic: wt.World, current: wt.World) -> None:
    """SUMMARY-1; NaN becomes null in classic: observed with 0.10.33"""
    for world in (classic, current):
        run = world.init()
        run.summary.update({"a": 1, "b": 1, "n": {"x": 1}})
        run.summary["a"] = None
        run.summary["b"] = math.nan
        run.summary["n"]["x"] = None
        run.summary["infinity"] = math.inf

    assert classic.run.summary == {"a": None, "b": None, "n": {"x": None}, "infinity": math.inf}
    assert current.run.summary == {"infinity": math.inf}


def test_logged_nan_and_infinity_stay(fake: wt.World) -> None:
    """SUMMARY-1"""
    run = fake.init()

    run.log({"a": math.nan, "b": math.inf})

    assert math.isnan(run.summary["a"])
    assert run.summary["b"] == math.inf


def test_a_logged_dict_is_merged_in_current_and_replaced_in_classic(classic: wt.World, current: wt.World) -> None:
    """SUMMARY-1: observed with 0.10.33 and 0.31.0"""
    for world in (classic, current):
        run = world.init()
        run.log({"q": {"a": 1, "b": {"c": 2}}})
        run.log({"q": {"a": 3}})

    assert classic.run.summary == {"_step": 1, "q": {"a": 3}}
    assert current.run.summary == {"_step": 1, "q": {"a": 3, "b": {"c": 2}}}


def test_a_number_and_a_dict_replace_each_other(fake: wt.World) -> None:
    """SUMMARY-1"""
    run = fake.init()

    run.log({"a": {"x": 1}, "b": 1})
    run.log({"a": 1, "b": {"x": 1}})

    assert fake.run.summary == {"_step": 1, "a": 1, "b": {"x": 1}}


def test_leaves_of_a_logged_dict_are_set_by_path(fake: wt.World) -> None:
    """SUMMARY-1: observed with 0.10.33 and 0.31.0"""
    run = fake.init()

    run.log({"d": {"e": 1, "f": {"g": 2}}})
    run.summary["d"]["e"] = 10
    run.summary.d.f.h = 3

    assert fake.run.summary == {"_step": 0, "d": {"e": 10, "f": {"g": 2, "h": 3}}}


def test_setting_a_leaf_of_a_dict_that_was_set_by_hand_loses_the_rest_of_it_in_current(
    classic: wt.World, current: wt.World
) -> None:
    """SUMMARY-1: observed with 0.10.33 and 0.31.0"""
    for world in (classic, current):
        run = world.init()
        run.summary.update({"d": {"e": 1, "f": {"g": 2}}, "h": {"i": 1, "j": {"k": 1, "l": 1}}})
        run.summary["d"]["e"] = 10
        run.summary["h"]["j"]["k"] = 10
        run.summary["h"]["j"]["m"] = 11

    assert classic.run.summary == {"d": {"e": 10, "f": {"g": 2}}, "h": {"i": 1, "j": {"k": 10, "l": 1, "m": 11}}}
    assert current.run.summary == {"d": {"e": 10}, "h": {"j": {"k": 10, "m": 11}}}


def test_a_dict_set_by_hand_replaces_and_is_replaced_as_a_whole(fake: wt.World) -> None:
    """SUMMARY-1: observed with 0.10.33 and 0.31.0"""
    run = fake.init()

    run.log({"a": {"x": 1}})
    run.summary.update({"a": {"y": 1}, "b": {"x": 1}})
    run.summary["b"] = {"y": 1}
    run.summary["c"] = {"x": 1}
    run.log({"c": {"y": 1}})

    assert fake.run.summary == {"_step": 1, "a": {"y": 1}, "b": {"y": 1}, "c": {"y": 1}}


def test_keys_can_be_deleted(fake: wt.World) -> None:
    """SUMMARY-1: observed with 0.10.33 and 0.31.0"""
    run = fake.init()

    run.log({"a": 1, "d": {"e": 1, "f": 2}})
    del run.summary["a"]
    del run.summary["d"]["e"]

    assert fake.run.summary == {"_step": 0, "d": {"f": 2}}


def test_a_dict_without_leaves_vanishes_in_current(classic: wt.World, current: wt.World) -> None:
    """SUMMARY-1: observed with 0.10.33 and 0.31.0"""
    for world in (classic, current):
        run = world.init()
        run.log({"d": {"e": 1}})
        del run.summary["d"]["e"]

    assert classic.run.summary == {"_step": 0, "d": {}}
    assert current.run.summary == {"_step": 0}


def test_deleting_a_leaf_of_a_dict_that_was_set_by_hand_has_no_effect_in_current(
    classic: wt.World, current: wt.World
) -> None:
    """SUMMARY-1: observed with 0.10.33 and 0.31.0"""
    for world in (classic, current):
        run = world.init()
        run.summary["d"] = {"e": 1, "f": 2}
        del run.summary["d"]["e"]

    assert classic.run.summary == {"d": {"f": 2}}
    assert current.run.summary == {"d": {"e": 1, "f": 2}}


def test_it_is_read_by_item_attribute_and_get(fake: wt.World) -> None:
    """SUMMARY-1"""
    summary: Any = fake.init().summary

    summary["a"] = 1
    summary.b = 2
    summary.update({"c": 3, "nested": {"x": {"y": 4}}})

    assert (summary.a, summary["b"], summary.c) == (1, 2, 3)
    assert (summary.nested.x.y, summary["nested"]["x"]["y"]) == (4, 4)
    assert (summary.get("c"), summary.get("nope"), summary.get("nope", 5)) == (3, None, 5)
    assert list(summary.keys()) == ["a", "b", "c", "nested"]
    assert {key: value for key, value in dict(summary).items() if key != "nested"} == {"a": 1, "b": 2, "c": 3}
    with pytest.raises(KeyError):
        summary["nope"]
    with pytest.raises(KeyError):
        _ = summary.nope
    with pytest.raises(KeyError):
        summary["nested"]["nope"]


def test_it_is_no_whole_mapping(fake: wt.World) -> None:
    """SUMMARY-1: in neither generation `in`, len(), items() or iteration work, so code that uses them fails here too"""
    run: Any = fake.init()
    run.log({"a": 1})

    with pytest.raises(KeyError, match="keys"):
        _ = "a" in run.summary
    with pytest.raises(KeyError):
        list(run.summary)
    with pytest.raises(TypeError):
        len(run.summary)
    with pytest.raises(KeyError):
        run.summary.items()


@pytest.mark.parametrize(
    ("profile", "value", "expected"),
    [
        pytest.param(profile, value, expected, id=f"{profile}-{name}")
        for name, value, in_classic, in_current in [
            ("tuple", (1, (2,)), [1, [2]], [1, [2]]),
            ("float32", numpy.float32(0.5), 0.5, 0.5),
            ("array", numpy.array([1, 2]), [1, 2], [1, 2]),
            ("array_of_one", numpy.array([1.5]), 1.5, 1.5),
            ("date", datetime.date(2021, 1, 2), "2021-01-02", "2021-01-02"),
            ("bytes", b"ab", "ab", "ab"),
            ("int_enum", Level.HIGH, 3, "HIGH"),
            ("nested_nan", {"x": math.nan, "y": 1}, {"x": None, "y": 1}, {"x": None, "y": 1}),
            ("nested_none", {"x": None}, {"x": None}, {"x": None}),
            ("empty_dict", {"x": {}}, {"x": {}}, {"x": {}}),
        ]
        for profile, expected in ((CLASSIC, in_classic), (CURRENT, in_current))
    ],
)
def test_values_set_by_hand_become_json(fake: wt.World, value: object, expected: object) -> None:
    """SUMMARY-1, LOG-5: observed with 0.10.33 and 0.31.0"""
    run = fake.init()

    run.summary["value"] = value

    assert fake.run.summary == {"value": expected}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Colour.RED, "RED"), ({1}, [1]), (datetime.timedelta(days=1), "P1D"), (2**64, float(2**64))],
    ids=["enum", "set", "timedelta", "int_beyond_64_bits"],
)
def test_current_takes_more_values_by_hand(current: wt.World, value: object, expected: object) -> None:
    """SUMMARY-1, LOG-5: observed with 0.31.0"""
    current.init().summary["value"] = value

    assert current.run.summary == {"value": expected}


def test_a_large_array_set_by_hand_becomes_its_statistics(fake: wt.World) -> None:
    """SUMMARY-1: observed with 0.31.0; 0.10.33 means to do the same"""
    fake.init().summary["array"] = numpy.arange(33)

    assert fake.run.summary["array"] == {
        "_type": "numpy.ndarray",
        "var": pytest.approx(90.666667),
        "mean": 16.0,
        "min": 0,
        "max": 32,
        "10%": pytest.approx(3.2),
        "25%": 8.0,
        "75%": 24.0,
        "90%": pytest.approx(28.8),
        "size": 33,
    }


def test_a_value_without_json_form_is_refused(fake: wt.World) -> None:
    """SUMMARY-1, LOG-5"""
    run = fake.init()

    with pytest.raises(TypeError):
        run.summary["value"] = object()

    assert fake.run.summary == {}


def test_values_set_by_hand_are_copied(fake: wt.World) -> None:
    """SUMMARY-1"""
    value: dict[str, Any] = {"x": [1]}

    run = fake.init()
    run.summary["value"] = value
    value["x"].append(2)
    before = fake.run
    run.summary["value"]["x"].append(3)

    assert run.summary["value"]["x"] == [1]
    assert before.summary == fake.run.summary == {"value": {"x": [1]}}


def test_the_summary_is_on_the_server_when_finish_returns(fake: wt.World) -> None:
    """SUMMARY-2"""
    with fake.init() as run:
        run.log({"a": 1})
        run.summary["b"] = 2

    seen = fake.run
    assert seen.summary == {"_step": 0, "a": 1, "b": 2}
    assert set(seen.client["summary"]) >= {"_timestamp", "_runtime"}


def test_times_are_in_the_summary_once_a_row_was_logged(fake: wt.World) -> None:
    """SUMMARY-2"""
    run = fake.init()
    run.summary["a"] = 1
    before = list(run.summary.keys())
    run.log({"b": 1})

    assert before == ["a"]
    assert sorted(run.summary.keys()) == ["_runtime", "_step", "_timestamp", "a", "b"]


def test_after_finish_current_shows_an_empty_summary_with_a_warning(current: wt.World) -> None:
    """SUMMARY-2"""
    run = current.init()
    run.log({"a": 1})
    run.finish()

    assert list(run.summary.keys()) == []
    assert run.summary.get("a") is None
    assert [notice for notice in current.recorder.warnings if "summary" in notice.message]
    assert current.run.summary == {"_step": 0, "a": 1}


@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, Exception), (CURRENT, wt.UsageError)], ids=str)
def test_the_summary_cannot_be_changed_after_finish(fake: wt.World, error: type[Exception]) -> None:
    """SUMMARY-2, LOG-6: observed with 0.10.33 and 0.31.0"""
    run = fake.init()
    run.log({"a": 1})
    run.finish()

    with pytest.raises(error, match="after finish") as raised:
        run.summary["late"] = 1

    assert type(raised.value) is error
    assert fake.run.summary == {"_step": 0, "a": 1}
