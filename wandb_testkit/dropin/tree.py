"""Owns the module objects: names that load at first use, and those that are asked of the world each time.

There is one tree per profile, and its modules stay the same objects for the life of the process: code that was imported
during one installation works in the next. They come into `sys.modules` through the import system only (see finder.py).
"""

from __future__ import annotations

import importlib
import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.dropin import names, refusals
from wandb_testkit.dropin.entries import Name
from wandb_testkit.dropin.preinit import NotStarted
from wandb_testkit.profiles import Profile

if TYPE_CHECKING:
    from wandb_testkit.world import World

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__init__.py")
"""`__file__` of every module of a tree: it exists, and holds no code whose tracebacks could be taken for wandb's."""


class Tree:
    """The drop-in modules of one profile, and their loader."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._modules: dict[str, DropInModule] = {}

    @property
    def root(self) -> DropInModule:
        """The module `wandb`."""
        root: DropInModule = self.module("wandb")
        return root

    def spec(self, fullname: str) -> ModuleSpec | None:
        """The spec of a module, None where the tree has none of that name."""
        if not names.has_module(fullname, self.profile):
            return None
        loader: Any = self  # by what it can do: a subclass of importlib.abc.Loader would have to import that
        spec = ModuleSpec(fullname, loader, origin=FILE, is_package=names.is_package(fullname, self.profile))
        spec.has_location = True
        return spec

    def create_module(self, spec: ModuleSpec) -> DropInModule:
        """The module of a spec, always the same object."""
        kind = DropInRoot if spec.name == "wandb" else DropInModule
        return self._modules.setdefault(spec.name, kind(self, spec.name))

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing: names load at first use. `importlib.reload()` takes back what was assigned."""
        self._modules[module.__name__].reset()

    def module(self, fullname: str) -> Any:
        """A module of the tree: through the import system while `import wandb` means this tree, otherwise without."""
        shown = sys.modules.get("wandb")
        if shown is not None and shown is self._modules.get("wandb"):
            return importlib.import_module(fullname)
        if fullname not in self._modules:
            from importlib.util import module_from_spec

            spec = self.spec(fullname)
            assert spec is not None, fullname
            module_from_spec(spec)
        return self._modules[fullname]

    def reset(self) -> None:
        """Take back all that was assigned to modules of the tree, or deleted from them."""
        for module in self._modules.values():
            module.reset()


_trees: dict[Profile, Tree] = {}


def tree_of(profile: Profile) -> Tree:
    """The tree of a profile, always the same object."""
    return _trees.setdefault(profile, Tree(profile))


def reset_all() -> None:
    """Take back all that was assigned to drop-in modules, or deleted from them."""
    for tree in _trees.values():
        tree.reset()


class DropInModule(ModuleType):
    """One module of a tree: names of the table load at first use, others are refused.

    Assigning and deleting work as in any module; a name of the table that was assigned and is deleted then has its own
    value again, which is what `mock.patch` counts on.
    """

    __slots__ = ("_deleted", "_loaded", "_names", "_overrides", "_tree")

    def __init__(self, tree: Tree, fullname: str) -> None:
        super().__init__(fullname, f"The drop-in {fullname} of wandb_testkit, profile {tree.profile}.")
        put = object.__setattr__
        put(self, "_tree", tree)
        put(self, "_names", names.names_of(fullname, tree.profile))
        put(self, "_loaded", {})
        put(self, "_deleted", set())
        put(self, "_overrides", {})
        self.__dict__["__all__"] = names.star_of(fullname, tree.profile)

    if TYPE_CHECKING:
        _tree: Tree
        _names: dict[str, Name]
        _loaded: dict[str, Any]
        _deleted: set[str]
        _overrides: dict[str, Override]

    def __getattr__(self, name: str) -> Any:
        fullname, profile = self.__name__, self._tree.profile
        is_deleted = name in self._deleted
        if name in self._names and not is_deleted:
            if name not in self._loaded:
                self._loaded.setdefault(name, self._load(self._names[name]))
            value = self.__dict__[name] = self._loaded[name]
            return value
        if name in names.submodules_of(fullname, profile):
            return self._tree.module(f"{fullname}.{name}")
        if is_deleted or name.startswith("__"):
            raise AttributeError(f"module {fullname!r} has no attribute {name!r}", name=name, obj=self)
        if names.has_module(f"{fullname}.{name}", profile):
            text = f"module {fullname!r} has no attribute {name!r} until somebody says: import {fullname}.{name}"
            raise AttributeError(text, name=name, obj=self)
        raise refusals.missing_name(self, fullname, name, profile, sys._getframe().f_back)

    def __setattr__(self, name: str, value: Any) -> None:
        self._deleted.discard(name)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        is_there = name in self.__dict__
        if name not in self._names or (name in self._deleted and not is_there):
            super().__delattr__(name)
            return
        assigned = self.__dict__.pop(name, None)
        self._overrides.pop(name, None)
        if not is_there or assigned is self._loaded.get(name, self):
            self._deleted.add(name)

    def __dir__(self) -> list[str]:
        own = {*self._names, *names.submodules_of(self.__name__, self._tree.profile)} - self._deleted
        return sorted({*self.__dict__, *own})

    def reset(self) -> None:
        """Take back what was assigned or deleted; modules that were imported since stay."""
        for name, value in list(self.__dict__.items()):
            if (name in self._names or not name.startswith("__")) and not isinstance(value, DropInModule):
                del self.__dict__[name]
        self._deleted.clear()
        self._overrides.clear()

    def _load(self, entry: Name) -> Any:
        home, _, attribute = entry.source.format(profile=self._tree.profile.value).partition(":")
        if not attribute:
            return self._tree.module(home)
        module = importlib.import_module(home)
        if attribute.endswith("()"):
            return getattr(module, attribute[:-2])(self._tree.profile)
        return getattr(module, attribute)


