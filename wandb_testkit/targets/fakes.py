"""Owns targets that are fakes as people write them: what a suite that trusts them would let through."""

from __future__ import annotations

from unittest.mock import MagicMock

from wandb_testkit.actions import Script
from wandb_testkit.conformance.capability import ALL
from wandb_testkit.conformance.target import Target
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import Profile


def mock_target(profile: Profile) -> Target:
    """Answers everything with a mock, and claims everything; it passes nothing."""

    def run(script: Script) -> Observation:
        return MagicMock(name="observation")

    return Target("mock", "1", run=run, capabilities=ALL, profile=profile)
