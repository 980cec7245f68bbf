"""Owns the targets in the box: names that `wandb-testkit conform` and `--wandb-target` know."""

from __future__ import annotations

import difflib
import importlib.metadata
from collections.abc import Callable, Mapping
from functools import partial

from wandb_testkit.conformance.capability import ALL
from wandb_testkit.conformance.target import Target, WrongTargetError
from wandb_testkit.profiles import CURRENT, Profile, to_profile
from wandb_testkit.targets.clients import client_target
from wandb_testkit.targets.fakes import mock_target
from wandb_testkit.targets.reference import ReferenceTarget
from wandb_testkit.world import TRANSPORTS

Make = Callable[[Profile], Target]


def reference_target(transport: str, profile: Profile) -> Target:
    """The reference implementation, over one of its transports."""
    reference = ReferenceTarget(transport)
    return Target(
        "reference" if transport == "memory" else f"reference-{transport}",
        importlib.metadata.version("wandb_testkit"),
        run=partial(reference.run, profile=profile),
        capabilities=ALL,
        profile=profile,
        open=partial(reference.open, profile),
    )


READY: Mapping[str, Make] = {
    **{
        "reference" if transport == "memory" else f"reference-{transport}": partial(reference_target, transport)
        for transport in TRANSPORTS
    },
    "mock": mock_target,
}
"""Name -> makes the target for a profile."""


CLIENT = "wandb=="


def target_called(name: str, profile: Profile | str | None = None) -> Target:
    """A target in the box.

    Args:
        profile: None means "current", or what the target plays if it plays one alone.
    Raises:
        WrongTargetError: There is none of that name.
    """
    if name.startswith(CLIENT):
        version, _, mode = name.removeprefix(CLIENT).partition("-")
        return client_target(version, mode=mode, profile=profile)
    known = CURRENT if profile is None else to_profile(profile)
    if name in READY:
        return READY[name](known)
    near = difflib.get_close_matches(name, READY, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise WrongTargetError(
        f"target {name!r} is not in the box: {hint}write one of {', '.join(READY)}, wandb==VERSION, the URL of a "
        "server, or MODULE:NAME for a Target of your own"
    )
