"""The second agreement: what the oracle predicts of generated programs is what the reference implementation shows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wandb_testkit.actions import Finish, Init, Script
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import predict, same
from wandb_testkit.spec.complaint import disagreement
from wandb_testkit.strategies import scripts
from wandb_testkit.targets.reference import ReferenceTarget

TARGET = ReferenceTarget()
PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)

MANY = settings(max_examples=3 * settings.default.max_examples)  # type: ignore[union-attr] # a profile is loaded
"""300 programs, always the same; 3,000 new ones with `--hypothesis-profile=deep`."""


@PROFILES
@MANY
@given(data=st.data())
def test_programs_do_what_the_oracle_says(profile: Profile, data: st.DataObject) -> None:
    agree(data.draw(scripts(profile=profile), label="script"), profile)


@PROFILES
@MANY
@given(data=st.data())
def test_programs_with_bad_arguments_do_what_the_oracle_says(profile: Profile, data: st.DataObject) -> None:
    agree(data.draw(scripts(profile=profile, valid=False, max_actions=8), label="script"), profile)


def agree(script: Script, profile: Profile) -> None:
    told = disagreement(script, profile, TARGET.run(script, profile), target=TARGET.name)

    assert not told, told


@PROFILES
def test_offline_runs_of_one_id_are_two_runs(profile: Profile) -> None:
    one = {"id": "p", "mode": "offline"}
    script = (Init("a", one), Finish("a"), Init("b", one))

    assert same(predict(script, profile), TARGET.run(script, profile)) == []


@PROFILES
def test_asking_after_every_action_shows_the_same_as_running_the_whole_script(profile: Profile) -> None:
    script = (Init("a", {"id": "p", "resume": "auto"}), Finish("a", 1), Init("b", {"resume": "auto"}))

    with TARGET.open(profile) as playing:
        for action in script:
            playing.take(action)
            playing.observation()
        seen = playing.observation()

    assert seen == TARGET.run(script, profile)
