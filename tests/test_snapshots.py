"""Snapshots of runs: the same each time, readable, and different when the script does something else."""

from __future__ import annotations

import re
import textwrap

import pytest

import wandb_testkit as wt
from tests.pages import text_of
from tests.recorded import a_run
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.stable_view import stable

SUITE = """
import pytest
import wandb_testkit as wt
from wandb_testkit.snapshots import RunSnapshotExtension

@pytest.fixture
def snapshot(snapshot):
    return snapshot.use_extension(RunSnapshotExtension)

def test_training(wandb_fake, snapshot):
    with wandb_fake.init(project="digits", config={"lr": 0.1}) as run:
        run.log({"loss": LOSS})
        run.log({"loss": 0.25})
        run.summary["of"] = f"runs/{run.id}/model"
    assert wandb_fake.run == snapshot
    assert {"all": wandb_fake.runs, "rows": wandb_fake.run.history} == snapshot
"""

KEPT = """\
# name: test_training
  dict({
    'config': dict({
      'lr': 0.1,
    }),
    'exit_code': 0,
    'history': list([
      dict({
        '_step': 0,
        'loss': 0.5,
      }),
      dict({
        '_step': 1,
        'loss': 0.25,
      }),
    ]),
    'project': 'digits',
    'state': 'finished',
    'summary': dict({
      '_step': 1,
      'loss': 0.25,
      'of': 'runs/<run id>/model',
    }),
  })
# ---
"""


def script(profile: Profile) -> wt.RunView:
    with wt.fake(profile=profile, environ={}) as fake:
        with fake.init(config={"lr": 0.1}, tags=["a"]) as run:
            run.log({"loss": 0.5})
            run.log({"loss": 0.5}, step=0)
            run.alert("slow", f"{run.id} is slow")
        return fake.run


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_a_script_looks_the_same_each_time(profile: Profile) -> None:
    first, second = script(profile), script(profile)

    assert first.id != second.id
    assert stable(first) == stable(second)
    assert first.id not in repr(stable(first))


def test_what_is_stable_is_all_that_the_script_did() -> None:
    run = a_run(name="amber-brook-3", files={"a.txt": b"abc", "b": b"\xff" * 3})

    assert stable(run) == {
        "project": "digits",
        "state": "finished",
        "exit_code": 0,
        "tags": ["a", "b"],
        "config": run.config,
        "summary": run.summary,
        "history": list(run.history),
        "files": {
            "a.txt": "<run id>",
            "b": "3 bytes, sha256 5ae7e6a42304dc6e4176210b83c43024f99a0bce9a870c3b6d2c95fc8ebfb74c",
        },
        "artifacts": {
            "model": [
                {
                    "version": "v0",
                    "type": "model",
                    "aliases": ["best", "latest"],
                    "metadata": {"epochs": 3, "by": "ann"},
                    "files": {"weights.bin": "\x00\x01"},
                    "how": ["logged"],
                }
            ],
            "data": [
                {
                    "version": "v0",
                    "type": "data",
                    "aliases": ["latest"],
                    "files": {"a.csv": "1,2"},
                    "references": {"b.csv": "s3://bucket/b.csv"},
                    "how": ["used"],
                }
            ],
        },
    }


def test_syrupy_keeps_a_run_and_notices_a_change(pytester: pytest.Pytester) -> None:
    suite = pytester.makepyfile(test_it=SUITE.replace("LOSS", "0.5"))
    options = ("-p", "no:randomly", "-p", "no:cacheprovider")

    written = pytester.runpytest_subprocess(*options, "--snapshot-update")
    (kept,) = pytester.path.glob("__snapshots__/*.ambr")
    again = pytester.runpytest_subprocess(*options)
    suite.write_text(SUITE.replace("LOSS", "0.75"))
    changed = pytester.runpytest_subprocess(*options)

    assert (written.ret, again.ret, changed.ret) == (0, 0, 1)
    assert KEPT in kept.read_text()
    changed.stdout.fnmatch_lines(["E*-*'loss': 0.5,", "E*+*'loss': 0.75,"])


def test_the_suite_of_the_page_on_assertions_keeps_its_run(pytester: pytest.Pytester) -> None:
    block = re.findall(r"^(?: {4}.*RunSnapshotExtension\n)(?:(?: {4}.*)?\n)+", text_of("assertions.md"), re.M)
    train = """
    import pytest

    def train():
        wandb_testkit.current().init(config={"lr": 0.1}).finish()

    import wandb_testkit
    """
    pytester.makepyfile(test_it=textwrap.dedent(train) + textwrap.dedent(block[0]))
    options = ("-p", "no:randomly", "-p", "no:cacheprovider")

    first = pytester.runpytest_subprocess(*options, "--snapshot-update")
    again = pytester.runpytest_subprocess(*options)

    first.assert_outcomes(passed=1)
    again.assert_outcomes(passed=1)
