"""Scripts lead to the same runs with the drop-in module and with the real wandb 0.31.0 (docs/parity.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.conftest import VERSIONS
from tests.parity.comparing import differences
from tests.parity.explained import unexplained
from tests.parity.playing import play_with_client, play_with_dropin, scripts

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
)
"""What every change is tried with; `python -m tests.parity` plays all of them, and writes the table."""

SCRIPTS = [script for script in scripts() if script.stem in CHOSEN] if "0.31.0" in VERSIONS else []


@pytest.mark.needs_client
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_the_drop_in_module_does_what_wandb_does(script: Path) -> None:
    found = differences(play_with_dropin(script), play_with_client(script))

    assert unexplained(script.stem, found) == []
