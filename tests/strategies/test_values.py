"""Single values: they are accepted, they cover what they should, and they shrink to something short."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from wandb_testkit import strategies
from wandb_testkit.faults import Fault
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.records import SENT
from wandb_testkit.spec import Cell, check_words, dimensions
from wandb_testkit.spec.call import read
from wandb_testkit.strategies.arguments import BAD
from wandb_testkit.targets.reference import ReferenceTarget
from wandb_testkit.world import BEHAVIOURS, World

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
FIXED = settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NOT_SMALLEST = settings(phases=[Phase.generate], database=None)
BRANCHING = {"fork_from", "resume_from"}


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
    if BRANCHING & set(kwargs):
        env.pop("WANDB_RESUME", None)  # they exclude each other, and neither is wrong alone (FORK-3)
        env.pop("WANDB_RUN_ID", None)
    world = World(profile, environ=env, notebook=False)

    assert read(kwargs, env, profile, notebook=False).error == ""
    assert set(kwargs) <= set(BEHAVIOURS[profile].arguments(**kwargs))
    assert outcome_of(world, kwargs) in ("", "UsageError", "CommError")  # a resume conflict, say


def outcome_of(world: World, kwargs: dict[str, Any]) -> str:
    try:
        world.init(**kwargs)
    except Exception as error:
        return type(error).__name__
    return ""


@PROFILES
@FIXED
@given(data=st.data())
def test_every_bad_argument_is_refused_by_both(profile: Profile, data: st.DataObject) -> None:
    bad = data.draw(st.sampled_from(BAD[profile]))
    error = outcome_of(World(profile, environ={}, notebook=False), bad)

    assert error != ""
    if bad != {"resume": "bogus"}:  # that one is in the tables
        assert error == read(bad, {}, profile, notebook=False).error


@PROFILES
def test_every_word_of_a_cell_is_reachable(profile: Profile) -> None:
    for name, words in dimensions(profile).items():
        for word in words:

            def has(cell: Cell, name: str = name, word: str = word) -> bool:
                return bool(getattr(cell, name) == word)

            check_words(find(strategies.cells(profile=profile), has, settings=NOT_SMALLEST), profile)


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

            def has(kwargs: dict[str, Any], name: str = name, value: Any = value) -> bool:
                return name in kwargs and kwargs[name] is value

            assert list(find(strategies.init_kwargs(profile=profile), has)) == [name]  # it shrinks to nothing else


def test_a_cell_shrinks_to_a_plain_init_in_an_empty_world() -> None:
    cell = find(strategies.cells(), lambda cell: cell.resume == "must")

    assert cell == ("must", "none", "absent", "unset", "unset", "ok", "unset", "unset", "unset", "none", "no")


def test_faults_are_of_every_kind() -> None:
    for kind in ("any", *SENT):

        def is_on(fault: Fault, kind: str = kind) -> bool:
            return fault.on == kind

        assert find(strategies.faults(), is_on) == Fault(kind, nth=None, reply=500)


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


@given(data=st.data())
def test_arguments_of_init_have_ids_and_a_number_of_ones_own(data: st.DataObject) -> None:
    kwargs = data.draw(strategies.init_kwargs(ids=st.just("mine"), max_size=2))

    assert len(kwargs) <= 2
    assert kwargs.get("id", "mine") == "mine"
