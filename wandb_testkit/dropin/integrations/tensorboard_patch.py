"""Owns `wandb.tensorboard`: what event writers are given becomes rows of the active run, as with sync_tensorboard.

Source: TB-1 to TB-3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wandb_testkit.profiles import CURRENT, Profile
from wandb_testkit.sdk import tensorboard
from wandb_testkit.world import current


def patch(
    save: bool = True, tensorboard_x: bool | None = None, pytorch: bool | None = None, root_logdir: str = ""
) -> None:
    """Listen to the event writers of this process, before init(); every kind that is installed is listened to.

    Args:
        save: Keep the event files with the run.
        tensorboard_x, pytorch: Accepted, and of no effect.
        root_logdir: Keys begin with the directory below this one; "" means below the common root of all.
    Raises:
        ValueError: They are listened to already.
        Error: tensorboard is not installed.
    """
    session = current().session
    if tensorboard.PATCH.is_asked_by(session):
        raise ValueError(
            "Tensorboard already patched. Call `wandb.tensorboard.unpatch()` first; remove `sync_tensorboard=True` "
            "from `wandb.init`; or only call `wandb.tensorboard.patch` once."
        )
    tensorboard.sync(session, root=root_logdir or None, saves=bool(save))


def unpatch() -> None:
    """Listen to no more writers; those that are there are listened to on."""
    tensorboard.stop(current().session)


def classic_patch(save: Any = None, tensorboardX: Any = None, pytorch: Any = None, root_logdir: Any = None) -> None:
    """Listen to the event writers of this process, before init(); as in 0.31."""
    patch(True if save is None else bool(save), None, None, root_logdir or "")


def patch_of(profile: Profile) -> Callable[..., None]:
    """patch() of a profile."""
    return patch if profile is CURRENT else classic_patch
