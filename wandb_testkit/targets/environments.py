"""Owns the environments of real clients: made once, in a cache outside of the tree, one for each version.

    python -m wandb_testkit.targets.environments 0.31.0 0.10.33
    python -m wandb_testkit.targets.environments --packages 0.31.0

The first makes those that are named (or "all") beforehand, so that tests that run side by side do not make one twice;
the second tells where the packages of one are, for tests that want a real wandb importable beside the kit.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

CACHE = Path.home() / ".cache" / "wandb_testkit" / "clients"
SUITES = CACHE.with_name("suites")

KIT = ("click>=8.1", "graphql-core>=3.2.4", "packaging>=22", "PyYAML>=6.0", "requests>=2.28", "rich>=13.0")
"""What the kit needs (pyproject.toml), except protobuf, whose version old clients choose."""

SUITE = ("pytest>=8.0", "pytest-xdist>=3.5")

CLIENTS = ("0.10.33", "0.12.21", "0.15.12", "0.17.9", "0.19.11", "0.22.3", "0.28.2", "0.31.0")
"""The versions that the project's own tests run."""

_OLD = ("setuptools<70", "protobuf<4", "ipython<9")
PINS = {"0.10.33": _OLD, "0.12.21": _OLD, "0.15.12": _OLD, "0.17.9": ("setuptools<70",)}
"""What old clients need and do not say (protocol.md section 11)."""


def packages_of(version: str) -> tuple[str, ...]:
    """What the environment of a version holds: the client, and IPython for what notebooks do."""
    return (f"wandb=={version}", "requests", *PINS.get(version, ("ipython",)))


def python_of(version: str) -> Path:
    """The interpreter of the environment of a version; the environment is made, or completed, if that is needed.

    Raises:
        LookupError: No interpreter here runs the version, or it cannot be installed; the message says what failed.
    """
    directory = CACHE / version
    return made(directory, packages_of(version), lambda: _interpreter(version), what=f"wandb {version}")


def suite_python_of(version: str) -> Path:
    """The interpreter of an environment in which pytest runs suites on a real client, beside what the kit needs.

    The kit itself comes from PYTHONPATH.

    Raises:
        LookupError: As python_of().
    """
    packages = (*(package for package in packages_of(version) if not package.startswith("ipython")), *KIT, *SUITE)
    return made(SUITES / version, packages, lambda: _interpreter(version), what=f"pytest beside wandb {version}")


def made(directory: Path, packages: Sequence[str], interpreter: Callable[[], str], *, what: str) -> Path:
    """The interpreter of an environment with these packages; it is made, or completed, if that is needed.

    Args:
        directory: Where it is.
        interpreter: Tells which Python it is made with.
        what: Its name in the message of an error.
    Raises:
        LookupError: The packages cannot be installed; the message says what failed.
    """
    python = directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    finished = directory / ".installed"
    wanted = "\n".join(packages)
    if not finished.exists() or finished.read_text(encoding="utf-8") != wanted:
        if not python.exists():
            shutil.rmtree(directory, ignore_errors=True)
            subprocess.run([interpreter(), "-m", "venv", str(directory)], check=True)
        installing = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        done = subprocess.run(installing, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise LookupError(f"{what} could not be installed:\n{done.stdout.strip()}")
        finished.write_text(wanted, encoding="utf-8")
    return python


def _interpreter(version: str) -> str:
    """An interpreter that the version runs on: the old ones need one that still has distutils."""
    _, minor, _ = platform.python_version_tuple()
    if version not in PINS or int(minor) < 12:
        return sys.executable
    for name in ("python3.11", "python3.10"):
        if found := shutil.which(name):
            return found
    raise LookupError(f"wandb {version} needs Python 3.10 or 3.11, and there is none on the PATH")


def main() -> None:
    """Make the environments that are named, or tell where the packages of one are."""
    named = sys.argv[1:]
    if named[:1] == ["--packages"]:
        ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
        subprocess.run([str(python_of(named[1])), "-c", ask], check=True)
        return
    for version in CLIENTS if named in (["all"], ["ci"]) else named:
        print(python_of(version))


if __name__ == "__main__":
    main()
