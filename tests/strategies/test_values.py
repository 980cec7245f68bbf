"""Single values: they are accepted, they cover what they should, and they shrink to something short."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from wandb_testkit import strategies
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.records import KINDS
from wandb_testkit.spec import check_words, dimensions
from wandb_testkit.spec.call import read
from wandb_testkit.targets.reference import ReferenceTarget
from wandb_testkit.world import BEHAVIOURS, World

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
FIXED = settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_all_names_are_public_and_documented() -> None:
    public = [getattr(strategies, name) for name in strategies.__all__]

    assert all(value.__doc__ for value in public)
    assert strategies.__all__ == sorted(strategies.__all__)


@PROFILES
@FIXED
@given(run_id=strategies.run_ids())
def test_run_ids_are_taken_by_both_profiles(profile: Profile, run_id: str) -> None:
    world = World(profile, environ={}, notebook=False)

    assert world.init(id=run_id, mode="offline").id == run_id


@PROFILES
@FIXED
@given(data=st.data())
def test_valid_arguments_are_never_refused_for_their_own_sake(profile: Profile, data: st.DataObject) -> None:
    kwargs = data.draw(strategies.init_kwargs(profile=profile))
    env = data.draw(strategies.environments(profile=profile))
    world = World(profile, environ=env, notebook=False)

    assert read(kwargs, env, profile, notebook=False).error == ""
    assert set(kwargs) <= set(BEHAVIOURS[profile].arguments(**kwargs))
    try:
        world.init(**kwargs)
    except Exception as error:  # a resume conflict, say
        assert type(error).__name__ in ("UsageError", "CommError"), error


@PROFILES
@FIXED
@given(data=st.data())
def test_every_bad_argument_is_refused_by_both(profile: Profile, data: st.DataObject) -> None:
    bad = data.draw(st.sampled_from(strategies.arguments.BAD[profile]))  # type: ignore[attr-defined]
    world = World(profile, environ={}, notebook=False)

    with pytest.raises(Exception) as refusal:  # noqa: PT011 - which class is the oracle's to say
        world.init(**bad)

    if bad != {"resume": "bogus"}:  # that one is in the tables
        assert read(bad, {}, profile, notebook=False).error == type(refusal.value).__name__


@PROFILES
def test_every_word_of_a_cell_is_reachable(profile: Profile) -> None:
    for name, words in dimensions(profile).items():
        for word in words:
            cell = find(strategies.cells(profile=profile), lambda cell, n=name, w=word: getattr(cell, n) == w)
            check_words(cell, profile)


@PROFILES
def test_every_argument_and_variable_is_reachable(profile: Profile) -> None:
    wanted: dict[str, list[Any]] = {
        "resume": ["allow", "must", "never", "auto", True, False],
        "reinit": [True, False, *(["create_new", "return_previous"] if profile is CURRENT else [])],
        "mode": ["online", "offline", "disabled", "dryrun"],
        "anonymous": ["never", "allow", "must"],
        "force": [True, False],
        "id": ["p", "q"],
    }
    for name, values in wanted.items():
        for value in values:
            kwargs = find(
                strategies.init_kwargs(profile=profile),
                lambda kwargs, n=name, v=value: (
                    n in kwargs and kwargs[n] is v or kwargs.get(n) == v and v not in (0, 1)
                ),
            )
            assert list(kwargs) == [name]  # it shrinks to nothing else


def test_a_cell_shrinks_to_a_plain_init_in_an_empty_world() -> None:
    cell = find(strategies.cells(), lambda cell: cell.resume == "must")

    assert cell == ("must", "none", "absent", "unset", "unset", "ok", "unset", "unset", "unset", "none", "no")


def test_faults_are_of_every_kind() -> None:
    for kind in ("any", *KINDS.values()):
        assert find(strategies.faults(), lambda fault, k=kind: fault.on == k).on == kind


def test_rows_and_configs_shrink_to_little() -> None:
    assert find(strategies.metric_rows(), lambda row: "loss" in row) == {"loss": 0}
    assert find(strategies.metric_rows(), lambda row: "net" in row) == {"net": {"x": 0}}
    assert find(strategies.configs(), lambda config: len(config) == 2) == {"lr": 0, "depth": 0}
    assert find(strategies.tags(), lambda tags: len(tags) > len(set(tags))) == ("a", "a")
    assert find(strategies.settings(), bool) == {"run_id": "p"}


def test_a_world_without_a_run_needs_no_action() -> None:
    script = find(strategies.scripts(), lambda script: True)

    assert script == ()
    assert ReferenceTarget().run(script, CLASSIC).runs == ()
