"""What the page on offline runs shows is run."""

from __future__ import annotations

import re
from pathlib import Path

import wandb_testkit as wt
from tests.pages import blocks, text_of


def test_the_example_reads_a_run_as_it_says(tmp_path: Path) -> None:
    (example,) = blocks(text_of("offline.md"), "python")
    with wt.fake(environ={}, root=tmp_path) as world, world.init(mode="offline", id="abc") as run:
        run.log({"loss": 1.0})
        run.log({"loss": 0.5})
    directory = Path(run.dir).parent

    exec(example.replace("wandb/offline-run-20261125_101500-abc", str(directory)), {"wt": wt})

    assert re.fullmatch(r"offline-run-\d{8}_\d{6}-abc", directory.name)
