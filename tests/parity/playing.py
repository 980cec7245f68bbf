"""Runs one script twice: with the drop-in module, and with the real wandb 0.31.0 against the loopback server."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.clients.conftest import QUICK
from tests.parity.comparing import Outcome, outcome, plain
from tests.parity.environment import python
from wandb_testkit.offline_runs import read_offline
from wandb_testkit.world import fake

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "fixtures" / "parity"

TIMEOUT_S = 240
"""A real client takes seconds, on a busy machine many."""

_ERROR = re.compile(r"^[A-Za-z_][\w.]*(Error|Exception|Interrupt|Warning|Exit|CommError|UsageError)\b")


def scripts() -> list[Path]:
    """Every script, in order of their names."""
    return sorted(SCRIPTS.glob("*.py"))


def play_with_dropin(script: Path) -> Outcome:
    """The script with `import wandb` being the drop-in module.

    Raises:
        RuntimeError: The process itself failed, or the fake server refused a record.
    """
    with tempfile.TemporaryDirectory(prefix="wandb-testkit-parity-") as folder:
        told = Path(folder) / "told"
        home = Path(folder) / "home"
        home.mkdir()
        command = ["-m", "tests.parity.dropin_process", str(script), str(told)]
        done = _run(command, home, {"PYTHONPATH": str(ROOT)})
        if not told.exists():
            raise RuntimeError(f"{script.name}: nothing was told by the process of the drop-in:\n{done.stderr}")
        error, runs, refused = pickle.loads(told.read_bytes())
    if refused:
        raise RuntimeError(f"{script.name}: the fake server refused what the drop-in said:\n" + "\n".join(refused))
    return outcome(done.returncode, error, done.stdout, runs)


def play_with_client(script: Path) -> Outcome:
    """The script with the real client.

    Raises:
        RuntimeError: The fake server refused a request.
    """
    with fake(profile="current") as world, tempfile.TemporaryDirectory(prefix="wandb-testkit-parity-") as home:
        done = _run([str(script)], Path(home), {"WANDB_BASE_URL": world.url, "WANDB_API_KEY": world.api_key})
        offline = [read_offline(path) for path in sorted(Path(home).glob("wandb/offline-run-*"))]
        runs = [plain(run) for run in (*world.runs, *offline)]
        refused = [f"{entry.record!r}: {entry.refusal}" for entry in world.recorder.refusals]
    if refused:
        raise RuntimeError(f"{script.name}: the fake server refused what wandb said:\n" + "\n".join(refused))
    return outcome(done.returncode, _raised(done), done.stdout, runs)


def _raised(done: subprocess.CompletedProcess[str]) -> str:
    """The last line of the traceback that ended a process."""
    if "Traceback (most recent call last):" not in done.stderr or not done.returncode:
        return ""
    lines = [line for line in done.stderr.splitlines() if _ERROR.match(line)]
    return lines[-1].strip() if lines else done.stderr.strip().splitlines()[-1]


def _run(command: list[str], home: Path, more: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    environ = {
        **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
        "HOME": str(home),
        "USERPROFILE": str(home),
        "WANDB_CONFIG_DIR": str(home / ".config" / "wandb"),
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        **QUICK,
        **more,
    }
    return subprocess.run(
        [str(python()), "-W", "ignore", *command],
        cwd=home,
        env=environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
        check=False,
    )
