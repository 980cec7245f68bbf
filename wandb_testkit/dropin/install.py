"""Owns the installation: when `import wandb` is the drop-in, and that everything is as before afterwards.

Installations stand on a stack, and the last one that is still there counts. They leave by identity, in whatever order.
"""

from __future__ import annotations

import sys
import threading
import warnings
from types import TracebackType

from wandb_testkit.children.starting import CHILDREN
from wandb_testkit.dropin import originals
from wandb_testkit.dropin.finder import Finder
from wandb_testkit.dropin.originals import Modules
from wandb_testkit.dropin.tree import reset_all, tree_of
from wandb_testkit.forks import free_in_forks
from wandb_testkit.profiles import Profile, to_profile

MODES = ("module",)
MAX_NAMED_HOLDERS = 8

_lock = free_in_forks(threading.RLock())
_finder = Finder()
_installations: list[Installation] = []
_shelves: dict[Profile | None, Modules] = {}
"""What is taken out of `sys.modules` for now: the modules of a tree, by its profile, and wandb's own (None)."""


class RealWandbImportedWarning(UserWarning):
    """The interpreter's own wandb was imported before the drop-in was installed, and modules may still hold it."""


class Installation:
    """`import wandb` is the drop-in until uninstall(), or the end of the with block.

    Attributes:
        mode: "module".
        profile: Whose names the drop-in has.
    """

    def __init__(self, mode: str, profile: Profile) -> None:
        self.mode = mode
        self.profile = profile

    def uninstall(self) -> None:
        """End it; a second time nothing happens."""
        with _lock:
            if any(self is other for other in _installations):
                _installations.remove(self)
                _show(_installations[-1].profile if _installations else None)

    def __enter__(self) -> Installation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.uninstall()

    def __repr__(self) -> str:
        return f"<Installation mode={self.mode!r} profile={self.profile.value!r}>"


def install(mode: str = "module", profile: Profile | str | None = None) -> Installation:
    """Make `import wandb` the drop-in.

    Args:
        mode: "module".
        profile: Whose names it has. None means that of the installation in force, else that of the installed wandb:
            classic if it is older than 0.13, current if it is not, or if there is none.
    Raises:
        ValueError: There is no such mode or profile.
    Warns:
        RealWandbImportedWarning: The interpreter's own wandb has been imported already.
    """
    if mode not in MODES:
        raise ValueError(f"install(mode={mode!r}): there is no such mode; there is {', '.join(map(repr, MODES))}")
    with _lock:
        if profile is not None:
            chosen = to_profile(profile)
        elif _installations:
            chosen = _installations[-1].profile
        else:
            chosen = originals.profile_of(originals.installed_version())
        if not _installations and (found := originals.imported()):
            # Before anything is done: where warnings are errors, nothing has been installed.
            warnings.warn(_imported_before(found), RealWandbImportedWarning, stacklevel=2)
        installation = Installation(mode, chosen)
        _installations.append(installation)
        _show(chosen)
        return installation


def is_installed() -> bool:
    """Whether `import wandb` is the drop-in."""
    return bool(_installations)


def _show(profile: Profile | None) -> None:
    """Make `import wandb` mean the tree of a profile, or (None) the interpreter's own wandb."""
    CHILDREN.show_module(profile)
    shown = _finder.tree.profile if _finder.tree is not None else None
    if profile is not shown:
        _shelves[shown] = originals.take_out()
        _finder.tree = None if profile is None else tree_of(profile)
        sys.modules.update(_shelves.pop(profile, {}))
    if profile is None:
        _shelves.clear()
        reset_all()
        if _finder in sys.meta_path:
            sys.meta_path.remove(_finder)
    elif _finder not in sys.meta_path:  # the first installation, or somebody has put back an older list
        sys.meta_path.insert(0, _finder)


def _imported_before(found: Modules) -> str:
    where = getattr(found.get("wandb"), "__file__", None) or "somewhere"
    names = originals.holders(found)
    if not names:
        holding = "No module is seen to hold it."
    else:
        more = len(names) - MAX_NAMED_HOLDERS
        listed = ", ".join(names[:MAX_NAMED_HOLDERS]) + (f" and {more} more" if more > 0 else "")
        holding = f"These modules hold it, and go on using it: {listed}."
    return (
        f"wandb had been imported (from {where}) before the drop-in was installed. From now on `import wandb` is "
        f"wandb_testkit's. {holding} Install the drop-in before they are imported."
    )
