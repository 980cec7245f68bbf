"""pytest --wandb-fake=server: suites on a real client, one address and one service for all of their tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import VERSIONS
from wandb_testkit.targets.environments import suite_python_of

ROOT = Path(__file__).parents[2]

GENERATIONS = ("0.10.33", "0.15.12", "0.22.3", "0.31.0")
"""Versions that keep their settings and their service in ways of their own."""

IN_CI = ("0.10.33", "0.31.0")

TRIED = IN_CI if os.environ.get("WANDB_TESTKIT_CLIENTS") == "ci" else tuple(v for v in GENERATIONS if v in VERSIONS)

SUITE = '''
import json
import os
import sys
import unittest

import pytest
import wandb
import wandb_testkit as wt

SERVICES = []


def service():
    """The process that the client has for the whole of pytest, where it has one."""
    return os.environ.get("WANDB_SERVICE")


@pytest.mark.parametrize("n", [1, 2])
def test_every_test_has_a_world(wandb_fake: wt.World, n: int) -> None:
    assert wandb_fake.runs == []
    with wandb.init(project="demo", id="same", config={"n": n}) as run:
        run.log({"loss": 1.0})
        run.log({"loss": 0.5})
        run.summary["best"] = 0.5
    assert wandb_fake.run.path == "testkit-user/demo/same"
    assert wandb_fake.run.config == {"n": n}
    assert wandb_fake.run.history == [{"_step": 0, "loss": 1.0}, {"_step": 1, "loss": 0.5}]
    assert wandb_fake.run.summary == {"_step": 1, "loss": 0.5, "best": 0.5}
    assert wandb_fake.run.state == "finished"
    SERVICES.append(service())


def test_the_service_is_still_the_first(wandb_fake):
    assert len(SERVICES) == 2
    assert set(SERVICES) == {service()}


def test_both_fixtures_are_the_same_world(wandb_fake, wandb_server):
    assert wandb_server is wandb_fake


def test_variables_are_read_again(monkeypatch, wandb_fake):
    monkeypatch.setenv("WANDB_PROJECT", "from the variable")
    wandb.init(id="a").finish()
    assert wandb_fake.run.project == "from the variable"


def test_variables_are_given_back(wandb_fake):
    wandb.init(id="a").finish()
    assert wandb_fake.run.project == "uncategorized"


@pytest.mark.wandb(mode="offline")
def test_offline_reaches_no_server(wandb_fake):
    with wandb.init(project="demo") as run:
        run.log({"loss": 1.0})
    assert wandb_fake.runs == []


@pytest.mark.wandb(entity="team")
def test_entity(wandb_fake):
    wandb.init(project="demo", id="a").finish()
    assert wandb_fake.run.entity == "team"


@pytest.mark.wandb(logged_in=False, mode="online")
def test_nobody_is_logged_in(wandb_fake, monkeypatch):
    monkeypatch.setattr("sys.stdin", open(os.devnull))
    with pytest.raises(Exception):
        wandb.init(project="demo")
    assert wandb_fake.runs == []


class TestCase(unittest.TestCase):
    def test_in_a_class_of_unittest(self):
        wandb.init(project="demo", id="a").finish()
        assert wt.current().run.id == "a"


def test_files_and_artifacts(wandb_fake, tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"123")
    with wandb.init(project="demo", id="a") as run:
        artifact = wandb.Artifact("model", type="model")
        artifact.add_file(str(tmp_path / "weights.bin"))
        run.log_artifact(artifact)
    assert wandb_fake.run.artifacts["model"].files == {"weights.bin": b"123"}


def test_leaves_a_run_unfinished():
    wandb.init(project="demo", id="left").log({"loss": 1.0})


def test_finds_no_run_of_the_test_before(wandb_fake):
    assert wandb.run is None
    assert wandb_fake.runs == []


@pytest.mark.wandb(allow_unfinished=True)
def test_may_leave_a_run_unfinished():
    wandb.init(project="demo", id="left")


@pytest.mark.wandb(strict=True)
def test_must_finish():
    wandb.init(project="demo", id="left")


def test_drops_a_row():
    with wandb.init(project="demo", id="a") as run:
        run.log({"loss": 1.0}, step=5)
        run.log({"loss": 0.5}, step=3)


@pytest.mark.wandb(profile="PROFILE")
def test_the_profile_of_this_version():
    pass


@pytest.mark.wandb(profile="OTHER")
def test_the_profile_of_another_version():
    pass


@pytest.fixture(scope="module")
def world():
    with wt.fake() as world:
        with wandb.init(project="demo", id="wide") as run:
            run.log({"loss": 1.0})
        yield world


def test_a_world_of_the_module(world):
    assert world.run.history["loss"] == [1.0]


def test_the_world_of_the_module_again(world, wandb_fake):
    assert world.run.id == "wide"
    assert wandb_fake.runs == []


def test_keys_stay_out_of_the_home():
    home = os.path.expanduser("~")
    assert wandb.login(key="k" * 40)
    assert not os.path.exists(os.path.join(home, ".netrc"))
    assert sorted(os.listdir(".")) == ["test_suite.py"]
'''

EXPECTED = {
    "test_leaves_a_run_unfinished": "passed, warned",
    "test_must_finish": "passed, error",
    "test_drops_a_row": "failed",
    "test_the_profile_of_another_version": "error",
}
"""How tests end that do not simply pass."""

RECORDING = """
import json
import pytest

OUTCOMES = {}


def note(nodeid, what):
    OUTCOMES.setdefault(nodeid.split("::")[-1].split("[")[0], []).append(what)


def pytest_runtest_logreport(report):
    if report.when == "call":
        note(report.nodeid, report.outcome)
    elif report.failed:
        note(report.nodeid, "error")


def pytest_warning_recorded(warning_message, nodeid):
    if warning_message.category.__name__ == "UnfinishedRunWarning":
        note(nodeid, "warned")


def pytest_sessionfinish():
    with open("../outcomes.json", "w") as file:
        json.dump(OUTCOMES, file)
"""


@pytest.mark.parametrize("version", TRIED)
def test_a_suite_on_a_real_client_has_a_world_for_each_test(version: str, tmp_path: Path) -> None:
    names = ("classic", "current") if int(version.split(".")[1]) < 13 else ("current", "classic")
    suite, home = tmp_path / "suite", tmp_path / "home"
    suite.mkdir()
    home.mkdir()
    (suite / "test_suite.py").write_text(
        SUITE.replace("PROFILE", names[0]).replace("OTHER", names[1]), encoding="utf-8"
    )
    (tmp_path / "recording.py").write_text(RECORDING, encoding="utf-8")
    environ = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    environ |= {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    plugins = ("wandb_testkit.pytest_plugin", "recording", "no:cacheprovider")
    options = ["-q", "--show-capture=no", "--wandb-fake=server", *(f"-p{plugin}" for plugin in plugins)]

    done = subprocess.run(
        [str(suite_python_of(version)), "-B", "-m", "pytest", *options],
        cwd=suite,
        env=environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=400,
        check=False,
    )

    outcomes = json.loads((tmp_path / "outcomes.json").read_text(encoding="utf-8"))
    unusual = {name: ", ".join(told) for name, told in outcomes.items() if set(told) != {"passed"}}
    assert unusual == EXPECTED, done.stdout
    assert len(outcomes) == SUITE.count("def test_"), done.stdout
    assert re.search("step:? 3", done.stdout, re.IGNORECASE), done.stdout
    assert not list(home.rglob("*netrc*"))
