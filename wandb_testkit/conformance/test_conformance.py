"""Each case an item, for the target that --wandb-target names: `pytest --pyargs wandb_testkit.conformance`."""

from __future__ import annotations

import pytest

from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.items import cases_for, run_item
from wandb_testkit.conformance.known import KnownFailure, read_known_failures
from wandb_testkit.conformance.target import Target, load

_JUDGED = pytest.StashKey[tuple[Target, tuple[KnownFailure, ...]]]()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each case of the target's profile an item."""
    target, known = _judged(metafunc.config)
    try:
        cases = cases_for(target, known, deep=metafunc.config.getoption("--wandb-deep"))
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    metafunc.parametrize("case", cases, ids=lambda case: case.id)


def test_the_target_does_what_the_clauses_say(case: Case, request: pytest.FixtureRequest) -> None:
    """Everything that the case judges, as the spec predicts it."""
    __tracebackhide__ = True
    target, known = _judged(request.config)
    run_item(target, case, known, request)


def _judged(config: pytest.Config) -> tuple[Target, tuple[KnownFailure, ...]]:
    """The target that was asked for, and its known failures."""
    if _JUDGED not in config.stash:
        reference = config.getoption("--wandb-target")
        if not reference:
            raise pytest.UsageError(
                "which target? Write --wandb-target=TARGET: reference, wandb==0.31.0, trackio, the URL of a server, "
                "wandb==0.31.0@URL for such a server as that client meets it, or MODULE:NAME for a "
                "wandb_testkit.conformance.Target of your own"
            )
        path = config.getoption("--wandb-known")
        try:
            known = () if path is None else read_known_failures(path)
            config.stash[_JUDGED] = load(reference, config.getoption("--wandb-profile")), known
        except (ValueError, OSError) as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[_JUDGED]
