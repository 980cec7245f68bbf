"""Owns the planting of a mutant: the implementation is loaded anew with one bug in it, and put back afterwards."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType

from tests.mutants.mutant import Mutant

IMPLEMENTATION = ("sdk", "server", "transport", "recorder", "world", "processes", "wiring", "surroundings", "targets")
"""The rooms that are loaded anew with the bug in them; the judgement stays as it is."""


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


def places(mutant: Mutant) -> int:
    """How often the text that the bug replaces stands in its module; anything but once is a mistake in the mutant."""
    spec = importlib.util.find_spec(mutant.module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8").count(mutant.was)
