"""The suite judges itself: a planted bug is failed by a case that names its clause (all of them: `make mutants`)."""

from __future__ import annotations

import pytest

from tests.conformance.planted import found_by_the_suite
from tests.mutants.every import ALL
from tests.mutants.mutant import Mutant

SAMPLE = ALL[::14]
"""Always the same ones, from every part of the list."""


@pytest.mark.parametrize("mutant", SAMPLE, ids=lambda mutant: mutant.name)
def test_a_planted_bug_is_failed_by_a_case_that_names_its_clause(mutant: Mutant) -> None:
    assert found_by_the_suite(mutant).named
