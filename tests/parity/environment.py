"""Owns the environments of the parity scripts: a real wandb and the libraries whose values it encodes, made once.

    python -m tests.parity.environment

makes those that are not there, and tells where their interpreters are. Both sides of a comparison run in one: with the
drop-in module the kit is found in the tree that the command is run in.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.parity.subjects import SUBJECTS, Subject

CACHE = Path.home() / ".cache" / "wandb_testkit" / "parity"


def python(subject: Subject) -> Path:
    """The interpreter of an environment, which is made if it is not there; other packages are another environment.

    Raises:
        LookupError: The packages cannot be installed.
    """
    mark = hashlib.sha256(repr((subject.packages, sys.version_info[:2])).encode()).hexdigest()[:12]
    directory = CACHE / mark
    interpreter = directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    finished = directory / ".installed"
    if not finished.exists():
        shutil.rmtree(directory, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
        installing = [
            str(interpreter),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            *subject.packages,
        ]
        if subprocess.run(installing, check=False).returncode:
            raise LookupError("the packages of the parity scripts cannot be installed; see what pip says above")
        finished.touch()
    return interpreter


if __name__ == "__main__":
    for one in SUBJECTS:
        print(python(one))
