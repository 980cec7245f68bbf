"""What the tests of the drop-in share: an installation of each profile, fresh interpreters, a wandb to be replaced."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import Profile
from wandb_testkit.world import World, fake

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(profile: Profile) -> Iterator[World]:
    with fake(profile=profile) as world:
        yield world


@pytest.fixture
def wandb(profile: Profile, world: World) -> Iterator[Any]:
    """What `import wandb` gives while the drop-in of the profile is installed, in a world of the profile."""
    with install(profile=profile):
        yield importlib.import_module("wandb")


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run code in a fresh interpreter and return what it printed.

    It can import the kit, and what is on `path`; what is installed in this interpreter only `with_site`.
    """

    def run(code: str, *, path: tuple[Path, ...] = (), with_site: bool = False) -> str:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB_", "PYTHON"))}
        inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep) if with_site else []
        environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *map(str, path), *filter(None, inherited)])
        options = [] if with_site else ["-S", "-W", "error"]
        done = subprocess.run(
            [sys.executable, *options, "-c", textwrap.dedent(code)],
            env=environ,
            cwd=tmp_path_factory.mktemp("cwd"),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture
def other_wandb(tmp_path: Path) -> Callable[[str], Path]:
    """Write a distribution "wandb" of some version, to be the interpreter's own; returns where to import it from."""

    def write(version: str) -> Path:
        site = tmp_path / f"site-{version}"
        package = site / "wandb"
        (package / "sdk").mkdir(parents=True)
        (package / "__init__.py").write_text(
            f"__version__ = {version!r}\nfrom wandb import sdk\nfrom wandb.sdk import Run\ndef init(): return Run()\n"
        )
        (package / "sdk" / "__init__.py").write_text("class Run: pass\n")
        info = site / f"wandb-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: wandb\nVersion: {version}\n")
        (info / "top_level.txt").write_text("wandb\n")
        (info / "RECORD").write_text("wandb/__init__.py,,\nwandb/sdk/__init__.py,,\n")
        return site

    return write
