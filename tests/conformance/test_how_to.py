"""docs/conformance.md: its files are those of fixtures/thirdparty, its commands are run, its tables are complete."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wandb_testkit.conformance import CASES, Capability, Target, WrongTargetError, capability, load
from wandb_testkit.targets.module import module_target

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "conformance.md"
THIRD_PARTY = ROOT / "fixtures" / "thirdparty"


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def files() -> dict[str, str]:
    """Name of a file -> what the page says is in it."""
    return dict(re.findall(r"^```python\n# (\S+\.py)\n(.*?)^```", text(), re.M | re.S))


def sessions() -> list[list[tuple[str, list[str]]]]:
    """The console blocks: each command with the lines that it is said to print."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", text(), re.M | re.S):
        commands = re.split(r"^\$ ", block, flags=re.M)[1:]
        found.append([(lines[0], lines[1:]) for lines in (command.rstrip("\n").split("\n") for command in commands)])
    return found


def missing(said: list[str], printed: str) -> list[str]:
    """Lines that were not printed, in the order in which they are said; "..." stands for anything."""
    rest = [" ".join(line.split()) for line in printed.splitlines()]
    absent = []
    for line in said:
        if line.strip() == "...":
            continue
        pattern = re.compile(
            ".*".join(re.escape(" ".join(part.split())) for part in line.split("...")).replace("\\ ", ".*")
        )
        at = next((at for at, one in enumerate(rest) if pattern.fullmatch(one)), None)
        if at is None:
            absent.append(line)
        else:
            rest = rest[at + 1 :]
    return absent


def meanings() -> dict[str, str]:
    """Capability -> what its docstring says."""
    (members,) = [
        node for node in ast.parse(inspect.getsource(capability)).body if getattr(node, "name", "") == "Capability"
    ]
    assert isinstance(members, ast.ClassDef)
    told = {}
    for name, said in zip(members.body, members.body[1:], strict=False):
        if isinstance(name, ast.Assign) and isinstance(said, ast.Expr):
            told[ast.literal_eval(name.value)] = " ".join(ast.literal_eval(said.value).split())
    return told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The third party's files, and an environment whose commands are ours."""
    for path in THIRD_PARTY.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    return tmp_path


def ran(command: str, folder: Path) -> str:
    """What a command of the page prints; the shell's words are Python's where they are about us."""
    ours = command.replace("wandb-testkit", f"{sys.executable} -m wandb_testkit.cli")
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "COLUMNS": "200", "HOME": str(folder)}
    came = subprocess.run(
        ours, shell=True, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return came.stdout


def test_the_test_file_is_that_of_the_third_party() -> None:
    assert files()["test_conformance.py"] == (THIRD_PARTY / "test_conformance.py").read_text(encoding="utf-8")


def test_the_function_of_ones_own_is_a_target(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("test_run_function.py").write_text(files()["test_run_function.py"], encoding="utf-8")

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_every_command_prints_what_the_page_says(folder: Path) -> None:
    wrong = {}
    for session in sessions():
        for command, said in session:
            printed = ran(command, folder)
            if absent := missing(said, printed):
                wrong[command] = (absent, printed[-2000:])

    assert wrong == {}


def test_the_numbers_are_those_of_the_suite() -> None:
    lines = len((THIRD_PARTY / "jsonl_tracker.py").read_text(encoding="utf-8").splitlines())

    assert len(CASES) // 100 == int(re.findall(r"some (\d)00 cases", text())[0])
    assert re.findall(r"jsonl_tracker\.py\), (\d+) lines", text()) == [str(lines)]


def test_every_capability_is_in_the_table() -> None:
    table = re.findall(r"^\| `(\w+)` \| (.*) \|$", text(), re.M)

    assert table == list(meanings().items())
    assert [name for name, _ in table] == [str(one) for one in Capability]


def test_the_known_failures_are_lines_of_the_file() -> None:
    (shown,) = re.findall(r"^```text\n(# What this tracker.*?)^```", text(), re.M | re.S)
    lines = (THIRD_PARTY / "known-failures.txt").read_text(encoding="utf-8").splitlines()

    assert [line for line in shown.splitlines() if line not in lines] == []


def test_wrong_declarations_are_told_what_the_page_says() -> None:
    rows = re.findall(r"^\| `([^|]*\(.*\))` \| (.*) \|$", text(), re.M)
    names = {"Target": Target, "load": load, "module_target": module_target, "carry_out": lambda script: None}
    wrong = {}
    for expression, said in rows:
        with pytest.raises(WrongTargetError) as caught:
            eval(expression, names)
        if missing([said], str(caught.value)):
            wrong[expression] = str(caught.value)

    assert len(rows) >= 8
    assert wrong == {}
