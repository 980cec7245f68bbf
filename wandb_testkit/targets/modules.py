"""Owns the modules in the box: trackers and fakes that user code imports in the place of wandb."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from wandb_testkit.conformance.capability import ALL, Capability
from wandb_testkit.conformance.target import Target
from wandb_testkit.profiles import Profile
from wandb_testkit.targets.environments import CACHE, made
from wandb_testkit.targets.module import NOT_SHOWN, module_target
from wandb_testkit.targets.swanlab_log import swanlab_runs

TRACKIO = "0.43.0"
SWANLAB = "0.10.3"

TRACKIO_CLAIMS = (
    *(Capability.CONFIG, Capability.NAMES, Capability.STEPS, Capability.ALERTS, Capability.RESUME),
    *(Capability.REINIT, Capability.PROCESSES, Capability.STORED_RUNS),
)
"""trackio calls itself a drop-in replacement of init(), log() and finish(); it has no ids, summary, tags or states."""

SWANLAB_CLAIMS = (
    *(Capability.RUN_IDS, Capability.CONFIG, Capability.NAMES, Capability.TAGS, Capability.GROUPS, Capability.STEPS),
    *(Capability.REINIT, Capability.DISABLED, Capability.PROCESSES, Capability.STORED_RUNS),
)
"""What the arguments of swanlab's init() and log() have in common with wandb's; offline it resumes nothing."""

HANDMADE_CLAIMS = (
    *(Capability.RUN_IDS, Capability.WANDB_RUN, Capability.CONFIG, Capability.SUMMARY, Capability.STEPS),
    *(Capability.NAMES, Capability.TAGS, Capability.NOTES, Capability.GROUPS, Capability.REINIT, Capability.RESUME),
    *(Capability.PROCESSES, Capability.STATES, Capability.EXIT_CODES, Capability.STORED_RUNS),
)
"""What tests that use such a fake go by."""


def trackio_target(profile: Profile) -> Target:
    """trackio, on this machine: rows go to a database of SQLite."""
    return module_target(
        "trackio",
        capabilities=TRACKIO_CLAIMS,
        runs=trackio_runs,
        environ={"TRACKIO_DIR": "{folder}/trackio", "HF_HUB_OFFLINE": "1"},
        python=_python_with("trackio", TRACKIO),
        profile=profile,
        version=TRACKIO,
        late=True,
    )


def swanlab_target(profile: Profile) -> Target:
    """swanlab in its offline mode: its online one needs an account."""
    return module_target(
        "swanlab",
        capabilities=SWANLAB_CLAIMS,
        runs=swanlab_runs,
        environ={"SWANLAB_MODE": "offline"},
        python=_python_with("swanlab", SWANLAB),
        profile=profile,
        version=SWANLAB,
    )


def mock_target(profile: Profile) -> Target:
    """A MagicMock in the place of wandb, which claims everything that a module can show."""
    return module_target(
        "wandb_testkit.targets.mock_wandb",
        capabilities=ALL - NOT_SHOWN,
        runs=lambda folder: [],
        profile=profile,
        version="1",
        name="mock",
    )


def handmade_target(profile: Profile) -> Target:
    """A fake of some dozen lines, as test suites write them by hand."""
    return module_target(
        "wandb_testkit.targets.handmade_wandb",
        capabilities=HANDMADE_CLAIMS,
        runs=_handmade_runs,
        environ={"HANDMADE_WANDB_DIR": "{folder}/handmade"},
        profile=profile,
        version="1",
        name="handmade",
    )


def _python_with(package: str, version: str) -> Path:
    """The interpreter of an environment that has a package of the index."""
    wanted = f"{package}=={version}"
    return made(CACHE.with_name("modules") / wanted, (wanted,), lambda: sys.executable, what=wanted)


def _handmade_runs(folder: Path) -> list[dict[str, Any]]:
    kept = sorted((folder / "handmade").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    return [json.loads(path.read_text(encoding="utf-8")) for path in kept]


def trackio_runs(folder: Path) -> list[dict[str, Any]]:
    """Every run in trackio's databases below a folder, as the fields of a RunView, in order of their first trace."""
    return [run for path in sorted((folder / "trackio").glob("*.db")) for run in _runs_of_database(path)]


def _runs_of_database(path: Path) -> list[dict[str, Any]]:
    runs: dict[str, dict[str, Any]] = {}
    with closing(sqlite3.connect(path)) as database:
        told = "SELECT run_id, run_name, config FROM configs ORDER BY id"
        for run_id, name, config in database.execute(told):
            own = {key: value for key, value in json.loads(config).items() if not key.startswith("_")}
            runs[run_id] = {
                "id": run_id,
                "project": path.stem,
                "name": name,
                "config": own,
                "history": [],
                "alerts": [],
            }
        for run_id, name, step, row in database.execute(
            "SELECT run_id, run_name, step, metrics FROM metrics ORDER BY id"
        ):
            run = runs.setdefault(
                run_id, {"id": run_id, "project": path.stem, "name": name, "history": [], "alerts": []}
            )
            run["history"].append({"_step": step, **json.loads(row)})
        for run_id, title, text, level in database.execute("SELECT run_id, title, text, level FROM alerts ORDER BY id"):
            if run_id in runs:
                runs[run_id]["alerts"].append({"title": title, "text": text or "", "level": level.upper()})
    return list(runs.values())
