"""The version of the spec follows its rules."""

from __future__ import annotations

import datetime
import hashlib

from wandb_testkit.spec.clauses import clauses
from wandb_testkit.spec.version import RULES, VERSION


def test_the_version_is_the_day_on_which_the_rules_changed() -> None:
    told = "\n".join(f"{clause.id} {' '.join(map(str, clause.profiles))}" for clause in clauses())
    check_sum = hashlib.sha256(told.encode()).hexdigest()[:16]

    assert check_sum == RULES, "a clause was added, retired or moved to another profile: give spec/version.py a new day"
    assert datetime.date.fromisoformat(VERSION).isoformat() == VERSION
