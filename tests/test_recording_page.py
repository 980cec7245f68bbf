"""What the page on recordings shows is run."""

from __future__ import annotations

import re
from pathlib import Path

import wandb_testkit as wt
from tests.recorded import a_run
from wandb_testkit.recorded_runs import dumps

PAGE = Path(__file__).parents[1] / "docs" / "recording.md"


def test_the_examples_say_what_is(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(dumps([a_run(entity="testkit-user", config={"lr": 0.1})]), encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)

    for example in examples:
        exec(example.replace("tests/run.json", str(file)), {"wt": wt})

    assert len(examples) == 2
