"""Owns what becomes of a clause: the lines that carry it out, the lines that judge it, and the tests that hold it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from wandb_testkit.clausebook.holding import checkout, claims, held
from wandb_testkit.clausebook.places import SPEC, Place, places
from wandb_testkit.profiles import Profile
from wandb_testkit.spec.chapters.clause import Clause
from wandb_testkit.spec.clauses import clause, clauses


class Trace(NamedTuple):
    """A clause and what becomes of it.

    Attributes:
        code: Lines of the implementation, and of what is built on it, that name it.
        spec: Lines of the executable spec that name it.
        tests: The tests that hold it; None where there are no tests to look at.
    """

    clause: Clause
    code: tuple[Place, ...]
    spec: tuple[Place, ...]
    tests: tuple[str, ...] | None

    @property
    def is_missing(self) -> bool:
        """There are tests, and none holds it."""
        return self.tests is not None and not self.tests


def traces(root: Path | None = None) -> list[Trace]:
    """Every clause, in the order of the page.

    Args:
        root: The checkout whose tests are looked at; None means the one that the command runs in, if any.
    """
    home = root or checkout()
    tests = None if home is None else held(claims(home))
    found = places()
    traced = []
    for one in clauses():
        lines = found.get(one.id, [])
        traced.append(
            Trace(
                one,
                tuple(place for place in lines if not _is_spec(place)),
                tuple(place for place in lines if _is_spec(place)),
                None if tests is None else tuple(tests.get(one.id, ())),
            )
        )
    return traced


def chosen(traced: Iterable[Trace], names: Iterable[str], profile: Profile | None) -> list[Trace]:
    """Those of the clauses and families named (all if none is), that speak of a profile (None means either).

    Raises:
        LookupError: There is no such clause or family.
    """
    all_of_them = list(traced)
    wanted: set[str] = set()
    for name in names:
        family = {trace.clause.id for trace in all_of_them if family_of(trace.clause.id) == name.upper()}
        wanted |= family or {clause(name).id}
    return [
        trace
        for trace in all_of_them
        if (not wanted or trace.clause.id in wanted) and (profile is None or profile in trace.clause.profiles)
    ]


def family_of(id: str) -> str:
    """RESUME-4 -> RESUME, F.2.9 -> F.2, A.1.mode and A.2 -> A.1 and A."""
    return id.rpartition("-")[0] or id.rpartition(".")[0]


def _is_spec(place: Place) -> bool:
    return place.file.split("/")[0] in (SPEC, "strategies", "conformance")
