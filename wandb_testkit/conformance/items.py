"""Owns the suite as pytest tests: each case an item, for `pytest --pyargs` and for the test file of a backend.

from wandb_testkit.conformance import suite
test_conformance = suite("my_backend.conformance:target", known="known-failures.txt")
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from os import PathLike

import pytest

from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.deep import cases_of, check_can_grow, nameable_cases
from wandb_testkit.conformance.known import KnownFailure, check_known, read_known_failures, with_known
from wandb_testkit.conformance.results import CaseResult, Outcome
from wandb_testkit.conformance.running import Judge, judge_of
from wandb_testkit.conformance.target import Target, WrongTargetError, load
from wandb_testkit.conformance.terminal import told_whole

_JUDGES = pytest.StashKey[dict[str, Judge]]()

RESULT = "wandb_testkit_conformance"
"""Under this name an item's user_properties have its outcome, for whoever reads a pytest report."""


def suite(
    target: Target | str, *, known: str | PathLike[str] | Sequence[KnownFailure] = (), deep: bool = False
) -> Callable[[Case, pytest.FixtureRequest], None]:
    """A test with an item for every case of the target's profile; assign it to a name that begins with test_.

    Args:
        target: A Target, or what load() takes.
        known: The file of its known failures, or the entries themselves.
        deep: Also what takes longer, an item each: covering arrays of the decision tables, and programs that grow.
    Raises:
        WrongTargetError: There is no such target.
        ValueError: A known failure has no reason, or speaks of no case.
    """
    judged = load(target) if isinstance(target, str) else target
    entries = read_known_failures(known) if isinstance(known, (str, PathLike)) else tuple(known)
    cases = cases_for(judged, entries, deep=deep)

    @pytest.mark.parametrize("case", cases, ids=[case.id for case in cases])
    def test_the_target_does_what_the_clauses_say(case: Case, request: pytest.FixtureRequest) -> None:
        __tracebackhide__ = True
        run_item(judged, case, entries, request)

    return test_the_target_does_what_the_clauses_say


def cases_for(target: Target, known: Sequence[KnownFailure], *, deep: bool = False) -> list[Case]:
    """The cases of a target's profile.

    Raises:
        ValueError: A known failure speaks of no case, or `deep` lacks Hypothesis.
    """
    if deep:
        check_can_grow()
    check_known(known, nameable_cases(target.known_profile, (entry.pattern for entry in known)))
    return cases_of(target.known_profile, deep=deep)


def run_item(target: Target, case: Case, known: Sequence[KnownFailure], request: pytest.FixtureRequest) -> None:
    """Judge a case, and let the item pass, skip, fail as foretold or fail.

    All items of a target in one pytest process share the process that the target runs in.
    """
    __tracebackhide__ = True
    try:
        found = with_known(_judge(target, known, request.config)(case), known)
    except WrongTargetError as error:
        pytest.fail(str(error), pytrace=False)
    request.node.user_properties.append((RESULT, str(found.outcome)))
    _let(found, target)


def _judge(target: Target, known: Sequence[KnownFailure], config: pytest.Config) -> Judge:
    judges = config.stash.setdefault(_JUDGES, {})
    name = f"{target.name} {target.known_profile}"
    if name not in judges:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        judges[name] = stack.enter_context(judge_of(target, known=known))
    return judges[name]


def _let(found: CaseResult, target: Target) -> None:
    __tracebackhide__ = True
    if found.outcome is Outcome.SKIP:
        pytest.skip(found.reason)
    if found.outcome is Outcome.KNOWN:
        pytest.xfail(found.reason)
    if found.outcome is not Outcome.PASS:
        pytest.fail("\n".join((f"{target.name} {target.version}:", *told_whole(found))), pytrace=False)
