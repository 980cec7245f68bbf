"""Words: what `dataclasses.dataclass(frozen=True)` makes, without the cost of it at every import."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import field
from typing import Any

import pytest

from wandb_testkit import frozen


@frozen.dataclass(frozen=True, slots=True)
class Slotted:
    first: int
    second: str = "two"
    third: list[Any] = field(default_factory=list)


@frozen.dataclass(frozen=True)
class Loose:
    first: int
    second: str = field(default="two", repr=False)
    third: list[Any] = field(default_factory=list, compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    first: int
    second: str = "two"
    third: list[Any] = field(default_factory=list)


@frozen.dataclass(frozen=True, slots=True)
class Empty:
    """Nothing to say."""


KINDS = [Slotted, Loose, Standard]


@pytest.mark.parametrize("kind", KINDS)
def test_fields_are_given_in_their_order_or_by_name(kind: Any) -> None:
    made = [kind(1), kind(1, "b", [3]), kind(third=[3], first=1)]

    assert [(one.first, one.second, one.third) for one in made] == [(1, "two", []), (1, "b", [3]), (1, "two", [3])]
    assert kind(1).third is not kind(1).third


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda kind: kind(), "missing 1 required positional argument: 'first'"),
        (lambda kind: kind(1, "b", [], 4), "from 2 to 4 positional arguments but 5 were given"),
        (lambda kind: kind(1, fourth=4), "unexpected keyword argument 'fourth'"),
    ],
    ids=["too few", "too many", "unknown"],
)
def test_a_wrong_call_is_refused_by_name(kind: Any, call: Callable[[Any], object], reason: str) -> None:
    with pytest.raises(TypeError, match=rf"{kind.__name__}\.__init__\(\).*{reason}"):
        call(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_can_be_set_or_deleted(kind: Any) -> None:
    word = kind(1)

    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'first'"):
        word.first = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'first'"):
        del word.first
    assert word.first == 1


@pytest.mark.parametrize("kind", KINDS)
def test_words_are_equal_if_they_are_of_one_kind_and_say_the_same(kind: Any) -> None:
    nan = float("nan")

    assert kind(1) == kind(1)
    assert kind(1) != kind(2)
    assert kind(nan) == kind(nan)  # the same object, as in any tuple
    assert kind(1) != (1, "two", [])
    assert [kind(1) == other(1) for other in KINDS] == [other is kind for other in KINDS]
    assert Empty() == Empty()


def test_a_field_may_be_left_out_of_comparisons_and_of_what_is_shown() -> None:
    assert Loose(1, third=[1]) == Loose(1, third=[2])
    assert hash(Loose(1, third=[1])) == hash(Loose(1))
    assert repr(Loose(1)) == "Loose(first=1, third=[])"
    assert repr(Slotted(1)) == repr(Standard(1)).replace("Standard", "Slotted")
    assert repr(Empty()) == "Empty()"


def test_words_have_a_hash_if_what_they_hold_has_one() -> None:
    assert hash(Slotted(1, "b", ())) == hash(Slotted(1, "b", ()))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unhashable"):
        hash(Slotted(1))


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_standard_library_does_with_dataclasses_it_does_with_words(kind: Any) -> None:
    word = kind(1, "b", [3])
    match word:
        case kind(first, second):
            matched = (first, second)

    assert dataclasses.replace(word, first=2) == kind(2, "b", [3])
    assert [one.name for one in dataclasses.fields(word)] == ["first", "second", "third"]
    assert dataclasses.asdict(word) == {"first": 1, "second": "b", "third": [3]}
    assert matched == (1, "b")
    for twin in (copy.copy(word), copy.deepcopy(word), pickle.loads(pickle.dumps(word))):
        assert (twin, twin.third, type(twin)) == (word, [3], kind)
    assert copy.deepcopy(word).third is not word.third


def test_slots_leave_room_for_nothing_else() -> None:
    assert not hasattr(Slotted(1), "__dict__")
    assert Loose(1).__dict__ == {"first": 1, "second": "two", "third": []}


def test_a_word_that_is_not_frozen_is_none() -> None:
    with pytest.raises(TypeError, match="is frozen"):
        frozen.dataclass(frozen=False)
