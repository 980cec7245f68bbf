"""Owns the search for the smallest program that shows a planted bug."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, find, settings

from tests.mutants.mutant import Mutant
from tests.mutants.planting import planted
from wandb_testkit.actions import Script
from wandb_testkit.profiles import Profile
from wandb_testkit.spec import predict, same
from wandb_testkit.spec.model import Unspecified
from wandb_testkit.strategies import scripts

PLANTED = (
    "tags of a resumption are added to the old ones",
    "a run that ends well removes only a resume file that names it",
    "an id is unique on the whole server",
)
"""Bugs that take several actions to show."""

SEARCH = settings(
    max_examples=2_000,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def smallest(mutant: Mutant) -> Script:
    """The smallest program that Hypothesis finds, without the actions that it can do without."""
    profile = Profile(mutant.profile)
    with planted(mutant) as target:
        reference = target.ReferenceTarget()

        def differs(script: Script) -> bool:
            return bool(same(predict(script, profile), reference.run(script, profile)))

        return _without_what_is_not_needed(find(scripts(profile=profile), differs, settings=SEARCH), differs)


def _without_what_is_not_needed(script: Script, shows: Callable[[Script], bool]) -> Script:
    """What comes next in a generated program depends on what came before: Hypothesis cannot take out every action."""
    for at in range(len(script)):
        shorter = script[:at] + script[at + 1 :]
        try:
            if shows(shorter):
                return _without_what_is_not_needed(shorter, shows)
        except Unspecified:
            continue
    return script
