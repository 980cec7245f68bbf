"""The second agreement: what the oracle predicts of generated programs is what the reference implementation shows."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wandb_testkit.actions import Finish, Init, Script
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import predict, same
from wandb_testkit.spec.complaint import disagreement
from wandb_testkit.strategies import scripts
from wandb_testkit.targets.reference import ReferenceTarget

TARGET = ReferenceTarget()
PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)

FIXED = settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@PROFILES
@FIXED
@given(data=st.data())
def test_programs_do_what_the_oracle_says(profile: Profile, data: st.DataObject) -> None:
    agree(data.draw(scripts(profile=profile), label="script"), profile)


@PROFILES
@FIXED
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
    playing = TARGET.begin(profile)

    for action in script:
        playing.take(action)
        playing.observation()

    assert playing.observation() == TARGET.run(script, profile)
