"""Owns the search for what a mutant does wrong: enumerated cells or programs in shuffled order, or generated programs.

Each stops at the first disagreement. No check here was written for one mutant.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.mutants.mutant import Mutant
from wandb_testkit.actions import Script
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import Profile, to_profile
from wandb_testkit.spec import predict, same
from wandb_testkit.spec.cells import Which, cell_at, is_reachable, size
from wandb_testkit.spec.judgement import disagreements
from wandb_testkit.spec.model import Unspecified
from wandb_testkit.spec.outcome import expected
from wandb_testkit.spec.script_of_cell import script_of
from wandb_testkit.strategies import scripts
from wandb_testkit.verification.programs import PROGRAM_PRODUCTS, program_size, programs

MAX_CELLS = 20_000
ROUNDS = 25
PROGRAMS_A_ROUND = 200
MAX_ACTIONS = 30
"""Longer programs than elsewhere: nobody has to read them, and more happens in each."""


class Noticed(NamedTuple):
    """How many cells or programs it took, and the first line of what differs: "" if the mutant survived them all."""

    number: int
    line: str


def by_cells(target: ModuleType, mutant: Mutant) -> Noticed:
    """Ask the cells of the mutant's profile, in an order that is the mutant's own."""
    reference = target.ReferenceTarget()
    chance = random.Random(mutant.name)
    profile = to_profile(mutant.profile)
    product: Which = "full" if mutant.product == "full" else "quotient"
    whole = size(profile, product)
    asked = 0
    for index in chance.sample(range(whole), min(MAX_CELLS, whole)):
        cell = cell_at(profile, product, index)
        if not is_reachable(cell):
            continue
        asked += 1
        observation = reference.run(script_of(cell, profile), profile)
        lines = disagreements(cell, profile, expected(cell, profile), observation, user=reference.user)
        if lines:
            return Noticed(asked, lines[0])
    return Noticed(asked, "")


def by_enumerated_programs(target: ModuleType, mutant: Mutant) -> Noticed:
    """Ask all programs of the mutant's product, in an order that is the mutant's own."""
    reference = target.ReferenceTarget()
    profile = to_profile(mutant.profile)
    (product,) = (one for one in PROGRAM_PRODUCTS if one == mutant.product)
    whole = program_size(product, profile)
    asked = 0
    for number in random.Random(mutant.name).sample(range(whole), whole):
        for script in programs(product, profile, number, number + 1):
            try:
                predicted = predict(script, profile)
            except Unspecified:
                continue
            asked += 1
            lines = same(predicted, reference.run(script, profile))
            if lines:
                return Noticed(asked, lines[0])
    return Noticed(asked, "")


def by_programs(target: ModuleType, mutant: Mutant) -> Noticed:
    """Ask generated programs of the mutant's profile."""
    reference = target.ReferenceTarget()
    profile = to_profile(mutant.profile)
    asked = 0
    for script, predicted in _programs_of(profile):
        asked += 1
        lines = same(predicted, reference.run(script, profile))
        if lines:
            return Noticed(asked, lines[0])
    return Noticed(asked, "")


class _Programs:
    """Programs of one profile and what the oracle says of them: made once, for all mutants, as many as are needed."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._rounds = 0
        self._known: list[tuple[Script, Observation]] = []

    def __iter__(self) -> Iterator[tuple[Script, Observation]]:
        at = 0
        while True:
            yield from self._known[at:]
            at = len(self._known)
            if self._rounds == ROUNDS:
                return
            self._grow()

    def _grow(self) -> None:
        # Many short rounds: within one, Hypothesis varies what it has found, and sees less that is new.
        profile, known = self._profile, self._known

        @settings(
            max_examples=PROGRAMS_A_ROUND,
            phases=(Phase.generate,),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(scripts(profile=profile, max_actions=MAX_ACTIONS))
        def keep(script: Script) -> None:
            known.append((script, predict(script, profile)))

        seed(self._rounds)(keep)()
        self._rounds += 1


_programs_of = cache(_Programs)
