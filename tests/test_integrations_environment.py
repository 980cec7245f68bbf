"""How the environment of the integrations' tests is made where a package of its first choice cannot be had."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integrations import environment


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What pip has installed, on a machine for which there is no xgboost-cpu."""
    packages: list[str] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True)
        wanted = command[command.index("install") + 1 :] if "install" in command else []
        is_refused = any(package.startswith("xgboost-cpu") for package in wanted)
        if not is_refused:
            packages.extend(package for package in wanted if not package.startswith("-"))
        return subprocess.CompletedProcess(command, int(is_refused), "", "")

    monkeypatch.setattr(environment, "CACHE", tmp_path)
    monkeypatch.setattr(subprocess, "run", run)
    return packages


def test_without_xgboost_cpu_there_is_xgboost_and_the_rest_as_pinned(installed: list[str]) -> None:
    environment.python()

    assert "xgboost>=2.1" in installed
    assert "lightgbm==4.7.0" in installed
    assert not any(package.startswith("xgboost-cpu") for package in installed)


def test_what_cannot_be_had_at_all_is_named(monkeypatch: pytest.MonkeyPatch, installed: list[str]) -> None:
    only = environment.Environment(((("xgboost-cpu==3.2.0",), ("xgboost-cpu>=2.1",)),))
    monkeypatch.setitem(environment.ENVIRONMENTS, "frameworks", only)

    with pytest.raises(LookupError, match=r"^xgboost-cpu>=2\.1 cannot be installed; see what pip says above$"):
        environment.python()

    assert installed == []
