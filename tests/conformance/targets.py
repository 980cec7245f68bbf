"""Targets that the tests of the suite judge: each goes wrong in a way of its own."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from wandb_testkit.actions import Init, Script
from wandb_testkit.conformance import Capability, Target
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import CURRENT
from wandb_testkit.targets.reference import ReferenceTarget

REFERENCE = ReferenceTarget()
ALL = frozenset(Capability)

_right = partial(REFERENCE.run, profile=CURRENT)


def is_must(script: Script) -> bool:
    """Whether some init() of a script says resume="must"."""
    return any(isinstance(action, Init) and action.kwargs.get("resume") == "must" for action in script)


def _on_must(do: Callable[[], object]) -> Callable[[Script], Observation]:
    def run(script: Script) -> Observation:
        if is_must(script):
            do()
        return _right(script)

    return run


def _die() -> None:
    print("about to die", file=sys.stderr, flush=True)
    os._exit(7)


def _forgets_rows(script: Script) -> Observation:
    seen = _right(script)
    return replace(seen, runs=tuple(replace(run, history=type(run.history)()) for run in seen.runs))


def _dies(script: Script) -> Observation:
    _die()
    raise AssertionError("it is dead")


def _raises(script: Script) -> Observation:
    raise RuntimeError("it never works")


right = Target("right", "1", run=_right, capabilities=ALL)
hanging = Target("hanging", "1", run=_on_must(partial(time.sleep, 600)), capabilities=ALL, timeout_s=0.5)
always_dying = Target("always dying", "1", run=_dies, capabilities=ALL)
dying = Target("dying", "1", run=_on_must(_die), capabilities=ALL)
forgetful = Target("forgetful", "1", run=_forgets_rows, capabilities=ALL)
raising = Target("raising", "1", run=_raises, capabilities=ALL)
modest = Target("modest", "1", run=_right, capabilities=["run_ids"])


def made() -> Target:
    """A function that returns a target is one, too."""
    return right
