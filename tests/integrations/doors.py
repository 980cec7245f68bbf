"""Owns the two doors that a framework's script is run through: the drop-in module, and the real client with a server.

Both end in plain values of the recorded runs, so that `==` compares what the script did; made-up names and times are
taken out of them.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.clients.conftest import QUICK
from wandb_testkit.profiles import CURRENT
from wandb_testkit.world import fake

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "fixtures" / "scripts" / "integrations" / "frameworks"

UNDER_THE_KIT = """
import pickle, runpy, sys
import wandb_testkit as wt
from tests.integrations.plain import plain_runs

target, *sys.argv = sys.argv[1:]
with wt.install(profile="current") as world:
    runpy.run_path(sys.argv[0], run_name="__main__")
with open(target, "wb") as file:
    pickle.dump((plain_runs(world.runs), [str(refusal) for refusal in world.recorder.refusals]), file)
"""

QUIET = {
    **QUICK,
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
}
"""One thread each, so that sums are the same sums; nothing that is fetched, nothing that is told."""

TIMEOUT_S = 300


class ScriptError(AssertionError):
    """A framework's script ended with an error."""


def by_module(home: Path, script: str, arguments: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Run a script with the drop-in `wandb`, and tell what it left."""
    result = home / "runs.pickle"
    home.mkdir(parents=True)
    command = ["-c", UNDER_THE_KIT, str(result), str(SCRIPTS / script), *arguments]
    _run(home, command, {"PYTHONPATH": str(ROOT)})
    runs, refusals = pickle.loads(result.read_bytes())
    assert not refusals, refusals
    return list(runs)


def by_server(home: Path, script: str, arguments: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Run a script with the real wandb of this interpreter against the fake server, and tell what it left."""
    from tests.integrations.plain import plain_runs

    home.mkdir(parents=True)
    with fake(profile=CURRENT) as world:
        _run(home, [str(SCRIPTS / script), *arguments], {"WANDB_BASE_URL": world.url, "WANDB_API_KEY": world.api_key})
        assert not world.recorder.refusals, world.recorder.refusals
        return plain_runs(world.runs)


def _run(home: Path, command: Sequence[str], env: Mapping[str, str]) -> None:
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=home,
        env={**inherited, "HOME": str(home), "USERPROFILE": str(home), "TMPDIR": str(home), **QUIET, **env},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise ScriptError(f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
