"""Owns what the server of a parity script has before the script starts, on both sides."""

from __future__ import annotations

from wandb_testkit.server.accounts import DEFAULT_USER
from wandb_testkit.world import World

ORGANIZATION = "lab"


def furnish(world: World) -> None:
    """The user is in an organization, which has the registries that every one has."""
    world.server.add_organization(ORGANIZATION, members=(DEFAULT_USER,))
