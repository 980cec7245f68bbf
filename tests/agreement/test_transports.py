"""The third agreement: through a transaction log a program shows the same as in memory, to the last key."""

from __future__ import annotations

import random
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wandb_testkit.actions import Script
from wandb_testkit.observation import RunView
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.strategies import scripts
from wandb_testkit.targets.reference import ReferenceTarget

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)

FIXED = settings(
    max_examples=75,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@PROFILES
@FIXED
@given(data=st.data())
def test_a_program_shows_the_same_as_in_memory(profile: Profile, data: st.DataObject) -> None:
    script = data.draw(scripts(profile=profile), label="script")

    assert shown(script, profile, "offline") == shown(script, profile, "memory")


def shown(script: Script, profile: Profile, transport: str) -> tuple[str, ...]:
    """Everything that a script shows but the times; ids are the same ones each time."""
    with mock.patch("wandb_testkit.surroundings.os.urandom", random.Random(7).randbytes):
        seen = ReferenceTarget(transport=transport).run(script, profile)
    return (repr(seen.inits), repr(seen.actions), *(repr(whole(run)) for run in seen.runs))


def whole(run: RunView) -> dict[str, Any]:
    client = {name: value for name, value in run.client.items() if name != "summary"}
    return {**vars(run), "history": list(run.history), "client": client}
