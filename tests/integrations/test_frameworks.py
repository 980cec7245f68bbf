"""Frameworks with the drop-in `wandb` leave the runs that they leave with the real one: one script, both doors."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.doors import MODULE, MODULE_CLASSIC, SERVER, play
from tests.integrations.frameworks import FRAMEWORKS, Framework
from tests.integrations.plain import differences, unexplained, without_measured

HERE = os.environ.get("WANDB_TESTKIT_INTEGRATIONS", "frameworks")
TRIED = [name for name, framework in FRAMEWORKS.items() if framework.environment == HERE]

pytest.importorskip("torch", reason="make test-integrations installs it")


@pytest.mark.parametrize("name", TRIED)
def test_a_framework_leaves_the_runs_of_the_real_client(
    name: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    framework = FRAMEWORKS[name]
    record_property("framework", name)

    script, arguments, timeout_s = framework.script, framework.arguments, framework.timeout_s
    real = play(SERVER, tmp_path / "server", script, arguments, timeout_s=timeout_s)
    module = MODULE_CLASSIC if framework.environment == "classic" else MODULE
    ours = play(module, tmp_path / "module", script, arguments, timeout_s=timeout_s)

    assert any(run["history"] for run in real.runs)
    found = differences(compared(framework, real.runs), compared(framework, ours.runs))
    record_property("differences", found)
    record_property("extent", extent(real.runs))
    assert unexplained(found, framework.explained) == []
    assert real.is_green is not framework.loses_rows, real.output
    assert ours.is_green is not framework.loses_rows, ours.output


def compared(framework: Framework, runs: list[dict[str, Any]]) -> Any:
    """What of the runs is compared."""
    if framework.in_any_order:
        runs = sorted(runs, key=lambda run: str(run["name"]))
    if framework.by_column:
        runs = [{**run, "history": columns(run["history"])} for run in runs]
    return [without_measured(run, framework.measured) for run in runs]


def columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The values of each key, in order."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        for key, value in row.items():
            if key != "_step":
                found.setdefault(key, []).append(value)
    return found


def extent(runs: list[dict[str, Any]]) -> dict[str, int]:
    """How much was compared."""
    return {
        "runs": len(runs),
        "rows": sum(len(run["history"]) for run in runs),
        "files": sum(len(run["files"]) for run in runs),
        "artifacts": sum(len(run["artifacts"]) for run in runs),
    }
