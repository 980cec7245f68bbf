"""Programs: the oracle knows them all, every action and every world comes up, and a bug shrinks to a few lines."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from tests.mutants.catalogue import Mutant
from tests.mutants.script_mutants import SCRIPT_MUTANTS
from tests.mutants.test_mutants import planted
from wandb_testkit import actions
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import predict, same, story
from wandb_testkit.strategies import scripts
from wandb_testkit.strategies.scripts import DIRECTORIES

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]
FIXED = settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=QUIET)
SEARCH = settings(max_examples=5_000, derandomize=True, database=None, deadline=None, suppress_health_check=QUIET)


@PROFILES
@FIXED
@given(data=st.data())
def test_valid_programs_never_fail_by_an_argument_alone(profile: Profile, data: st.DataObject) -> None:
    seen = predict(data.draw(scripts(profile=profile)), profile)

    assert {init.error for init in seen.inits} <= {
        *("", "UsageError"),
        *(("CommError", "Error", "ServerResponseError") if profile is CURRENT else ()),
    }


@PROFILES
def test_bad_arguments_come_up_when_they_are_asked_for(profile: Profile) -> None:
    bad = "Exception" if profile is CLASSIC else "ValidationError"

    script = find(
        scripts(profile=profile, valid=False),
        lambda script: any(init.error == bad for init in predict(script, profile).inits),
        settings=SEARCH,
    )

    assert len(script) == 1


@pytest.mark.parametrize("kind", actions.Action.__args__, ids=lambda kind: kind.__name__)  # type: ignore[attr-defined]
def test_every_action_comes_up(kind: type) -> None:
    script = find(scripts(), lambda script: any(type(action) is kind for action in script), settings=SEARCH)

    needs_a_run = any(field.name == "run" for field in dataclasses.fields(kind)) and kind is not actions.Init
    assert len(script) <= (2 if needs_a_run else 1) + (kind is actions.RestoreNetwork)


@pytest.mark.parametrize(
    ("clause", "profile"),
    [
        *[("RESUME-4.c", profile) for profile in (CLASSIC, CURRENT)],
        *[("AUTO-4", profile) for profile in (CLASSIC, CURRENT)],
        *[("RESUME-3.c", profile) for profile in (CLASSIC, CURRENT)],
        *[("RESUME-8.b", profile) for profile in (CLASSIC, CURRENT)],
        *[("REINIT-3.b", profile) for profile in (CLASSIC, CURRENT)],
        *[("REINIT-5", profile) for profile in (CLASSIC, CURRENT)],
        *[("RESUME-9.b", CLASSIC), ("ERR-5", CLASSIC), ("FORCE-1.a", CLASSIC), ("ANON-2", CLASSIC)],
        *[("REINIT-7.c", CURRENT), ("REINIT-2.d", CURRENT), ("ERR-4.d", CURRENT), ("FORCE-1.b", CURRENT)],
    ],
)
def test_the_worlds_that_matter_come_up(clause: str, profile: Profile) -> None:
    def is_met(script: actions.Script) -> bool:
        return any(rule.id == clause for rules in story(script, profile).values() for rule in rules)

    script = find(scripts(profile=profile), is_met, settings=SEARCH)

    assert len(script) <= 4, script


def test_other_machines_and_notebooks_come_up() -> None:
    for name, word in (("directory", DIRECTORIES[1]), ("notebook", True)):

        def has(script: actions.Script, name: str = name, word: Any = word) -> bool:
            return any(isinstance(one, actions.StartProcess) and getattr(one, name) == word for one in script)

        assert len(find(scripts(), has, settings=SEARCH)) == 1


PLANTED = [
    ("tags of a resumption are added to the old ones", 3),
    ("the pending row is lost at finish()", 3),
    ("the end of a process takes the resume file away", 3),
]


@pytest.mark.parametrize(("name", "longest"), PLANTED, ids=[name for name, _ in PLANTED])
def test_a_planted_bug_shrinks_to_a_few_lines(name: str, longest: int) -> None:
    mutant = next(mutant for mutant in SCRIPT_MUTANTS if mutant.name == name)

    script = smallest(mutant)

    assert len(script) <= longest, script


def smallest(mutant: Mutant) -> actions.Script:
    """The smallest program that shows a bug."""
    profile = Profile(mutant.profile)
    with planted(mutant) as target:
        reference = target.ReferenceTarget()

        def differs(script: actions.Script) -> bool:
            predicted = predict(script, profile)
            return len(predicted.runs) < 3 and bool(same(predicted, reference.run(script, profile)))

        return find(scripts(profile=profile), differs, settings=SEARCH)
