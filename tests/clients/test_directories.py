"""What real clients put on disk and into the logger, beside what the kit's own does with the same script."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from tests.clients.conftest import SCRIPTS, Client

pytestmark = pytest.mark.needs_client

OURS = """
import runpy, sys
import wandb_testkit as wt
with wt.install(profile=sys.argv[1]):
    runpy.run_path(sys.argv[2], run_name="__main__")
"""


def told_by_ours(profile: str, script: str, directory: Path) -> dict[str, Any]:
    """The RESULT of a script that meets the drop-in module, in a directory that is named."""
    directory.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", OURS, profile, str(SCRIPTS / script)],
        cwd=directory,
        env={
            **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
            "HOME": str(directory),
            "PYTHONPATH": str(Path(wt.__file__).parents[1]),
            "WANDB_DIR": str(directory),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.partition("RESULT ")[2])
    return told


def test_directories_links_and_log_are_those_of_the_real_client(client: Client, tmp_path: Path) -> None:
    """LOGSETUP-3, LOGSETUP-4, LOGSETUP-5, LOGSETUP-6, LOGSETUP-7, LOGSETUP-8"""
    if client.version not in ("0.10.33", "0.31.0"):
        pytest.skip(f"{client.version} is neither profile's version")
    played = client.play("directories.py")

    ours = told_by_ours("classic" if client.version == "0.10.33" else "current", "directories.py", tmp_path / "ours")

    assert played.exit_code == 0, played.output
    assert ours == played.told
