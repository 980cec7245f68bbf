"""Owns the two doors that a framework's script is run through: `pytest --wandb-fake`, and `pytest --wandb-fake=server`.

Both end in plain values of the recorded runs, so that `==` compares what the script did.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "fixtures" / "scripts" / "integrations" / "frameworks"

MODULE = ("--wandb-fake", "--wandb-profile=current")
MODULE_CLASSIC = ("--wandb-fake", "--wandb-profile=classic")
SERVER = ("--wandb-fake=server",)

TEST = """
import pickle
import runpy
import sys
from tests.integrations.plain import plain_runs


def test_the_script(wandb_fake, monkeypatch):
    monkeypatch.setattr(sys, "argv", {argv!r})
    runpy.run_path({script!r}, run_name="__main__")
    import wandb

    wandb.finish()  # as the end of the process would
    with open({result!r}, "wb") as file:
        pickle.dump(plain_runs(wandb_fake.runs), file)
"""

QUIET = {
    "WANDB_SILENT": "true",
    "WANDB_DISABLE_GIT": "true",
    "WANDB_DISABLE_CODE": "true",
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


class ScriptError(AssertionError):
    """A framework's script ended with an error."""


class Played(NamedTuple):
    """What a script left.

    Attributes:
        runs: Plain values.
        is_green: Whether the test passed: the kit makes it fail if rows were dropped or requests refused.
        output: What pytest said.
    """

    runs: list[dict[str, Any]]
    is_green: bool
    output: str


def play(
    door: Sequence[str], home: Path, script: str, arguments: Sequence[str] = (), *, timeout_s: float = 300
) -> Played:
    """Run a script as the only test of a suite, and tell what it left.

    Args:
        door: The options of pytest.
        home: A directory that is not there yet: the suite's, and its user's home.
    Raises:
        ScriptError: The script failed.
    """
    home.mkdir(parents=True)
    result, path = home / "runs.pickle", str(SCRIPTS / script)
    test = home / "test_script.py"
    test.write_text(TEST.format(argv=[path, *arguments], script=path, result=str(result)), encoding="utf-8")
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    homes = {"HOME": str(home), "USERPROFILE": str(home), "TMPDIR": str(home)}
    # The kit is not installed there, so its plugin is named; -c: the configuration of this repository is not theirs.
    plugins = ["-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:wandb_testkit"]
    plugins += ["-p", "wandb_testkit.pytest_plugin", "-c", os.devnull, "--rootdir", str(home)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *door, str(test)],
        cwd=home,
        env={**inherited, **homes, **QUIET, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout_s,
        check=False,
    )
    if not result.exists():
        raise ScriptError(f"{script} with {' '.join(door)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return Played(pickle.loads(result.read_bytes()), done.returncode == 0, done.stdout + done.stderr)
