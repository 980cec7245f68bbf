"""Programs with a real client are recorded, and its public API reads the recording."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import wandb_testkit as wt
from wandb_testkit.targets.environments import python_of

VERSIONS = tuple(
    version
    for version in ("0.10.33", "0.31.0")
    if os.environ.get("WANDB_TESTKIT_CLIENTS", "") in ("all", "ci")
    or version in os.environ.get("WANDB_TESTKIT_CLIENTS", "").split()
)

TRAIN = """
    import os, sys, wandb
    run = wandb.init(project="digits", name="first", config={"lr": 0.1, "d": {"e": 1}}, tags=["a"])
    for value in range(3):
        wandb.log({"loss": 1 / (value + 1), "n": value})
    artifact = wandb.Artifact("model", type="model", metadata={"epochs": 3})
    with artifact.new_file("weights.txt") as file:
        file.write("heavy")
    run.log_artifact(artifact)
    with open(os.path.join(run.dir, "notes.txt"), "w") as file:
        file.write("hi")
    run.save(os.path.join(run.dir, "notes.txt"), base_path=run.dir)
    run.finish()
"""

READ = """
    import json, wandb
    run = wandb.Api().run("testkit-user/digits/RUN")
    rows = [{key: row[key] for key in ("_step", "loss", "n")} for row in run.scan_history()]
    (artifact,) = run.logged_artifacts()
    text = open(artifact.get_path("weights.txt").download()).read()
    files = sorted(file.name for file in run.files())
    print(json.dumps([run.name, run.state, run.config, run.summary["loss"], rows, artifact.name, text, files]))
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_a_real_client_is_recorded_and_reads_it_again(version: str, tmp_path: Path) -> None:
    python = str(python_of(version))
    for name, code in (("train.py", TRAIN), ("read.py", READ)):
        (tmp_path / name).write_text(textwrap.dedent(code))
    surroundings = {**os.environ, "HOME": str(tmp_path), "WANDB_SILENT": "true", "WANDB_START_METHOD": "thread"}
    record = [sys.executable, "-m", "wandb_testkit.cli", "record", "--out", "run.json", "--", python, "train.py"]

    done = subprocess.run(record, cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout + done.stderr
    run = wt.load(tmp_path / "run.json")
    wt.assert_config(run, lr=0.1, d={"e": 1})
    wt.assert_artifact(run, "model", type="model", files={"weights.txt": "heavy"}, metadata={"epochs": 3})
    assert run.history["loss"] == [1, 1 / 2, 1 / 3]
    assert (run.name, run.tags, run.state, run.files["notes.txt"]) == ("first", ("a",), "finished", b"hi")
    assert not (tmp_path / "wandb").exists()

    with wt.fake(profile="current") as fake:
        fake.replay(tmp_path / "run.json")
        (tmp_path / "read.py").write_text(textwrap.dedent(READ).replace("RUN", run.id))
        asking = {**surroundings, "WANDB_BASE_URL": fake.url, "WANDB_API_KEY": fake.api_key}
        read = subprocess.run(
            [python, "read.py"], cwd=tmp_path, env=asking, capture_output=True, text=True, timeout=120
        )

    assert read.returncode == 0, read.stdout + read.stderr
    name, state, config, loss, rows, artifact, text, files = json.loads(read.stdout.splitlines()[-1])
    assert (name, state, config, loss) == ("first", "finished", {"lr": 0.1, "d": {"e": 1}}, 1 / 3)
    assert rows == [{"_step": at, "loss": 1 / (at + 1), "n": at} for at in range(3)]
    assert (artifact, text, "notes.txt" in files) == ("model:v0", "heavy", True)
