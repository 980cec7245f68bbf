"""Owns the script of a failure: a few lines of Python that show it again."""

from __future__ import annotations

import sys

from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.target import Target
from wandb_testkit.spec.clauses import clause
from wandb_testkit.spec.program import program


def reproduction(case: Case, target: Target) -> str:
    """A program that prints where the target differs: the case as a user's program in comments, and how to run it."""
    if case.grown and not case.script:  # the target took its process with it, and the program that did it
        return _grown_again(case, target)
    names = ", ".join(sorted({type(action).__name__ for action in case.script}))
    judged = sorted(case.aspects(target.claimed))
    return "\n".join(
        [
            f"# {case.id}",
            *(f"# {id}: {clause(id).sentence}" for id in case.clauses),
            *(f"#     {line}" for line in program(case.script).splitlines()),
            f"from wandb_testkit.actions import {names}",
            f"from wandb_testkit.conformance import {'load, ' if _reference(target) else ''}told_differences",
            *_target_lines(target),
            "script = (",
            *(f"    {action!r}," for action in case.script),
            ")",
            f"print(*told_differences(target, script, {judged!r}), sep='\\n')",
            "",
        ]
    )


def _grown_again(case: Case, target: Target) -> str:
    return "\n".join(
        [
            f"# {case.id}",
            f"from wandb_testkit.conformance import judge{', load' if _reference(target) else ''}",
            "from wandb_testkit.conformance.deep import deep_cases",
            *_target_lines(target),
            f"(case,) = (case for case in deep_cases(target.known_profile) if case.id == {case.id!r})",
            "print(judge(case, target))",
            "",
        ]
    )


def _target_lines(target: Target) -> tuple[str, ...]:
    reference = _reference(target)
    if reference:
        return (f"target = load({reference!r}, {str(target.known_profile)!r})",)
    return (f"target = ...  # the wandb_testkit.conformance.Target called {target.name!r}",)


def _reference(target: Target) -> str:
    """How load() finds the target: as it was asked for, or by the module that has it."""
    if target.reference:
        return target.reference
    for name, module in list(sys.modules.items()):
        if name == "__main__" or module is None:
            continue
        for attribute, value in list(vars(module).items()):
            if value is target:
                return f"{name}:{attribute}"
    return ""
