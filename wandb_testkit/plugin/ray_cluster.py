"""Owns whether the workers of ray know the world of a test: they are started by a process of ray's, which hands its own
environment on, so that process has to have been started while wandb was a fake.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from wandb_testkit.children.starting import ADDRESS, CHILDREN


class RayClusters:
    """The clusters that code under test is connected to; each is told of once."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def unaware(self) -> str:
        """What to say about the cluster of this process if its workers do not know the test's world, else ""."""
        ray: Any = sys.modules.get("ray")
        is_connected = getattr(ray, "is_initialized", None)
        if is_connected is None or not is_connected():
            return ""
        node = getattr(sys.modules.get("ray._private.worker"), "_global_node", None)
        name = str(getattr(node, "session_name", ""))
        if name in self._told or _knows(node):
            return ""
        self._told.add(name)
        return (
            "the workers of ray do not know the world of this test: the cluster was started before wandb was a fake, "
            "or by somebody else. Runs that begin in a task or an actor are not recorded, and may reach W&B. "
            "Call ray.init() in the test or in one of its fixtures, without an address; under --wandb-fake anywhere."
        )


def _knows(node: Any) -> bool:
    """Whether the process that starts workers has been told where this one listens; where nobody can tell, it has."""
    if node is None:
        return False  # a client of a cluster elsewhere
    pids = [info.process.pid for info in getattr(node, "all_processes", {}).get("raylet", ())]
    if not Path("/proc/self/environ").exists():
        return bool(pids)
    told = f"{ADDRESS}={CHILDREN.address}".encode()
    try:
        return any(told in Path("/proc", str(pid), "environ").read_bytes().split(b"\0") for pid in pids)
    except OSError:
        return False  # it is gone, or another user's
