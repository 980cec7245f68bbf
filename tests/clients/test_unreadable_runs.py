"""Runs whose stored config or summary cannot be read: real clients, and the reference beside them (RESUME-12)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import VERSIONS, Client
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.world import World, fake

REAL: Mapping[Profile, str] = {CLASSIC: "0.10.33", CURRENT: "0.31.0"}


def with_damage(world: World, damage: dict[str, str]) -> None:
    world.server.add_run("r1", project="p", rows=[{"a": 1}, {"a": 2}], config={"x": 1})
    world.server.corrupt_run("r1", **damage)


@pytest.mark.parametrize("profile", [profile for profile in REAL if REAL[profile] in VERSIONS], ids=str)
@pytest.mark.parametrize("mode", ["must", "allow", "never"])
@pytest.mark.parametrize("damage", [{"config": "{"}, {"summary": "{"}], ids=["config", "summary"])
def test_the_real_client_and_the_reference_do_the_same(
    world: World, profile: Profile, mode: str, damage: dict[str, str], tmp_path: Path
) -> None:
    """RESUME-12"""
    with_damage(world, damage)
    real = Client(REAL[profile], world, tmp_path).play("resume.py", "r1", mode, 1).told

    with fake(profile=profile, environ={}, notebook=False) as reference:
        with_damage(reference, damage)
        ours: dict[str, Any] = {"error": None}
        try:
            run = reference.init(project="p", id="r1", resume=mode, config={mode: 1})
        except Exception as error:
            ours["error"] = type(error).__name__
        else:
            ours["resumed"] = run.resumed
            run.log({f"by_{mode}": 0})
            run.finish()
        seen = reference.run

    assert ours == real
    assert (list(seen.history), seen.config) == (list(world.run.history), world.run.config)
    assert str(seen.state) == str(world.run.state)
