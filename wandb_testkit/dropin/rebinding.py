"""Owns the names of other modules that hold the interpreter's own wandb: they mean the drop-in for a while.

What is rebound is what `import wandb`, `import wandb as wb` and `from wandb import init` bind in a module. What a
class, a default or a closure holds was decided when it was made; it is left alone, and named.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from wandb_testkit.dropin.originals import Modules, is_wandb

_SCALARS = (str, bytes, int, float, bool, type(None))


class Binding(NamedTuple):
    """A name of a module's, what it holds, and where wandb itself has that."""

    module: ModuleType
    name: str
    value: Any
    place: str


class Rebound:
    """Names that mean the drop-in until undo().

    Attributes:
        kept: What goes on holding the interpreter's own wandb, each in a few words.
    """

    def __init__(self, finds: Finds) -> None:
        self.kept = list(finds.kept)
        self._changed: list[tuple[Binding, Any]] = []
        for binding in finds.bindings:
            if vars(binding.module).get(binding.name) is not binding.value:
                continue  # it has been bound anew since
            try:
                value = _in_the_drop_in(binding.place)
            except (ImportError, AttributeError):
                self.kept.append(f"{binding.module.__name__}.{binding.name} ({binding.place}, which the fake lacks)")
            else:
                setattr(binding.module, binding.name, value)
                self._changed.append((binding, value))

    def undo(self) -> None:
        """Give every name back that has not been bound anew meanwhile."""
        for binding, value in self._changed:
            if vars(binding.module).get(binding.name) is value:
                setattr(binding.module, binding.name, binding.value)
        self._changed.clear()


class Finds:
    """What modules hold of one imported wandb; modules are looked at once, and again when they have grown.

    Args:
        originals: The modules of that wandb, by name.

    Attributes:
        bindings: The names that can be rebound.
        kept: What cannot.
    """

    def __init__(self, originals: Modules) -> None:
        self._originals = dict(originals)
        self._modules = {id(module): name for name, module in originals.items()}
        self._places = dict(_places(originals))
        self._seen: dict[str, tuple[int, int]] = {}
        self.bindings: list[Binding] = []
        self.kept: list[str] = []

    def is_of(self, originals: Modules) -> bool:
        """Whether this is what was found for these modules."""
        return self._originals == originals

    def look(self) -> None:
        """Look at the modules that are new, or have more names than before."""
        others: list[tuple[str, Any]] = list(sys.modules.items())  # some put there what is no module
        for name, module in others:
            if not isinstance(module, ModuleType) or is_wandb(name):
                continue
            size = (id(module), len(vars(module)))
            if self._seen.get(name) != size:
                self._seen[name] = size
                self._forget(module)
                self._look_at(module)

    def _forget(self, module: ModuleType) -> None:
        self.bindings = [binding for binding in self.bindings if binding.module is not module]
        self.kept = [what for what in self.kept if not what.startswith(f"{module.__name__}.")]

    def _look_at(self, module: ModuleType) -> None:
        own = vars(module)
        found = [
            Binding(module, name, value, place) for name, value in list(own.items()) if (place := self._place(value))
        ]
        self.bindings += found
        if found:  # who holds it elsewhere has imported it first
            for name, value in list(own.items()):
                self.kept += (f"{module.__name__}.{what}" for what in self._held_inside(name, value, module.__name__))

    def _place(self, value: object) -> str | None:
        """Where wandb has this very object, or would have one like it; None if it is none of wandb's."""
        if isinstance(value, _SCALARS):
            return None
        if place := self._modules.get(id(value)) or self._places.get(id(value)):
            return place
        kind = type(value)
        home: object = None
        if kind is FunctionType or issubclass(kind, type):
            home = vars(value).get("__module__") if issubclass(kind, type) else getattr(value, "__module__", None)
            name = getattr(value, "__qualname__", "?")
        else:
            home, name = vars(kind).get("__module__"), f"an object of class {kind.__name__}"
        return f"{home}.{name}" if isinstance(home, str) and is_wandb(home) else None

    def _held_inside(self, name: str, value: Any, home: str) -> Iterator[str]:
        kind = type(value)
        if kind is FunctionType and value.__module__ == home:
            yield from self._held_by_function(name, value)
        elif issubclass(kind, type) and vars(value).get("__module__") == home:
            for base in value.__bases__:
                if place := self._place(base):
                    yield f"{name} (a subclass of {place})"
            for attribute, held in list(vars(value).items()):
                if type(held) is FunctionType:
                    yield from self._held_by_function(f"{name}.{attribute}", held)
                elif place := self._place(held):
                    yield f"{name}.{attribute} (a class attribute: {place})"

    def _held_by_function(self, name: str, function: FunctionType) -> Iterator[str]:
        for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            if place := self._place(value):
                yield f"{name}() (a default: {place})"
        for cell in function.__closure__ or ():
            try:
                place = self._place(cell.cell_contents)
            except ValueError:
                continue  # an empty cell
            if place:
                yield f"{name}() (a closure: {place})"


def _in_the_drop_in(place: str) -> Any:
    """What the drop-in has in a place of wandb's, while `import wandb` is the drop-in.

    Raises:
        ImportError, AttributeError: It has nothing there.
    """
    try:
        return importlib.import_module(place)
    except ImportError:
        module, _, name = place.rpartition(".")
        return getattr(importlib.import_module(module), name)


def _places(modules: Modules) -> Iterator[tuple[int, str]]:
    """The objects that wandb's modules have by name, where users import them from: the shortest place counts."""
    for module_name in sorted(modules, key=lambda name: name.count("."), reverse=True):
        for name, value in list(vars(modules[module_name]).items()):
            if not name.startswith("_") and not isinstance(value, (*_SCALARS, ModuleType)) and _is_its_own(value):
                yield id(value), f"{module_name}.{name}"


def _is_its_own(value: object) -> bool:
    """Whether an object was made by wandb, and not imported by it from somewhere else."""
    home = getattr(value, "__module__", None) if isinstance(value, (type, FunctionType)) else type(value).__module__
    return isinstance(home, str) and is_wandb(home)
