"""Owns the target: an implementation under judgement, as its author declares it, and how it is found by name."""

from __future__ import annotations

import importlib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from wandb_testkit.actions import Script
from wandb_testkit.conformance.capability import Capability, to_capability
from wandb_testkit.conformance.results import safe
from wandb_testkit.observation import Observation
from wandb_testkit.ports import OpenScript
from wandb_testkit.profiles import CURRENT, Profile, to_profile

READY = "wandb_testkit.targets.ready"
"""The targets in the box: an entry point, which sees implementations; it is loaded as any other module is."""

CASE_TIMEOUT_S = 30.0


class WrongTargetError(ValueError):
    """A target is declared wrongly, or not to be found; the message says what to write."""


@dataclass(frozen=True)
class Target:
    """An implementation under judgement; nothing is to be subclassed.

    Attributes:
        name: How reports call it.
        version: Of the implementation.
        run: Carries out a whole script in a fresh world, and tells what could be seen.
        capabilities: What it claims, members or names; a case that needs anything else is skipped.
        profile: Which init() it plays: "current" (wandb 0.31) or "classic" (2021).
        open: A fresh world that is handed actions one by one, if it can do that; for --deep.
        close: Ends what run() has started, such as processes that it shares among scripts.
        timeout_s: How long one case may take.
        tries: How often a case that fails is tried; more than once for what has time-outs of its own, which a busy
            machine may let run out.
        reference: How it can be found again: "my_package.conformance:target".
    Raises:
        WrongTargetError: Something is missing or unknown.
    """

    name: str = ""
    version: str = ""
    run: Callable[[Script], Observation] | None = None
    capabilities: Iterable[Capability | str] = ()
    profile: Profile | str = CURRENT
    open: Callable[[], AbstractContextManager[OpenScript]] | None = None
    close: Callable[[], None] | None = None
    timeout_s: float = CASE_TIMEOUT_S
    tries: int = 1
    reference: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.name:
            raise WrongTargetError(f"Target(name={self.name!r}): write the name that reports are to show, name='mylib'")
        if not self.version:
            raise WrongTargetError(
                f"Target({self.name!r}, version={self.version!r}): a result without a version says nothing a year "
                f"later; write version=importlib.metadata.version({self.name!r}), or version='1.2.3'"
            )
        version: object = self.version  # whatever was written
        if not isinstance(version, str):
            raise WrongTargetError(
                f"Target({self.name!r}, version={self.version!r}): write it as text, version={str(self.version)!r}"
            )
        if not callable(self.run):
            raise WrongTargetError(
                f"Target({self.name!r}, run={self.run!r}): write run=, a function that takes a script (a tuple of "
                "wandb_testkit.actions) and returns a wandb_testkit.observation.Observation; "
                "wandb_testkit.targets.module.module_target() makes one for a module with a wandb-like API"
            )
        capabilities: object = self.capabilities
        if isinstance(capabilities, str) or not isinstance(capabilities, Iterable):
            one = repr(capabilities) if isinstance(capabilities, str) else "'run_ids'"
            raise WrongTargetError(
                f"Target({self.name!r}, capabilities={self.capabilities!r}): write a collection, capabilities=[{one}]"
            )
        try:
            claimed = frozenset(map(to_capability, self.capabilities))
            profile = to_profile(self.profile)
        except ValueError as error:
            raise WrongTargetError(f"Target({self.name!r}): {error}") from None
        object.__setattr__(self, "capabilities", claimed)
        object.__setattr__(self, "profile", profile)

    @property
    def claimed(self) -> frozenset[Capability]:
        """Its capabilities."""
        return frozenset(map(to_capability, self.capabilities))

    @property
    def known_profile(self) -> Profile:
        """Its profile."""
        return to_profile(self.profile)

    def carry_out(self, script: Script) -> Any:
        """What run() makes of a script; whether that is an observation is for the judge to say."""
        assert self.run is not None
        return self.run(script)


def load(reference: str, profile: Profile | str | None = None) -> Target:
    """The target that a text names.

    Args:
        reference: "module:name", the name of a target in the box ("reference", "wandb==0.31.0", "trackio"), or the URL
            of a server that speaks W&B's protocol (its key in WANDB_API_KEY): alone, or "wandb==0.31.0@URL" for what
            that client does there.
        profile: For what plays both; None leaves it to the target.
    Raises:
        WrongTargetError: It cannot be found, or plays another profile; the message says what to write.
    """
    module, colon, name = reference.partition(":")
    if "://" in reference or "==" in reference or not colon:
        ready = importlib.import_module(READY)
        found = ready.target_called(reference, profile)
    else:
        found = _imported(module, name, reference)
        if not isinstance(found, Target) and _needs_nothing(found):
            found = found()
    if not isinstance(found, Target):
        raise WrongTargetError(
            f"target {reference!r} is {safe(repr(found))}; write a wandb_testkit.conformance.Target there, "
            "or a function without arguments that returns one"
        )
    if profile is not None and to_profile(profile) is not found.known_profile:
        raise WrongTargetError(
            f"target {reference!r} plays profile {found.known_profile}, not {profile}: leave the profile out, or write "
            f"Target(..., profile={str(profile)!r})"
        )
    return replace(found, reference=reference)


def _needs_nothing(found: Any) -> bool:
    """Whether it can be called without arguments."""
    try:
        inspect.signature(found).bind()
    except (TypeError, ValueError):
        return False
    return True


def _imported(module: str, name: str, reference: str) -> Any:
    if "" not in sys.path and "." not in sys.path:
        sys.path.append("")  # a command has its own directory there instead of the user's
    try:
        home = importlib.import_module(module)
    except WrongTargetError:
        raise
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name and f"{module}.".startswith(f"{error.name}."):
            raise WrongTargetError(
                f"target {reference!r}: there is no module {error.name!r}; write MODULE:NAME as in an import, for "
                "instance my_package.conformance:target, and run it where `import my_package` works"
            ) from None
        last = traceback.extract_tb(error.__traceback__)[-1]
        raise WrongTargetError(
            f"target {reference!r}: `import {module}` raises {type(error).__name__}: {error} ({last.filename}, line "
            f"{last.lineno}); run it where that import works"
        ) from error
    try:
        return getattr(home, name)
    except AttributeError:
        raise WrongTargetError(
            f"target {reference!r}: module {module!r} has no {name!r}; write `{name} = Target(...)` there"
        ) from None
