from __future__ import annotations

import configparser
import email
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert built.returncode == 0, built.stdout
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def test_the_wheel_carries_the_package_and_its_types(wheel: zipfile.ZipFile) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "wandb_testkit").rglob("*.py")}

    assert modules | {"wandb_testkit/py.typed"} <= set(wheel.namelist())


def test_the_wheel_carries_the_demo_project(wheel: zipfile.ZipFile) -> None:
    prefix = "wandb_testkit/demo_project/"
    packed = {name.removeprefix(prefix) for name in wheel.namelist() if name.startswith(prefix)}

    assert packed == {
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "requirements-test.txt",
        "requirements.txt",
        "tests/conftest.py",
        "tests/test_train.py",
        "train.py",
    }


def test_the_wheel_carries_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}

    assert len(tops) == 2
    assert "wandb_testkit" in tops


def test_the_wheel_announces_the_plugin_and_the_command(wheel: zipfile.ZipFile) -> None:
    (info,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    entry_points = configparser.ConfigParser()
    entry_points.read_string(wheel.read(f"{info}/entry_points.txt").decode())
    metadata = email.message_from_bytes(wheel.read(f"{info}/METADATA"))

    assert dict(entry_points["pytest11"]) == {"wandb_testkit": "wandb_testkit.pytest_plugin"}
    assert dict(entry_points["console_scripts"]) == {"wandb-testkit": "wandb_testkit.cli:main"}
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert not any("<" in line or "==" in line for line in required)
    assert "wandb" not in [line.split(">")[0] for line in required]
