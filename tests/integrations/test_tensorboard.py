"""Event writers lead to the rows and files that the real 0.31.0 makes of them: the same script, equal rows (TB)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.integrations.conftest import Play, Played

pytest.importorskip("torch", reason="make test-integrations installs it")

MADE_UP = re.compile(r"media/(\w+)/\w{32}\.")
TIMES = re.compile(r"tfevents\..*")


def told_apart(played: Played) -> dict[str, Any]:
    """Rows in an order that does not depend on time, and files; without names that are made up, and times in names."""
    (seen,) = played.runs.values()
    rows = [{key: plain(value) for key, value in row.items() if key != "_step"} for row in seen.history]
    files = {TIMES.sub("tfevents", name): content for name, content in seen.files.items() if "tfevents" in name}
    media = sorted(
        (MADE_UP.sub(r"media/\1/*.", name), content)
        for name, content in seen.files.items()
        if name.startswith("media/")
    )
    return {"rows": rows, "event files": {name: len(content) for name, content in files.items()}, "media": media}


def plain(value: Any) -> Any:
    """A value without the made-up part of file names, and without sum and size of tables: 0.31.0's sum is no text."""
    if not isinstance(value, dict):
        return value
    if value["_type"] == "histogram":  # fewer bins are made of many by other additions: the last digit may differ
        return {key: item if key == "_type" else [float(f"{x:.12g}") for x in item] for key, item in value.items()}
    kept = {key: item for key, item in value.items() if key not in ("path", "sha256", "size")}
    if "filenames" in kept:
        kept["filenames"] = [MADE_UP.sub(r"media/\1/*.", name) for name in kept["filenames"]]
    return kept


@pytest.mark.parametrize("library", ["tensorboardX", "torch"])
def test_one_directory_leads_to_the_rows_and_files_of_the_real_client(play: Play, library: str) -> None:
    """TB-2, TB-3"""
    real, ours = play("writers.py", library, "one")
    if told_apart(ours) != told_apart(real):  # the real client polls the files: what it reads of one depends on time
        real, ours = play("writers.py", library, "one")

    assert told_apart(ours) == told_apart(real)


@pytest.mark.parametrize("library", ["tensorboardX", "torch"])
def test_two_directories_lead_to_the_rows_and_files_of_the_real_client(play: Play, library: str) -> None:
    """TB-2, TB-3: in which order rows of two directories come depends on time, with the real client"""
    real, ours = play("writers.py", library, "two")

    def by_directory(played: Played) -> Any:
        rows = told_apart(played)
        rows["rows"].sort(key=lambda row: ("val/loss" in row, row["global_step"]))
        return rows

    assert by_directory(ours) == by_directory(real)
