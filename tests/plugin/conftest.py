"""The suites that the plugin's tests run are written to disk and run as a user would."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

OTHER_PLUGINS = ("hypothesispytest", "randomly", "time_machine")
"""Plugins of this environment that a suite would load at every start, and has to name if it wants them."""


@pytest.fixture(autouse=True)
def _a_plain_environment(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """What surrounds this repository's own test run is not handed on to the suites."""
    for name in [name for name in os.environ if name.startswith(("WANDB_", "PYTEST_XDIST"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{plugin}" for plugin in OTHER_PLUGINS))


@pytest.fixture
def install_real_wandb(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make a distribution "wandb" of some version importable, whose module says that it is the real one."""

    def install(version: str) -> Path:
        site = pytester.mkdir("site")
        package = site / "wandb"
        package.mkdir()
        (package / "__init__.py").write_text(f"REAL = True\n__version__ = {version!r}\n")
        metadata = site / f"wandb-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: wandb\nVersion: {version}\n")
        (metadata / "top_level.txt").write_text("wandb\n")
        (metadata / "RECORD").write_text("wandb/__init__.py,,\n")
        before = os.environ.get("PYTHONPATH")
        monkeypatch.setenv("PYTHONPATH", f"{site}{os.pathsep}{before}" if before else str(site))
        return site

    return install
