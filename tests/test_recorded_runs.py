"""Recordings: a run comes back as it was, the text can be read, and what is no recording is refused in words."""

from __future__ import annotations

import json
import math
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import wandb_testkit as wt
from tests.recorded import ROWS, a_run
from wandb_testkit import cli
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.recorded_runs import dumps, load_all


def recorded(tmp_path: Path, *runs: wt.RunView, **options: Any) -> Path:
    file = tmp_path / "recording.json"
    file.write_text(dumps(runs, **options), encoding="utf-8")
    return file


def logged(profile: Profile) -> wt.RunView:
    """A run with some of everything, as a world has it."""
    with wt.fake(profile=profile, environ={}) as fake:
        fake.server.add_artifact("data", {"a.bin": b"\xff\x00"}, type="dataset")
        with fake.init(project="p", name="n", tags=["t"], notes="ä", config={"d": {"e": [1, None]}}) as run:
            run.define_metric("loss", summary="min")
            run.log({"loss": 2.0, "n": {"a": 1}})
            run.log({"loss": math.inf, "text": "ü\n"}, step=7)
            run.alert("title", "text")
        fake.server.add_artifact("model", {"w": b"1"}, type="model", project="p", run_id=run.id, aliases=["best"])
        return fake.run


@pytest.mark.parametrize("run", [a_run(), a_run([]), logged(CLASSIC), logged(CURRENT)], ids=range(4))
def test_a_run_comes_back_as_it_was(run: wt.RunView, tmp_path: Path) -> None:
    back = wt.load(recorded(tmp_path, run))

    assert back == run
    assert back.history.with_times() == run.history.with_times()
    for name in ("config", "summary", "metrics"):
        assert back.client[name] == run.client.get(name, {})


def test_a_value_that_is_no_number_and_half_a_character_come_back(tmp_path: Path) -> None:
    run = a_run([{"_step": 0, "nan": math.nan, "half": "\ud800"}])

    (row,) = wt.load(recorded(tmp_path, run)).history

    assert math.isnan(row["nan"])
    assert row["half"] == "\ud800"


def test_rows_stand_on_a_line_each_and_files_are_text(tmp_path: Path) -> None:
    text = recorded(tmp_path, a_run(files={"a.txt": b"hi", "b": b"\xff"})).read_text()

    for row in ROWS:
        assert f"    {json.dumps(row)}" in text
    assert '"files": {"a.txt": "hi", "b": {"base64": "/w=="}}' in text


def test_contents_of_files_may_be_left_out(tmp_path: Path) -> None:
    run = wt.load(recorded(tmp_path, a_run(), with_files=False))

    assert (run.files, run.artifacts["model"].files, run.artifacts["model"].digest) == ({}, {}, "d" * 32)


