"""That the benchmarks run and measure everybody in everything; never how fast anybody is."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from benchmarks.environment import missing

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path
import benchmarks.__main__ as benchmarks

benchmarks.RESULTS = Path(sys.argv[2])
benchmarks.main(["--quick", "--json", sys.argv[1], "--write"])
"""
OURS = ("wandb_testkit, classic", "wandb_testkit, current")
ALWAYS_THERE = ("floor: list.append(dict(row))", "MagicMock", *OURS)
NOT_INSTALLED = [name for name in ("wandb", "trackio", "mlflow") if importlib.util.find_spec(name) is None]
MEASURES = ("import", "run", "log_one", "log_ten", "read")


class Ran(NamedTuple):
    printed: str
    kept: dict[str, Any]
    page: str


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One quick run of everything."""
    where = tmp_path_factory.mktemp("benchmarks")
    printed = run("-c", SCRIPT, str(where / "samples.json"), str(where / "RESULTS.md"))
    return Ran(printed, json.loads((where / "samples.json").read_text()), (where / "RESULTS.md").read_text())


@pytest.mark.parametrize("label", ALWAYS_THERE)
def test_every_measure_is_taken_of_everybody(ran: Ran, label: str) -> None:
    taken = ran.kept["samples"][label]

    assert list(taken) == list(MEASURES)
    assert all(samples and not any("error" in sample for sample in samples) for samples in taken.values())


@pytest.mark.parametrize("label", ALWAYS_THERE)
def test_the_table_has_a_full_line_for_everybody(ran: Ran, label: str) -> None:
    (line,) = (line for line in ran.printed.splitlines() if line.startswith(label))

    cells = line.removeprefix(label).split()
    assert len(cells) == 10
    assert "-" not in cells


def test_of_the_bare_package_only_the_import_is_measured(ran: Ran) -> None:
    taken = ran.kept["samples"]["import wandb_testkit, no more"]

    assert [name for name, samples in taken.items() if samples] == ["import"]
    assert taken["import"][0]["ms"] > 0


def test_the_agreement_is_timed_in_both_profiles(ran: Ran) -> None:
    assert [speed["profile"] for speed in ran.kept["cells"]] == ["classic", "current"]
    assert all(speed["cells"] > 0 for speed in ran.kept["cells"])


def test_every_way_into_the_server_is_timed_and_loses_nothing(ran: Ran) -> None:
    called, stored, *connected = ran.kept["serving"]

    assert [called["lost"], stored["lost"]] == [None, None]
    assert [way["label"] for way in connected] == ["loopback", "ASGI, uvicorn", "ASGI, uvicorn, with a store"]
    assert [way["lost"] for way in connected] == [0, 0, 0]
    assert all(way["requests_s"] > 0 and way["rows_s"] > 0 for way in ran.kept["serving"])


def test_the_start_of_pytest_is_timed_with_and_without_the_plugin(ran: Ran) -> None:
    without, unused, used = (start["label"] for start in ran.kept["plugin_start"])

    assert "no:wandb_testkit" in without
    assert "no option" in unused
    assert "--wandb-fake" in used


def test_the_page_says_when_with_what_and_shows_every_table(ran: Ran) -> None:
    surroundings = ran.kept["surroundings"]

    assert all(f"- {name}: {value}" in ran.page for name, value in surroundings.items())
    assert set(surroundings) == {"date", "wandb_testkit", "python", "system"}
    assert ran.page.count("\n## ") == 5
    assert all(f"| {label} |" in ran.page for label in ALWAYS_THERE)


def test_every_goal_that_this_run_can_tell_of_has_a_figure(ran: Ran) -> None:
    goals = ran.page.partition("## Goals")[2].partition("\n## ")[0]
    lines = [line for line in goals.splitlines() if line.startswith("|")][2:]

    untold = [line for line in lines if "| - |" in line]
    assert len(lines) == 9
    assert all(line.startswith("| the real client online") for line in untold)


def test_what_no_interpreter_has_is_named(ran: Ran) -> None:
    lines = missing([])

    assert all(f"No interpreter has {library}; pip install it" in "".join(lines) for library in NOT_INSTALLED)
    assert "No interpreter has pytest" not in "".join(lines)
    assert all(line in ran.page and line in ran.printed for line in lines)


def test_the_page_names_no_place_of_this_machine(ran: Ran) -> None:
    assert str(ROOT) not in ran.page
    assert sys.prefix not in ran.page


def test_the_profile_of_a_cell_names_functions_of_the_kit() -> None:
    printed = run("-m", "benchmarks.cells", "--every", "4000", "--profile")

    assert "sdk/run.py" in printed
    assert "Where the time of a cell goes, current" in printed
