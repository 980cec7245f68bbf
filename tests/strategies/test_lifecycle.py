"""RunLifecycle: quiet about an implementation that is right, and readable about one that is not."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.mutants.planting import planted
from tests.mutants.script_mutants import SCRIPT_MUTANTS
from tests.pages import blocks, not_printed, text_of
from wandb_testkit.actions import Script
from wandb_testkit.observation import Observation, RunState
from wandb_testkit.ports import Target
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.strategies import RunLifecycle
from wandb_testkit.targets.reference import Playing, ReferenceTarget

# Without the phase that explains a failure: it traces every line, and takes minutes.
PHASES = (Phase.generate, Phase.shrink)
FEW = settings(max_examples=60, stateful_step_count=8, derandomize=True, deadline=None, phases=PHASES)


class WholeScripts:
    """A target that only runs whole scripts."""

    def __init__(self, inner: Target) -> None:
        self.inner = inner
        self.name = "whole scripts"
        self.asked = 0

    def run(self, script: Script, profile: Profile) -> Observation:
        self.asked += 1
        return self.inner.run(script, profile)


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_the_reference_implementation_passes_step_by_step(profile: Profile) -> None:
    run_state_machine_as_test(RunLifecycle.for_target(ReferenceTarget(), profile), settings=FEW)


def test_a_target_that_runs_whole_scripts_is_asked_once_a_script() -> None:
    target = WholeScripts(ReferenceTarget())

    run_state_machine_as_test(RunLifecycle.for_target(target, "current"), settings=FEW)

    assert 0 < target.asked <= 2 * FEW.max_examples


@pytest.mark.parametrize("transport", ["responses", "loopback"])
def test_the_reference_implementation_passes_over_http_too(transport: str) -> None:
    machine = RunLifecycle.for_target(ReferenceTarget(transport), "current")

    run_state_machine_as_test(machine, settings=settings(FEW, max_examples=15))


class Counted(ReferenceTarget):
    """Knows how many worlds are open."""

    opened = closed = 0

    @contextmanager
    def open(self, profile: Profile) -> Iterator[Playing]:
        self.opened += 1
        with super().open(profile) as playing:
            yield playing
        self.closed += 1


def test_every_world_that_is_opened_is_closed() -> None:
    target = Counted()

    run_state_machine_as_test(RunLifecycle.for_target(target), settings=settings(FEW, max_examples=10))

    assert target.opened == target.closed > 0


class Forgetful:
    """A backend of somebody else that only runs whole scripts, and forgets how runs ended."""

    name = "my backend"

    def run(self, script: Script, profile: Profile) -> Observation:
        seen = ReferenceTarget().run(script, profile)
        ended = (RunState.FAILED, RunState.FINISHED)
        runs = [
            dataclasses.replace(run, state=RunState.FINISHED, exit_code=0) if run.state in ended else run
            for run in seen.runs
        ]
        return dataclasses.replace(seen, runs=tuple(runs))


def test_a_backend_of_somebody_else_is_judged_and_its_fault_is_told() -> None:
    with pytest.raises(AssertionError) as failure:
        run_state_machine_as_test(
            RunLifecycle.for_target(Forgetful(), "classic"), settings=settings(FEW, max_examples=300)
        )

    told = str(failure.value)
    (page,) = blocks(text_of("strategies.md"), "text")
    first, _, rest = page.partition("\n")  # the program between them is whatever Hypothesis came upon
    assert told.startswith(f"{first}\n  r1 = wandb.init(")
    assert not_printed(f"```text\nwhat differs:\n{rest.partition('what differs:')[2].strip()}\n```", told) == []
    assert "exit_code: expected 1, got 0" in told


@pytest.mark.parametrize("is_open", [True, False], ids=["step by step", "whole scripts"])
def test_a_bug_is_told_as_a_program_with_what_differs_and_the_clauses(is_open: bool) -> None:
    mutant = next(mutant for mutant in SCRIPT_MUTANTS if mutant.name == "a failed run is finished")
    with planted(mutant) as module:
        target = module.ReferenceTarget()
        machine = RunLifecycle.for_target(target if is_open else WholeScripts(target), mutant.profile)
        with pytest.raises(AssertionError) as failure:
            run_state_machine_as_test(machine, settings=settings(FEW, max_examples=500))

    told = str(failure.value)
    assert "  r1 = wandb.init(" in told
    assert "state: expected <RunState.FAILED: 'failed'>, got <RunState.FINISHED: 'finished'>" in told
    assert "to see it again:" in told


def test_the_machine_is_collected_in_three_lines(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from wandb_testkit.strategies import RunLifecycle
        from wandb_testkit.targets.reference import ReferenceTarget
        TestLifecycle = RunLifecycle.for_target(ReferenceTarget(), profile="current").TestCase
        TestLifecycle.settings = __import__("hypothesis").settings(max_examples=5, database=None, deadline=None)
        """
    )

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_importing_the_kit_does_not_import_hypothesis() -> None:
    program = "import sys, wandb_testkit.spec; print('hypothesis' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
