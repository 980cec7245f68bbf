"""Owns how the import system comes to the tree: one finder in `sys.meta_path`, for modules and for metadata."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import TYPE_CHECKING

from wandb_testkit.dropin import refusals
from wandb_testkit.dropin.originals import VERSIONS, is_wandb
from wandb_testkit.dropin.tree import Tree

if TYPE_CHECKING:
    from importlib.metadata import Distribution, DistributionFinder


class Finder:
    """Finds the modules of one tree at a time, and nothing else.

    Attributes:
        tree: What `import wandb` means; None means the interpreter's own.
    """

    def __init__(self) -> None:
        self.tree: Tree | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of the tree.

        Raises:
            NotModelledModuleError: The module is about to be imported, and the tree does not have it. Who merely looks
                (`importlib.util.find_spec`) gets None.
        """
        tree = self.tree
        if tree is None or not is_wandb(fullname):
            return None
        spec = tree.spec(fullname)
        if spec is None and _is_import(sys._getframe(1)):
            raise refusals.missing_module(fullname, tree.profile)
        return spec

    def find_distributions(self, context: DistributionFinder.Context | None = None) -> Iterable[Distribution]:
        """The metadata of wandb, where no wandb is installed."""
        if self.tree is None:
            return ()
        from importlib.metadata import DistributionFinder  # has been imported by whoever asks

        from wandb_testkit.dropin import distribution

        return distribution.find(VERSIONS[self.tree.profile], context or DistributionFinder.Context(), self)


def _is_import(frame: FrameType) -> bool:
    """Whether the import system asks in order to import, by the names of its functions in Python 3.10 to 3.13."""
    caller = frame.f_back
    return (
        frame.f_code.co_name == "_find_spec"
        and caller is not None
        and caller.f_code.co_name == "_find_and_load_unlocked"
    )