class Override(NamedTuple):
    """What somebody assigned to a name that is asked of the world: wandb.run, wandb.config, wandb.summary.

    Attributes:
        value: What was assigned.
        before: What the name gave before anybody assigned to it.
        own: What it would have given when this was assigned.
        world: The world that was in force then.
    """

    value: Any
    before: Any
    own: Any
    world: World


class DropInRoot(DropInModule):
    """The module `wandb`.

    wandb.run, wandb.config and wandb.summary are asked of the world in force each time. What is assigned to them holds
    in that world until the next init() or finish() gives them another value, as in wandb, where both assign. Assigning
    the value back that they had before ends it, so that a patch that is undone pins nothing.

    Source: GLOBAL-1, GLOBAL-2, DISABLED-8.
    """

    __slots__ = ("_not_started",)

    def __init__(self, tree: Tree, fullname: str) -> None:
        super().__init__(tree, fullname)
        not_started = {name: NotStarted(f"wandb.{name}", tree.profile) for name in ("config", "summary")}
        object.__setattr__(self, "_not_started", not_started)

    if TYPE_CHECKING:
        _not_started: dict[str, NotStarted]

    @property
    def run(self) -> Any:
        """The run of the process, or None."""
        return self._read("run")

    @property
    def config(self) -> Any:
        """The config of that run."""
        return self._read("config")

    @property
    def summary(self) -> Any:
        """The summary of that run."""
        return self._read("summary")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._names or not self._names[name].is_dynamic:
            super().__setattr__(name, value)
            return
        own, world = self._ask(name)
        last = self._overrides.get(name)
        self._deleted.discard(name)
        if value is own or (last is not None and value is last.before):
            self.__dict__.pop(name, None)
            self._overrides.pop(name, None)
            return
        before = last.before if last is not None and last.world is world else own
        # mock.patch looks into the module's dict to learn whether it restores by assigning or by deleting.
        self.__dict__[name] = value
        self._overrides[name] = Override(value, before, own, world)

    def _read(self, name: str) -> Any:
        own, world = self._ask(name)
        if name in self._deleted:
            raise AttributeError(name)
        override = self._overrides.get(name)
        if override is not None and override.own is own and override.world is world:
            return override.value
        return own

    def _ask(self, name: str) -> tuple[Any, World]:
        from wandb_testkit.world import current  # the whole kit: not before somebody asks

        world = current()
        run = world.session.run
        if name == "run":
            return run, world
        return (self._not_started[name] if run is None else getattr(run, name)), world

    def _load(self, entry: Name) -> Any:
        if entry.is_dynamic:
            # Its property raised an AttributeError, and Python came here: once more, so that it is seen as it is.
            return self._read(entry.source[1:])
        return super()._load(entry)
