"""Programs: the oracle knows them all, every action and every world comes up, and a bug shrinks to a few lines."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.mutants.script_mutants import SCRIPT_MUTANTS
from tests.mutants.smallest import PLANTED, smallest
from wandb_testkit import actions
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import predict, story
from wandb_testkit.strategies import scripts
from wandb_testkit.strategies.scripts import DIRECTORIES, USERS

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]
FIXED = settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=QUIET)
DRAW = settings(FIXED, max_examples=600, phases=[Phase.generate])


@PROFILES
@FIXED
@given(data=st.data())
def test_valid_programs_never_fail_by_an_argument_alone(profile: Profile, data: st.DataObject) -> None:
    script = data.draw(scripts(profile=profile))
    # fork_from and a WANDB_RESUME exclude each other, and neither is wrong alone (FORK-3).
    branching = {action.run for action in script if isinstance(action, actions.Init) and BRANCHING & set(action.kwargs)}
    seen = [init for init in predict(script, profile).inits if init.run not in branching]

    assert {init.error for init in seen} <= {
        *("", "UsageError"),
        *(("CommError", "Error", "ServerResponseError") if profile is CURRENT else ()),
    }


BRANCHING = {"fork_from", "resume_from"}


@PROFILES
def test_bad_arguments_come_up_when_they_are_asked_for(profile: Profile) -> None:
    bad = "Exception" if profile is CLASSIC else "ValidationError"

    assert any(
        init.error == bad
        for script in drawn(scripts(profile=profile, valid=False))
        for init in predict(script, profile).inits
    )


def test_every_action_comes_up() -> None:
    seen = {type(action) for script in drawn(scripts()) for action in script}

    assert seen == set(actions.Action.__args__)  # type: ignore[attr-defined]


@PROFILES
def test_the_worlds_that_matter_come_up(profile: Profile) -> None:
    met: set[str] = set()
    for script in drawn(scripts(profile=profile)):
        met.update(rule.id for rules in story(script, profile).values() for rule in rules)

    assert WORLDS_THAT_MATTER[profile] <= met


WORLDS_THAT_MATTER = {
    CLASSIC: {"RESUME-4.c", "REINIT-3.b", "REINIT-5", "FORCE-1.a"},
    CURRENT: {"RESUME-4.c", "REINIT-3.b", "REINIT-5", "FORCE-1.b", "FORK-1", "FORK-2.d", "SHARED-1"},
}
"""Rules that answer only where several actions come together in the right order."""


def test_other_machines_and_notebooks_come_up() -> None:
    started = [action for script in drawn(scripts()) for action in script if isinstance(action, actions.StartProcess)]

    assert {process.directory for process in started} == set(DIRECTORIES)
    assert {process.notebook for process in started} == {False, True}
    assert {bool(process.sweep) for process in started} == {False, True}


def test_other_users_come_up() -> None:
    log_ins = [action for script in drawn(scripts()) for action in script if isinstance(action, actions.LogIn)]

    assert {log_in.user for log_in in log_ins} == set(USERS)


def drawn(programs: st.SearchStrategy[actions.Script]) -> list[actions.Script]:
    """A fixed number of programs, as a property test would meet them."""
    found: list[actions.Script] = []

    @DRAW
    @given(programs)
    def draw(script: actions.Script) -> None:
        found.append(script)

    draw()
    return found


READABLE = 8
"""Actions that a person can take in at a glance; Hypothesis does not promise the very least."""


def test_a_planted_bug_shrinks_to_a_few_lines() -> None:
    mutant = next(mutant for mutant in SCRIPT_MUTANTS if mutant.name == PLANTED[0])

    script = smallest(mutant)

    assert len(script) <= READABLE, script
