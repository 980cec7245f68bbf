"""Reports made by hand: no target is run."""

from __future__ import annotations

import random
from collections.abc import Sequence

from wandb_testkit.conformance.results import CaseResult, Outcome, Report
from wandb_testkit.profiles import CURRENT, Profile
from wandb_testkit.spec.clauses import clauses
from wandb_testkit.spec.version import VERSION


def result(case: str, outcome: Outcome = Outcome.PASS, *clause_ids: str, **more: object) -> CaseResult:
    """The result of one case; its chapter is the first part of its id."""
    told = {"clauses": clause_ids or ("RESUME-4",), "seconds": 0.5, **more}
    return CaseResult(case, case.partition("/")[0], outcome=outcome, **told)  # type: ignore[arg-type]


def report(*results: CaseResult, target: str = "jsonl", version: str = "1.2", profile: Profile = CURRENT) -> Report:
    """A report with these results."""
    return Report(
        target=target,
        target_version=version,
        profile=profile,
        capabilities=("resume", "stored_runs"),
        spec=VERSION,
        results=results,
        suite="0.1.0",
        python="3.11.4",
        date="2026-11-26",
        seconds=2.0,
    )


def drawn(target: str, version: str, profile: Profile, weights: Sequence[int], seed: int = 0) -> Report:
    """A report with two cases for each clause of a profile, whose outcomes are drawn.

    Args:
        weights: Of PASS, FAIL, ERROR, SKIP, KNOWN, UNEXPECTED_PASS, NOT_RUN.
    """
    dice = random.Random(f"{target} {version} {profile} {seed}")
    found = []
    for clause in clauses():
        if profile not in clause.profiles:
            continue
        for name in ("alone", "again"):
            (outcome,) = dice.choices(list(Outcome), weights)
            case = f"{clause.chapter.split()[0].strip(':,').lower()}/{clause.id.lower()}-{name}"
            more: dict[str, object] = {"seconds": dice.random()}
            if outcome in (Outcome.FAIL, Outcome.KNOWN):
                more |= {
                    "expected": f"init('a') raises UsageError, as {clause.id} says",
                    "got": "a run with id 'a', state running",
                    "differences": ("init 'a': error: expected 'UsageError', got ''",),
                    "crossed": ("> RunRecord testkit-user/p/a", "< accepted"),
                    "script": "import wandb\n\nrun = wandb.init(id='a', resume='must')\nassert run is None\n",
                }
            if outcome not in (Outcome.PASS, Outcome.FAIL):
                more |= {"reason": f"{target} has no {clause.chapter}"}
            found.append(result(case, outcome, clause.id, **more))
    return report(*found, target=target, version=version, profile=profile)
