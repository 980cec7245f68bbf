"""Damaged resume files: the real client of the current profile, and the reference beside it (AUTO-8)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import VERSIONS, Client
from wandb_testkit.world import World, fake

FILE = "wandb/wandb-resume.json"

# JSON that is no object, and what is no text, makes 0.31.0 raise a TypeError or a UnicodeDecodeError; the clause calls
# it UNSPEC for a list, and says "as if absent" of the rest.
CONTENTS = (
    "",
    "{",
    "{}",
    "nonsense",
    '{"run_id": null}',
    '{"run_id": ""}',
    '{"run": "abc"}',
    '{"run_id": "abc"}',
    '{"run_id": "abc", "more": 1}',
    '{"run_id": "a/b"}',
    '{"run_id": " abc"}',
)


@pytest.mark.skipif("0.31.0" not in VERSIONS, reason="this is about what wandb 0.31.0 does")
def test_a_damaged_resume_file_is_read_as_the_real_client_reads_it(world: World, tmp_path: Path) -> None:
    """AUTO-8"""
    real = Client("0.31.0", world, tmp_path).play("resume_files.py", json.dumps(CONTENTS)).told["told"]

    ours: list[list[Any]] = []
    with fake(profile="current", environ={}, notebook=False) as reference:
        for content in CONTENTS:
            reference.disk.write(FILE, content.encode("latin-1"))
            try:
                run = reference.init(mode="disabled", resume="auto")
            except Exception as error:
                ours.append([type(error).__name__, reference.disk.read(FILE) == content.encode("latin-1")])
            else:
                remembered = json.loads(reference.disk.read(FILE) or b"")["run_id"]
                ours.append(["", run.id if run.id in content else "generated", remembered == run.id])

    assert dict(zip(CONTENTS, ours, strict=True)) == dict(zip(CONTENTS, real, strict=True))
