"""Owns the suite's judgement of planted bugs: every mutant as a target, held against the plain suite.

python -m tests.conformance.planted

The last line says how many of the mutants some case fails that names the mutant's clause; exit code 1 if that is less
than nine in ten.
"""

from __future__ import annotations

import re
import sys
from functools import partial
from typing import NamedTuple

from tests.mutants.every import ALL as MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.planting import planted
from wandb_testkit.conformance import CASES, Outcome, Target, run
from wandb_testkit.conformance.capability import ALL
from wandb_testkit.profiles import to_profile

SHARE = 0.9
"""Of the mutants, that the plain suite has to fail by name."""


class Found(NamedTuple):
    """The cases that a mutant fails, and those of them that name its clause."""

    failed: tuple[str, ...]
    named: tuple[str, ...]


def found_by_the_suite(mutant: Mutant) -> Found:
    """Run the plain suite on the reference with the bug in it."""
    profile = to_profile(mutant.profile)
    with planted(mutant) as module:
        carry_out = partial(module.ReferenceTarget().run, profile=profile)
        target = Target(mutant.name, "mutant", run=carry_out, capabilities=ALL, profile=profile)
        report = run(target, in_process=True)
    clauses = {case.id: (*case.clauses, *case.protocol) for case in CASES}
    wanted = re.sub(r"(?<=\d)[a-z]$", "", mutant.clause)  # RESUME-7a is a part of RESUME-7
    failed = tuple(result.case for result in report.results if result.outcome is Outcome.FAIL)
    return Found(failed, tuple(case for case in failed if wanted in clauses[case]))


def main() -> int:
    """Judge every mutant."""
    by_name = 0
    for mutant in MUTANTS:
        found = found_by_the_suite(mutant)
        by_name += bool(found.named)
        told = f"{len(found.failed)} cases, first {(found.named or found.failed)[0]}" if found.failed else "SURVIVED"
        print(f"{mutant.clause} {mutant.profile}: {mutant.name}: {told}{'' if found.named else ' (not by name)'}")
    print(f"{by_name} of {len(MUTANTS)} mutants are failed by a case of the plain suite that names their clause")
    return 0 if by_name >= SHARE * len(MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
