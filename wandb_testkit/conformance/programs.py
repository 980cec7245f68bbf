"""Owns the judgement of programs: Hypothesis grows them action by action, and shrinks the first that goes wrong.

A program does only what the target claims: arguments and actions that take more are left out.
"""

from __future__ import annotations

import dataclasses
import time
from contextlib import AbstractContextManager
from typing import ClassVar

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from wandb_testkit.actions import Action, Init, Script, StartProcess
from wandb_testkit.conformance.capability import needed
from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.judging import NoObservation, compared, failed, observe, plain_observation, result
from wandb_testkit.conformance.results import CaseResult, Outcome
from wandb_testkit.conformance.target import Target
from wandb_testkit.observation import Observation
from wandb_testkit.ports import OpenScript
from wandb_testkit.profiles import Profile
from wandb_testkit.strategies.lifecycle import RunLifecycle

PROGRAMS_OF_A_CASE = 10
MAX_ACTIONS = 20


class _Differs(AssertionError):
    """A program that the target carries out otherwise."""

    def __init__(self, found: CaseResult) -> None:
        super().__init__(found.case)
        self.found = found


def judge_programs(case: Case, target: Target) -> CaseResult:
    """Let Hypothesis grow the programs of one case; the result is that of the smallest which goes wrong, if any."""
    began = time.perf_counter()
    chosen = settings(
        max_examples=PROGRAMS_OF_A_CASE,
        stateful_step_count=MAX_ACTIONS,
        deadline=None,
        database=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),  # to explain takes 500 more programs, and the report does that
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    machine = _machine(case, target)
    found = result(case, Outcome.PASS)
    try:
        run_state_machine_as_test(seed(case.grown)(machine), settings=chosen)
    except _Differs as differs:
        found = differs.found
    except NoObservation as why:
        found = failed(machine.latest, target, str(why), seconds=0.0)
    except Exception as error:  # what the target's own code raises, and what does not come out the same twice
        found = failed(machine.latest, target, f"the target raised {type(error).__name__}: {error}", seconds=0.0)
    return dataclasses.replace(found, seconds=time.perf_counter() - began)


class _Programs(RunLifecycle):
    """Programs of one case, in which the target does only what it claims.

    Attributes:
        latest: The case with the program that was grown last: when a search has ended, the smallest that goes wrong.
    """

    case: ClassVar[Case]
    judged: ClassVar[Target]
    latest: ClassVar[Case]

    def admitted(self, action: Action) -> Action | None:
        """What of an action the target claims; None if that is nothing."""
        fitting = _without_unclaimed(action, self.judged)
        return fitting if needed((*self.script, fitting), ()) <= self.judged.claimed else None

    def judge(self, observed: Observation) -> None:
        """Hold what the target shows of the program so far against the prediction.

        Raises:
            _Differs: It shows something else.
        """
        found = compared(self.grown(), self.judged, self.prediction.observation(), plain_observation(observed))
        if found.outcome is not Outcome.PASS:
            raise _Differs(found)

    def teardown(self) -> None:
        """The program is complete."""
        type(self).latest = self.grown()
        super().teardown()

    def grown(self) -> Case:
        """The case with the program so far."""
        return dataclasses.replace(self.case, script=tuple(self.script))


def _machine(case: Case, target: Target) -> type[_Programs]:
    made = _Programs.for_target(_player(target), target.known_profile)
    return type(made.__name__, (made,), {"case": case, "judged": target, "latest": case})


def _without_unclaimed(action: Action, target: Target) -> Action:
    """An init() without the arguments, and a process without the surroundings, that take what is not claimed."""
    if isinstance(action, Init):
        kwargs = {
            name: value
            for name, value in action.kwargs.items()
            if needed((dataclasses.replace(action, kwargs={name: value}),), ()) <= target.claimed
        }
        return dataclasses.replace(action, kwargs=kwargs)
    if isinstance(action, StartProcess) and not needed((action,), ()) <= target.claimed:
        return StartProcess(action.name, action.directory)
    return action


class _Player:
    """The target as a state machine sees it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.name = target.name

    def run(self, script: Script, profile: Profile) -> Observation:
        """Carry out a script.

        Raises:
            NoObservation: It came to none.
        """
        return observe(self.target, script)


class _OpenPlayer(_Player):
    """One that can be asked after each action."""

    def open(self, profile: Profile) -> AbstractContextManager[OpenScript]:
        """A fresh world."""
        assert self.target.open is not None
        return self.target.open()


def _player(target: Target) -> _Player:
    return _Player(target) if target.open is None else _OpenPlayer(target)
