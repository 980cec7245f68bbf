"""What becomes of the metadata of artifacts; compared with both clients."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import importlib
from decimal import Decimal
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import CLASSIC, CURRENT
from wandb_testkit.world import fake


class Size(enum.Enum):
    SMALL = 1


class Letter(str, enum.Enum):
    B = "b"


@dataclasses.dataclass
class Point:
    x: int = 1


class Thing:
    def __repr__(self) -> str:
        return "a thing"


GIVEN = {
    "nan": (float("nan"), None),
    "slice": (slice(1, 2), {"slice_start": 1, "slice_step": None, "slice_stop": 2}),
    "object": (Thing(), "a thing"),
    "data class": (Point(), {"x": 1}),
    "enum": (Size.SMALL, "SMALL"),
    "enum of texts": (Letter.B, "B"),
    "date": (datetime.date(2020, 1, 1), "2020-01-01"),
    "decimal": (Decimal("1.5"), "1.5"),
    "set": ({1}, [1]),
    "bytes": (b"a", "a"),
    "function": (datetime.datetime, "datetime.datetime"),
    "range": (range(3), [0, 1, 2]),
    "nested": ({1: [Thing(), float("nan"), True, None]}, {"1": ["a thing", None, True, None]}),
}


def test_values_that_json_does_not_know_are_told_as_0_31_tells_them() -> None:
    with install(profile=CURRENT), fake(profile=CURRENT):
        wandb = importlib.import_module("wandb")
        artifact = wandb.Artifact("a", "b", metadata={name: value for name, (value, _) in GIVEN.items()})

        assert artifact.metadata == {name: told for name, (_, told) in GIVEN.items()}


@pytest.mark.parametrize(
    ("value", "error"), [(float("inf"), ValueError), (1j, TypeError)], ids=["infinity", "complex number"]
)
def test_what_0_31_cannot_tell_is_refused(value: Any, error: type[Exception]) -> None:
    with install(profile=CURRENT), fake(profile=CURRENT), pytest.raises(error, match="JSON"):
        importlib.import_module("wandb").Artifact("a", "b", metadata={"x": value})


def test_classic_metadata_refuses_objects() -> None:
    with install(profile=CLASSIC), fake(profile=CLASSIC), pytest.raises(TypeError, match="not JSON serializable"):
        importlib.import_module("wandb").Artifact("a", "b", metadata={"x": Thing()})
