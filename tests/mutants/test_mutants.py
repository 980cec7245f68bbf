"""The verifier is itself verified: each planted bug has to be noticed by the enumerated cells."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutants.catalogue import MUTANTS, Mutant
from wandb_testkit.profiles import to_profile
from wandb_testkit.spec.cells import cell_at, is_reachable, size
from wandb_testkit.spec.judgement import disagreements
from wandb_testkit.spec.outcome import expected
from wandb_testkit.spec.script_of_cell import script_of

IMPLEMENTATION = ("sdk", "server", "transport", "recorder", "world", "surroundings", "targets")
"""The rooms that are loaded anew with the bug in them; the judgement stays as it is."""

MAX_CELLS = 20_000


class _Patched(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self.mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text(encoding="utf-8")
        return compile(source.replace(self.mutant.was, self.mutant.bug), self.path, "exec", dont_inherit=True)


class _PatchingFinder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        return importlib.util.spec_from_file_location(
            fullname, spec.origin, loader=_Patched(fullname, spec.origin, self.mutant)
        )


@contextmanager
def planted(mutant: Mutant) -> Iterator[ModuleType]:
    """The reference target with the bug in it; afterwards every module is the one it was."""
    rooms = tuple(f"wandb_testkit.{room}" for room in IMPLEMENTATION)

    def loaded() -> dict[str, ModuleType]:
        return {name: module for name, module in sys.modules.items() if name.startswith(rooms)}

    before = loaded()
    finder = _PatchingFinder(mutant)
    for name in before:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield importlib.import_module("wandb_testkit.targets.reference")
    finally:
        sys.meta_path.remove(finder)
        for name in loaded():
            del sys.modules[name]
        sys.modules.update(before)
        for name, module in before.items():
            parent, _, child = name.rpartition(".")
            setattr(sys.modules[parent], child, module)


def first_disagreement(target: ModuleType, mutant: Mutant) -> tuple[int, str]:
    """How many cells, in shuffled order, it takes to notice, and what is noticed; "" if nothing is."""
    reference = target.ReferenceTarget()
    chance = random.Random(mutant.name)
    profile = to_profile(mutant.profile)
    whole = size(profile, mutant.product)
    seen = 0
    for index in chance.sample(range(whole), min(MAX_CELLS, whole)):
        cell = cell_at(profile, mutant.product, index)
        if not is_reachable(cell):
            continue
        seen += 1
        observation = reference.run(script_of(cell, profile), profile)
        lines = disagreements(cell, profile, expected(cell, profile), observation, user=reference.user)
        if lines:
            return seen, lines[0]
    return seen, ""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.clause}: {mutant.name}")
def test_the_cells_notice(mutant: Mutant) -> None:
    began = time.perf_counter()
    with planted(mutant) as target:
        cells, noticed = first_disagreement(target, mutant)

    print(f"{mutant.name} [{mutant.clause}] -> {noticed} -> {cells} cells, {time.perf_counter() - began:.2f} s")
    assert noticed, f"{mutant.name} [{mutant.clause}] survived {cells} cells: a check is missing"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.clause}: {mutant.name}")
def test_the_bug_is_planted_in_exactly_one_place(mutant: Mutant) -> None:
    spec = importlib.util.find_spec(mutant.module)
    assert spec is not None
    assert spec.origin is not None

    assert Path(spec.origin).read_text(encoding="utf-8").count(mutant.was) == 1
    assert mutant.was != mutant.bug


def test_nothing_of_a_bug_stays_behind() -> None:
    reference = importlib.import_module("wandb_testkit.targets.reference")
    with planted(MUTANTS[0]) as target:
        assert target is not reference

    assert importlib.import_module("wandb_testkit.targets.reference") is reference


def test_without_a_bug_nothing_is_noticed() -> None:
    reference = importlib.import_module("wandb_testkit.targets.reference")
    for mutant in MUTANTS[:2]:
        profile = to_profile(mutant.profile)
        chance = random.Random(7)
        for index in chance.sample(range(size(profile, "quotient")), 500):
            cell = cell_at(profile, "quotient", index)
            if is_reachable(cell):
                seen = reference.ReferenceTarget().run(script_of(cell, profile), profile)
                assert not disagreements(
                    cell, profile, expected(cell, profile), seen, user=reference.ReferenceTarget.user
                )
