"""Owns what `--deep` adds: every pair of words of the decision tables, and programs that grow action by action."""

from __future__ import annotations

import time
from collections.abc import Iterator

from wandb_testkit.actions import Script
from wandb_testkit.conformance.case import ALL_ASPECTS, Case
from wandb_testkit.conformance.results import CaseResult, Outcome
from wandb_testkit.conformance.target import Target
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import Profile
from wandb_testkit.spec.clauses import clause
from wandb_testkit.spec.covering import covering_cells
from wandb_testkit.spec.outcome import explain
from wandb_testkit.spec.script_of_cell import script_of

CHAPTER = "deep"
PROGRAMS = Case(f"{CHAPTER}/programs", ("INIT-1",), (), ALL_ASPECTS)
"""Judged by a state machine and not by a script of its own."""

MACHINE_RUNS = 100
MACHINE_ACTIONS = 20


def deep_cases(profile: Profile) -> Iterator[Case]:
    """A covering array of strength 2 as cases that judge everything, and the programs."""
    for number, cell in enumerate(covering_cells(profile, 2)):
        rules = dict.fromkeys(_known(rule.id) for rule in explain(cell, profile))
        clauses = tuple(id for id in rules if id) or ("C.5",)
        yield Case(f"{CHAPTER}/pairs-{number:02}", clauses, script_of(cell, profile), ALL_ASPECTS, (profile,))
    yield PROGRAMS


def judge_programs(case: Case, target: Target) -> CaseResult:
    """Let Hypothesis grow programs, and shrink the first that the target carries out otherwise."""
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    from wandb_testkit.strategies.lifecycle import RunLifecycle

    began = time.perf_counter()
    player = _OpenPlayer(target) if target.open is not None else _Player(target)
    machine = RunLifecycle.for_target(player, target.known_profile)
    chosen = settings(
        max_examples=MACHINE_RUNS,
        stateful_step_count=MACHINE_ACTIONS,
        deadline=None,
        database=None,
        derandomize=True,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    outcome, told = Outcome.PASS, ""
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except AssertionError as error:
        outcome, told = Outcome.FAIL, str(error)
    except Exception as error:  # what the target's own code raises
        outcome, told = Outcome.FAIL, f"the target raised {type(error).__name__}: {error}"
    return CaseResult(
        case.id,
        case.chapter,
        case.clauses,
        outcome,
        expected="what the spec predicts" if told else "",
        got=told,
        differences=tuple(told.splitlines()),
        seconds=time.perf_counter() - began,
    )


def _known(rule: str) -> str:
    """The clause that a rule of a table carries out: its own number, or "" for a rule of a table that has none."""
    try:
        return clause(rule).id
    except LookupError:
        return ""


class _Player:
    """The target as a state machine sees it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.name = target.name

    def run(self, script: Script, profile: Profile) -> Observation:
        """Carry out a script."""
        observed: Observation = self.target.carry_out(script)
        return observed


class _OpenPlayer(_Player):
    """One that can be asked after each action."""

    def open(self, profile: Profile) -> object:
        """A fresh world."""
        assert self.target.open is not None
        return self.target.open()