def test_one_of_several_runs_is_chosen_by_place_or_id(tmp_path: Path) -> None:
    file = recorded(tmp_path, a_run(id="one"), a_run(id="two"))

    assert [run.id for run in load_all(file)] == ["one", "two"]
    assert (wt.load(file, run=1).id, wt.load(file, run="one").id) == ("two", "one")
    with pytest.raises(wt.RunLookupError, match=r"holds several runs; choose one: load\(path, run=0\)") as raised:
        wt.load(file)
    assert "1: <RunView me/digits/two: finished, exit code 0, 3 rows>" in str(raised.value)
    with pytest.raises(wt.RunLookupError, match="has no run 'three'; choose one"):
        wt.load(file, run="three")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html>", "is no recording of `wandb-testkit record`: Expecting value"),
        ("[]", "it should begin with"),
        ('{"format": "wandb_testkit recording", "version": 9}', "is a recording of version 9, .* reads version 1"),
        ('{"format": "wandb_testkit recording", "version": 1, "runs": [{}]}', r"run 0 cannot be read \(KeyError"),
        (dumps([a_run()]).replace('"timestamps": [', '"timestamps": [1, '), "3 rows, 4 timestamps and 3 runtimes"),
        (dumps([a_run()]).replace("finished", "fine"), "'fine' is not a valid RunState"),
    ],
    ids=range(6),
)
def test_what_is_no_recording_is_refused_in_words(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "recording.json"
    file.write_text(text)

    with pytest.raises(wt.NotARecordingError, match=message) as raised:
        wt.load(file)

    assert str(file) in str(raised.value)


def test_a_directory_is_refused_with_what_reads_one(tmp_path: Path) -> None:
    with pytest.raises(wt.NotARecordingError, match=r"read_offline\(\) reads that of an offline run"):
        wt.load(tmp_path)
    with pytest.raises(FileNotFoundError):
        wt.load(tmp_path / "gone.json")


# ---------------------------------------------------------------------- replay


@pytest.mark.parametrize("run", [a_run(), logged(CURRENT)], ids=range(2))
def test_a_replayed_run_is_on_the_server_as_it_was(run: wt.RunView, tmp_path: Path) -> None:
    with wt.fake(environ={}) as fake:
        (back,) = fake.replay(recorded(tmp_path, run))

        assert {**vars(back), "artifacts": 0, "requests": 0, "warnings": 0, "client": 0} == {
            **vars(run),
            **{"artifacts": 0, "requests": 0, "warnings": 0, "client": 0},
        }
        assert back.history.with_times() == run.history.with_times()
        assert {name: (view.version, view.files, view.aliases) for name, view in back.artifacts.items()} == {
            name: (view.version, view.files, view.aliases) for name, view in run.artifacts.items()
        }
        with pytest.raises(ValueError, match="exists already"):
            fake.replay(run)


def test_a_replayed_run_can_be_resumed() -> None:
    with wt.fake(environ={}) as fake:
        fake.replay(a_run(entity="testkit-user"))
        with fake.init(id="abc", project="digits", resume="must") as run:
            run.log({"loss": 0.1})

        assert fake.run.history.steps("loss") == [0, 1, 2, 3]


# ---------------------------------------------------------------------- record and view


PROGRAM = """
    import sys, wandb
    with wandb.init(project="p", id="abc", config={"lr": 0.1}) as run:
        for value in range(int(sys.argv[1])):
            run.log({"loss": value})
    sys.exit(3)
"""


def invoke(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.main, arguments)
    return result.exit_code, result.output


def test_a_program_is_recorded_and_shown(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(textwrap.dedent(PROGRAM))
    out = tmp_path / "new" / "run.json"
    command = (sys.executable, str(tmp_path / "train.py"), "3")

    code, output = invoke("record", "--out", str(out), "--drop-in", "current", "--", *command)

    run = wt.load(out)
    assert (code, output) == (3, f"testkit-user/p/abc  finished  3 rows\nRecorded: {out}\n")
    assert (run.config, run.history["loss"], run.state) == ({"lr": 0.1}, [0, 1, 2], "finished")
    code, output = invoke("view", str(out))
    assert (code, output.splitlines()[0]) == (0, "testkit-user/p/abc  finished  3 rows")
    assert "loss (1 run)" in output


def test_a_run_that_is_left_unfinished_ends_with_the_program(tmp_path: Path) -> None:
    code = "import os, wandb; wandb.init(project='p', id='abc').log({'a': 1}); os._exit(4)"

    exit_code, output = invoke(
        "record", "--out", str(tmp_path / "r.json"), "--drop-in", "current", "--", sys.executable, "-c", code
    )

    run = wt.load(tmp_path / "r.json")
    assert (exit_code, run.state, run.exit_code, run.history["a"]) == (4, "failed", 4, [1])
    assert "testkit-user/p/abc was not finished by the program" in output


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            (sys.executable, "-c", "pass"),
            "nothing was recorded (the program ended with exit code 0): it started no run",
        ),
        (("/no/such/program",), "'/no/such/program' cannot be started: No such file or directory"),
    ],
)
def test_a_program_without_runs_is_told(tmp_path: Path, command: tuple[str, ...], message: str) -> None:
    code, output = invoke("record", "--out", str(tmp_path / "r.json"), "--", *command)

    assert (code, (tmp_path / "r.json").exists()) == (1, False)
    assert message in output


def test_view_shows_the_directory_of_an_offline_run(tmp_path: Path) -> None:
    with wt.fake(environ={}, root=tmp_path) as fake, fake.init(mode="offline", id="off") as run:
        run.log({"loss": 1.0})
        directory = Path(run.dir).parent

    for path in (directory, directory / "run-off.wandb"):
        code, output = invoke("view", str(path))
        assert (code, "1 -> 1" in output, "loss (1 run)" in output) == (0, True, True)


def test_view_refuses_a_file_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")

    code, output = invoke("view", str(tmp_path / "a.json"))

    assert (code, "is no recording of `wandb-testkit record`" in output) == (1, True)
