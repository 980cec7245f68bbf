"""Owns what `import wandb` does in an interpreter that code under test has started.

The stand-in package is found first and asks here. If the test's wandb is the drop-in, so it is in this interpreter;
else the interpreter's own wandb is imported, as if the stand-in were not there.
"""

from __future__ import annotations

import importlib
import os
import sys

from wandb_testkit.children.starting import CHILDREN, NETWORK, PROFILE, STAND_IN


def make_way() -> None:
    """Put the module that `import wandb` is to give in the place of the stand-in.

    Raises:
        ModuleNotFoundError: It is the interpreter's own, and there is none.
    """
    del sys.modules["wandb"]
    profile = os.environ.get(PROFILE)
    if profile:
        from wandb_testkit.dropin.install import install

        install(profile=profile)
        _guard_the_network()
    else:
        sys.path[:] = [place for place in sys.path if place != STAND_IN]
    importlib.import_module("wandb")  # whoever imports gets what is in sys.modules now


def _guard_the_network() -> None:
    """Refuse here what is refused in the test, and let it hear of that."""
    rule, line = os.environ.get(NETWORK), CHILDREN.parent_line()
    if rule and line is not None:
        from wandb_testkit.network import NetworkGuard

        CHILDREN.network = rule
        NetworkGuard(rule, line.tell_of_refused).place()
