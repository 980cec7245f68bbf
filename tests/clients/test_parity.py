"""Scripts lead to the same runs with the drop-in module and with the real wandb (docs/parity.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.conftest import VERSIONS
from tests.parity.comparing import differences
from tests.parity.explained import unexplained
from tests.parity.playing import play_with_client, play_with_dropin
from tests.parity.subjects import PARITY_CLASSIC, PARITY_CURRENT, Subject

CHOSEN = (
    "alerts",
    "basic",
    "console",
    "define_metric",
    "fork",
    "nested_values",
    "never_finished",
    "reinit",
    "step_and_commit",
    "threads",
    "artifact_relatives",
    "artifact_versions",
)
"""What every change is tried with; `python -m tests.parity` plays all of them, and writes the table."""

CHOSEN_CLASSIC = ("artifacts", "basic", "media")
"""The same of 0.10.33, which takes longer."""

CASES = [
    (subject, script)
    for subject, chosen in ((PARITY_CURRENT, CHOSEN), (PARITY_CLASSIC, CHOSEN_CLASSIC))
    for script in subject.scripts()
    if script.stem in chosen and subject.version in VERSIONS
]


@pytest.mark.needs_client
@pytest.mark.parametrize(
    ("subject", "script"), CASES, ids=[f"{subject.version}-{script.stem}" for subject, script in CASES]
)
def test_the_drop_in_module_does_what_wandb_does(subject: Subject, script: Path) -> None:
    found = differences(play_with_dropin(script, subject), play_with_client(script, subject))

    assert unexplained(subject.explained.get(script.stem, {}), found) == []
