"""Owns the environment of the parity scripts: wandb 0.31.0 and the libraries whose values it encodes, made once.

    python -m tests.parity.environment

makes it if it is not there, and tells where its interpreter is. Both sides of a comparison run in it: with the drop-in
module the kit is found in the tree that the command is run in.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path.home() / ".cache" / "wandb_testkit" / "parity"

PACKAGES = (
    "wandb==0.31.0",
    "matplotlib>=3.8",
    "moviepy>=1.0",
    "numpy>=1.24",
    "pandas>=2.0",
    "pillow>=10.0",
    "plotly>=5.0",
    "scikit-learn>=1.3",
    "soundfile>=0.12",
    "sweeps>=0.2,!=0.3.0",
    # What the kit itself needs, besides what wandb brings along.
    "graphql-core>=3.2.4",
    "PyYAML>=6.0",
    "requests>=2.28",
)


def python() -> Path:
    """The interpreter of the environment, which is made if it is not there; other packages are another environment.

    Raises:
        LookupError: The packages cannot be installed.
    """
    mark = hashlib.sha256(repr((PACKAGES, sys.version_info[:2])).encode()).hexdigest()[:12]
    directory = CACHE / mark
    interpreter = directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    finished = directory / ".installed"
    if not finished.exists():
        shutil.rmtree(directory, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
        installing = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        if subprocess.run(installing, check=False).returncode:
            raise LookupError("the packages of the parity scripts cannot be installed; see what pip says above")
        finished.touch()
    return interpreter


if __name__ == "__main__":
    print(python())
