"""Owns `wandb.gym`: videos that environments record are logged to the active run, as with monitor_gym (GYM-1)."""

from __future__ import annotations

from wandb_testkit.sdk import gym
from wandb_testkit.world import current


def monitor() -> None:
    """Log each video that an environment's recorder has written.

    Raises:
        Error: Neither gymnasium nor gym is installed, or there is no recorder in it.
    """
    gym.monitor(current().session)
