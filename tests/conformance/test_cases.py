"""The cases themselves: every clause that a script can show has one, and each can be judged where it says."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from unittest.mock import MagicMock

import pytest

from wandb_testkit import actions
from wandb_testkit.conformance import CASES, Capability, Case, Outcome, Target, judge
from wandb_testkit.conformance.capability import ALL, ASPECTS, needed
from wandb_testkit.conformance.case import case
from wandb_testkit.conformance.coverage import NOT_VISIBLE
from wandb_testkit.observation import InitSeen, Observation, RunView
from wandb_testkit.profiles import Profile
from wandb_testkit.spec import clause, clauses, differences, predict
from wandb_testkit.targets.reference import ReferenceTarget


def test_every_clause_has_a_case_or_a_reason_why_a_script_cannot_show_it() -> None:
    judged = {id for case in CASES for id in case.clauses}

    assert {clause.id for clause in clauses()} == judged | NOT_VISIBLE.keys()
    assert judged & NOT_VISIBLE.keys() == set()
    assert (len(judged), len(NOT_VISIBLE)) == (177, 63)


def test_there_are_hundreds_of_cases_and_no_two_of_one_name() -> None:
    names = Counter(case.id for case in CASES)

    assert len(CASES) >= 500
    assert [name for name, number in names.items() if number > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z]+(/[a-zA-Z0-9-]+){1,2}", name.replace("_", "-"))] == []


@pytest.mark.parametrize("profile", Profile)
def test_the_spec_says_what_becomes_of_every_script(profile: Profile) -> None:
    predictions = [predict(case.script, profile) for case in CASES if profile in case.profiles]

    assert len(predictions) >= 480


def test_a_case_judges_by_clauses_that_speak_of_its_profiles() -> None:
    wrong = [(case.id, id) for case in CASES for id in case.clauses if not {*clause(id).profiles} & {*case.profiles}]

    assert wrong == []
    assert [case.id for case in CASES if not case.clauses] == []


def test_every_capability_is_needed_by_some_case_and_every_aspect_is_judged_by_one() -> None:
    judged = {aspect for case in CASES for aspect in case.aspects(ALL)}
    needed_for_it = {capability for aspect in judged for capability in ASPECTS[aspect]}

    assert judged == set(ASPECTS)
    assert needed_for_it | {capability for case in CASES for capability in case.needs} == set(Capability)


def test_every_action_has_its_needs() -> None:
    run = actions.Init("run", {"id": "a", "resume": "auto", "mode": "offline"})

    assert needed((run, actions.SaveFile("run", "a.txt"), actions.Kill()), ["run.tags"]) == {
        Capability.RUN_IDS,
        Capability.RESUME,
        Capability.AUTO_RESUME,
        Capability.OFFLINE,
        Capability.FILES,
        Capability.PROCESSES,
        Capability.STORED_RUNS,
        Capability.TAGS,
    }
    assert needed((actions.Init("one"), actions.Init("two")), ()) == {Capability.REINIT}
    assert needed((actions.Init("one"), actions.Finish("one"), actions.Init("two")), ()) == set()


def test_what_is_not_judged_does_not_count() -> None:
    plain = case("log/x", "LOG-1", (actions.Init("run", {"project": "p"}),), "run.history")
    right = ReferenceTarget()

    def without_notes(script: actions.Script) -> Observation:
        seen = right.run(script, Profile.CURRENT)
        return Observation(tuple(_with(init, mode="elsewhere") for init in seen.inits), seen.runs, seen.actions)

    found = judge(plain, Target("odd", "1", run=without_notes, capabilities=ALL))

    assert found.outcome is Outcome.PASS


def _with(init: InitSeen, **values: object) -> InitSeen:
    return InitSeen(**{**{name: getattr(init, name) for name in InitSeen.__slots__}, **values})


def mocked(script: actions.Script) -> Observation:
    """What an adapter makes of a mock that it asks in good faith."""
    inits = [action.run for action in script if isinstance(action, actions.Init)]
    mock = MagicMock()
    return Observation(
        tuple(
            InitSeen(run, "", "", run, mock.disabled, mock.id, mock.resumed, mock.starting_step, "online", mock.entity,
                     run, (), (None, None), frozenset())
            for run in inits
        ),
        tuple(MagicMock(spec=RunView, history=[], tags=(), files={}, alerts=[], requests=[], client={}) for _ in inits),
    )  # fmt: skip


@pytest.mark.parametrize("profile", Profile)
def test_a_mock_that_is_asked_in_good_faith_passes_nothing(profile: Profile) -> None:
    target = Target("mocked", "1", run=mocked, capabilities=ALL, profile=profile)

    passed = [one.id for one in CASES if profile in one.profiles and judge(one, target).outcome is Outcome.PASS]

    assert passed == []


class Agreeable:
    """Equals everything, as the classic dummy does (DISABLED-3)."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_what_says_that_it_equals_everything_proves_nothing() -> None:
    right = ReferenceTarget()
    start = case("resume/x", "RESUME-10", (actions.Init("run", {"project": "p", "id": "a"}),), "init.resumed")

    def agreeable(script: actions.Script) -> Observation:
        seen = right.run(script, Profile.CURRENT)
        return Observation(tuple(_with(init, resumed=Agreeable()) for init in seen.inits), seen.runs, seen.actions)

    found = judge(start, Target("agreeable", "1", run=agreeable, capabilities=ALL))

    assert found.outcome is Outcome.FAIL
    assert found.differences[0].startswith("init 'run': resumed: expected False, got '<Agreeable object")


def test_a_case_that_the_spec_leaves_open_is_an_error_of_the_suite() -> None:
    wrong = Case("log/x", ("LOG-1",), (actions.Init("run", {"dir": "x"}),), ())

    found = judge(wrong, Target("any", "1", run=partial(ReferenceTarget().run, profile=Profile.CURRENT)))

    assert found.outcome is Outcome.ERROR
    assert found.reason.startswith("the suite is wrong: spec.md leaves open what the script leads to: ")


def test_same_tells_what_differences_tells() -> None:
    expected = predict((actions.Init("run", {"project": "p", "id": "a"}),), "current")
    raised = Observation((_with(expected.inits[0], error="ValueError", wandb_run="other"),), expected.runs)

    assert [(one.aspect, str(one)) for one in differences(expected, raised)] == [
        ("init.raises", "init 'run': error: expected no error, got 'ValueError'"),
        ("init.wandb_run", "init 'run': wandb_run: expected 'run', got 'other'"),
    ]


def test_an_id_that_was_not_seen_is_told_in_words() -> None:
    expected = predict((actions.Init("run", {"project": "p"}),), "current")
    nothing = Observation(expected.inits, ())
    another = Observation((_with(expected.inits[0], run_id="A-B"),), expected.runs)

    assert [str(one) for one in differences(expected, nothing)] == ["runs: expected 1 (a new generated id), got 0 ()"]
    assert "init 'run': run_id: expected a new generated id, got 'A-B'" in map(str, differences(expected, another))
