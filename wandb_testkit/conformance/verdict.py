"""Owns who judges a case: a script is played and compared, programs are grown."""

from __future__ import annotations

from wandb_testkit.conformance import judging
from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.results import CaseResult
from wandb_testkit.conformance.target import Target


def judge(case: Case, target: Target, tries: int | None = None) -> CaseResult:
    """Run a case on a target, in this process, and compare what it judges with what the spec predicts.

    Args:
        tries: How often a script that fails is tried; None means as often as the target says.
    """
    if case.grown:
        from wandb_testkit.conformance.programs import judge_programs  # Hypothesis is for who asks for it

        return judge_programs(case, target)
    return judging.judge(case, target, tries)
