"""The conformance suite: what an implementation of wandb.init() claims, held against the spec clause by clause.

from wandb_testkit.conformance import Capability, Target, run
target = Target("mylib", version="1.2.3", run=carry_out, capabilities=[Capability.RESUME])
report = run(target)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wandb_testkit.conformance.capability import Capability
from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.cases import CASES
from wandb_testkit.conformance.judging import told_differences
from wandb_testkit.conformance.known import KnownFailure, read_known_failures
from wandb_testkit.conformance.results import CaseResult, Outcome, Report, merge
from wandb_testkit.conformance.running import run
from wandb_testkit.conformance.stored import read_report, write_report
from wandb_testkit.conformance.target import Target, WrongTargetError, load
from wandb_testkit.conformance.verdict import judge

__all__ = [
    "CASES",
    "Capability",
    "Case",
    "CaseResult",
    "KnownFailure",
    "Outcome",
    "Report",
    "Target",
    "WrongTargetError",
    "judge",
    "load",
    "merge",
    "read_known_failures",
    "read_report",
    "run",
    "suite",
    "told_differences",
    "write_report",
]

if TYPE_CHECKING:
    from wandb_testkit.conformance.items import suite


def __getattr__(name: str) -> Any:
    """`suite` loads pytest, so it is loaded when it is asked for."""
    if name == "suite":
        from wandb_testkit.conformance.items import suite

        globals()[name] = suite
        return suite
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
