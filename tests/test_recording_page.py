"""What the page on recordings shows is run."""

from __future__ import annotations

from pathlib import Path

import wandb_testkit as wt
from tests.pages import blocks, text_of
from tests.recorded import a_run
from wandb_testkit.recorded_runs import dumps


def test_the_examples_say_what_is(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(dumps([a_run(entity="testkit-user", config={"lr": 0.1})]), encoding="utf-8")
    examples = blocks(text_of("recording.md"), "python")

    for example in examples:
        exec(example.replace("tests/run.json", str(file)), {"wt": wt})

    assert len(examples) == 2
