"""Owns the targets in the box: names that `wandb-testkit conform` and `--wandb-target` know."""

from __future__ import annotations

import difflib
import importlib.metadata
import os
from collections.abc import Callable, Mapping
from functools import partial

from wandb_testkit.conformance.capability import ALL
from wandb_testkit.conformance.target import Target, WrongTargetError
from wandb_testkit.profiles import CURRENT, Profile, to_profile
from wandb_testkit.targets.clients import CLIENT, client_target
from wandb_testkit.targets.modules import handmade_target, mock_target, swanlab_target, trackio_target
from wandb_testkit.targets.reference import ReferenceTarget
from wandb_testkit.targets.server import server_target
from wandb_testkit.transport.process import ServiceProcess
from wandb_testkit.wiring import Ends, Line, ProcessLine
from wandb_testkit.world import TRANSPORTS

Make = Callable[[Profile], Target]


def reference_target(transport: str, profile: Profile) -> Target:
    """The reference implementation, over one of its transports; all scripts share one service process."""
    service = _Service()
    reference = ReferenceTarget(transport, line_of=service.line if transport == "process" else None)
    return Target(
        "reference" if transport == "memory" else f"reference-{transport}",
        importlib.metadata.version("wandb_testkit"),
        run=partial(reference.run, profile=profile),
        capabilities=ALL,
        profile=profile,
        open=partial(reference.open, profile),
        close=service.close,
    )


class _Service:
    """The process that carries the records of every script: starting one for each takes longer than the script."""

    def __init__(self) -> None:
        self._process: ServiceProcess | None = None

    def line(self, ends: Ends) -> Line:
        """A way to the server through the process, which is started by the first script that needs it."""
        if self._process is None:
            self._process = ServiceProcess()
        return ProcessLine(ends, self._process)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()


READY: Mapping[str, Make] = {
    **{
        "reference" if transport == "memory" else f"reference-{transport}": partial(reference_target, transport)
        for transport in TRANSPORTS
    },
    "trackio": trackio_target,
    "swanlab": swanlab_target,
    "mock": mock_target,
    "handmade": handmade_target,
}
"""Name -> makes the target for a profile."""


AT = "@"
"""Between a client and the URL of the server that it logs to."""


def _key_of(url: str) -> str:
    key = os.environ.get("WANDB_API_KEY")
    if not key:
        raise WrongTargetError(f"target {url!r} needs a key that the server knows: write it in WANDB_API_KEY")
    return key


def target_called(name: str, profile: Profile | str | None = None) -> Target:
    """A target in the box.

    Args:
        name: "wandb==0.31.0@URL" is a server to which that client logs; a URL alone is one to which ours does.
        profile: None means "current", or what the target plays if it plays one alone.
    Raises:
        WrongTargetError: There is none of that name.
    """
    client, at, url = name.partition(AT)
    if name.startswith(CLIENT) and at:
        return server_target(url, _key_of(url), client=client, profile=profile)
    if name.startswith(CLIENT):
        version, _, mode = name.removeprefix(CLIENT).partition("-")
        return client_target(version, mode=mode, profile=profile)
    if "://" in name:
        return server_target(name, _key_of(name), profile=profile)
    known = CURRENT if profile is None else to_profile(profile)
    if name in READY:
        return READY[name](known)
    near = difflib.get_close_matches(name, READY, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise WrongTargetError(
        f"target {name!r} is not in the box: {hint}write one of {', '.join(READY)}, wandb==VERSION, the URL of a "
        "server, wandb==VERSION@URL, or MODULE:NAME for a Target of your own, such as "
        f"{name if name.isidentifier() and not near else 'my_package.conformance'}:target"
    )
