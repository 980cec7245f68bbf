from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from wandb_testkit import cli, spec
from wandb_testkit.report.html import read_html, write_html


def invoke(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.main, arguments)
    return result.exit_code, result.output


@pytest.mark.parametrize("command", ["", *cli.main.commands])
def test_every_help_shows_an_example(command: str) -> None:
    exit_code, output = invoke(*command.split(), "--help")

    assert exit_code == 0
    assert f"Example:\n    wandb-testkit {command}" in output


@pytest.mark.parametrize("profile", ["classic", "current"])
def test_spec_prints_the_markdown_of_a_profile(profile: str) -> None:
    assert invoke("spec", "--profile", profile, "--markdown") == (0, spec.markdown(profile))


def test_spec_prints_tables_for_the_current_profile_unless_told_otherwise() -> None:
    exit_code, output = invoke("spec")

    assert exit_code == 0
    assert "profile current" in output
    assert "RESUME-1 " in output
    assert "| ---" not in output


def test_view_shows_the_runs_of_a_report(tmp_path: Path) -> None:
    write_html(tmp_path / "report.html", [{"test": "test_a.py::test_b", "outcome": "passed", "runs": []}])

    assert invoke("view", str(tmp_path / "report.html")) == (0, "1 test reported (1 passed), 0 runs\n")


def test_view_refuses_a_file_that_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "other.html").write_text("<p>")

    exit_code, output = invoke("view", str(tmp_path / "other.html"))

    assert exit_code == 1
    assert "other.html holds no recorded runs" in output


def test_demo_keeps_out_of_a_folder_that_is_in_use(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")

    exit_code, output = invoke("demo", "--keep", str(tmp_path))

    assert exit_code == 2
    assert "is not empty; name a folder that is new or empty" in output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_demo_leaves_only_the_report_behind(tmp_path: Path) -> None:
    # What a user may have set for other projects does not reach the demo.
    foreign = {"PYTEST_ADDOPTS": "--no-such-option", "WANDB_MODE": "disabled", "TMPDIR": str(tmp_path)}

    command = [sys.executable, "-m", "wandb_testkit.cli", "demo"]
    result = subprocess.run(
        command, env={**os.environ, **foreign}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )

    assert result.returncode == 0, result.stdout
    (folder,) = tmp_path.iterdir()
    assert [path.name for path in folder.iterdir()] == ["report.html"]
    entries = read_html(folder / "report.html")
    assert {entry["outcome"] for entry in entries} == {"passed"}
    assert len(entries) >= 10
    assert f"The same as a page: {(folder / 'report.html').as_uri()}" in result.stdout
    assert "loss (" in result.stdout


@pytest.fixture
def needed_wheel(tmp_path: Path) -> Path:
    """A folder with one small wheel, for a pip that has no network."""
    info = "demo_needs-1.0.dist-info"
    with zipfile.ZipFile(tmp_path / "demo_needs-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("demo_needs.py", "answer = 42\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: demo-needs\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return tmp_path


def test_demo_installs_what_is_missing_into_its_own_folder(
    needed_wheel: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(needed_wheel))
    requirements = needed_wheel / "requirements.txt"
    requirements.write_text("# a comment\npytest>=1\n\ndemo-needs>=1\n")

    cli._install_missing(requirements, needed_wheel / "libraries")

    assert (needed_wheel / "libraries" / "demo_needs.py").exists()
    assert capsys.readouterr().out == "Installing demo-needs>=1 for this demo alone ...\n"


def test_demo_installs_with_uv_where_there_is_no_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is in environments that uv has made."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/somewhere/{name}")
    with_pip = cli._installer()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    assert cli._installer() == ["/somewhere/uv", "pip", "install", "--python", sys.executable]
    assert with_pip[:4] == [sys.executable, "-m", "pip", "install"]


def test_the_list_of_commands_tells_all_of_each() -> None:
    _, _, told = CliRunner().invoke(cli.main, ["--help"]).output.partition("Commands:\n")

    assert [line.split()[0] for line in told.splitlines()] == sorted(cli.main.commands)
    assert "..." not in told


def test_demo_shows_why_something_could_not_be_installed(needed_wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    requirements = needed_wheel / "requirements.txt"
    requirements.write_text("demo-needs\npytest>=10000\n")

    with pytest.raises(click.ClickException) as caught:
        cli._install_missing(requirements, needed_wheel / "libraries")

    assert "No matching distribution found for" in caught.value.message
    assert "The demo's tests need demo-needs, pytest>=10000, and pip could not install that" in caught.value.message
