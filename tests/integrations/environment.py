"""Owns the environment of the integrations' tests: real torch, writers, gymnasium and wandb, made once in a cache.

    python -m tests.integrations.environment

makes it if it is not there, and tells where its interpreter is. The kit itself is not installed in it, because several
working trees may share it: its tests import the kit from the tree they are run in.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path.home() / ".cache" / "wandb_testkit" / "integrations"

TORCH = ("torch==2.13.0", "torch>=2.2")
"""The one that the figures were made with, and what else will do where that cannot be had."""

PACKAGES = (
    "click>=8.1",
    "graphql-core>=3.2.4",
    "gymnasium==0.29.1",  # the last that monitor_gym of wandb 0.31.0 works with; `make test` has a newer one
    "moviepy>=1.0",
    "numpy>=1.24",
    "packaging>=22",
    "protobuf>=3.20",
    "hypothesis>=6.100",
    "pytest-randomly>=3.15",
    "pytest-xdist>=3.5",
    "pytest>=8.0",
    "PyYAML>=6.0",
    "requests>=2.28",
    "rich>=13.0",
    "tensorboard>=2.12",
    "tensorboardX>=2.6",
    "wandb==0.31.0",
)


def python() -> Path:
    """The interpreter of the environment, which is made if it is not there; other packages are another environment."""
    mark = hashlib.sha256(repr((TORCH, PACKAGES, sys.version_info[:2])).encode()).hexdigest()[:12]
    directory = CACHE / mark
    bin_directory = directory / ("Scripts" if os.name == "nt" else "bin")
    interpreter = bin_directory / ("python.exe" if os.name == "nt" else "python")
    finished = directory / ".installed"
    if not finished.exists():
        shutil.rmtree(directory, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
        for torch in TORCH:
            if _install(interpreter, torch):
                break
        else:
            raise LookupError(f"none of {', '.join(TORCH)} can be installed; see what pip says above")
        if not _install(interpreter, *PACKAGES):
            raise LookupError("the packages of the environment cannot be installed; see what pip says above")
        finished.touch()
    return interpreter


def _install(interpreter: Path, *packages: str) -> bool:
    command = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    print(python())
